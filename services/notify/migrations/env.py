"""Alembic's entry: notify's metadata, the chassis' environment."""

from services.chassis.migrations import run_environment
from services.notify.models import Base

run_environment(Base.metadata)
