"""Appeals: who may, until when, who decides a level up, and that both decisions stay to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.attendance import commands, errors
from services.attendance.schemas import appeals as schemas
from services.attendance.schemas import disclosure
from services.attendance.use_cases import appealing, certificates, objecting, submitting_appeals
from services.chassis.context import Caller, Role
from services.chassis.errors import AlreadyDecided, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import SHIFT_STARTS, World


@dataclass
class Case:
    """An hour that was disclosed, somebody who objects to it, who resolves that, and who stands above."""

    world: World
    volunteer_id: str
    record_id: str
    volunteer: Caller
    objector: Caller
    reviewer: Caller
    superior: Caller

    def objection(self, *, upheld: bool, served_minutes: int | None = None) -> str:
        """The objector's, and what came of it."""
        objection = self.world.object_to(self.record_id, self.objector)
        self.world.resolve(objection.id, self.reviewer, upheld=upheld, served_minutes=served_minutes)
        return str(objection.id)

    def appeal(self, objection_id: str, caller: Caller) -> str:
        """Somebody does not accept it."""
        command = commands.SubmitAppeal(objection_id=objection_id, text="请上级核实签退表原件")
        return str(self.world.do(submitting_appeals.submit_appeal, command, caller)["appeal_id"])

    def decide(
        self, appeal_id: str, caller: Caller | None = None, *, upheld: bool = True, served_minutes: int | None = None
    ) -> Any:
        """The superior decides; ``served_minutes``: what was really served."""
        corrected = None
        if served_minutes is not None:
            ends_at = SHIFT_STARTS + timedelta(minutes=served_minutes)
            corrected = commands.CorrectedTime(starts_at=SHIFT_STARTS, ends_at=ends_at)
        command = commands.DecideAppeal(
            appeal_id=appeal_id, upheld=upheld, reason="核对原件与现场照片", corrected=corrected
        )
        return self.world.do(appealing.decide_appeal, command, caller or self.superior)

    def waiting_for(self, caller: Caller, organization_id: str, status: str = "open") -> list[Any]:
        """What an administrator finds to decide, as it is sent."""
        query = commands.ListAppeals(organization_id=organization_id, status=status, limit=20, cursor=None)
        with self.world.units(caller) as uow:
            return list(schemas.AppealPage().dump(appealing.list_appeals(query, uow))["items"])

    def seen_by(self, caller: Caller) -> list[Any]:
        """The objections that concern somebody, as they are sent."""
        query = commands.ListMyObjections(limit=20, cursor=None)
        with self.world.units(caller) as uow:
            return list(schemas.MyObjectionPage().dump(submitting_appeals.list_my_objections(query, uow))["items"])

    def status(self) -> str:
        """Of the record."""
        return self.world.status_of(self.record_id)

    def minutes(self) -> int:
        """That stand."""
        return int(self.world.summary(self.volunteer_id)["total_minutes"])


@pytest.fixture
def case(world: World) -> Case:
    """Disclosed the day after."""
    volunteer_id = world.volunteer()
    record = world.serve(volunteer_id, minutes=60)
    world.clock.advance(days=1)
    world.disclose()
    return Case(
        world,
        volunteer_id,
        record.id,
        volunteer=world.as_volunteer(volunteer_id),
        objector=world.as_volunteer(world.volunteer("李雷")),
        reviewer=world.administrator("reviewer", world.team),
        superior=world.administrator("reviewer", world.city),
    )


class TestWhoMayAppeal:
    def test_who_objected_in_vain_may_and_the_record_freezes_again(self, case: Case) -> None:
        objection_id = case.objection(upheld=False)
        assert case.status() == "disclosed"
        case.appeal(objection_id, case.objector)

        assert case.status() == "frozen"
        case.world.clock.advance(days=8)
        assert (case.world.confirm(), case.status()) == (0, "frozen")

    def test_whose_record_was_cut_may(self, case: Case) -> None:
        objection_id = case.objection(upheld=True, served_minutes=20)
        assert case.minutes() == 20
        case.appeal(objection_id, case.volunteer)
        assert case.status() == "frozen"

    def test_who_got_what_they_wanted_has_nothing_to_appeal_against(self, case: Case) -> None:
        upheld = case.objection(upheld=True, served_minutes=20)
        with pytest.raises(errors.NothingToAppeal):
            case.appeal(upheld, case.objector)
        dismissed = case.objection(upheld=False)
        with pytest.raises(errors.NothingToAppeal):
            case.appeal(dismissed, case.volunteer)
        case.appeal(upheld, case.volunteer)
        case.appeal(dismissed, case.objector)

    def test_an_objection_that_is_open_is_not_appealed(self, case: Case) -> None:
        objection = case.world.object_to(case.record_id, case.objector)
        with pytest.raises(errors.NothingToAppeal):
            case.appeal(objection.id, case.objector)

    def test_for_strangers_and_who_objected_without_an_account_there_is_no_such_objection(self, case: Case) -> None:
        anonymous = case.world.object_to(case.record_id)
        case.world.resolve(anonymous.id, case.reviewer, upheld=False)
        for caller in (case.objector, case.world.as_volunteer(case.world.volunteer()), case.reviewer):
            with pytest.raises(NotFound):
                case.appeal(anonymous.id, caller)

    def test_it_is_taken_for_some_days_and_once(self, case: Case) -> None:
        first, second = case.objection(upheld=False), case.objection(upheld=False)
        case.appeal(first, case.objector)
        with pytest.raises(errors.AlreadyAppealed):
            case.appeal(first, case.objector)
        case.world.clock.advance(days=15)
        with pytest.raises(errors.AppealTooLate):
            case.appeal(second, case.objector)

    def test_what_was_confirmed_meanwhile_is_frozen_too(self, case: Case) -> None:
        objection_id = case.objection(upheld=False)
        case.world.clock.advance(days=8)
        assert case.world.confirm() == 1
        assert case.world.summary(case.volunteer_id)["confirmed_minutes"] == 60

        appeal_id = case.appeal(objection_id, case.objector)
        assert (case.status(), case.world.summary(case.volunteer_id)["confirmed_minutes"]) == ("frozen", 0)
        case.decide(appeal_id, upheld=False)
        assert (case.world.confirm(), case.status()) == (1, "confirmed")

    def test_against_hours_as_a_whole_it_freezes_no_record(self, case: Case) -> None:
        objection = case.world.object_to(None, case.objector)
        case.world.resolve(objection.id, case.reviewer, upheld=False)
        appeal_id = case.appeal(objection.id, case.objector)

        assert case.status() == "disclosed"
        with pytest.raises(Invalid, match="no_record"):
            case.decide(appeal_id, served_minutes=20)
        assert case.decide(appeal_id)["status"] == "upheld"


class TestWhoDecides:
    def test_somebody_above_and_nobody_of_the_same_organization(self, case: Case) -> None:
        world = case.world
        appeal_id = case.appeal(case.objection(upheld=False), case.objector)

        with pytest.raises(errors.SuperiorDecides):
            case.decide(appeal_id, world.administrator("owner", world.team))
        for stranger in (world.administrator("owner", world.other_city), case.objector):
            with pytest.raises(NotFound):
                case.decide(appeal_id, stranger)
        case.decide(appeal_id)

    def test_what_a_superior_resolved_goes_above_that_superior(self, case: Case) -> None:
        world = case.world
        objection = world.object_to(case.record_id, case.objector)
        world.resolve(objection.id, case.superior, upheld=False)
        appeal_id = case.appeal(objection.id, case.objector)

        colleague, province = world.administrator("owner", world.city), world.administrator("owner", world.province)
        with pytest.raises(errors.SuperiorDecides):
            case.decide(appeal_id, colleague)
        assert case.waiting_for(colleague, world.city) == []
        assert [item["appeal_id"] for item in case.waiting_for(province, world.province)] == [appeal_id]
        case.decide(appeal_id, province)

    def test_what_the_platform_resolved_is_for_the_platform_again(self, case: Case) -> None:
        world = case.world
        objection = world.object_to(case.record_id, case.objector)
        world.resolve(objection.id, Caller(kind="platform", account_id=new_id()), upheld=False)
        appeal_id = case.appeal(objection.id, case.objector)

        with pytest.raises(errors.SuperiorDecides):
            case.decide(appeal_id, world.administrator("owner", world.province))
        case.decide(appeal_id, Caller(kind="platform", account_id=new_id()))

    def test_nobody_who_is_concerned(self, case: Case) -> None:
        world = case.world
        above = Role(world.city, "owner")
        both = world.administrator("reviewer", world.team, above)
        objection = world.object_to(case.record_id, case.objector)
        world.resolve(objection.id, both, upheld=False)
        appeal_id = case.appeal(objection.id, case.objector)

        with pytest.raises(errors.OwnDecision):
            case.decide(appeal_id, both)
        appellant = Caller(kind="volunteer", account_id=case.objector.account_id, roles=(above,))
        beneficiary = Caller(kind="volunteer", account_id=new_id(), volunteer_id=case.volunteer_id, roles=(above,))
        for caller in (appellant, beneficiary):
            with pytest.raises(errors.AboutOneself):
                case.decide(appeal_id, caller)
        case.decide(appeal_id)

    def test_it_is_in_the_list_of_those_above_only_with_what_was_decided_before(self, case: Case) -> None:
        world = case.world
        appeal_id = case.appeal(case.objection(upheld=True, served_minutes=20), case.volunteer)

        for caller, organization_id in (
            (case.superior, world.city),
            (world.administrator("owner", world.province), world.province),
        ):
            (item,) = case.waiting_for(caller, organization_id)
            assert (item["appeal_id"], item["objection_status"], item["objection_reason"]) == (
                appeal_id,
                "upheld",
                "核实签退表",
            )
            assert (item["objection_minutes_before"], item["record_minutes"], item["by_volunteer"]) == (60, 20, True)
        assert case.waiting_for(world.administrator("owner", world.team), world.team) == []
        with pytest.raises((Forbidden, NotFound)):
            case.waiting_for(world.administrator("viewer", world.city), world.city)

    def test_once_and_finally(self, case: Case) -> None:
        objection_id = case.objection(upheld=False)
        appeal_id = case.appeal(objection_id, case.objector)
        case.decide(appeal_id, upheld=False)

        with pytest.raises(AlreadyDecided):
            case.decide(appeal_id)
        with pytest.raises(errors.AlreadyAppealed):
            case.appeal(objection_id, case.objector)


class TestWhatComesOfIt:
    def test_a_volunteers_hours_are_given_again_and_shown_once_more(self, case: Case) -> None:
        appeal_id = case.appeal(case.objection(upheld=True), case.volunteer)
        case.world.clock.advance(days=8)
        assert case.minutes() == 0
        with pytest.raises(Invalid, match="required"):
            case.decide(appeal_id)

        assert case.decide(appeal_id, served_minutes=60)["minutes"] == 60
        assert (case.minutes(), case.status(), case.world.confirm()) == (60, "disclosed", 0)
        case.world.clock.advance(days=7)
        assert case.world.confirm() == 1
        assert case.world.recount().sound

    def test_who_objected_rightly_has_the_minutes_taken_back_and_certificates_are_outdated(self, case: Case) -> None:
        world = case.world
        objection_id = case.objection(upheld=False)
        world.clock.advance(days=8)
        world.confirm()
        world.do(certificates.issue_certificate, commands.IssueCertificate(from_day=None, to_day=None), case.volunteer)
        assert case.decide(case.appeal(objection_id, case.objector))["minutes"] == 0

        listed = world.do(
            certificates.list_certificates, commands.ListCertificates(limit=20, cursor=None), case.volunteer
        )
        assert [certificate.status for certificate in listed["items"]] == ["outdated"]
        assert world.recount().sound

    def test_a_dismissed_one_changes_nothing(self, case: Case) -> None:
        appeal_id = case.appeal(case.objection(upheld=True, served_minutes=20), case.volunteer)
        with pytest.raises(Invalid, match="not_upheld"):
            case.decide(appeal_id, upheld=False, served_minutes=60)

        case.decide(appeal_id, upheld=False)
        assert (case.minutes(), case.status()) == (20, "disclosed")

    def test_whoever_appealed_is_told(self, case: Case) -> None:
        case.decide(case.appeal(case.objection(upheld=False), case.objector), upheld=False)

        (told,) = case.world.units.published("appeal.decided")
        assert (told["data"]["account_id"], told["data"]["upheld"]) == (case.objector.account_id, False)

    def test_an_objection_that_is_open_beside_it_keeps_the_record_frozen(self, case: Case) -> None:
        appeal_id = case.appeal(case.objection(upheld=False), case.objector)
        other = case.world.object_to(case.record_id)
        case.decide(appeal_id, upheld=False)
        assert case.status() == "frozen"

        case.world.resolve(other.id, case.reviewer, upheld=False)
        assert case.status() == "disclosed"

    def test_an_appeal_that_is_open_beside_it_keeps_the_record_frozen(self, case: Case) -> None:
        appeal_id = case.appeal(case.objection(upheld=False), case.objector)
        other = case.world.object_to(case.record_id)
        case.world.resolve(other.id, case.reviewer, upheld=False)
        assert case.status() == "frozen"

        case.decide(appeal_id, upheld=False)
        assert case.status() == "disclosed"


class TestWhatIsSeen:
    def test_both_sides_see_both_decisions_and_not_what_the_other_wrote(self, case: Case) -> None:
        objection_id = case.objection(upheld=True, served_minutes=20)
        (before,) = case.seen_by(case.volunteer)
        assert before["own_record"]
        assert before["appeal_until"] is not None
        case.decide(case.appeal(objection_id, case.volunteer), served_minutes=50)

        (of_volunteer,) = case.seen_by(case.volunteer)
        (of_objector,) = case.seen_by(case.objector)
        for item in (of_volunteer, of_objector):
            assert (item["status"], item["reason"], item["minutes_before"], item["minutes"]) == (
                "upheld",
                "核实签退表",
                60,
                20,
            )
            assert (item["appeal"]["status"], item["appeal"]["minutes"]) == ("upheld", 50)
            assert item["appeal_until"] is None
        assert (of_volunteer["text"], of_volunteer["appeal"]["text"]) == (None, "请上级核实签退表原件")
        assert (of_objector["text"], of_objector["appeal"]["text"]) == ("他提前走了", None)
        assert case.seen_by(case.world.as_volunteer(case.world.volunteer())) == []

    def test_the_organization_sees_the_appeal_beside_the_objection(self, case: Case) -> None:
        case.decide(case.appeal(case.objection(upheld=False), case.objector), upheld=False)

        query = commands.ListObjections(activity_id=case.world.activity, limit=20, cursor=None)
        with case.world.units(case.reviewer) as uow:
            (item,) = disclosure.ObjectionPage().dump(objecting.list_objections(query, uow))["items"]
        assert (item["status"], item["appeal"]["status"], item["appeal"]["reason"]) == (
            "dismissed",
            "dismissed",
            "核对原件与现场照片",
        )

    def test_what_an_erased_person_wrote_is_forgotten(self, case: Case) -> None:
        case.appeal(case.objection(upheld=False), case.objector)
        assert case.objector.account_id is not None
        case.world.hear(
            VolunteerErased(volunteer_id=new_id(), account_id=case.objector.account_id),
        )

        (item,) = case.waiting_for(case.superior, case.world.city)
        assert (item["text"], item["objection_text"]) == ("", "")
