"""Alembic's environment for organization."""

from __future__ import annotations

from services.chassis.migrations import run_environment
from services.organization.models import Base

run_environment(Base.metadata)
