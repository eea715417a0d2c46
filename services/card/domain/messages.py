"""What becomes of what banks report over AMQP."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a message, or of one try to take it."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    PROBE = "probe"
    REFUSED = "refused"
    FAILED = "failed"


class MessageState(StrEnum):
    """Where a message is that was refused when it came: ``taken`` is the end."""

    REFUSED = "refused"
    TAKEN = "taken"
