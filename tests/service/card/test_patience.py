"""What an application rests on, and what becomes of one that lies: told, ended, applied for anew, forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.card import commands
from services.card.domain import Bank
from services.card.errors import GuardianRequired
from services.card.models import CardApplication, Consent
from services.card.use_cases import looking_after, overseeing
from services.chassis.clock import local_day
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Unavailable
from services.identity.events import VolunteerErased
from tests.service.card.conftest import CURRENT_VERSION, PLATFORM, SHAOGUAN, Card

GUARDIAN = commands.Guardian(name="监护人甲", phone="13900000001", consent=True)


def look_after(card: Card) -> int:
    with card.units() as uow:
        return looking_after.look_after_applications(uow)


def forget(card: Card) -> int:
    with card.units() as uow:
        return looking_after.forget_old_records(uow)


def overdue(card: Card, bank: str | None = None) -> list[tuple[str, int]]:
    query = commands.ListOverdueApplications(bank=bank, limit=20, cursor=None)
    with card.units.factory(PLATFORM).reading() as uow:
        found = overseeing.list_overdue(query, uow)["items"]
    return [(one["application_no"], one["escalation_level"]) for one in found]


def listed(card: Card, caller: Caller = PLATFORM, **narrowed: Any) -> dict[str, Any]:
    nothing = {"bank": None, "status": None, "region": None, "from_day": None, "to_day": None}
    query = commands.ListApplications(**(nothing | {"limit": 20, "cursor": None} | narrowed))
    with card.units.factory(caller).reading() as uow:
        return overseeing.list_applications(query, uow)


# what it rests on -------------------------------------------------------------------------------------------------


def test_the_consent_is_shown_in_full_and_an_old_one_in_its_own_words(card: Card) -> None:
    volunteer = card.volunteer()
    card.apply(volunteer)

    consent = card.mine(volunteer)[0]["consent"]
    assert (consent["version"], consent["recipient"], consent["recipient_name"]) == (CURRENT_VERSION, "boc", "中国银行")
    assert (consent["given_by"], consent["at"], consent["provided_at"]) == ("oneself", *[card.clock.now()] * 2)
    assert all(part in consent["text"] for part in (consent["purpose"], consent["method"], *consent["data"]))

    with card.units() as uow:
        uow.session.execute(sa.update(Consent).values(text_version="1"))
    old = card.mine(volunteer)[0]["consent"]
    assert old["version"] == "1"
    assert "监护人" not in old["text"]


def test_below_16_a_guardian_agrees_and_is_named_to_the_bank_alone(card: Card) -> None:
    child = card.volunteer(birth_date=date(2012, 1, 1))
    refusing = commands.Guardian(name="监护人甲", phone="13900000001", consent=False)
    for guardian in (None, refusing):
        with pytest.raises(GuardianRequired):
            card.apply(child, guardian=guardian)

    application = card.apply(child, guardian=GUARDIAN)

    assert (application["status"], application["consent"]["given_by"]) == ("routed", "guardian")
    (request,) = card.identity.requests
    assert request["document"]["guardian"] == {"name": "监护人甲", "phone": "13900000001"}
    assert request["document"]["consent"]["given_by"] == "guardian"
    with card.units() as uow:
        sealed = uow.applications.get(application["application_id"]).guardian_sealed
    assert "13900000001" not in sealed

    card.apply(card.volunteer(), guardian=GUARDIAN)  # an adult, who needs none
    card.cancel(child, application["application_id"])
    assert "guardian" not in card.identity.requests[-1]["document"]
    with card.units() as uow:
        assert uow.session.scalars(sa.select(CardApplication.guardian_sealed)).all() == [None, None]


# what lies --------------------------------------------------------------------------------------------------------


def test_what_the_bank_leaves_untouched_is_told_again_and_again_until_it_reports(card: Card) -> None:
    routed = card.apply(card.volunteer())
    card.apply(card.volunteer(), bank=Bank.CEB)
    assert look_after(card) == 2  # to see how long they may lie
    assert look_after(card) == 0

    card.clock.advance(days=21)  # ten working days and more
    assert look_after(card) == 2
    assert look_after(card) == 0
    told = card.units.published("card.application_escalated")
    assert {(event["data"]["bank"], event["data"]["level"]) for event in told} == {("boc", 1), ("ceb", 1)}
    assert overdue(card, "boc") == [(routed["application_no"], 1)]
    card.clock.advance(days=14)
    look_after(card)
    assert [level for _, level in overdue(card)] == [2, 2]

    card.report(card.signed("boc", routed["application_no"], {"status": "contacted"}))

    assert overdue(card, "boc") == []
    assert len(overdue(card, "ceb")) == 1
    look_after(card)
    card.clock.advance(days=21)
    look_after(card)
    assert overdue(card, "boc") == [(routed["application_no"], 1)]


def test_what_nothing_comes_of_expires_the_bank_is_told_and_the_volunteer_applies_anew(card: Card) -> None:
    volunteer, waiting, holder = card.volunteer(), card.volunteer(), card.volunteer()
    routed, made = card.apply(volunteer), card.apply(holder)
    card.identity.failures = [Unavailable()]
    card.apply(waiting)
    card.report(card.signed("boc", made["application_no"], {"status": "produced"}))

    card.clock.advance(days=90)
    look_after(card)

    (expired,) = card.mine(volunteer)
    assert (expired["status"], expired["history"][-1]["status"]) == ("expired", "expired")
    assert card.mine(waiting)[0]["status"] == "expired"
    assert card.mine(holder)[0]["status"] == "produced"
    ended = [message["application_no"] for message in card.at_bank() if message["type"] == "card.cancellation.v1"]
    assert ended == [routed["application_no"]]  # the bank never knew of the one that waited
    assert [e["data"]["status"] for e in card.units.published("card.status_changed")].count("expired") == 2

    late = card.report(card.signed("boc", routed["application_no"], {"status": "contacted"}))
    assert (late["status"], late["changed"]) == ("expired", False)
    again = card.apply(volunteer)
    assert (again["status"], again["former_application_no"]) == ("routed", routed["application_no"])
    assert expired["former_application_no"] is None


# what platform administrators see ---------------------------------------------------------------------------------


def test_all_applications_are_listed_by_bank_status_region_and_day_and_nobody_is_named(card: Card) -> None:
    first = card.apply(card.volunteer())
    card.clock.advance(days=1)
    second = card.apply(card.volunteer(), region=SHAOGUAN)
    third = card.apply(card.volunteer(), bank=Bank.CEB)
    card.report(card.signed("ceb", third["application_no"], {"status": "rejected", "reason": "资料不全"}))
    numbers = [one["application_no"] for one in (first, second, third)]

    def found(**narrowed: Any) -> list[int]:
        return sorted(numbers.index(one["application_no"]) for one in listed(card, **narrowed)["items"])

    today = local_day(card.clock.now())
    assert [one["application_no"] for one in listed(card)["items"]] == numbers[::-1]
    assert found(bank="ceb") == found(status="rejected") == [2]
    assert found(region=SHAOGUAN) == [1]
    assert found(region="440106") == found(region="440100") == [0, 2]
    assert found(from_day=today) == [1, 2]
    assert found(to_day=today - timedelta(days=1)) == [0]
    page = listed(card, limit=2)
    assert listed(card, limit=2, cursor=page["next_cursor"])["items"][0]["application_no"] == numbers[0]
    assert {"name", "phone", "address", "contact", "reason"} & page["items"][0].keys() == set()
    with pytest.raises(Forbidden):
        listed(card, card.volunteer())


# what is kept -----------------------------------------------------------------------------------------------------


def test_the_record_of_what_was_provided_outlives_erasure_by_three_years_and_no_longer(card: Card) -> None:
    volunteer, applicant = card.volunteer(), card.volunteer()
    card.apply(volunteer)
    card.apply(applicant)
    assert volunteer.volunteer_id is not None
    assert volunteer.account_id is not None
    card.receive(VolunteerErased(volunteer_id=volunteer.volunteer_id, account_id=volunteer.account_id), version=2)

    card.clock.advance(days=1096)
    assert forget(card) == 0
    card.clock.advance(days=1)
    assert forget(card) == 1

    with card.units() as uow:
        (kept,) = uow.session.scalars(sa.select(Consent)).all()
    assert kept.volunteer_id == applicant.volunteer_id  # that application has not ended
    assert card.mine(volunteer)[0]["consent"] is None
    assert forget(card) == 0
