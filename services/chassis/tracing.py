"""W3C trace context: every hop is a child of the one before (HTTP, RPC, outbox row, event).

Why this module exists: spans are not exported here, but the ids that would tie them together go everywhere, so that
logs of different processes join into one story, and an exporter can be added in one place.
"""

from __future__ import annotations

import re
import secrets

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def new_traceparent() -> str:
    """The root of a new trace."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_of(traceparent: str | None) -> str:
    """A new span under ``traceparent``; a root where that is missing or malformed."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match is None or match[1] == "0" * 32:
        return new_traceparent()
    return f"00-{match[1]}-{secrets.token_hex(8)}-{match[3]}"


def trace_id(traceparent: str) -> str:
    """The trace's id, or an empty string."""
    match = _TRACEPARENT.fullmatch(traceparent)
    return match[1] if match else ""
