"""The second factor of an account: enrolled with the password, asked for after it, taken off with both.

Why this module exists: six digits can be guessed, so every guess is counted for the *account* (however it is named)
before it is looked at, and each time step is taken once. Whom it is required of, and what they may do without it:
docs/adr/0016.
"""

from __future__ import annotations

from typing import Any

from services.chassis.errors import FieldError, Invalid, NotAuthenticated
from services.identity import commands
from services.identity.domain.second_factor import (
    fitting_step,
    new_recovery_codes,
    new_secret,
    normalised_recovery_code,
    otpauth_uri,
)
from services.identity.errors import BadTotp, LoginLocked, TotpAlreadyEnrolled, TotpRequired
from services.identity.models import Account, Totp
from services.identity.passwords import passwords_with
from services.identity.pictures import qr_of
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.attempts import admit
from services.identity.use_cases.notices import Notice, tell_owner

_WRONG_PASSWORD = FieldError("password", "wrong_password", "密码不正确", "is not the account's password")
_WRONG_CODE = FieldError("code", "bad_totp", "动态验证码不正确或已使用", "is wrong, or was used before")


def enroll_totp(units: Any, command: commands.EnrollTotp) -> dict[str, str]:
    """A new secret, good once it is confirmed; raises ``Invalid`` (password) or ``TotpAlreadyEnrolled``."""
    _prove_password(units, command.password)
    with units() as uow:
        account = _own_account(uow)
        present = uow.second_factors.lock(account.id)
        if present is not None and present.confirmed_at is not None:
            raise TotpAlreadyEnrolled()
        secret = new_secret()
        sealed = uow.vault.seal("totp.secret", account.id, secret) or ""
        if present is None:
            uow.session.add(Totp(account_id=account.id, secret_sealed=sealed, created_at=uow.clock.now(), last_step=0))
        else:
            present.secret_sealed, present.created_at = sealed, uow.clock.now()
        uri = otpauth_uri(secret, account.account_name or account.name)
    return {"secret": secret, "otpauth_uri": uri, "qr": qr_of(uri)}


def confirm_totp(units: Any, command: commands.ConfirmTotp) -> dict[str, list[str]]:
    """The app shows the right code: from now on it is asked for. Answers the recovery codes, which are shown once."""
    with units() as uow:
        account_id = uow.caller.require_account()
        _admit_guess(uow, account_id)
        totp = uow.second_factors.lock(account_id)
        if totp is not None and totp.confirmed_at is not None:
            raise TotpAlreadyEnrolled()
        fits = totp is not None and _spend_step(uow, totp, command.code)
        codes = _confirm(uow, totp) if fits and totp is not None else []
    if not fits:
        raise Invalid(_WRONG_CODE)
    return {"recovery_codes": codes}


def remove_totp(units: Any, command: commands.RemoveTotp) -> None:
    """Take it off, with password and code (or a recovery code); raises ``Invalid``."""
    _prove_password(units, command.password)
    with units() as uow:
        account = _own_account(uow)
        _admit_guess(uow, account.id)
        fits = _fits(uow, account.id, command.code)
        if fits:
            uow.second_factors.forget(account.id)
            uow.logins.forget(_guesses_of(uow, account.id))
            uow.audit("account.totp_removed", f"account:{account.id}")
            tell_owner(uow, account, Notice.TOTP_REMOVED)
    if not fits:
        raise Invalid(_WRONG_CODE)


def require_second_factor(units: Any, account_id: str, given: str | None) -> None:
    """Whoever comes with the right password (or a bound WeChat) shows the second factor, if the account has one.

    Raises ``TotpRequired``, ``BadTotp`` or ``LoginLocked``. What was counted and spent stays so: units of its own.
    """
    with units() as uow:
        if not uow.second_factors.is_enrolled(account_id):
            return
        if given is None:
            raise TotpRequired()
        _admit_guess(uow, account_id)
        fits = _fits(uow, account_id, given)
        if fits:
            uow.logins.forget(_guesses_of(uow, account_id))
    if not fits:
        raise BadTotp()


def _fits(uow: IdentityUnitOfWork, account_id: str, given: str) -> bool:
    totp = uow.second_factors.lock(account_id)
    if totp is None or totp.confirmed_at is None:
        return False
    if _spend_step(uow, totp, given):
        return True
    code = uow.second_factors.recovery_code(account_id, _recovery_digest(uow, account_id, given))
    if code is None:
        return False
    code.used_at = uow.clock.now()
    uow.session.flush()
    uow.audit(
        "account.recovery_code_used", f"account:{account_id}", left=uow.second_factors.recovery_codes_left(account_id)
    )
    account = uow.accounts.get(account_id)
    if account is not None:
        tell_owner(uow, account, Notice.RECOVERY_CODE_USED)
    return True


def _spend_step(uow: IdentityUnitOfWork, totp: Totp, given: str) -> bool:
    secret = uow.vault.open("totp.secret", totp.account_id, totp.secret_sealed) or ""
    now = uow.clock.now().timestamp()
    step = fitting_step(secret, given.strip(), epoch_seconds=now, after=totp.last_step)
    if step is None:
        return False
    totp.last_step = step
    return True


def _confirm(uow: IdentityUnitOfWork, totp: Totp) -> list[str]:
    account = _own_account(uow)
    totp.confirmed_at = uow.clock.now()
    codes = new_recovery_codes()
    uow.second_factors.save_recovery_codes(account.id, (_recovery_digest(uow, account.id, code) for code in codes))
    uow.logins.forget(_guesses_of(uow, account.id))
    uow.audit("account.totp_enrolled", f"account:{account.id}")
    tell_owner(uow, account, Notice.TOTP_ENROLLED)
    return codes


def _prove_password(units: Any, password: str) -> None:
    """Whoever holds the token may have found it: the password says it is the owner. No transaction while it hashes."""
    with units() as uow:
        account = _own_account(uow)
        digest = uow.vault.secret_digest("password of account", account.id)
        wait = admit(uow, digest)
        settings = uow.settings
    if wait:
        raise LoginLocked(retry_after=wait)
    if not passwords_with(settings.argon2).fits(password, account.password_hash):
        raise Invalid(_WRONG_PASSWORD)
    with units() as uow:
        uow.logins.forget(digest)


def _admit_guess(uow: IdentityUnitOfWork, account_id: str) -> None:
    wait = admit(uow, _guesses_of(uow, account_id))
    if wait:
        raise LoginLocked(retry_after=wait)


def _own_account(uow: IdentityUnitOfWork) -> Account:
    account = uow.accounts.get(uow.caller.require_account())
    if account is None:
        raise NotAuthenticated()
    return account


def _guesses_of(uow: IdentityUnitOfWork, account_id: str) -> bytes:
    return uow.vault.secret_digest("second factor", account_id)


def _recovery_digest(uow: IdentityUnitOfWork, account_id: str, given: str) -> bytes:
    return uow.vault.secret_digest(f"recovery:{account_id}", normalised_recovery_code(given))
