"""A volunteer's application: what is refused, what goes to the bank, and what happens while identity is away."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.domain.clothing import ClothingSize
from services.card.errors import (
    AdultRequired,
    ApplicationOpen,
    BirthDateRequired,
    ConsentRequired,
    GuardianRequired,
    NoBranchInCity,
    VolunteerNotActive,
)
from services.card.models import CardApplication, Consent
from services.card.use_cases import republishing, routing
from services.chassis.errors import AppError, DeadlineExceeded, IllegalTransition, NotFound, Unavailable
from services.identity.events import VolunteerErased
from tests.service.card.conftest import CURRENT_VERSION, SHAOGUAN, SHENZHEN, Card


def only_row(card: Card) -> CardApplication:
    with card.units() as uow:
        return uow.session.scalars(sa.select(CardApplication)).unique().one()


def test_an_application_is_sealed_by_identity_and_routed_to_its_branch(card: Card) -> None:
    volunteer = card.volunteer()

    answer = card.apply(volunteer)

    assert answer["status"] == "routed"
    assert (answer["city"], answer["city_name"], answer["bank"]) == ("440100", "广州", "boc")
    assert answer["branch"] == "中国银行省行广州发展部"
    assert answer["contact"] == {"name": "客服热线", "phone": "95566"}
    assert [step["status"] for step in answer["history"]] == ["submitted", "routed"]
    assert card.mine(volunteer) == [answer]


def test_the_bank_gets_the_number_and_the_sealed_document_and_nothing_else(card: Card) -> None:
    answer = card.apply(card.volunteer())

    (message,) = card.at_bank()
    assert message.keys() == {"id", "type", "application_no", "bank", "time", "jwe"}
    assert message["type"] == "card.application.v1"
    assert message["application_no"] == answer["application_no"]
    assert message["jwe"] == f"sealed:{answer['application_no']}"


def test_identity_is_asked_to_seal_just_what_the_consent_names(card: Card) -> None:
    volunteer = card.volunteer()

    answer = card.apply(volunteer, clothing_size=ClothingSize.XL)

    (request,) = card.identity.requests
    assert (request["partner"], request["volunteer_id"]) == ("boc", volunteer.volunteer_id)
    assert request["document"] == {
        "application_no": answer["application_no"],
        "card_type": "debit",
        "branch": "中国银行省行广州发展部",
        "city": "440100",
        "city_name": "广州",
        "address": "天河区示例路1号",
        "clothing_size": "XL",
        "consent": {
            "version": CURRENT_VERSION,
            "recipient": "boc",
            "given_by": "oneself",
            "at": card.clock.now().isoformat(),
        },
    }


def test_the_address_is_stored_unreadable_and_the_clothing_size_comes_from_the_profile(card: Card) -> None:
    card.apply(card.volunteer(clothing_size="M"))

    row = only_row(card)
    assert row.clothing_size == "M"
    assert row.address_sealed is not None
    assert "天河" not in row.address_sealed


def test_others_are_told_of_the_routing_with_the_application_s_version(card: Card) -> None:
    organization_id = card.organization()
    volunteer = card.volunteer(organization_id)

    answer = card.apply(volunteer)

    (changed,) = card.units.published("card.status_changed")
    (routed,) = card.units.published("card.application_routed")
    assert changed["data"]["status"] == "routed"
    assert changed["data"]["organization_id"] == organization_id
    assert routed["data"]["application_no"] == answer["application_no"]
    assert changed["aggregateversion"] == routed["aggregateversion"] == only_row(card).version


def test_what_was_provided_to_whom_and_on_which_consent_is_kept(card: Card) -> None:
    volunteer = card.volunteer()
    card.apply(volunteer)

    with card.units() as uow:
        consent = uow.session.scalars(sa.select(Consent)).one()
    assert (consent.volunteer_id, consent.recipient, consent.text_version) == (
        volunteer.volunteer_id,
        "boc",
        CURRENT_VERSION,
    )
    assert consent.given_at == consent.provided_at == card.clock.now()


# refusals ---------------------------------------------------------------------------------------------------------


def test_shenzhen_has_no_branch_and_the_refusal_says_what_is_possible(card: Card) -> None:
    with pytest.raises(NoBranchInCity) as refusal:
        card.apply(card.volunteer(), region="440305")

    possible = {place["city_name"]: place["banks"] for place in refusal.value.data["possible"]}
    assert len(possible) == 20
    assert "深圳" not in possible
    assert possible["广州"] == ["boc", "ceb"]
    assert possible["韶关"] == ["boc"]
    assert refusal.value.data["hotlines"] == {"boc": "95566", "ceb": "95595"}
    assert "深圳" in refusal.value.detail("zh")


@pytest.mark.parametrize("region", [SHENZHEN, "110000", "440000"])
def test_a_place_without_a_branch_is_refused_whatever_it_is(card: Card, region: str) -> None:
    with pytest.raises(NoBranchInCity):
        card.apply(card.volunteer(), region=region)


def test_a_bank_that_is_not_in_the_city_is_refused(card: Card) -> None:
    volunteer = card.volunteer()
    with pytest.raises(NoBranchInCity):
        card.apply(volunteer, bank=Bank.CEB, region=SHAOGUAN)

    assert card.apply(volunteer, bank=Bank.BOC, region=SHAOGUAN)["status"] == "routed"


@pytest.mark.parametrize(
    "consent",
    [
        None,
        commands.GivenConsent(version=CURRENT_VERSION, recipient="ceb"),
        commands.GivenConsent(version="0", recipient="boc"),
    ],
)
def test_without_the_consent_for_this_bank_nothing_is_written_and_nothing_leaves(
    card: Card, consent: commands.GivenConsent | None
) -> None:
    volunteer = card.volunteer()
    with pytest.raises(ConsentRequired):
        card.apply(volunteer, consent=consent)

    assert card.mine(volunteer) == []
    assert card.identity.requests == []


@pytest.mark.parametrize("status", ["verifying", "pending_review", "rejected", "suspended", "erased"])
def test_only_active_volunteers_can_apply(card: Card, status: str) -> None:
    volunteer = card.volunteer(status=status)
    with pytest.raises(VolunteerNotActive):
        card.apply(volunteer)

    card.volunteer(volunteer_id=volunteer.volunteer_id, version=2)
    assert card.apply(volunteer)["status"] == "routed"


@pytest.mark.parametrize(
    ("birth_date", "card_type", "refusal"),
    [
        (date(2010, 1, 1), CardType.CREDIT, AdultRequired),
        (date(2012, 1, 1), CardType.DEBIT, GuardianRequired),
        (None, CardType.DEBIT, BirthDateRequired),
    ],
)
def test_who_is_too_young_is_refused(
    card: Card, birth_date: date | None, card_type: CardType, refusal: type[AppError]
) -> None:
    with pytest.raises(refusal):
        card.apply(card.volunteer(birth_date=birth_date), card_type=card_type)


def test_there_is_one_application_at_a_time_and_another_after_its_end(card: Card) -> None:
    volunteer = card.volunteer()
    first = card.apply(volunteer)
    with pytest.raises(ApplicationOpen) as refusal:
        card.apply(volunteer, bank=Bank.CEB)
    assert refusal.value.data == {"application_no": first["application_no"]}

    card.report(card.signed("boc", first["application_no"], {"status": "rejected", "reason": "资料不全"}))

    assert card.apply(volunteer, bank=Bank.CEB)["status"] == "routed"


def test_of_ten_applications_at_the_same_moment_one_is_taken(card: Card) -> None:
    volunteer = card.volunteer()
    outcomes: list[str] = []

    def apply() -> None:
        try:
            outcomes.append(str(card.apply(volunteer)["status"]))
        except ApplicationOpen:
            outcomes.append("refused")

    threads = [threading.Thread(target=apply) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused"] * 9 + ["routed"]
    assert len(card.at_bank()) == 1


# identity is away -------------------------------------------------------------------------------------------------


def test_while_identity_is_away_an_application_is_taken_and_sealed_later(card: Card) -> None:
    card.identity.failures = [Unavailable()]
    volunteer = card.volunteer()
    assert card.apply(volunteer)["status"] == "submitted"
    assert card.at_bank() == []

    assert routing.seal_waiting(card.units.factory(), card.identity) == 0  # not due yet
    card.clock.advance(seconds=10)
    routing.seal_waiting(card.units.factory(), card.identity)

    assert card.mine(volunteer)[0]["status"] == "routed"
    assert len(card.at_bank()) == 1


def test_the_sweep_stops_at_the_first_sign_that_identity_is_still_away(card: Card) -> None:
    card.identity.failures = [Unavailable() for _ in range(4)]
    for _ in range(3):
        card.apply(card.volunteer())
    card.clock.advance(seconds=10)

    assert routing.seal_waiting(card.units.factory(), card.identity) == 1
    assert routing.seal_waiting(card.units.factory(), card.identity) == 2
    assert len(card.at_bank()) == 2


def test_an_answer_that_came_too_late_does_not_send_the_application_twice(card: Card) -> None:
    card.identity.failures = [DeadlineExceeded()]
    card.apply(card.volunteer())
    card.clock.advance(seconds=10)

    routing.seal_waiting(card.units.factory(), card.identity)
    card.clock.advance(hours=1)
    routing.seal_waiting(card.units.factory(), card.identity)

    assert len(card.at_bank()) == 1


def test_a_claim_of_a_process_that_died_runs_out(card: Card) -> None:
    class Dies:
        def call(self, *_: Any, **__: Any) -> Any:
            raise KeyboardInterrupt

    card.identity.failures = [Unavailable()]
    card.apply(card.volunteer())
    card.clock.advance(seconds=10)
    with pytest.raises(KeyboardInterrupt):
        routing.seal_waiting(card.units.factory(), Dies())

    assert routing.seal_waiting(card.units.factory(), card.identity) == 0
    card.clock.advance(seconds=30)
    assert routing.seal_waiting(card.units.factory(), card.identity) == 1
    assert len(card.at_bank()) == 1


def test_what_was_cancelled_while_it_waited_is_never_sent(card: Card) -> None:
    card.identity.failures = [Unavailable()]
    volunteer = card.volunteer()
    application = card.apply(volunteer)
    card.cancel(volunteer, application["application_id"])
    card.clock.advance(hours=1)

    assert routing.seal_waiting(card.units.factory(), card.identity) == 0
    assert card.at_bank() == []


# withdrawing ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_application_blanks_the_address_and_tells_the_bank(card: Card) -> None:
    volunteer = card.volunteer()
    application = card.apply(volunteer)

    answer = card.cancel(volunteer, application["application_id"])

    assert answer["status"] == "cancelled"
    assert only_row(card).address_sealed is None
    assert [message["type"] for message in card.at_bank()] == ["card.application.v1", "card.cancellation.v1"]
    assert card.at_bank()[1].keys() == {"id", "type", "application_no", "bank", "time"}


def test_nobody_can_see_or_withdraw_another_s_application(card: Card) -> None:
    application = card.apply(card.volunteer())
    stranger = card.volunteer()

    with pytest.raises(NotFound):
        card.cancel(stranger, application["application_id"])
    assert card.mine(stranger) == []


def test_a_card_that_is_made_cannot_be_withdrawn(card: Card) -> None:
    volunteer = card.volunteer()
    application = card.apply(volunteer)
    card.report(card.signed("boc", application["application_no"], {"status": "produced"}))

    with pytest.raises(IllegalTransition):
        card.cancel(volunteer, application["application_id"])


def test_an_erased_volunteer_is_forgotten_and_the_record_of_provision_stays(card: Card) -> None:
    volunteer = card.volunteer(version=3)
    card.apply(volunteer)
    assert volunteer.volunteer_id is not None
    assert volunteer.account_id is not None
    erased = VolunteerErased(volunteer_id=volunteer.volunteer_id, account_id=volunteer.account_id)

    card.receive(erased, version=4)
    card.volunteer(volunteer_id=volunteer.volunteer_id, version=2)  # late, of the time before

    row = only_row(card)
    assert (row.status, row.address_sealed, row.clothing_size) == ("cancelled", None, None)
    assert card.at_bank()[-1]["type"] == "card.cancellation.v1"
    with pytest.raises(VolunteerNotActive):
        card.apply(volunteer)
    with card.units() as uow:
        assert uow.session.scalars(sa.select(Consent)).one().provided_at is not None


def test_every_application_s_state_can_be_told_again(card: Card) -> None:
    organization_id = card.organization()
    card.apply(card.volunteer(organization_id))

    with card.units() as uow:
        told = list(republishing.STATE_EVENTS["application"](uow))

    assert [(event.status, event.organization_id, version) for event, version in told] == [
        ("routed", organization_id, 2)
    ]
