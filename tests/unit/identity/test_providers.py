"""The adapters against simulators that check what the real side checks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature

from services.chassis.errors import Unavailable
from services.chassis.settings import SettingsError
from services.identity.errors import BadAuthorizationCode
from services.identity.providers import alipay, simulators
from services.identity.providers.alipay import AlipayGateway
from services.identity.providers.wechat import WeChatAccount
from services.identity.settings import IdentitySettings
from tests.service.identity.conftest import ENVIRONMENT

APP_KEY, ALIPAY_KEY, STRANGER = (simulators.new_rsa_key() for _ in range(3))


def wechat(handler: Any, secret: str = "secret") -> WeChatAccount:
    return WeChatAccount(
        "wx-1", secret, httpx.Client(base_url="http://wechat.invalid", transport=httpx.MockTransport(handler))
    )


def gateway(handler: Any, key: Any = APP_KEY, public: Any = ALIPAY_KEY, app_id: str = "app-1") -> AlipayGateway:
    return AlipayGateway(
        app_id,
        simulators.private_text(key),
        simulators.public_text(public),
        "http://alipay.invalid",
        httpx.Client(transport=httpx.MockTransport(handler)),
    )


def simulated_alipay() -> simulators.SimulatedAlipay:
    return simulators.SimulatedAlipay("app-1", APP_KEY.public_key(), ALIPAY_KEY)


def test_wechat_knows_the_app_by_its_secret() -> None:
    assert wechat(simulators.SimulatedWeChat("wx-1", "secret")).openid_for("sim-o1-1") == "o1"
    stranger = wechat(simulators.SimulatedWeChat("wx-1", "secret"), secret="guessed")
    with pytest.raises(Unavailable):
        stranger.show_scene("bind-1", 600)
    with pytest.raises(Unavailable):
        stranger.openid_for("sim-o1-1")


def test_a_scene_that_is_too_long_is_refused_by_wechat() -> None:
    account = wechat(simulators.SimulatedWeChat("wx-1", "secret"))
    assert account.show_scene("s" * 64, 600)
    with pytest.raises(Unavailable):
        account.show_scene("s" * 65, 600)


def test_alipay_checks_our_signature_and_we_check_alipays() -> None:
    assert gateway(simulated_alipay()).openid_for("sim-a1-1") == "a1"
    with pytest.raises(Unavailable):
        gateway(simulated_alipay(), key=STRANGER).openid_for("sim-a1-1")
    with pytest.raises(Unavailable):
        gateway(simulated_alipay(), public=STRANGER).openid_for("sim-a1-1")
    with pytest.raises(Unavailable):
        gateway(simulated_alipay(), app_id="app-2").openid_for("sim-a1-1")


def test_a_code_is_good_once() -> None:
    for provider in (gateway(simulated_alipay()), wechat(simulators.SimulatedWeChat("wx-1", "secret"))):
        assert provider.openid_for("sim-x-1")  # type: ignore[attr-defined]
        for code in ("sim-x-1", "nonsense"):
            with pytest.raises(BadAuthorizationCode):
                provider.openid_for(code)  # type: ignore[attr-defined]


def test_an_answer_of_alipay_that_was_changed_on_its_way_is_refused() -> None:
    real = simulated_alipay()
    seen: list[str] = []

    def tampered(request: httpx.Request) -> httpx.Response:
        seen.append(real(request).text)
        return httpx.Response(200, text=seen[-1].replace('"a1"', '"a2"'))

    with pytest.raises(Unavailable):
        gateway(tampered).openid_for("sim-a1-1")
    name, node = alipay.verified(seen[0], ALIPAY_KEY.public_key())
    assert (name, node["open_id"]) == ("alipay_system_oauth_token_response", "a1")
    with pytest.raises(InvalidSignature):
        alipay.verified(seen[0].replace('"a1"', '"a2"'), ALIPAY_KEY.public_key())


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="no json"),
        httpx.Response(200, text="[]"),
        httpx.Response(200, json={"alipay_system_oauth_token_response": "x", "sign": "eA=="}),
        httpx.Response(200, json={"error_response": {}, "sign": "not base64!"}),
    ],
)
def test_a_provider_that_answers_nonsense_is_down(answer: httpx.Response) -> None:
    for provider in (wechat(lambda _: answer), gateway(lambda _: answer)):
        with pytest.raises(Unavailable):
            provider.openid_for("sim-x-1")  # type: ignore[attr-defined]


def test_a_provider_that_does_not_answer_is_down() -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)

    for provider in (wechat(silent), gateway(silent)):
        with pytest.raises(Unavailable):
            provider.openid_for("sim-x-1")  # type: ignore[attr-defined]


def test_keys_are_taken_with_pem_lines_and_without() -> None:
    bare = simulators.public_text(APP_KEY)
    wrapped = "-----BEGIN PUBLIC KEY-----\n" + "\n".join(bare[i : i + 64] for i in range(0, len(bare), 64))
    assert alipay.public_key_in(wrapped + "\n-----END PUBLIC KEY-----\n") == alipay.public_key_in(bare)
    with pytest.raises(ValueError, match="base64"):
        alipay.private_key_in("?")


@pytest.mark.parametrize("variable", ["ZHIYUAN_WECHAT_PROVIDER", "ZHIYUAN_ALIPAY_PROVIDER"])
@pytest.mark.parametrize(("value", "environment"), [("simulator", "production"), ("real", "test")])
def test_production_refuses_simulators_and_a_provider_needs_its_keys(
    variable: str, value: str, environment: str
) -> None:
    real = "wechat" if "WECHAT" in variable else "alipay"
    given = {
        **ENVIRONMENT,
        "ZHIYUAN_AMQP_URL": "amqp://nowhere.invalid//",
        "ZHIYUAN_DATABASE_URL": "postgresql://nowhere.invalid/x",
        "ZHIYUAN_CONTEXT_KEYS": ENVIRONMENT["ZHIYUAN_FIELD_KEYS"],
        "ZHIYUAN_CURSOR_KEYS": ENVIRONMENT["ZHIYUAN_FIELD_KEYS"],
        "ZHIYUAN_ENVIRONMENT": "test",
    }
    assert IdentitySettings.from_environment({**given, variable: "simulator"})
    with pytest.raises(SettingsError, match=variable):
        IdentitySettings.from_environment(
            {**given, "ZHIYUAN_ENVIRONMENT": environment, variable: real if value == "real" else value}
        )
