"""Alembic's environment; see ``services/chassis/migrations.py``."""

from services.attendance.models import Base
from services.chassis.migrations import run_environment

run_environment(Base.metadata)
