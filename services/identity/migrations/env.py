"""Alembic's entry: identity's metadata, the chassis' environment."""

from services.chassis.migrations import run_environment
from services.identity.models import Base

run_environment(Base.metadata)
