"""Identifiers: UUIDv7, so that primary keys grow with time and indexes stay dense (RFC 9562)."""

from __future__ import annotations

from uuid_utils import uuid7


def new_id() -> str:
    """A new UUIDv7 in its canonical text form."""
    return str(uuid7())
