"""The public page behind the QR on a card's front: its address, and whose page is shown.

Why this module exists: the address is all the right that it takes to look, so it is as hard to guess as a key, and what
is stored does not tell it.
"""

from __future__ import annotations

import hashlib
import secrets

_TOKEN_BYTES = 32
_ACTIVE = "active"  # identity's word


def new_token() -> str:
    """The secret part of an address: 43 characters for URLs."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest_of(token: str) -> bytes:
    """By which an address is found; 32 random bytes need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def is_shown(volunteer_status: str | None) -> bool:
    """Whether a holder of this status is shown to strangers: who is active, and nobody else (docs/adr/0045)."""
    return volunteer_status == _ACTIVE
