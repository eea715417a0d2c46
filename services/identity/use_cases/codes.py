"""Verification codes: asked for, sent as an event for notify, guessed at, used.

Why this module exists: a code proves control of a phone or mailbox, once, for one purpose. Each costs money, so there
are limits for a recipient and a budget for an address. Neither code nor recipient is kept in clear.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from services.chassis.errors import FieldError, Invalid, TooMany
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.domain.access import Channel, CodeLimits, Purpose
from services.identity.events import CodeRequested
from services.identity.metrics import CODES_REQUESTED
from services.identity.models import Account, VerificationCode
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.captchas import WRONG_CAPTCHA, read_right

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def wrong_code(field: str = "code") -> FieldError:
    """The refusal of a code: wrong, over, used, or guessed at too often; which of them is not told."""
    return FieldError(field, "wrong_code", "验证码不正确或已失效", "is wrong or no longer good")


def request_code(units: Any, command: commands.RequestCode) -> dict[str, int]:
    """Send a code to whoever holds the phone or mailbox; raises ``Invalid`` (captcha) or ``TooMany``.

    Whether an account uses the recipient already makes no difference here.
    """
    with units() as uow:
        read = read_right(uow, command.captcha_id, command.captcha_answer)
    if not read:
        raise Invalid(WRONG_CAPTCHA)
    purpose, channel = Purpose(command.purpose), Channel(command.channel)
    with units() as uow:
        refuse_busy_address(uow)
        wait = seconds_to_wait(uow, recipient_digest(uow, channel, command.recipient))
        if not wait:
            send_code(uow, purpose, channel, command.recipient)
    if wait:
        CODES_REQUESTED.labels(purpose.value, channel.value, "limited").inc()
        raise TooMany(retry_after=wait)
    return on_its_way(uow)


def on_its_way(uow: IdentityUnitOfWork) -> dict[str, int]:
    """What everybody is told who asks for a code."""
    return {"expires_in": uow.settings.code_minutes * 60, "retry_after": 60}


def recipient_digest(uow: IdentityUnitOfWork, channel: Channel, recipient: str) -> bytes:
    """The blind index of a recipient: the same as of the account that has this phone or mailbox."""
    return uow.vault.phone_digest(recipient) if channel is Channel.SMS else uow.vault.email_digest(recipient)


def note_own_mailbox(uow: IdentityUnitOfWork, account: Account, purpose: Purpose) -> None:
    """A code that came by e-mail was used for ``purpose``: whoever has the account has the mailbox, too."""
    account.email_verified_at, account.email_verified_by = uow.clock.now(), purpose.value


def refuse_busy_address(uow: IdentityUnitOfWork) -> None:
    """Raise ``TooMany`` if the caller's address has used up its budget."""
    now = uow.clock.now()
    limit = CodeLimits(((_HOUR, uow.settings.codes_per_address),))
    wait = limit.retry_after(uow.codes.asked_from(_address_digest(uow), now - _HOUR), now)
    if wait:
        raise TooMany(retry_after=wait)


def seconds_to_wait(uow: IdentityUnitOfWork, digest: bytes) -> int:
    """In how many seconds the next code may go to a recipient. Others who ask for the same one wait for this one."""
    now = uow.clock.now()
    uow.codes.lock_recipient(digest)
    return uow.settings.code_limits.retry_after(uow.codes.sent_to(digest, now - _DAY), now)


def send_code(uow: IdentityUnitOfWork, purpose: Purpose, channel: Channel, recipient: str) -> None:
    """Make a code and hand it to notify, sealed."""
    _send(uow, purpose, channel, recipient_digest(uow, channel, recipient), recipient)
    CODES_REQUESTED.labels(purpose.value, channel.value, "sent").inc()


def send_code_to_nobody(uow: IdentityUnitOfWork, purpose: Purpose, channel: Channel, digest: bytes) -> None:
    """The same work and the same rows as :func:`send_code`; notify drops what has no recipient."""
    _send(uow, purpose, channel, digest, "")
    CODES_REQUESTED.labels(purpose.value, channel.value, "nobody").inc()


def _send(uow: IdentityUnitOfWork, purpose: Purpose, channel: Channel, digest: bytes, recipient: str) -> None:
    code, digits = write_code(uow, purpose, channel, digest)
    context = f"code:{code.id}"
    uow.publish(
        CodeRequested(
            code_id=code.id,
            channel=channel.value,
            purpose=purpose.value,
            recipient_sealed=uow.vault.for_notify(context, recipient) or "",
            code_sealed=uow.vault.for_notify(context, digits) or "",
            expires_at=code.expires_at,
        ),
        version=1,
    )


def write_code(
    uow: IdentityUnitOfWork, purpose: Purpose, channel: Channel, digest: bytes
) -> tuple[VerificationCode, str]:
    """A new code for a recipient, and its six digits, which are kept nowhere."""
    code_id, digits, now = new_id(), f"{secrets.randbelow(10**6):06}", uow.clock.now()
    code = VerificationCode(
        id=code_id,
        purpose=purpose.value,
        channel=channel.value,
        recipient_digest=digest,
        code_digest=uow.vault.secret_digest(f"code:{code_id}", digits),
        address_digest=_address_digest(uow),
        attempts=0,
        requested_at=now,
        expires_at=now + timedelta(minutes=uow.settings.code_minutes),
        used_at=None,
    )
    uow.session.add(code)
    return code, digits


def fitting_code(uow: IdentityUnitOfWork, purpose: Purpose, digest: bytes, given: str) -> VerificationCode | None:
    """The recipient's code for ``purpose``, locked, if ``given`` is it. A wrong guess is counted: commit that."""
    code = uow.codes.lock_current(purpose, digest, uow.clock.now())
    if code is None:
        return None
    if compare_digest(code.code_digest, uow.vault.secret_digest(f"code:{code.id}", given)):
        return code
    code.attempts += 1
    if code.attempts >= uow.settings.code_attempts:
        code.used_at = uow.clock.now()
    return None


def use_code(uow: IdentityUnitOfWork, purpose: Purpose, digest: bytes, given: str, *, field: str = "code") -> str:
    """Spend a code and answer its id; raises ``Invalid`` on ``field`` if it does not fit or was spent meanwhile."""
    code = fitting_code(uow, purpose, digest, given)
    if code is None:
        raise Invalid(wrong_code(field))
    code.used_at = uow.clock.now()
    return code.id


def give_back_code(uow: IdentityUnitOfWork, code_id: str) -> None:
    """What a code was spent on did not come about: it is good again, for as long as it would have been."""
    code = uow.session.get(VerificationCode, code_id, with_for_update=True)
    if code is not None:
        code.used_at = None


def _address_digest(uow: IdentityUnitOfWork) -> bytes:
    return uow.vault.secret_digest("address", uow.caller.remote_address or "unknown")
