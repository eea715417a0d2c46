"""What protects an account: passwords, account names, the delay after wrong ones, and limits on codes. No I/O.

Sources: FACTS.md, "Providers" (codes: 1 a minute, 5 an hour, 10 a day) and 等保三级 (lockout). Figures are settings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.chassis.errors import FieldError
from services.identity.domain.certificates import PATTERNS, normalise


class AccountKind(StrEnum):
    """Who an account is for."""

    VOLUNTEER = "volunteer"
    ADMINISTRATOR = "administrator"
    PLATFORM = "platform"


class Channel(StrEnum):
    """How a code is sent."""

    SMS = "sms"
    EMAIL = "email"


class Purpose(StrEnum):
    """What a code is good for, and for nothing else."""

    REGISTER = "register"
    RESET_PASSWORD = "reset_password"
    CHANGE_CONTACT = "change_contact"
    RECOVER_ACCOUNT = "recover_account"


_ACCOUNT_NAME = re.compile(r"[a-z][a-z0-9._-]{3,31}")
_KINDS_OF_CHARACTERS = (r"[a-z]", r"[A-Z]", r"\d", r"[^a-zA-Z\d]")
_TOO_COMMON = frozenset(
    [
        "password",
        "password1",
        "password12",
        "passw0rd",
        "p@ssw0rd",
        "123456789",
        "1234567890",
        "12345678",
        "abc12345",
        "abcd1234",
        "a1234567",
        "a12345678",
        "aa123456",
        "qwer1234",
        "qwerty123",
        "1qaz2wsx",
        "1q2w3e4r",
        "iloveyou1",
        "woaini1314",
        "woaini520",
        "admin123",
        "admin1234",
        "zhiyuan123",
    ]
)


def password_fault(password: str, *known_of_the_person: str | None) -> FieldError | None:
    """Why ``password`` is too weak for a person of whom a guesser may know ``known_of_the_person``."""
    kinds = sum(bool(re.search(kind, password)) for kind in _KINDS_OF_CHARACTERS)
    lowered = password.lower()
    if len(password) < 8 or kinds < 2:
        return FieldError(
            "password",
            "weak_password",
            "密码至少 8 位，且包含大小写字母、数字、符号中的两类",
            "needs 8 characters of at least two kinds: small and capital letters, digits, signs",
        )
    if lowered in _TOO_COMMON or any(known and known.lower() in lowered for known in known_of_the_person):
        return FieldError(
            "password",
            "guessable_password",
            "密码过于常见，或含有您的账号、手机号或证件号码",
            "is too common, or holds your account name, phone or certificate number",
        )
    return None


def account_name_fault(name: str) -> FieldError | None:
    """Why ``name`` (in lower case) cannot be an account name. It may look like no other way to sign in."""
    looks_like_certificate = any(re.fullmatch(pattern, normalise(name)) for pattern in PATTERNS.values())
    if _ACCOUNT_NAME.fullmatch(name) and not looks_like_certificate:
        return None
    return FieldError(
        "account",
        "bad_account_name",
        "账号应为 4 至 32 位字母、数字或 . _ -，以字母开头，且不能是证件号码",
        "must be 4 to 32 letters, digits, dots, hyphens or underscores, start with a letter, be no certificate number",
    )


@dataclass(frozen=True, slots=True)
class LockoutPolicy:
    """How long a name or address has to wait after wrong passwords: nothing at first, then doubling."""

    free_failures: int = 5
    first_delay: timedelta = timedelta(seconds=30)
    longest_delay: timedelta = timedelta(hours=1)
    forgotten_after: timedelta = timedelta(hours=24)

    def delay_after(self, failures: int) -> timedelta:
        """The wait after so many failures in a row."""
        beyond = failures - self.free_failures
        if beyond < 0:
            return timedelta(0)
        return min(self.first_delay * 2 ** min(beyond, 20), self.longest_delay)


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """How many codes one recipient may be sent: at most ``count`` within each ``window``."""

    windows: tuple[tuple[timedelta, int], ...]

    def retry_after(self, sent_at: Sequence[datetime], now: datetime) -> int:
        """In how many whole seconds the next code may go; 0 if now. ``sent_at``: in any order."""
        wait = timedelta(0)
        for window, count in self.windows:
            within = sorted(moment for moment in sent_at if moment > now - window)
            if len(within) >= count:
                wait = max(wait, within[-count] + window - now)
        return -(-wait // timedelta(seconds=1))
