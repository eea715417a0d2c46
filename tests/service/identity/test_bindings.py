"""WeChat and Alipay: bound by a scanned scene or a code, good for signing in, and nobody else's."""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from services.chassis.errors import AppError, BadRequest, NotFound
from services.chassis.settings import Secret
from services.identity import commands
from services.identity.domain.bindings import Provider
from services.identity.errors import (
    AlreadyBound,
    BadAuthorizationCode,
    NotBound,
    ProviderNotConfigured,
    PushRefused,
    TotpRequired,
)
from services.identity.models import Binding, BindingScene, ProviderPush
from services.identity.providers import NoProvider, simulators, wechat_push
from services.identity.providers.wechat import WeChatAccount
from services.identity.use_cases import bindings, erasing, profile, republishing, second_factors
from tests.service.identity.conftest import PASSWORD, Identity

TOKEN = "the token of the console"


class Providers:
    """Both, simulated, and people who hold both."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.wechat = simulators.simulated_wechat()
        self.alipay = simulators.simulated_alipay()
        object.__setattr__(identity.units.runtime.settings, "wechat_push_token", Secret(TOKEN))

    def somebody(self) -> Any:
        """A caller."""
        return self.identity.as_volunteer(self.identity.register())

    def units(self, caller: Any = None) -> Any:
        return self.identity.units.factory(caller or self.identity.stranger())

    def scene(self, caller: Any) -> dict[str, Any]:
        return bindings.show_wechat_scene(self.units(caller), self.wechat)

    def push(self, body: str | bytes, **changes: str) -> dict[str, str]:
        """What WeChat sends, signed."""
        timestamp, nonce = str(int(self.identity.clock.now().timestamp())), "n-1"
        signed = {
            "signature": wechat_push.signature_of(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce,
        }  # fmt: skip
        raw = body.encode() if isinstance(body, str) else body
        command = commands.TakeWechatPush(**{**signed, **changes}, body_base64=base64.b64encode(raw).decode())
        with self.identity.uow() as uow:
            return bindings.take_wechat_push(command, uow)

    def scan(self, scene: str, openid: str, event: str = "SCAN", at: int = 1) -> dict[str, str]:
        key = f"qrscene_{scene}" if event == "subscribe" else scene
        return self.push(
            f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{at}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>"
            f"<EventKey><![CDATA[{key}]]></EventKey></xml>"
        )

    def bind_wechat(self, caller: Any, openid: str, at: int = 1) -> None:
        self.scan(self.scene(caller)["scene"], openid, at=at)

    def sign_in(self, openid: str, provider: Provider = Provider.WECHAT, totp: str | None = None) -> Any:
        command = commands.SignInByCode(code=f"sim-{openid}-{uuid4().hex}", totp=totp)
        client = self.wechat if provider is Provider.WECHAT else self.alipay
        return bindings.sign_in_with(self.units(), provider, client, command)

    def bind_alipay(self, caller: Any, openid: str) -> None:
        bindings.bind_alipay(self.units(caller), commands.BindAlipay(code=f"sim-{openid}-{uuid4().hex}"), self.alipay)

    def shown_to(self, caller: Any) -> list[str]:
        with self.identity.uow(caller) as uow:
            return [b.provider for b in profile.get_me(commands.GetMe(), uow)["bindings"]]

    def count(self, model: Any) -> int:
        with self.identity.uow() as uow:
            return int(uow.session.scalar(sa.select(sa.func.count()).select_from(model)))


@pytest.fixture
def providers(identity: Identity) -> Providers:
    return Providers(identity)


def refused(attempt: Any, *arguments: Any, **named: Any) -> AppError:
    with pytest.raises(AppError) as refusal:
        attempt(*arguments, **named)
    return refusal.value


@pytest.mark.parametrize("event", ["subscribe", "SCAN"])
def test_whoever_scans_the_scene_is_bound_to_the_account_that_asked_for_it(providers: Providers, event: str) -> None:
    caller = providers.somebody()
    shown = providers.scene(caller)
    assert shown["qr_url"].startswith("https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=")
    assert shown["expires_in"] == 600
    assert isinstance(refused(providers.sign_in, "o-kapok"), NotBound)
    assert providers.scan(shown["scene"], "o-kapok", event) == {"text": "success"}
    assert providers.shown_to(caller) == ["wechat"]
    signed_in = providers.sign_in("o-kapok")
    assert signed_in["account"]["account_id"] == caller.account_id
    assert providers.identity.refresh(signed_in["refresh_token"])
    assert isinstance(refused(providers.scene, caller), AlreadyBound)


def test_a_scene_binds_once_and_within_its_time(providers: Providers) -> None:
    caller = providers.somebody()
    late = providers.scene(caller)["scene"]
    providers.identity.clock.advance(minutes=10)
    providers.scan(late, "o-late")
    assert providers.shown_to(caller) == []
    void, good = providers.scene(caller)["scene"], providers.scene(caller)["scene"]
    providers.scan(void, "o-void", at=2)
    providers.scan("bind-of-nobody", "o-nobody", at=3)
    assert providers.shown_to(caller) == []
    providers.scan(good, "o-first", at=4)
    providers.scan(good, "o-second", at=5)
    assert providers.sign_in("o-first")
    assert isinstance(refused(providers.sign_in, "o-second"), NotBound)


def test_a_push_that_is_repeated_has_one_effect(providers: Providers) -> None:
    caller = providers.somebody()
    scene = providers.scene(caller)["scene"]
    for _ in range(3):
        assert providers.scan(scene, "o-kapok") == {"text": "success"}
    assert providers.count(ProviderPush) == 1
    notices = [e["data"]["notice"] for e in providers.identity.units.published("account.security_notice")]
    assert notices == ["bound"]


def test_what_wechat_says_of_a_message_is_told_once_each_and_names_nobody(providers: Providers) -> None:
    for number in ("3000000001", "3000000001", "3000000002"):  # to one person, within a second
        providers.push(
            "<xml><FromUserName><![CDATA[o-kapok]]></FromUserName><CreateTime>1</CreateTime>"
            "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>"
            f"<MsgID>{number}</MsgID><Status><![CDATA[failed:user block]]></Status></xml>"
        )
    told = [event["data"] for event in providers.identity.units.published("wechat_message.reported")]
    assert told == [{"msg_id": f"300000000{n}", "outcome": "failed:user block"} for n in (1, 2)]


def test_one_wechat_belongs_to_one_account(providers: Providers) -> None:
    first, second = providers.somebody(), providers.somebody()
    providers.bind_wechat(first, "o-kapok")
    providers.scan(providers.scene(second)["scene"], "o-kapok", at=2)
    assert (providers.shown_to(first), providers.shown_to(second)) == (["wechat"], [])
    providers.bind_alipay(first, "a-kapok")
    providers.bind_alipay(first, "a-kapok")
    assert isinstance(refused(providers.bind_alipay, second, "a-kapok"), AlreadyBound)
    assert isinstance(refused(providers.bind_alipay, first, "a-other"), AlreadyBound)


def test_what_is_unbound_signs_in_no_more(providers: Providers) -> None:
    caller = providers.somebody()
    providers.bind_wechat(caller, "o-kapok")
    with providers.identity.uow(caller) as uow:
        bindings.unbind(uow, Provider.WECHAT)
    assert isinstance(refused(providers.sign_in, "o-kapok"), NotBound)
    with pytest.raises(NotFound), providers.identity.uow(caller) as uow:
        bindings.unbind(uow, Provider.WECHAT)
    providers.bind_wechat(providers.somebody(), "o-kapok", at=2)
    assert providers.sign_in("o-kapok")["account"]["account_id"] != caller.account_id


def test_alipay_binds_and_signs_in_by_codes_that_are_good_once(providers: Providers) -> None:
    caller = providers.somebody()
    providers.bind_alipay(caller, "a-kapok")
    assert providers.sign_in("a-kapok", Provider.ALIPAY)["account"]["account_id"] == caller.account_id
    assert isinstance(refused(providers.sign_in, "a-kapok", Provider.WECHAT), NotBound)
    for provider, client in ((Provider.WECHAT, providers.wechat), (Provider.ALIPAY, providers.alipay)):
        command = commands.SignInByCode(code="sim-nobody-1", totp=None)
        arguments = (providers.units(), provider, client, command)
        assert isinstance(refused(bindings.sign_in_with, *arguments), NotBound)
        assert isinstance(refused(bindings.sign_in_with, *arguments), BadAuthorizationCode)


def test_a_second_factor_is_asked_for_here_too(providers: Providers) -> None:
    caller = providers.somebody()
    providers.bind_wechat(caller, "o-kapok")
    units, clock = providers.units(caller), providers.identity.clock
    totp = pyotp.TOTP(second_factors.enroll_totp(units, commands.EnrollTotp(password=PASSWORD))["secret"])
    second_factors.confirm_totp(units, commands.ConfirmTotp(code=totp.at(clock.now())))
    clock.advance(seconds=60)
    assert isinstance(refused(providers.sign_in, "o-kapok"), TotpRequired)
    assert providers.sign_in("o-kapok", totp=totp.at(clock.now()))


def test_a_push_is_taken_from_wechat_alone_and_while_it_is_fresh(providers: Providers) -> None:
    body = "<xml><MsgType>text</MsgType><MsgId>1</MsgId></xml>"
    assert providers.push(body) == {"text": "success"}
    assert isinstance(refused(providers.push, body, signature="0" * 40), PushRefused)
    assert isinstance(refused(providers.push, body, nonce="other"), PushRefused)
    for timestamp in ("1", "now", "９９"):
        signature = wechat_push.signature_of(TOKEN, timestamp, "n-1")
        assert isinstance(refused(providers.push, body, timestamp=timestamp, signature=signature), PushRefused)
    object.__setattr__(providers.identity.units.runtime.settings, "wechat_push_token", Secret(""))
    assert isinstance(refused(providers.push, body), ProviderNotConfigured)


def test_the_check_of_the_address_echoes_for_the_right_signature_only(providers: Providers) -> None:
    timestamp = str(int(providers.identity.clock.now().timestamp()))
    query = {"timestamp": timestamp, "nonce": "n-1", "echostr": "echo 1"}
    signature = wechat_push.signature_of(TOKEN, timestamp, "n-1")
    with providers.identity.uow() as uow:
        right = commands.CheckWechatCallback(signature=signature, **query)
        assert bindings.answer_wechat_check(right, uow) == {"text": "echo 1"}
        with pytest.raises(PushRefused):
            bindings.answer_wechat_check(commands.CheckWechatCallback(signature="f" * 40, **query), uow)


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE xml [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>',
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>',
        "<xml><a></xml>",
        "not xml",
        "",
        b"\xff\xfe\x00<",
        "<xml>" + "<a>" * 50 + "</a>" * 50 + "</xml>",
        "<xml>" + "a" * 20_000 + "</xml>",
    ],
)
def test_a_body_with_a_document_type_or_none_that_reads_is_refused(providers: Providers, body: str | bytes) -> None:
    assert isinstance(refused(providers.push, body), BadRequest)


def test_the_openid_stands_in_no_table_and_reaches_notify_sealed(providers: Providers) -> None:
    caller = providers.somebody()
    providers.bind_wechat(caller, "o-kapok")
    identity = providers.identity
    with identity.uow() as uow:
        kept = str([uow.session.execute(sa.select(model.__table__)).all() for model in (Binding, ProviderPush)])
        told = [event.wechat_openid_sealed for event, _ in republishing.contacts(uow)]  # type: ignore[attr-defined]
    assert "o-kapok" not in kept
    sealed = identity.units.published("account.contact_changed")[-1]["data"]["wechat_openid_sealed"]
    cipher = identity.units.runtime.settings.message_cipher  # type: ignore[attr-defined]
    context = f"contact:{caller.account_id}"
    assert [cipher.decrypt(token, context) for token in (sealed, *told)] == ["o-kapok", "o-kapok"]


def test_an_erased_account_is_bound_to_nothing(providers: Providers) -> None:
    caller = providers.somebody()
    providers.bind_alipay(caller, "a-kapok")
    scene = providers.scene(caller)["scene"]
    with providers.identity.uow(caller) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    providers.scan(scene, "o-kapok")
    assert (providers.count(Binding), providers.count(BindingScene)) == (0, 0)


def test_the_platform_runs_without_providers(providers: Providers) -> None:
    nobody = NoProvider("wechat")
    assert isinstance(refused(nobody.openid_for, "sim-a-1"), ProviderNotConfigured)
    caller = providers.somebody()
    assert isinstance(refused(bindings.show_wechat_scene, providers.units(caller), nobody), ProviderNotConfigured)


def test_a_token_that_somebody_replaced_is_fetched_again() -> None:
    simulated = simulators.SimulatedWeChat("wx", "secret")
    http = httpx.Client(base_url="http://wechat.invalid", transport=httpx.MockTransport(simulated))
    account = WeChatAccount("wx", "secret", http)
    assert account.show_scene("bind-1", 600)
    simulated.token = "another"
    assert account.show_scene("bind-2", 600)
    assert simulated.scenes == ["bind-1", "bind-2"]
