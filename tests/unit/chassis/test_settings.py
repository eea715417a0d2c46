"""Settings: a wrong environment is named completely, and development's helpers never reach production."""

import base64
from dataclasses import dataclass

import pytest

from services.chassis.clock import FileOffsetClock, SystemClock
from services.chassis.settings import ServiceSettings, Settings, SettingsError, boolean, describe, setting

GOOD = {
    "ZHIYUAN_ENVIRONMENT": "development",
    "ZHIYUAN_AMQP_URL": "amqp://user:a-secret@localhost//",
    "ZHIYUAN_DATABASE_URL": "postgresql://role:a-secret@localhost/zhiyuan_sample",
    "ZHIYUAN_CONTEXT_KEYS": "k:" + base64.b64encode(b"k" * 32).decode(),
    "ZHIYUAN_CURSOR_KEYS": "k:" + base64.b64encode(b"k" * 32).decode(),
}


def test_a_complete_environment_is_read() -> None:
    settings = ServiceSettings.from_environment(GOOD | {"ZHIYUAN_MAX_WORKERS": "7"})

    assert settings.max_workers == 7
    assert settings.environment == "development"
    assert isinstance(settings.clock(), SystemClock)


def test_all_faults_are_named_at_once() -> None:
    broken = GOOD | {"ZHIYUAN_MAX_WORKERS": "many", "ZHIYUAN_ENVIRONMENT": "moon"}
    del broken["ZHIYUAN_AMQP_URL"]

    with pytest.raises(SettingsError) as refused:
        ServiceSettings.from_environment(broken)

    lines = str(refused.value).splitlines()
    assert [line.split()[0] for line in lines] == [
        "ZHIYUAN_ENVIRONMENT",
        "ZHIYUAN_MAX_WORKERS",
        "ZHIYUAN_AMQP_URL",
    ]


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    assert "a-secret" not in repr(ServiceSettings.from_environment(GOOD))
    assert "a-secret" in ServiceSettings.from_environment(GOOD).amqp_url.reveal()


def test_a_movable_clock_is_refused_in_production() -> None:
    movable = GOOD | {"ZHIYUAN_CLOCK_FILE": "/nowhere/clock"}
    assert isinstance(ServiceSettings.from_environment(movable).clock(), FileOffsetClock)

    with pytest.raises(SettingsError, match="refused in production"):
        ServiceSettings.from_environment(movable | {"ZHIYUAN_ENVIRONMENT": "production"})


def test_the_environment_is_production_unless_it_says_otherwise() -> None:
    silent = {key: value for key, value in GOOD.items() if key != "ZHIYUAN_ENVIRONMENT"}
    assert ServiceSettings.from_environment(silent).production


@pytest.mark.parametrize(("text", "value"), [("true", True), ("YES", True), ("0", False), ("no", False)])
def test_a_boolean_is_read(text: str, value: bool) -> None:
    assert boolean(text) is value


def test_an_odd_boolean_is_refused() -> None:
    with pytest.raises(ValueError, match="true or false"):
        boolean("maybe")


def test_settings_describe_themselves() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Own(Settings):
        fence: int = setting("ZHIYUAN_FENCE", "Metres.", parse=int, default=500)

    assert ("ZHIYUAN_FENCE", "Metres.", "500") in describe(Own)
