"""argon2id, off the hub.

Why this module exists: passwords are hashed with parameters from settings, hashed anew when those have grown, and
looked at for the same time whether or not there is an account.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.chassis.processor import off_the_hub


@lru_cache(maxsize=4)
def passwords_with(parameters: Sequence[int]) -> Passwords:
    """The one :class:`Passwords` of a process for (passes, KiB, lanes)."""
    return Passwords(*parameters)


class Passwords:
    """Makes and checks password hashes; never call it with a transaction open."""

    def __init__(self, passes: int, kibibytes: int, lanes: int) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=kibibytes, parallelism=lanes)
        self._of_nobody = self._hasher.hash("the password of an account that does not exist")

    def hash(self, password: str) -> str:
        """A salted hash."""
        return off_the_hub(self._hasher.hash, password)

    def fits(self, password: str, password_hash: str | None) -> bool:
        """Whether ``password`` is the one; for no account (None) it takes as long and is False."""
        fits = off_the_hub(self._verify, password, password_hash or self._of_nobody)
        return fits and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Whether the parameters have changed since it was made."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
