"""Access tokens (JWT, Ed25519) and refresh tokens (random, kept as digests).

Why this module exists: what a token says is a contract with the gateway (``gateway/tokens.py``), and stands here alone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.jwk import OKPKey

from services.chassis.context import Role
from services.identity.models import Account

ISSUER = "zhiyuan"
ENROLLING = "enrolling"


def access_token(
    key: OKPKey,
    account: Account,
    *,
    volunteer_id: str | None,
    session_id: str,
    roles: Iterable[Role],
    to_enroll: bool,
    now: datetime,
    lifetime: timedelta,
) -> str:
    """A token that says who ``account`` is, for ``lifetime``; if ``to_enroll``, good for a second factor alone."""
    claims = {
        "iss": ISSUER,
        "sub": account.id,
        "kind": ENROLLING if to_enroll else account.kind,
        "vid": volunteer_id,
        "sid": session_id,
        "roles": [[role.organization_id, role.role] for role in roles],
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=["Ed25519"])


def new_refresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def refresh_digest(token: str) -> bytes:
    """What is kept of a refresh token. It is random, so a plain hash cannot be guessed through."""
    return hashlib.sha256(token.encode()).digest()
