"""Verification codes and password resets: limits, attempts, and nothing that a stranger could learn."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.errors import Invalid, TooMany
from services.identity import commands, pictures
from services.identity.errors import BadCredentials, BadRefreshToken
from services.identity.models import Account
from services.identity.schemas import requests
from services.identity.use_cases import captchas, codes, password_resets
from tests.service.identity.conftest import Identity

PHONE = "13800002222"


def test_a_recipient_gets_one_code_a_minute_five_an_hour_and_ten_a_day(identity: Identity) -> None:
    identity.code(PHONE)
    with pytest.raises(TooMany) as refusal:
        identity.code(PHONE)
    assert refusal.value.data["retry_after"] == 60
    for _ in range(4):
        identity.clock.advance(minutes=1)
        identity.code(PHONE)
    identity.clock.advance(minutes=1)
    with pytest.raises(TooMany) as refusal:
        identity.code(PHONE)
    assert refusal.value.data["retry_after"] == 55 * 60
    identity.clock.advance(hours=1)
    for _ in range(5):
        identity.code(PHONE)
        identity.clock.advance(minutes=2)
    identity.clock.advance(hours=2)
    with pytest.raises(TooMany) as refusal:
        identity.code(PHONE)
    assert refusal.value.data["retry_after"] > 19 * 3600


def test_an_address_has_a_budget_for_all_its_recipients(identity: Identity) -> None:
    object.__setattr__(identity.units.runtime.settings, "codes_per_address", 3)
    for n in range(3):
        identity.code(f"1380000333{n}")
    with pytest.raises(TooMany):
        identity.code("13800003339")


def test_a_code_is_sealed_for_notify_and_tells_its_purpose(identity: Identity) -> None:
    digits = identity.code("kapok@example.org", channel="email")
    (event,) = identity.units.published("code.requested")
    assert len(digits) == 6
    assert digits.isdigit()
    assert (event["data"]["channel"], event["data"]["purpose"]) == ("email", "register")
    assert digits not in str(event)
    assert "kapok" not in str(event)


@pytest.mark.parametrize(("channel", "recipient"), [("sms", "kapok@example.org"), ("email", PHONE), ("sms", "12345")])
def test_the_recipient_must_fit_the_channel(identity: Identity, channel: str, recipient: str) -> None:
    with pytest.raises(Invalid) as refusal:
        identity.code(recipient, channel=channel)
    assert [fault.field for fault in refusal.value.errors] == ["recipient"]


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06}"


@pytest.mark.parametrize(("guesses", "good"), [(4, True), (5, False)])
def test_five_wrong_guesses_spoil_a_code(identity: Identity, guesses: int, good: bool) -> None:
    body = identity.registration()
    digits = identity.code(body["phone"])
    for _ in range(guesses):
        with pytest.raises(Invalid):
            identity.register({**body, "code": wrong(digits)})
    if good:
        identity.register({**body, "code": digits})
    else:
        with pytest.raises(Invalid):
            identity.register({**body, "code": digits})


def test_a_code_is_stale_after_five_minutes_and_replaced_by_a_newer_one(identity: Identity) -> None:
    body = identity.registration()
    old = identity.code(body["phone"])
    identity.clock.advance(minutes=2)
    new = identity.code(body["phone"])
    for digits in {old, wrong(new)} - {new}:
        with pytest.raises(Invalid):
            identity.register({**body, "code": digits})
    identity.clock.advance(minutes=5)
    with pytest.raises(Invalid):
        identity.register({**body, "code": new})


def test_a_code_for_one_purpose_is_good_for_no_other(identity: Identity) -> None:
    body = identity.registration()
    digits = identity.code(body["phone"], purpose="change_contact")
    with pytest.raises(Invalid):
        identity.register({**body, "code": digits})


def ask_for_reset(identity: Identity, account: str, channel: str = "sms") -> Any:
    with identity.uow() as uow:
        return password_resets.request_password_reset(
            commands.RequestPasswordReset(account=account, channel=channel), uow
        )


def reset(identity: Identity, account: str, code: str, password: str = "Banyan-2027") -> None:
    command = requests.ResetPassword().parse({"account": account, "code": code, "new_password": password})
    password_resets.reset_password(identity.units.factory(identity.stranger()), command)


def test_asking_for_a_reset_gets_the_same_answer_whoever_it_is_for(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    sent = len(identity.codes_for_somebody())
    identity.clock.advance(minutes=2)
    answers = [ask_for_reset(identity, account) for account in (body["phone"], body["phone"], "13700009999")]
    answers.append(ask_for_reset(identity, body["phone"], "email"))  # no mailbox on record
    assert answers == [answers[0]] * 4
    assert len(identity.codes_for_somebody()) == sent + 1


def test_whoever_has_the_code_sets_a_new_password_and_ends_every_session(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    session = identity.sign_in(body["phone"])
    identity.clock.advance(minutes=2)
    ask_for_reset(identity, body["cert_no"])
    digits = identity.last_code()
    with pytest.raises(Invalid) as refusal:
        reset(identity, body["phone"], wrong(digits), "short")
    assert {(f.field, f.code) for f in refusal.value.errors} == {
        ("new_password", "weak_password"), ("code", "wrong_code"),
    }  # fmt: skip
    reset(identity, body["phone"], digits)
    with pytest.raises(BadRefreshToken):
        identity.refresh(session["refresh_token"])
    with pytest.raises(BadCredentials):
        identity.sign_in(body["phone"])
    assert identity.sign_in(body["phone"], "Banyan-2027")
    with pytest.raises(Invalid):
        reset(identity, body["phone"], digits)


@pytest.mark.parametrize(("channel", "shown_by"), [("sms", None), ("email", "reset_password")])
def test_a_code_that_came_by_e_mail_shows_whose_the_mailbox_is_and_one_by_sms_does_not(
    identity: Identity, channel: str, shown_by: str | None
) -> None:
    body = identity.registration(email="kapok@example.org")
    volunteer = identity.register(dict(body))
    identity.clock.advance(minutes=2)
    ask_for_reset(identity, body["phone"], channel)
    reset(identity, body["phone"], identity.last_code())
    account = identity.stored(Account, volunteer.account_id)
    assert (account.email_verified_by, account.email_verified_at is None) == (shown_by, shown_by is None)


def test_a_captcha_is_a_picture_whose_answer_stands_nowhere(identity: Identity) -> None:
    object.__setattr__(identity.units.runtime.settings, "captcha", "image")
    made = captchas.create_captcha(identity.units.factory(identity.stranger()), commands.CreateCaptcha())
    assert made["audio"] is None
    assert str(made["image"]).startswith("data:image/png;base64,iVBOR")
    request = {"channel": "sms", "recipient": PHONE, "purpose": "register", "captcha_id": made["captcha_id"]}
    command = requests.RequestCode().parse({**request, "captcha_answer": "0000"})
    with pytest.raises(Invalid) as refusal:
        codes.request_code(identity.units.factory(identity.stranger()), command)
    assert [fault.field for fault in refusal.value.errors] == ["captcha_answer"]


def test_a_captcha_is_read_aloud_to_who_asks_and_two_at_a_time(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(identity.units.runtime.settings, "captcha", "image")
    units, aloud = identity.units.factory(identity.stranger()), commands.CreateCaptcha(kind="audio")
    assert str(captchas.create_captcha(units, aloud)["audio"]).startswith("data:audio/wav;base64,UklGR")
    monkeypatch.setattr(pictures, "_recording", ["000000", "111111"])
    with pytest.raises(TooMany):
        captchas.create_captcha(units, aloud)
    assert captchas.create_captcha(units, commands.CreateCaptcha())["image"]
    assert pictures.new_answer("image", aloud=True).isdecimal()
