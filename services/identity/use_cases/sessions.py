"""Signing in and out: passwords, access tokens, and refresh tokens that rotate.

Why this module exists: whether there is an account must show neither in the answer nor in its time, so failures are
counted for the *name that was given*, and a password is hashed in any case. An attempt is counted before the password
is looked at: guesses at the same moment count too. No transaction is open while argon2 runs. The second factor is
spoken of only after the right password.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

from services.chassis.errors import Invalid, NotAuthenticated, NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.domain.second_factor import is_required
from services.identity.errors import BadCredentials, BadRefreshToken, BadTotp, LoginLocked, TotpRequired
from services.identity.metrics import LOGINS, REFRESHES
from services.identity.models import Account, LoginSession, RefreshToken
from services.identity.passwords import passwords_with
from services.identity.repository import IdentityUnitOfWork
from services.identity.tokens import access_token, new_refresh_token, refresh_digest
from services.identity.use_cases.attempts import count, is_first_lock, seconds_locked
from services.identity.use_cases.captchas import WRONG_CAPTCHA, read_right
from services.identity.use_cases.second_factors import require_second_factor


def sign_in(units: Any, command: commands.SignIn) -> dict[str, Any]:
    """Tokens; raises ``Invalid`` (captcha), ``LoginLocked`` or ``BadCredentials``."""
    with units() as uow:
        read = read_right(uow, command.captcha_id, command.captcha_answer)
        account = uow.accounts.named(command.account)
        wait = _admit(uow, command.account, account) if read else 0
        settings = uow.settings
    if not read:
        LOGINS.labels("bad_captcha").inc()
        raise Invalid(WRONG_CAPTCHA)
    if wait:
        LOGINS.labels("locked").inc()
        raise LoginLocked(retry_after=wait)
    passwords = passwords_with(settings.argon2)
    kept = account.password_hash if account is not None else None
    if not passwords.fits(command.password, kept) or account is None or kept is None:
        with units() as uow:
            count(uow.logins.lock(_address_digest(uow), uow.clock.now()), settings.address_lockout, uow.clock.now())
        LOGINS.labels("bad_credentials").inc()
        raise BadCredentials()
    _require_second_factor(units, account.id, command.totp)
    renewed = passwords.hash(command.password) if passwords.outdated(kept) else None
    with units() as uow:
        signed_in = open_session(uow, account.id, renewed)
        uow.logins.forget(login_digest(uow, command.account))
    LOGINS.labels("ok").inc()
    return signed_in


def _require_second_factor(units: Any, account_id: str, totp: str | None) -> None:
    try:
        require_second_factor(units, account_id, totp)
    except (TotpRequired, BadTotp, LoginLocked) as refusal:
        LOGINS.labels("locked" if isinstance(refusal, LoginLocked) else refusal.code).inc()
        raise


def refresh(units: Any, command: commands.RefreshSession) -> dict[str, Any]:
    """New tokens for a refresh token; raises ``BadRefreshToken``. A spent one ends the whole session."""
    with units() as uow:
        outcome, tokens = _refresh(uow, refresh_digest(command.refresh_token))
    REFRESHES.labels(outcome).inc()
    if tokens is None:  # raised after the commit: what the reuse has ended stays ended
        raise BadRefreshToken()
    return tokens


def list_sessions(_query: commands.ListSessions, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Where one is signed in."""
    return {"items": sessions_of(uow, uow.caller.require_account())}


def sessions_of(uow: IdentityUnitOfWork, account_id: str) -> list[dict[str, Any]]:
    """The sessions of an account that go on."""
    return [
        {
            "session_id": session.id,
            "created_at": session.created_at,
            "last_used_at": session.last_used_at,
            "device": session.device,
            "address": uow.vault.open("login_session.address", session.id, session.address_sealed),
            "expires_at": session.expires_at,
            "current": session.id == uow.caller.session_id,
        }
        for session in uow.sessions.open_of(account_id, uow.clock.now())
    ]


def find_ended_sessions(query: commands.FindEndedSessions, uow: IdentityUnitOfWork) -> dict[str, list[str]]:
    """Those that do not go on, for the gateway: it keeps streams open for them (docs/adr/0043)."""
    uow.caller.require_service("gateway")
    going_on = uow.sessions.open_among(query.session_ids, uow.clock.now())
    return {"session_ids": [one for one in query.session_ids if one not in going_on]}


def end_sessions(command: commands.EndSessions, uow: IdentityUnitOfWork) -> dict[str, int]:
    """Sign out everywhere, or of one session; raises ``NotFound`` for one that is not one's own or is over."""
    account_id = uow.caller.require_account()
    ended = uow.sessions.end(account_id, "signed_out", uow.clock.now(), session_id=command.session_id)
    if command.session_id is not None and not ended:
        raise NotFound(what="session")
    uow.audit("account.sessions_ended", f"account:{account_id}", ended=ended)
    return {"ended": ended}


def end_current_session(_command: commands.EndCurrentSession, uow: IdentityUnitOfWork) -> None:
    """Sign out; twice does no harm."""
    account_id = uow.caller.require_account()
    if uow.caller.session_id is None:
        raise NotAuthenticated()
    uow.sessions.end(account_id, "signed_out", uow.clock.now(), session_id=uow.caller.session_id)


def login_digest(uow: IdentityUnitOfWork, login: str) -> bytes:
    """Under what the failures for a name are counted."""
    text = unicodedata.normalize("NFKC", login).strip().lower().replace(" ", "")
    return uow.vault.secret_digest("login", text)


def _address_digest(uow: IdentityUnitOfWork) -> bytes:
    return uow.vault.secret_digest("login address", uow.caller.remote_address or "unknown")


def _admit(uow: IdentityUnitOfWork, login: str, account: Account | None) -> int:
    """Count an attempt for a name, or answer in how many seconds one will be taken again."""
    now = uow.clock.now()
    by_name = uow.logins.lock(login_digest(uow, login), now)
    by_address = uow.logins.lock(_address_digest(uow), now)
    wait = max(seconds_locked(by_name, now), seconds_locked(by_address, now))
    if not wait:
        count(by_name, uow.settings.lockout, now)
        by_name.account_id = account.id if account is not None else None
        by_name.notice_due = is_first_lock(by_name, uow.settings.lockout)
    return wait


def open_session(uow: IdentityUnitOfWork, account_id: str, password_hash: str | None = None) -> dict[str, Any]:
    """A new session of whoever has proved to be the account; raises ``BadCredentials`` if it was erased meanwhile."""
    account = uow.accounts.lock(account_id)
    if account is None:
        raise BadCredentials()  # erased a moment ago
    if password_hash is not None:
        account.password_hash = password_hash
    now = uow.clock.now()
    session = LoginSession(
        id=new_id(),
        account_id=account.id,
        created_at=now,
        last_used_at=now,
        expires_at=now + timedelta(days=uow.settings.session_days),
    )
    _note_use(uow, session)
    uow.session.add(session)
    uow.session.flush()
    return _tokens(uow, account, session)


def _note_use(uow: IdentityUnitOfWork, session: LoginSession) -> None:
    """From what, and from where, the session is used."""
    session.device = uow.caller.user_agent
    session.address_sealed = uow.vault.seal("login_session.address", session.id, uow.caller.remote_address)


def _refresh(uow: IdentityUnitOfWork, digest: bytes) -> tuple[str, dict[str, Any] | None]:
    found, now = uow.sessions.of_refresh_token(digest), uow.clock.now()
    if found is None:
        return "unknown", None
    token, session = found
    account = uow.accounts.get(session.account_id)
    if session.ended_at is not None or session.expires_at <= now or account is None:
        return "over", None
    if token.spent_at is not None:
        session.ended_at, session.end_reason = now, "refresh_token_reused"
        uow.audit("account.refresh_token_reused", f"account:{session.account_id}", session_id=session.id)
        return "reused", None
    token.spent_at = session.last_used_at = now
    session.expires_at = now + timedelta(days=uow.settings.session_days)
    _note_use(uow, session)
    return "ok", _tokens(uow, account, session)


def _tokens(uow: IdentityUnitOfWork, account: Account, session: LoginSession) -> dict[str, Any]:
    now, refresh_token = uow.clock.now(), new_refresh_token()
    uow.session.add(RefreshToken(digest=refresh_digest(refresh_token), session_id=session.id, issued_at=now))
    volunteer, roles = uow.volunteers.of_account(account.id), uow.roles.of(account.id)
    needed = is_required(account.kind, roles, uow.settings.totp_required_roles)
    to_enroll = needed and not uow.second_factors.is_enrolled(account.id)
    lifetime = timedelta(minutes=uow.settings.access_token_minutes)
    token = access_token(
        uow.settings.token_key,
        account,
        volunteer_id=volunteer.id if volunteer is not None else None,
        session_id=session.id,
        roles=() if to_enroll else roles,
        to_enroll=to_enroll,
        now=now,
        lifetime=lifetime,
    )
    return {
        "access_token": token,
        "refresh_token": refresh_token,
        "expires_in": int(lifetime.total_seconds()),
        "account": {"account_id": account.id, "kind": account.kind, "name": account.name, "roles": roles},
        "totp_enrollment_required": to_enroll,
    }
