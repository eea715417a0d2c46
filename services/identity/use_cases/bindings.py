"""WeChat and Alipay: bound to an account, taken off it, and signed in with.

Why this module exists: the provider is asked outside of any transaction; what it says binds an account only if it was
asked for by the account itself: by an OAuth code that the signed-in person hands in, or by a QR scene that was shown to
them and is scanned once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from services.chassis.errors import BadRequest, NotAuthenticated, NotFound
from services.identity import commands
from services.identity.domain.bindings import Provider
from services.identity.errors import AlreadyBound, NotBound, ProviderNotConfigured, PushRefused
from services.identity.events import WechatMessageReported
from services.identity.metrics import BINDINGS, LOGINS
from services.identity.models import Account
from services.identity.providers import Alipay, WeChat, wechat_push
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.notices import Notice, tell_owner
from services.identity.use_cases.second_factors import require_second_factor
from services.identity.use_cases.sessions import open_session
from services.identity.use_cases.telling import tell_contact

# WeChat repeats a push after 5 s, three times; what is much older than that is somebody's recording.
_FRESH = timedelta(minutes=10)
SUCCESS = "success"


def show_wechat_scene(units: Any, wechat: WeChat) -> dict[str, Any]:
    """A QR code that binds whoever scans it to the caller's account; raises ``AlreadyBound``."""
    with units() as uow:
        account = _own_account(uow)
        if uow.bindings.get(account.id, Provider.WECHAT) is not None:
            raise AlreadyBound(provider=Provider.WECHAT.value)
        minutes = uow.settings.wechat_scene_minutes
    scene = f"bind-{secrets.token_urlsafe(24)}"
    qr_url = wechat.show_scene(scene, minutes * 60)
    with units() as uow:
        uow.bindings.show_scene(_scene_digest(scene), account.id, uow.clock.now() + timedelta(minutes=minutes))
    return {"scene": scene, "qr_url": qr_url, "expires_in": minutes * 60}


def answer_wechat_check(query: commands.CheckWechatCallback, uow: IdentityUnitOfWork) -> dict[str, str]:
    """WeChat asks whether we are who the console says: the echo, for the right signature."""
    _require_signature(uow, query.signature, query.timestamp, query.nonce)
    return {"text": query.echostr}


def take_wechat_push(command: commands.TakeWechatPush, uow: IdentityUnitOfWork) -> dict[str, str]:
    """A push. ``success`` for whatever we understand or not, so that it is not repeated; refused if not WeChat's."""
    _require_signature(uow, command.signature, command.timestamp, command.nonce)
    push = wechat_push.read(_decoded(command.body_base64))
    digest = uow.vault.secret_digest("wechat push", wechat_push.identity_of(push))
    scene, openid = wechat_push.scene_in(push), push.get("FromUserName")
    report = wechat_push.report_in(push)
    if not uow.bindings.claim_push(digest):
        return {"text": SUCCESS}
    if report is not None:
        uow.publish(WechatMessageReported(msg_id=report[0], outcome=report[1]), version=1)
    elif scene is not None and openid:
        _bind_by_scene(uow, scene, openid)
    return {"text": SUCCESS}


def bind_alipay(units: Any, command: commands.BindAlipay, alipay: Alipay) -> None:
    """Bind by an OAuth code; raises ``AlreadyBound``, ``BadAuthorizationCode`` or ``ProviderNotConfigured``."""
    with units() as uow:
        account_id = _own_account(uow).id
    openid = alipay.openid_for(command.code)
    with units() as uow:
        account = _locked(uow, account_id)
        if uow.bindings.account_of(Provider.ALIPAY, openid) == account.id:
            return
        if not _bind(uow, account, Provider.ALIPAY, openid):
            raise AlreadyBound(provider=Provider.ALIPAY.value)


def unbind(uow: IdentityUnitOfWork, provider: Provider) -> None:
    """Take a binding off the caller's account; raises ``NotFound`` if there is none."""
    account = _locked(uow, uow.caller.require_account())
    binding = uow.bindings.get(account.id, provider)
    if binding is None:
        raise NotFound(what="binding")
    uow.session.delete(binding)
    uow.session.flush()
    _changed(uow, account, provider, Notice.UNBOUND)


def sign_in_with(units: Any, provider: Provider, client: WeChat | Alipay, command: commands.SignInByCode) -> Any:
    """Tokens for whoever is bound, as by password; raises ``NotBound``, ``BadAuthorizationCode``, ``TotpRequired``."""
    openid = client.openid_for(command.code)
    with units() as uow:
        account_id = uow.bindings.account_of(provider, openid)
    if account_id is None:
        LOGINS.labels("not_bound").inc()
        raise NotBound(provider=provider.value)
    require_second_factor(units, account_id, command.totp)
    with units() as uow:
        signed_in = open_session(uow, account_id)
    LOGINS.labels("ok").inc()
    return signed_in


def _bind_by_scene(uow: IdentityUnitOfWork, scene: str, openid: str) -> None:
    account_id = uow.bindings.take_scene(_scene_digest(scene), uow.clock.now())
    account = uow.accounts.lock(account_id) if account_id is not None else None
    if account is None:
        BINDINGS.labels(Provider.WECHAT.value, "unknown_scene").inc()
    else:
        _bind(uow, account, Provider.WECHAT, openid)


def _bind(uow: IdentityUnitOfWork, account: Account, provider: Provider, openid: str) -> bool:
    if not uow.bindings.add(account.id, provider, openid):
        BINDINGS.labels(provider.value, "taken").inc()
        return False
    _changed(uow, account, provider, Notice.BOUND)
    return True


def _changed(uow: IdentityUnitOfWork, account: Account, provider: Provider, notice: Notice) -> None:
    account.version += 1
    volunteer = uow.volunteers.of_account(account.id)
    tell_contact(uow, account, volunteer.id if volunteer is not None else None)
    tell_owner(uow, account, notice)
    uow.audit(f"account.{notice.value}", f"account:{account.id}", provider=provider.value)
    BINDINGS.labels(provider.value, notice.value).inc()


def _require_signature(uow: IdentityUnitOfWork, signature: str, timestamp: str, nonce: str) -> None:
    token = uow.settings.wechat_push_token
    if not token.reveal():
        raise ProviderNotConfigured(provider=Provider.WECHAT.value)
    if not timestamp.isdecimal() or not wechat_push.is_signed(token.reveal(), timestamp, nonce, signature):
        raise PushRefused()
    if abs(uow.clock.now() - datetime.fromtimestamp(int(timestamp[:11]), UTC)) > _FRESH:
        raise PushRefused()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadRequest(why_zh="推送内容无法解析。", why_en="The push cannot be read.") from None


def _scene_digest(scene: str) -> bytes:
    """What is kept of a scene. It is random, so a plain hash cannot be guessed through."""
    return hashlib.sha256(scene.encode()).digest()


def _own_account(uow: IdentityUnitOfWork) -> Account:
    account = uow.accounts.get(uow.caller.require_account())
    if account is None:
        raise NotAuthenticated()
    return account


def _locked(uow: IdentityUnitOfWork, account_id: str) -> Account:
    account = uow.accounts.lock(account_id)
    if account is None:
        raise NotAuthenticated()
    return account
