"""What of a person may be shown to whom it is none of the business: masked names, numbers and addresses.

Why this module exists: disclosure, reviews, receipts and message lists mask the same things, and must do it alike.
"""

from __future__ import annotations


def masked_name(name: str) -> str:
    """A name that the public may read: ``张*丰``, ``李*``; ``*`` for an erased person or a single character."""
    if len(name) < 2:
        return "*"
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def masked_mobile(mobile: str) -> str:
    """``138****0000``."""
    return f"{mobile[:3]}****{mobile[-4:]}"


def masked_email(address: str) -> str:
    """``z***@example.org``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
