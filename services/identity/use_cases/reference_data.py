"""The first platform administrator, who reviews the root organizations. From settings; loaded any number of times.

The setting wins: where it names another password than the account has, the account gets it, its sessions and its second
factor end, and the audit log says so. That is how an operator who has lost password or phone gets back in.
"""

from __future__ import annotations

from services.chassis.ids import new_id
from services.identity.domain.access import AccountKind
from services.identity.models import Account
from services.identity.passwords import passwords_with
from services.identity.repository import IdentityUnitOfWork


def load(uow: IdentityUnitOfWork) -> None:
    """Make the account or give it the password of the setting; nothing where no account is named."""
    account_name, password = uow.settings.platform_admin_account.lower(), uow.settings.platform_admin_password
    if not account_name or not password.reveal():
        return
    passwords = passwords_with(uow.settings.argon2)
    account = uow.accounts.with_name(account_name)
    if account is None:
        account = Account(
            id=new_id(),
            kind=AccountKind.PLATFORM.value,
            account_name=account_name,
            name="平台管理员",
            password_hash=passwords.hash(password.reveal()),
            locale="zh",
            created_at=uow.clock.now(),
            version=1,
        )
        uow.session.add(account)
        uow.audit("account.platform_administrator_made", f"account:{account.id}")
    elif account.kind != AccountKind.PLATFORM:
        raise RuntimeError("ZHIYUAN_PLATFORM_ADMIN_ACCOUNT names an account of somebody else")
    elif not passwords.fits(password.reveal(), account.password_hash):
        account.password_hash = passwords.hash(password.reveal())
        uow.sessions.end(account.id, "password_reset", uow.clock.now())
        uow.second_factors.forget(account.id)
        uow.audit("account.password_reset", f"account:{account.id}", by="setting")
