"""Guesses at secrets, counted under a digest (of a name, an account, an address), and the wait that grows with them.

Why this module exists: an attempt is counted *before* the secret is looked at, with the row locked, so that guesses at
the same moment count too; whoever proves right forgets the count.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.identity.domain.access import LockoutPolicy
from services.identity.models import LoginFailure
from services.identity.repository import IdentityUnitOfWork


def admit(uow: IdentityUnitOfWork, digest: bytes) -> int:
    """Count an attempt, or answer in how many seconds one will be taken again."""
    now = uow.clock.now()
    failure = uow.logins.lock(digest, now)
    wait = seconds_locked(failure, now)
    if not wait:
        count(failure, uow.settings.lockout, now)
    return wait


def seconds_locked(failure: LoginFailure, now: datetime) -> int:
    """For how many more seconds no attempt is taken; 0 if one is."""
    if failure.locked_until is None or failure.locked_until <= now:
        return 0
    return -(-(failure.locked_until - now) // timedelta(seconds=1))


def count(failure: LoginFailure, policy: LockoutPolicy, now: datetime) -> None:
    """One attempt more."""
    if failure.last_at < now - policy.forgotten_after:
        failure.failures = 0
    failure.failures += 1
    failure.last_at = now
    delay = policy.delay_after(failure.failures)
    # no delay is no lock: somebody else's attempt at this moment began before our `now`, and must not wait for it
    failure.locked_until = now + delay if delay else None


def is_first_lock(failure: LoginFailure, policy: LockoutPolicy) -> bool:
    """Whether the attempt that was just counted locked the name for the first time in a spell."""
    return failure.failures == policy.free_failures
