"""While the real-name verifier is away, registration goes on: verifying, asked again, told at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import IllegalTransition, Invalid
from services.identity import commands
from services.identity.domain.certificates import Certificate
from services.identity.models import RealnameCheck, ReviewStep, Volunteer
from services.identity.schemas import profiles
from services.identity.use_cases import erasing, profile, realname
from services.identity.verifier import Outcome, VerifierAway
from tests.service.identity.conftest import Identity, resident_id
from tests.service.identity.test_profile import change, resubmit
from tests.service.identity.test_reviews import decide, state


class Moody:
    """A verifier that a test switches on and off; it counts what it is asked."""

    def __init__(self, says: Outcome | None = None) -> None:
        self.says = says
        self.asked = 0
        self.meanwhile: Any = None

    def check(self, name: str, certificate: Certificate, patience: float) -> Outcome:
        self.asked += 1
        if self.meanwhile is not None:
            self.meanwhile()
        if self.says is None:
            raise VerifierAway("switched off")
        return self.says


@pytest.fixture
def moody(identity: Identity) -> Moody:
    identity.verifier = Moody()
    return identity.verifier


def sweep(identity: Identity) -> None:
    realname.check_waiting(identity.units.factory(Caller(kind="service", account_id="identity")), identity.verifier)


def history(identity: Identity, volunteer: Any) -> list[tuple[str, str | None]]:
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        shown = profiles.ReviewHistory().dump(profile.list_review_history(commands.ListReviewHistory(), uow))
    return [(step["step"], step["reason"]) for step in shown["items"]]


def waits(identity: Identity, volunteer: Any) -> bool:
    return identity.stored(RealnameCheck, volunteer.id) is not None


def test_who_registers_while_it_is_away_is_saved_and_nobody_reviews_them_yet(identity: Identity, moody: Moody) -> None:
    volunteer = identity.register()
    assert volunteer.status == "verifying"
    assert identity.units.published("volunteer.registered") == []
    assert identity.units.published("volunteer.changed")[-1]["data"]["status"] == "verifying"
    assert waits(identity, volunteer)


@pytest.mark.parametrize("outcome", [Outcome.MATCHED, Outcome.NOT_CHECKED])
def test_when_it_is_back_they_are_reviewed_and_told(identity: Identity, moody: Moody, outcome: Outcome) -> None:
    volunteer = identity.register()
    moody.says = outcome
    sweep(identity)
    assert moody.asked == 1  # not due yet
    identity.clock.advance(seconds=30)
    sweep(identity)
    assert state(identity, volunteer) == ("pending_review", None)
    (registered,) = identity.units.published("volunteer.registered")
    (told,) = identity.units.published("volunteer.realname_decided")
    assert told["data"]["outcome"] == outcome
    assert registered["aggregateversion"] == told["aggregateversion"] == 2
    assert not waits(identity, volunteer)
    assert history(identity, volunteer) == [("verifying", None), (f"realname_{outcome}", None), ("submitted", None)]
    decide(identity, volunteer)
    assert state(identity, volunteer) == ("active", None)


def test_a_name_that_does_not_match_is_rejected_told_and_never_reviewed(identity: Identity, moody: Moody) -> None:
    volunteer = identity.register()
    moody.says = Outcome.MISMATCHED
    identity.clock.advance(seconds=30)
    sweep(identity)
    assert state(identity, volunteer) == ("rejected", "姓名与证件不一致")
    assert identity.units.published("volunteer.registered") == []
    assert identity.units.published("volunteer.realname_decided")[-1]["data"]["outcome"] == "mismatched"
    decide(identity, volunteer)  # whatever an organization says of older particulars
    assert state(identity, volunteer) == ("rejected", "姓名与证件不一致")
    with pytest.raises(Invalid):
        resubmit(identity, volunteer)
    moody.says = Outcome.MATCHED
    assert change(identity, volunteer, name="林榕")["volunteer"]["status"] == "rejected"
    assert resubmit(identity, volunteer)["volunteer"]["status"] == "pending_review"
    decide(identity, volunteer)
    assert state(identity, volunteer) == ("active", None)


def test_the_pauses_grow_to_an_hour_and_no_longer(identity: Identity, moody: Moody) -> None:
    volunteer = identity.register()
    pauses = []
    for _ in range(9):
        check = identity.stored(RealnameCheck, volunteer.id)
        pauses.append(int((check.next_attempt_at - identity.clock.now()).total_seconds()))
        identity.clock.advance(seconds=pauses[-1])
        sweep(identity)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert (moody.asked, state(identity, volunteer)) == (10, ("verifying", None))


def test_one_question_is_enough_to_see_that_it_is_still_away(identity: Identity, moody: Moody) -> None:
    volunteers = [identity.register() for _ in range(3)]
    identity.clock.advance(seconds=30)
    sweep(identity)
    assert moody.asked == 4
    moody.says = Outcome.MATCHED
    identity.clock.advance(minutes=5)
    sweep(identity)
    assert {state(identity, volunteer)[0] for volunteer in volunteers} == {"pending_review"}


def test_two_replicas_never_ask_the_same(identity: Identity, moody: Moody) -> None:
    identity.register()
    moody.says = Outcome.MATCHED
    identity.clock.advance(seconds=30)
    asked_before, other = moody.asked, Moody(Outcome.MATCHED)

    def the_other_replica() -> None:
        moody.meanwhile = None
        units = identity.units.factory(Caller(kind="service", account_id="identity"))
        realname.check_waiting(units, other)

    moody.meanwhile = the_other_replica
    sweep(identity)
    assert (moody.asked - asked_before, other.asked) == (1, 0)
    assert len(identity.units.published("volunteer.realname_decided")) == 1


def test_an_answer_about_a_name_that_was_corrected_meanwhile_decides_nothing(identity: Identity, moody: Moody) -> None:
    volunteer = identity.register()
    moody.says = Outcome.MISMATCHED
    identity.clock.advance(seconds=30)

    def correct() -> None:
        moody.meanwhile, moody.says = None, None
        assert change(identity, volunteer, name="林榕")["volunteer"]["status"] == "verifying"
        moody.says = Outcome.MISMATCHED

    moody.meanwhile = correct
    sweep(identity)
    assert state(identity, volunteer) == ("verifying", None)
    moody.says = Outcome.MATCHED
    identity.clock.advance(seconds=30)
    sweep(identity)
    assert identity.units.published("volunteer.registered")[-1]["data"]["name"] == "林榕"


def test_a_new_certificate_that_cannot_be_checked_now_waits_as_well(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer)
    identity.verifier = moody = Moody()
    papers = {"cert_type": "resident_id", "cert_no": resident_id(777, "19940101")}
    assert change(identity, volunteer, **papers)["volunteer"]["status"] == "verifying"
    decide(identity, volunteer)
    assert state(identity, volunteer)[0] == "verifying"
    moody.says = Outcome.MATCHED
    assert change(identity, volunteer, name="林榕")["volunteer"]["status"] == "pending_review"
    assert not waits(identity, volunteer)


def test_a_resubmission_is_checked_later_if_need_be(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer, "姓名有误")
    identity.verifier = Moody()
    assert resubmit(identity, volunteer)["volunteer"]["status"] == "verifying"
    with pytest.raises(IllegalTransition):
        resubmit(identity, volunteer)
    assert [step for step, _ in history(identity, volunteer)] == ["submitted", "rejected", "verifying"]
    assert history(identity, volunteer)[1] == ("rejected", "姓名有误")


def test_an_erased_volunteer_is_asked_about_no_more(identity: Identity, moody: Moody) -> None:
    volunteer = identity.register()
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    identity.clock.advance(hours=2)
    sweep(identity)
    assert moody.asked == 1
    assert identity.stored(Volunteer, volunteer.id).status == "erased"
    with identity.uow() as uow:
        assert {step.reason for step in uow.session.query(ReviewStep)} == {None}


def test_a_production_start_refuses_the_simulator_and_a_bare_http_verifier(identity: Identity) -> None:
    settings: Any = identity.units.runtime.settings
    production = {"environment": "production", "captcha": "image"}
    found = replace(settings, **production).faults()
    assert [fault for fault in found if "REALNAME" in fault] == [
        "ZHIYUAN_REALNAME_VERIFIER may not be the simulator in production"
    ]
    bare = replace(settings, **production, realname_verifier="http", realname_url="http://example.org").faults()
    assert sum("REALNAME" in fault for fault in bare) == 2
