"""The rules of the second factor: which step a code belongs to, what a recovery code looks like, whom it binds. No I/O.

Sources: RFC 6238 (30 s steps, one step of tolerance either way, each step once: 5.2); 等保三级 (administrators).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from hmac import compare_digest

import pyotp

from services.chassis.context import Role
from services.identity.domain.access import AccountKind

STEP_SECONDS = 30
ISSUER = "i志愿"
RECOVERY_CODES = 10
ROLES = frozenset({"platform", "owner", "reviewer", "organizer", "recorder", "viewer"})
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper


def new_secret() -> str:
    """160 random bits, as authenticator apps take them."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, account_label: str) -> str:
    """What the app reads out of the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account_label, issuer_name=ISSUER)


def fitting_step(secret: str, code: str, *, epoch_seconds: float, after: int) -> int | None:
    """The step that ``code`` belongs to: now or a neighbour, and later than ``after``, so that none is used twice."""
    totp, now = pyotp.TOTP(secret), int(epoch_seconds // STEP_SECONDS)
    fitting = [
        step for step in (now - 1, now, now + 1) if compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    return next((step for step in fitting if step > after), None)


def new_recovery_codes() -> list[str]:
    """Ten codes of fifty bits, in two groups that can be read aloud."""
    return ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in "ab") for _ in range(RECOVERY_CODES)]


def normalised_recovery_code(given: str) -> str:
    """A recovery code as it was printed, however it was typed."""
    letters = given.strip().lower().replace("-", "").replace(" ", "")
    return f"{letters[:5]}-{letters[5:]}"


def is_required(kind: str, roles: Iterable[Role], required: Collection[str]) -> bool:
    """Whether an account of this kind with these roles may do nothing without a second factor."""
    if kind == AccountKind.PLATFORM and "platform" in required:
        return True
    return any(role.role in required for role in roles)
