"""Corrections: what a volunteer asks for, what the organization decides, and that no hour is raised in silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.attendance import commands, errors
from services.attendance.domain import Direction
from services.attendance.models import Correction, CorrectionEvidence
from services.attendance.schemas import corrections as schemas
from services.attendance.use_cases import certificates, correcting, evidence, requesting_corrections
from services.chassis.context import Caller
from services.chassis.errors import AlreadyDecided, Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.uploads import FindUploadsInUse
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import SHIFT_STARTS, World, minutes_by_provenance


def after(minutes: int) -> datetime:
    """So long after the start of the shift, which takes three hours."""
    return SHIFT_STARTS + timedelta(minutes=minutes)


def span(since: int, until: int) -> commands.CorrectedTime:
    """From and until so many minutes after the start of the shift."""
    return commands.CorrectedTime(starts_at=after(since), ends_at=after(until))


@dataclass
class Case:
    """Somebody's scans gave an hour, and it is the day after."""

    world: World
    volunteer_id: str
    record_id: str
    organizer: Caller

    @property
    def volunteer(self) -> Caller:
        """Whose record it is."""
        return self.world.as_volunteer(self.volunteer_id)

    def ask(self, since: int = 0, until: int = 120, caller: Caller | None = None, **changes: Any) -> str:
        """The volunteer says when they served; answers the correction's id."""
        command = commands.RequestCorrection(
            record_id=changes.pop("record_id", self.record_id),
            starts_at=after(since),
            ends_at=after(until),
            reason="签退时手机没电，实际服务到十一点",
            **changes,
        )
        asked = self.world.do(requesting_corrections.request_correction, command, caller or self.volunteer)
        return str(asked["correction_id"])

    def decide(self, correction_id: str, *, grant: bool = True, caller: Caller | None = None, **more: Any) -> Any:
        """The organizer decides."""
        command = commands.DecideCorrection(
            correction_id=correction_id, grant=grant, reason=more.get("reason"), corrected=more.get("corrected")
        )
        return self.world.do(correcting.decide_correction, command, caller or self.organizer)

    def amend(self, corrected: commands.CorrectedTime | None, caller: Caller | None = None) -> Any:
        """The organizer corrects of their own accord."""
        command = commands.AmendRecord(record_id=self.record_id, reason="签到表有误", corrected=corrected)
        return self.world.do(correcting.amend_record, command, caller or self.organizer)

    def withdraw(self, correction_id: str, caller: Caller | None = None) -> Any:
        """The volunteer asks no more."""
        command = commands.WithdrawCorrection(correction_id=correction_id)
        return self.world.do(requesting_corrections.withdraw_correction, command, caller or self.volunteer)

    def waiting_for(self, caller: Caller, organization_id: str | None = None, status: str = "requested") -> list[Any]:
        """What an administrator finds to decide, as it is sent."""
        query = commands.ListCorrections(
            organization_id=organization_id or self.world.team, status=status, limit=20, cursor=None
        )
        with self.world.units(caller) as uow:
            answer = schemas.CorrectionPage().dump(requesting_corrections.list_corrections(query, uow))
        return list(answer["items"])

    def mine(self) -> list[Any]:
        """What the volunteer sees."""
        query = commands.ListMyCorrections(limit=20, cursor=None)
        return list(self.world.do(requesting_corrections.list_my_corrections, query, self.volunteer)["items"])

    def confirm(self) -> None:
        """The hours are disclosed, nobody objects, and they are confirmed."""
        self.world.disclose()
        self.world.clock.advance(days=7)
        assert self.world.confirm() == 1

    def status(self) -> str:
        """Of the record."""
        return self.world.status_of(self.record_id)

    def minutes(self) -> int:
        """That stand."""
        return int(self.world.summary(self.volunteer_id)["total_minutes"])


@pytest.fixture
def case(world: World) -> Case:
    """The day after."""
    volunteer_id = world.volunteer()
    record = world.serve(volunteer_id, minutes=60)
    world.clock.advance(days=1)
    return Case(world, volunteer_id, record.id, organizer=world.administrator("organizer", world.team))


class TestAsking:
    def test_it_changes_nothing_and_is_in_the_organizations_list(self, case: Case) -> None:
        correction_id = case.ask()

        assert (case.minutes(), case.status()) == (60, "recorded")
        for caller, organization_id in (
            (case.organizer, case.world.team),
            (case.world.administrator("owner", case.world.city), case.world.city),
        ):
            (waiting,) = case.waiting_for(caller, organization_id)
            assert waiting["correction_id"] == correction_id
            assert (waiting["minutes_before"], waiting["record_minutes"], waiting["name"]) == (60, 60, "张小丰")
        assert [item["status"] for item in case.mine()] == ["requested"]

    def test_only_whose_record_it_is_may_ask(self, case: Case) -> None:
        stranger = case.world.as_volunteer(case.world.volunteer())
        with pytest.raises(NotFound):
            case.ask(caller=stranger)
        case.ask()

    @pytest.mark.parametrize(
        ("since", "until", "code"),
        [(60, 60, "ends_before_start"), (-30, 60, "outside_shift"), (0, 181, "outside_shift")],
    )
    def test_a_time_that_is_none_of_the_shift_is_refused(self, case: Case, since: int, until: int, code: str) -> None:
        with pytest.raises(Invalid, match=code):
            case.ask(since, until)
        case.ask(0, 180)

    def test_what_was_granted_beyond_the_shift_may_be_kept(self, world: World) -> None:
        volunteer_id = world.volunteer()
        world.clock.advance(days=1)
        supplement = world.supplement(
            volunteer_id,
            world.administrator("recorder", world.team),
            starts_at=after(-30),
            ends_at=after(60),
        )
        world.decide(supplement.id, world.administrator("reviewer", world.city))
        (record,) = world.records(volunteer_id)
        case = Case(world, volunteer_id, record["record_id"], world.administrator("organizer", world.team))

        with pytest.raises(Invalid, match="outside_shift"):
            case.ask(-31, 60)
        case.ask(-30, 90)

    def test_an_hour_of_another_record_is_not_asked_for(self, case: Case) -> None:
        world = case.world
        world.clock.advance(days=-1)
        world.clock.advance(minutes=30)
        world.serve(case.volunteer_id, minutes=30)
        world.clock.advance(days=1)

        with pytest.raises(errors.OverlapsRecord):
            case.ask(0, 120)
        case.ask(0, 90)

    def test_one_wish_waits_at_a_time_and_may_be_withdrawn(self, case: Case) -> None:
        first = case.ask()
        with pytest.raises(errors.CorrectionWaiting):
            case.ask(0, 90)

        assert case.withdraw(first)["status"] == "withdrawn"
        with pytest.raises(IllegalTransition):
            case.withdraw(first)
        with pytest.raises(AlreadyDecided):
            case.decide(first)
        case.ask(0, 90)

    def test_nobody_withdraws_anothers_wish(self, case: Case) -> None:
        correction_id = case.ask()
        with pytest.raises(NotFound):
            case.withdraw(correction_id, case.world.as_volunteer(case.world.volunteer()))
        case.withdraw(correction_id)

    def test_an_open_record_is_signed_out_and_a_frozen_one_waits(self, case: Case) -> None:
        world = case.world
        world.clock.advance(days=-1)
        still_there = world.volunteer()
        record = world.scan(still_there)
        with pytest.raises(errors.NotCorrectable):
            case.ask(record_id=record.id, caller=world.as_volunteer(still_there), until=1)
        world.scan(still_there, Direction.SIGN_OUT)
        world.clock.advance(days=1)

        world.disclose()
        objection = world.object_to(case.record_id)
        with pytest.raises(errors.NotCorrectable):
            case.ask()
        world.resolve(objection.id, world.administrator("reviewer", world.team), upheld=False)
        case.ask()


class TestDeciding:
    def test_a_grant_reverses_and_enters_anew_and_the_volunteer_is_told(self, case: Case) -> None:
        granted = case.decide(case.ask(0, 120))

        assert (granted["status"], granted["minutes"]) == ("granted", 120)
        assert case.world.summary(case.volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(correction=120)
        (told,) = case.world.units.published("correction.decided")
        assert (told["data"]["granted"], told["data"]["minutes"], told["data"]["on_request"]) == (True, 120, True)
        (mine,) = case.mine()
        assert (mine["minutes_before"], mine["minutes"], mine["granted_ends_at"]) == (60, 120, after(120))
        assert case.world.recount().sound

    def test_another_time_may_be_granted_with_a_reason(self, case: Case) -> None:
        correction_id = case.ask(0, 120)
        with pytest.raises(Invalid, match="required"):
            case.decide(correction_id, corrected=span(0, 90))

        assert case.decide(correction_id, corrected=span(0, 90), reason="签退表为十点半")["minutes"] == 90
        (mine,) = case.mine()
        assert (mine["ends_at"], mine["granted_ends_at"]) == (after(120), after(90))

    def test_a_time_that_fits_no_more_is_refused_by_the_field_that_took_it(self, case: Case) -> None:
        correction_id = case.ask(0, 120)
        case.world.move_shift(hours=-4)

        with pytest.raises(Invalid, match=r"^grant: outside_shift"):
            case.decide(correction_id)
        with pytest.raises(Invalid, match=r"^corrected\.starts_at: outside_shift"):
            case.decide(correction_id, corrected=span(0, 120), reason="签退表为十一点")
        assert case.decide(correction_id, corrected=span(0, 30), reason="签退表为九点半")["minutes"] == 30

    def test_a_refusal_says_why_and_changes_nothing(self, case: Case) -> None:
        correction_id = case.ask()
        with pytest.raises(Invalid, match="required"):
            case.decide(correction_id, grant=False)
        with pytest.raises(Invalid, match="not_granted"):
            case.decide(correction_id, grant=False, reason="与签到表不符", corrected=span(0, 90))

        assert case.decide(correction_id, grant=False, reason="与签到表不符")["status"] == "refused"
        assert case.minutes() == 60
        (told,) = case.world.units.published("correction.decided")
        assert (told["data"]["granted"], told["data"]["reason"]) == (False, "与签到表不符")
        with pytest.raises(AlreadyDecided):
            case.decide(correction_id)

    def test_nobody_decides_their_own(self, case: Case) -> None:
        correction_id = case.ask()
        own = Caller(kind="volunteer", account_id=new_id(), volunteer_id=case.volunteer_id, roles=case.organizer.roles)
        with pytest.raises(errors.AboutOneself):
            case.decide(correction_id, caller=own)
        with pytest.raises(errors.AboutOneself):
            case.amend(span(0, 120), own)
        case.decide(correction_id)

    def test_for_another_branch_of_the_tree_there_is_nothing_to_decide(self, case: Case) -> None:
        world = case.world
        stranger = world.administrator("owner", world.other_city)
        correction_id = case.ask()
        with pytest.raises(NotFound):
            case.decide(correction_id, caller=stranger)
        with pytest.raises(NotFound):
            case.amend(None, stranger)
        for caller in (stranger, world.administrator("viewer", world.team)):
            with pytest.raises((Forbidden, NotFound)):
                case.waiting_for(caller)
        case.decide(correction_id, caller=world.administrator("owner", world.city))

    def test_what_was_frozen_meanwhile_waits_for_its_objection(self, case: Case) -> None:
        world = case.world
        correction_id = case.ask()
        world.disclose()
        objection = world.object_to(case.record_id)
        with pytest.raises(errors.NotCorrectable):
            case.decide(correction_id)
        world.resolve(objection.id, world.administrator("reviewer", world.team), upheld=False)
        assert case.decide(correction_id)["record_status"] == "disclosed"


class TestUnasked:
    def test_the_organizer_corrects_with_a_reason_and_the_volunteer_is_told(self, case: Case) -> None:
        assert case.amend(span(0, 40))["minutes"] == 40

        (told,) = case.world.units.published("correction.decided")
        assert (told["data"]["on_request"], told["data"]["reason"]) == (False, "签到表有误")
        (mine,) = case.mine()
        assert (mine["status"], mine["on_request"], mine["minutes"]) == ("granted", False, 40)
        assert case.world.recount().sound

    def test_all_minutes_may_be_taken_back_and_given_again(self, case: Case) -> None:
        case.amend(None)
        assert case.minutes() == 0
        case.amend(span(0, 60))

        assert case.world.summary(case.volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(correction=60)
        assert case.world.recount().sound


class TestNothingIsRaisedInSilence:
    def test_disclosed_hours_that_grow_are_shown_as_long_again(self, case: Case) -> None:
        world = case.world
        world.disclose()
        world.clock.advance(days=6)
        case.decide(case.ask(0, 120))

        world.clock.advance(days=6)
        assert (world.confirm(), case.status()) == (0, "disclosed")
        world.clock.advance(days=1)
        assert (world.confirm(), case.status()) == (1, "confirmed")

    def test_confirmed_hours_that_grow_are_disclosed_again_and_can_be_objected_to(self, case: Case) -> None:
        world = case.world
        case.confirm()
        assert world.summary(case.volunteer_id)["confirmed_minutes"] == 60
        with pytest.raises(errors.NotDisclosed):
            world.object_to(case.record_id)

        assert case.decide(case.ask(0, 120))["record_status"] == "disclosed"
        assert world.summary(case.volunteer_id)["confirmed_minutes"] == 0
        world.object_to(case.record_id)
        assert case.status() == "frozen"

    def test_confirmed_hours_that_shrink_stay_confirmed(self, case: Case) -> None:
        case.confirm()

        assert case.amend(span(0, 40))["record_status"] == "confirmed"
        assert case.world.summary(case.volunteer_id)["confirmed_minutes"] == 40

    def test_certificates_that_list_the_record_are_outdated(self, case: Case) -> None:
        world = case.world
        case.confirm()
        world.do(
            certificates.issue_certificate,
            commands.IssueCertificate(from_day=None, to_day=None),
            case.volunteer,
        )
        case.decide(case.ask(0, 120))

        query = commands.ListCertificates(limit=20, cursor=None)
        (certificate,) = world.do(certificates.list_certificates, query, case.volunteer)["items"]
        assert certificate.status == "outdated"


class TestEvidence:
    FILE = commands.EvidenceFile(upload_id=new_id(), sha256="a" * 64, content_type="image/jpeg", name="签退表.jpg")

    def test_who_decides_sees_the_file_and_others_do_not(self, case: Case) -> None:
        case.ask(evidence=[self.FILE])

        def sees(caller: Caller) -> bool:
            query = commands.MaySeeUpload(upload_id=self.FILE.upload_id)
            return bool(case.world.do(evidence.may_see_upload, query, caller)["allowed"])

        assert sees(case.organizer)
        assert not sees(case.world.administrator("owner", case.world.other_city))
        (waiting,) = case.waiting_for(case.organizer)
        assert [(file["name"], file["used_elsewhere"]) for file in waiting["files"]] == [("签退表.jpg", False)]

    def test_a_file_that_a_supplement_carries_too_is_flagged(self, case: Case) -> None:
        other = case.world.volunteer()
        case.world.supplement(other, case.world.administrator("recorder", case.world.team), evidence=[self.FILE])
        case.ask(evidence=[self.FILE])

        (waiting,) = case.waiting_for(case.organizer)
        assert waiting["files"][0]["used_elsewhere"]

    def test_a_correction_of_the_same_shift_uses_no_file_twice(self, case: Case) -> None:
        world = case.world
        case.decide(case.ask(evidence=[self.FILE]), grant=False, reason="看不清")
        recorder = world.administrator("recorder", world.team)
        world.supplement(case.volunteer_id, recorder, starts_at=after(120), ends_at=after(180), evidence=[self.FILE])
        case.ask(evidence=[self.FILE])

        (waiting,) = case.waiting_for(case.organizer)
        assert [file["used_elsewhere"] for file in waiting["files"]] == [False]

    def test_one_that_was_withdrawn_takes_its_file_back(self, case: Case) -> None:
        case.withdraw(case.ask(evidence=[self.FILE]))

        seen = commands.MaySeeUpload(upload_id=self.FILE.upload_id)
        assert case.world.do(evidence.may_see_upload, seen, case.organizer) == {"allowed": False}
        kept = FindUploadsInUse(upload_ids=[self.FILE.upload_id])
        gateway = Caller(kind="service", account_id="gateway")
        assert case.world.do(evidence.uploads_in_use, kept, gateway) == {"upload_ids": []}
        (withdrawn,) = case.waiting_for(case.organizer, status="withdrawn")
        assert withdrawn["files"] == []

    def test_it_is_kept_until_the_volunteer_is_erased_and_then_nothing_is_said(self, case: Case) -> None:
        world = case.world
        case.decide(case.ask(evidence=[self.FILE]), grant=False, reason="与签到表不符")

        def kept() -> list[str]:
            gateway = Caller(kind="service", account_id="gateway")
            return list(
                world.do(evidence.uploads_in_use, FindUploadsInUse(upload_ids=[self.FILE.upload_id]), gateway)[
                    "upload_ids"
                ]
            )

        assert kept() == [self.FILE.upload_id]
        world.hear(VolunteerErased(volunteer_id=case.volunteer_id, account_id=new_id()), version=2)
        assert kept() == []
        with world.units() as uow:
            (correction,) = uow.session.scalars(sa.select(Correction))
            assert (correction.reason, correction.decision_reason, correction.status) == ("", None, "refused")
            assert uow.session.scalars(sa.select(CorrectionEvidence.name)).all() == [""]
