"""Forget what has had its time: spent secrets are not kept longer than a limit or a reuse check needs them."""

from __future__ import annotations

from datetime import timedelta

from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases import imports

# Longer than the longest window that counts them (a day), so that a limit never forgets early.
KEPT_FOR = timedelta(days=2)
_ROWS_AT_ONCE = 20_000


def purge(uow: IdentityUnitOfWork) -> None:
    """Captchas, codes, failures, sessions that are over, and what was cut off: organizations, imports."""
    now = uow.clock.now()
    uow.captchas.purge(now)
    uow.codes.purge(now - KEPT_FOR)
    uow.logins.purge(now - KEPT_FOR)
    uow.recoveries.purge(now - KEPT_FOR)
    uow.sessions.purge(now - KEPT_FOR)
    uow.bindings.purge(now, now - KEPT_FOR)
    uow.exports.purge(now)
    uow.accounts.delete_unconfirmed(now - KEPT_FOR / 2)
    abandoned = now - timedelta(days=uow.settings.import_days)
    for job in uow.imports.forgotten(abandoned):
        imports.cancel(job, uow)
    uow.imports.purge_rows(abandoned, _ROWS_AT_ONCE)
