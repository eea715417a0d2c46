"""Whoever is chosen to send has what they need, and production has no simulator among them."""

from __future__ import annotations

import pytest

from services.chassis.settings import SettingsError
from services.chassis.testing.units import test_key
from services.notify.settings import NotifySettings

BASE = {
    "ZHIYUAN_ENVIRONMENT": "production",
    "ZHIYUAN_AMQP_URL": "amqp://nowhere.invalid//",
    "ZHIYUAN_DATABASE_URL": "postgresql://nowhere.invalid/x",
    "ZHIYUAN_CONTEXT_KEYS": test_key("x"),
    "ZHIYUAN_CURSOR_KEYS": test_key("x"),
    "ZHIYUAN_MESSAGE_KEYS": test_key("x"),
}
CODE = '{"verification_code": {"id": "1110", "parameters": ["code", "minutes"]}}'
ACCOUNTS = {
    "tencent": {
        "ZHIYUAN_TENCENT_SECRET_ID": "id",
        "ZHIYUAN_TENCENT_SECRET_KEY": "key",
        "ZHIYUAN_TENCENT_SMS_APP_ID": "1400",
        "ZHIYUAN_TENCENT_CALLBACK_SECRET": "told",
        "ZHIYUAN_TENCENT_SMS_TEMPLATES": CODE,
    },
    "aliyun": {
        "ZHIYUAN_ALIYUN_KEY_ID": "id",
        "ZHIYUAN_ALIYUN_KEY_SECRET": "key",
        "ZHIYUAN_ALIYUN_CALLBACK_SECRET": "told",
        "ZHIYUAN_ALIYUN_SMS_TEMPLATES": CODE,
    },
    "wechat": {
        "ZHIYUAN_WECHAT_APP_ID": "wx1",
        "ZHIYUAN_WECHAT_APP_SECRET": "key",
        "ZHIYUAN_WECHAT_TEMPLATES": CODE,
    },
}
CHOSEN_BY = {
    "tencent": "ZHIYUAN_SMS_PROVIDERS",
    "aliyun": "ZHIYUAN_SMS_PROVIDERS",
    "wechat": "ZHIYUAN_WECHAT_PROVIDER",
}
ADDRESSES = {
    "tencent": "ZHIYUAN_TENCENT_SMS_URL",
    "aliyun": "ZHIYUAN_ALIYUN_SMS_URL",
    "wechat": "ZHIYUAN_WECHAT_API_URL",
}


def settings(**given: str) -> NotifySettings:
    return NotifySettings.from_environment({**BASE, **given})


@pytest.mark.parametrize("provider", ACCOUNTS)
def test_a_chosen_provider_needs_every_one_of_its_settings(provider: str) -> None:
    complete = {**ACCOUNTS[provider], CHOSEN_BY[provider]: provider}
    assert settings(**complete)
    for variable in ACCOUNTS[provider]:
        with pytest.raises(SettingsError, match=variable):
            settings(**{**complete, variable: ""})


def test_a_provider_that_is_not_chosen_needs_none() -> None:
    assert settings(ZHIYUAN_SMS_PROVIDERS="none")


@pytest.mark.parametrize("provider", ACCOUNTS)
def test_production_sends_to_no_simulator(provider: str) -> None:
    simulated = {ADDRESSES[provider]: "http://127.0.0.1:1/"}
    chosen = {**ACCOUNTS[provider], **simulated, CHOSEN_BY[provider]: provider}
    with pytest.raises(SettingsError, match="https"):
        settings(**chosen)
    assert settings(**chosen, ZHIYUAN_ENVIRONMENT="development")


def test_keys_are_not_shown() -> None:
    chosen = settings(**ACCOUNTS["tencent"], **ACCOUNTS["aliyun"], ZHIYUAN_SMS_PROVIDERS="tencent:3,aliyun:1")
    for shown in (repr(chosen), repr(chosen.tencent), repr(chosen.aliyun)):
        assert "'key'" not in shown
        assert "'told'" not in shown
