"""What the owner of an account is told when somebody touches its locks, so that a thief does not go unnoticed."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from services.identity.events import AccountSecurityNotice
from services.identity.models import Account
from services.identity.repository import IdentityUnitOfWork

# An attempt with the right password forgets the count; it is given the time to.
_SETTLED = timedelta(seconds=5)


class Notice(StrEnum):
    """What has happened."""

    LOGIN_LOCKED = "login_locked"
    PASSWORD_RESET = "password_reset"
    TOTP_ENROLLED = "totp_enrolled"
    TOTP_REMOVED = "totp_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    BOUND = "bound"
    UNBOUND = "unbound"


def tell_owner(uow: IdentityUnitOfWork, account: Account, notice: Notice) -> None:
    """Publish it for notify; nobody can switch these off."""
    uow.publish(
        AccountSecurityNotice(account_id=account.id, notice=notice.value, happened_at=uow.clock.now()),
        version=account.version,
    )


def tell_of_locks(uow: IdentityUnitOfWork) -> None:
    """Tell owners that a name of theirs was locked, once in a spell. Not in the attempt: a stranger could time it."""
    for account_id in uow.logins.take_notices(uow.clock.now() - _SETTLED):
        account = uow.accounts.get(account_id)
        if account is not None:
            uow.audit("account.login_locked", f"account:{account.id}")
            tell_owner(uow, account, Notice.LOGIN_LOCKED)
