"""A forgotten password: a code to the phone or mailbox on record, then a new password for whoever has it.

Why this module exists: a stranger who types in somebody's certificate number must learn nothing: not whether there is
an account, not whether it has a mailbox, not whether it was sent too many codes. So a code is written down and handed
to notify in any case, which drops what has no recipient: the same rows, the same statements.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.chassis.errors import Invalid
from services.identity import commands
from services.identity.domain.access import Channel, Purpose, password_fault
from services.identity.metrics import CODES_REQUESTED
from services.identity.models import Account, VerificationCode
from services.identity.passwords import passwords_with
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.codes import (
    fitting_code,
    note_own_mailbox,
    on_its_way,
    recipient_digest,
    refuse_busy_address,
    seconds_to_wait,
    send_code,
    send_code_to_nobody,
    wrong_code,
)
from services.identity.use_cases.notices import Notice, tell_owner
from services.identity.use_cases.sessions import login_digest


def request_password_reset(command: commands.RequestPasswordReset, uow: IdentityUnitOfWork) -> dict[str, int]:
    """The same answer for every account there is or is not; raises ``TooMany`` for a busy address only."""
    refuse_busy_address(uow)
    channel = Channel(command.channel)
    account = uow.accounts.named(command.account)
    recipient = _recipients(uow, account).get(channel)
    digest = _digest(uow, command.account, channel, recipient)
    if seconds_to_wait(uow, digest):
        CODES_REQUESTED.labels(Purpose.RESET_PASSWORD.value, channel.value, "limited").inc()
    elif recipient is None:
        send_code_to_nobody(uow, Purpose.RESET_PASSWORD, channel, digest)
    else:
        send_code(uow, Purpose.RESET_PASSWORD, channel, recipient)
    return on_its_way(uow)


def reset_password(units: Any, command: commands.ResetPassword) -> None:
    """Set a new password and end every session; raises ``Invalid`` on ``code`` or ``new_password``."""
    with units() as uow:
        weak = password_fault(command.new_password, command.account)
        fits = _fitting(uow, command) is not None  # a wrong guess is counted by this commit
        settings = uow.settings
    faults = [replace(weak, field="new_password")] if weak is not None else []
    if not fits:
        faults.append(wrong_code())
    if faults:
        raise Invalid(*faults)
    password_hash = passwords_with(settings.argon2).hash(command.new_password)
    with units() as uow:
        found = _fitting(uow, command)
        if found is None:
            raise Invalid(wrong_code())
        account, code = found
        code.used_at = uow.clock.now()
        if account.password_hash is None:  # registered by an organization: the first login confirms the phone
            account.confirmed_at = uow.clock.now()
            uow.audit("account.confirmed", f"account:{account.id}", channel=code.channel)
        if code.channel == Channel.EMAIL and account.email_verified_at is None:
            note_own_mailbox(uow, account, Purpose.RESET_PASSWORD)
        account.password_hash = password_hash
        uow.sessions.end(account.id, "password_reset", uow.clock.now())
        uow.logins.forget(login_digest(uow, command.account))
        uow.audit("account.password_reset", f"account:{account.id}", channel=code.channel)
        tell_owner(uow, account, Notice.PASSWORD_RESET)


def _recipients(uow: IdentityUnitOfWork, account: Account | None) -> dict[Channel, str]:
    if account is None:
        return {}
    phone, email = uow.vault.phone_of(account), uow.vault.email_of(account)
    return {channel: to for channel, to in ((Channel.SMS, phone), (Channel.EMAIL, email)) if to is not None}


def _fitting(uow: IdentityUnitOfWork, command: commands.ResetPassword) -> tuple[Account, VerificationCode] | None:
    """The account and the code that was sent to it, over whichever channel."""
    account = uow.accounts.named(command.account)
    recipients = _recipients(uow, account)
    for channel in Channel:
        digest = _digest(uow, command.account, channel, recipients.get(channel))
        code = fitting_code(uow, Purpose.RESET_PASSWORD, digest, command.code)
        if code is not None and account is not None and channel in recipients:
            return account, code
    return None


def _digest(uow: IdentityUnitOfWork, login: str, channel: Channel, recipient: str | None) -> bytes:
    """Under what a code is kept: the recipient's, or the name's that led to none."""
    return (
        login_digest(uow, f"{channel.value}:{login}")
        if recipient is None
        else recipient_digest(uow, channel, recipient)
    )
