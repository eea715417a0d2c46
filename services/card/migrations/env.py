"""Alembic's environment for card."""

from __future__ import annotations

from services.card.models import Base
from services.chassis.migrations import run_environment

run_environment(Base.metadata)
