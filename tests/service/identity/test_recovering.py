"""A lost phone is no dead end for its owner, and no way in for anybody else."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.errors import AlreadyDecided, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.errors import BadCredentials, BadRefreshToken, PhoneTakenMeanwhile
from services.identity.schemas import recoveries
from services.identity.use_cases import password_resets, recovering
from tests.service.identity.conftest import PASSWORD, Identity, resident_id

NEW_PHONE = "13511112222"


def ask(identity: Identity, body: dict[str, Any], **changes: Any) -> dict[str, str]:
    """Ask for the account of ``body``'s owner, with the right code unless one is given."""
    request = {**{name: body[name] for name in ("cert_type", "cert_no", "name")}, "phone": NEW_PHONE, **changes}
    if "code" not in request:
        identity.clock.advance(minutes=2)
        request["code"] = identity.code(request["phone"], purpose="recover_account")
    return recovering.request_recovery(
        identity.units.factory(identity.stranger()), recoveries.RequestRecovery().parse(request)
    )


def waiting(identity: Identity, caller: Any) -> list[dict[str, Any]]:
    with identity.uow(caller) as uow:
        query = recoveries.ListRecoveries().parse({})
        items: list[dict[str, Any]] = recoveries.RecoveryPage().dump(recovering.list_recoveries(query, uow))["items"]
        return items


def decide(identity: Identity, caller: Any, recovery_id: str, reason: str | None = None) -> dict[str, str]:
    command = commands.DecideRecovery(recovery_id=recovery_id, approve=reason is None, reason=reason)
    with identity.uow(caller) as uow:
        return recovering.decide(command, uow)


def told(identity: Identity, event: str) -> list[dict[str, Any]]:
    return [message["data"] for message in identity.units.published(event)]


@pytest.fixture
def reviewer(identity: Identity) -> Any:
    identity.organization_exists(identity.home)
    return identity.administrator(identity.home, "reviewer")


@pytest.fixture
def body(identity: Identity) -> dict[str, Any]:
    registered = identity.registration()
    registered["volunteer"] = identity.register(dict(registered))
    return registered


def test_the_owner_gets_the_account_under_the_new_phone(
    identity: Identity, body: dict[str, Any], reviewer: Any
) -> None:
    session = identity.sign_in(body["phone"])
    ask(identity, body)
    assert len(told(identity, "account.recovery_requested")) == 1
    (waits,) = waiting(identity, reviewer)
    assert (waits["name"], waits["new_phone_masked"]) == (body["name"], "135****2222")
    assert decide(identity, reviewer, waits["recovery_id"])["status"] == "approved"
    assert told(identity, "account.contact_replaced")[0]["channel"] == "sms"
    (decided,) = told(identity, "account.recovery_decided")
    cipher = identity.units.runtime.settings.message_cipher  # type: ignore[attr-defined]
    assert cipher.decrypt(decided["phone_sealed"], f"recovery:{waits['recovery_id']}") == NEW_PHONE
    for login in (body["phone"], NEW_PHONE):  # what the former holder knew opens nothing
        with pytest.raises(BadCredentials):
            identity.sign_in(login)
    with pytest.raises(BadRefreshToken):
        identity.refresh(session["refresh_token"])
    identity.clock.advance(minutes=2)
    with identity.uow(identity.stranger()) as uow:
        password_resets.request_password_reset(
            commands.RequestPasswordReset(account=body["cert_no"], channel="sms"), uow
        )
    password_resets.reset_password(
        identity.units.factory(identity.stranger()),
        commands.ResetPassword(account=body["cert_no"], code=identity.last_code(), new_password=f"{PASSWORD}-2"),
    )
    assert identity.sign_in(NEW_PHONE, f"{PASSWORD}-2")


def test_a_stranger_is_answered_alike_whether_or_not_there_is_such_a_volunteer(
    identity: Identity, body: dict[str, Any], reviewer: Any
) -> None:
    known = ask(identity, body)
    unknown = ask(identity, body, cert_no=resident_id(990))
    another_name = ask(identity, body, name="林不识")
    assert known == unknown == another_name
    assert len(waiting(identity, reviewer)) == 1


def test_without_the_code_nothing_happens_and_nothing_is_learnt(
    identity: Identity, body: dict[str, Any], reviewer: Any
) -> None:
    for cert_no in (body["cert_no"], resident_id(990)):
        identity.clock.advance(minutes=2)
        identity.code(NEW_PHONE, purpose="recover_account")
        with pytest.raises(Invalid) as refusal:
            ask(identity, body, cert_no=cert_no, code="wrong")
        assert [(fault.field, fault.code) for fault in refusal.value.errors] == [("code", "wrong_code")]
    register_code = identity.code("13511113333")
    with pytest.raises(Invalid):
        ask(identity, body, phone="13511113333", code=register_code)
    assert waiting(identity, reviewer) == []


def test_only_the_home_organization_and_those_above_decide_and_only_once(
    identity: Identity, body: dict[str, Any], reviewer: Any
) -> None:
    ask(identity, body)
    (waits,) = waiting(identity, reviewer)
    beside = identity.administrator(identity.organization_exists(new_id()), "owner")
    assert waiting(identity, beside) == []
    with pytest.raises(NotFound):
        decide(identity, beside, waits["recovery_id"])
    with pytest.raises(Forbidden):
        decide(identity, identity.administrator(identity.home, "organizer"), waits["recovery_id"])
    with pytest.raises(Invalid):
        decide(identity, reviewer, waits["recovery_id"], reason="")
    assert decide(identity, reviewer, waits["recovery_id"], reason="本人未申请")["status"] == "rejected"
    assert told(identity, "account.recovery_decided")[0]["reason"] == "本人未申请"
    with pytest.raises(AlreadyDecided):
        decide(identity, reviewer, waits["recovery_id"])
    assert identity.sign_in(body["phone"])


def test_a_newer_request_takes_the_place_of_the_older(identity: Identity, body: dict[str, Any], reviewer: Any) -> None:
    ask(identity, body)
    (older,) = waiting(identity, reviewer)
    ask(identity, body, phone="13511113333")
    (newer,) = waiting(identity, reviewer)
    assert newer["new_phone_masked"] == "135****3333"
    with pytest.raises(AlreadyDecided):
        decide(identity, reviewer, older["recovery_id"])


def test_a_phone_that_somebody_else_has_by_now_is_not_given_away(
    identity: Identity, body: dict[str, Any], reviewer: Any
) -> None:
    ask(identity, body)
    (waits,) = waiting(identity, reviewer)
    identity.clock.advance(minutes=2)
    identity.register(phone=NEW_PHONE)
    with pytest.raises(PhoneTakenMeanwhile):
        decide(identity, reviewer, waits["recovery_id"])
