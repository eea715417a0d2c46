"""Missing hours: the volunteer claims, the organizer confirms, the superior decides; none is the same as another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.attendance import commands, errors
from services.attendance.domain import Direction
from services.attendance.models import MissingEntry, MissingEntryEvidence
from services.attendance.schemas import missing_entries as schemas
from services.attendance.schemas import reviews
from services.attendance.use_cases import evidence, missing_entries, supplements
from services.chassis.context import Caller, Role
from services.chassis.errors import AlreadyDecided, Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.testing.processes import eventually
from services.chassis.uploads import FindUploadsInUse
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import SHIFT_STARTS, World, waits_for_a_lock

FILE = commands.EvidenceFile(upload_id=new_id(), sha256="b" * 64, content_type="image/jpeg", name="签到表.jpg")
PHOTO = commands.EvidenceFile(upload_id=new_id(), sha256="c" * 64, content_type="image/jpeg", name="现场照片.jpg")


def after(minutes: int) -> datetime:
    """So long after the start of the shift, which takes three hours."""
    return SHIFT_STARTS + timedelta(minutes=minutes)


@dataclass
class Case:
    """Somebody served and never scanned; it is the day after."""

    world: World
    volunteer_id: str
    organizer: Caller
    superior: Caller

    def claim(self, since: int = 0, until: int = 120, volunteer_id: str | None = None, **changes: Any) -> str:
        """The volunteer says when they served; answers the claim's id."""
        command = commands.ReportMissingEntry(
            activity_id=changes.get("activity_id", self.world.activity),
            shift_id=changes.get("shift_id", self.world.shift),
            starts_at=after(since),
            ends_at=after(until),
            note="现场没有网络，未能扫码",
            witness=changes.get("witness", "韩梅梅"),
            evidence=changes.get("evidence", []),
        )
        caller = self.world.as_volunteer(volunteer_id or self.volunteer_id)
        return str(self.world.do(missing_entries.report_missing_entry, command, caller)["missing_entry_id"])

    def decide(self, entry_id: str, caller: Caller | None = None, *, confirm: bool = True, **more: Any) -> Any:
        """The organizer answers."""
        command = commands.DecideMissingEntry(
            missing_entry_id=entry_id,
            confirm=confirm,
            reason=more.get("reason"),
            corrected=more.get("corrected"),
            evidence=more.get("evidence", [FILE]),
        )
        return self.world.do(missing_entries.decide_missing_entry, command, caller or self.organizer)

    def withdraw(self, entry_id: str, volunteer_id: str | None = None) -> Any:
        """The volunteer asks no more."""
        command = commands.WithdrawMissingEntry(missing_entry_id=entry_id)
        caller = self.world.as_volunteer(volunteer_id or self.volunteer_id)
        return self.world.do(missing_entries.withdraw_missing_entry, command, caller)

    def waiting_for(self, caller: Caller, organization_id: str | None = None, status: str = "asked") -> list[Any]:
        """What an administrator finds to answer, as it is sent."""
        query = commands.ListMissingEntries(
            organization_id=organization_id or self.world.team, status=status, limit=20, cursor=None
        )
        with self.world.units(caller) as uow:
            return list(schemas.MissingEntryPage().dump(missing_entries.list_missing_entries(query, uow))["items"])

    def mine(self) -> list[Any]:
        """What the volunteer sees."""
        query = commands.ListMyMissingEntries(limit=20, cursor=None)
        caller = self.world.as_volunteer(self.volunteer_id)
        return list(self.world.do(missing_entries.list_my_missing_entries, query, caller)["items"])

    def reviews_of(self, caller: Caller) -> list[Any]:
        """The supplements that wait for a superior, as they are sent."""
        query = commands.ListReviews(kind="supplements", status="pending", limit=20, cursor=None)
        with self.world.units(caller) as uow:
            return list(reviews.SupplementReviewPage().dump(supplements.list_supplement_reviews(query, uow))["items"])


@pytest.fixture
def case(world: World) -> Case:
    """The day after."""
    volunteer_id = world.volunteer()
    world.clock.advance(days=1)
    return Case(
        world,
        volunteer_id,
        organizer=world.administrator("organizer", world.team),
        superior=world.administrator("reviewer", world.city),
    )


class TestClaiming:
    def test_it_counts_nothing_and_waits_for_the_organizer_with_note_and_witness(self, case: Case) -> None:
        entry_id = case.claim()

        assert case.world.summary(case.volunteer_id)["total_minutes"] == 0
        assert case.reviews_of(case.superior) == []
        (waiting,) = case.waiting_for(case.organizer)
        assert waiting["missing_entry_id"] == entry_id
        assert (waiting["note"], waiting["witness"], waiting["name"]) == ("现场没有网络，未能扫码", "韩梅梅", "张小丰")

    def test_the_witness_is_kept_sealed(self, case: Case) -> None:
        case.claim()
        with case.world.units() as uow:
            (sealed,) = uow.session.scalars(sa.select(MissingEntry.witness_sealed))
        assert sealed is not None
        assert "韩梅梅" not in sealed

    def test_only_who_had_a_place_and_was_verified_in_person_may(self, case: Case) -> None:
        with pytest.raises(errors.NotAccepted):
            case.claim(volunteer_id=case.world.volunteer(accepted_for=None))
        with pytest.raises(errors.NotVerifiedInPerson):
            case.claim(volunteer_id=case.world.volunteer(verified_in_person=False))
        case.claim()

    @pytest.mark.parametrize(("since", "until", "code"), [(60, 60, "ends_before_start"), (200, 260, "outside_shift")])
    def test_a_time_that_cannot_be_is_refused(self, case: Case, since: int, until: int, code: str) -> None:
        with pytest.raises(Invalid, match=code):
            case.claim(since, until)

    def test_hours_that_are_recorded_are_not_missing(self, world: World) -> None:
        volunteer_id = world.volunteer()
        world.serve(volunteer_id, minutes=60)
        world.clock.advance(days=1)
        case = Case(
            world, volunteer_id, world.administrator("organizer", world.team), world.administrator("owner", world.city)
        )
        with pytest.raises(errors.OverlapsRecord):
            case.claim(0, 120)
        case.claim(60, 120)

    def test_one_claim_a_shift_waits_at_a_time(self, case: Case) -> None:
        first = case.claim(0, 60)
        with pytest.raises(errors.MissingEntryWaiting):
            case.claim(60, 120)
        case.withdraw(first)
        case.claim(60, 120)

    def test_it_is_withdrawn_by_whose_it_is_while_nobody_has_answered(self, case: Case) -> None:
        entry_id = case.claim()
        with pytest.raises(NotFound):
            case.withdraw(entry_id, case.world.volunteer())
        assert case.withdraw(entry_id)["status"] == "withdrawn"
        with pytest.raises(IllegalTransition):
            case.withdraw(entry_id)
        with pytest.raises(AlreadyDecided):
            case.decide(entry_id)


class TestAnswering:
    def test_confirmed_it_is_a_supplement_beside_which_the_superior_reads_the_volunteers_word(self, case: Case) -> None:
        confirmed = case.decide(case.claim(0, 120))

        assert (confirmed["status"], case.world.summary(case.volunteer_id)["total_minutes"]) == ("confirmed", 0)
        (review,) = case.reviews_of(case.superior)
        assert (review["id"], review["minutes"]) == (confirmed["supplement_id"], 120)
        said = review["asked_by_volunteer"]
        assert (said["note"], said["witness"]) == ("现场没有网络，未能扫码", "韩梅梅")
        case.world.decide(review["id"], case.superior)
        assert case.world.summary(case.volunteer_id)["minutes_by_provenance"]["supplement"] == 120
        (told,) = case.world.units.published("missing_entry.decided")
        assert told["data"]["confirmed"]
        assert case.world.recount().sound

    def test_a_supplement_that_nobody_claimed_says_so(self, case: Case) -> None:
        case.world.supplement(case.volunteer_id, case.organizer)
        (review,) = case.reviews_of(case.superior)
        assert review["asked_by_volunteer"] is None

    def test_another_time_needs_a_reason_and_the_wish_stays_to_be_read(self, case: Case) -> None:
        entry_id = case.claim(0, 120)
        corrected = commands.CorrectedTime(starts_at=after(0), ends_at=after(60))
        with pytest.raises(Invalid, match="required"):
            case.decide(entry_id, corrected=corrected)

        case.decide(entry_id, corrected=corrected, reason="签到表为十点")
        (review,) = case.reviews_of(case.superior)
        assert (review["minutes"], review["reason"]) == (60, "签到表为十点")
        assert (
            review["asked_by_volunteer"]["ends_at"] == schemas.MissingEntry().dump({"ends_at": after(120)})["ends_at"]
        )

    def test_a_time_that_fits_no_more_is_refused_by_the_field_that_took_it(self, case: Case) -> None:
        entry_id = case.claim(0, 120)
        case.world.move_shift(hours=-4)

        with pytest.raises(Invalid, match=r"^confirm: outside_shift"):
            case.decide(entry_id)
        outside = commands.CorrectedTime(starts_at=after(0), ends_at=after(60))
        with pytest.raises(Invalid, match=r"^corrected\.starts_at: outside_shift"):
            case.decide(entry_id, corrected=outside, reason="签到表为十点")
        moved = commands.CorrectedTime(starts_at=after(-240), ends_at=after(-180))
        assert case.decide(entry_id, corrected=moved, reason="班次已改期")["status"] == "confirmed"

    def test_a_confirmation_needs_evidence(self, case: Case) -> None:
        entry_id = case.claim()
        with pytest.raises(Invalid, match="required"):
            case.decide(entry_id, evidence=[])
        case.decide(entry_id)

    def test_a_rejection_says_why_and_the_volunteer_is_told(self, case: Case) -> None:
        entry_id = case.claim()
        with pytest.raises(Invalid, match="required"):
            case.decide(entry_id, confirm=False)
        case.decide(entry_id, confirm=False, reason="签到表上没有本人", evidence=[])

        (mine,) = case.mine()
        assert (mine["status"], mine["decision_reason"], mine["supplement_id"]) == (
            "rejected",
            "签到表上没有本人",
            None,
        )
        (told,) = case.world.units.published("missing_entry.decided")
        assert (told["data"]["confirmed"], told["data"]["reason"]) == (False, "签到表上没有本人")
        assert case.reviews_of(case.superior) == []

    def test_three_people_have_to_agree(self, case: Case) -> None:
        world = case.world
        above = Role(world.city, "owner")
        own = Caller(
            kind="volunteer", account_id=new_id(), volunteer_id=case.volunteer_id, roles=(*case.organizer.roles, above)
        )
        both = world.administrator("organizer", world.team, above)
        entry_id = case.claim()

        with pytest.raises(errors.AboutOneself):
            case.decide(entry_id, own)
        supplement_id = case.decide(entry_id, both)["supplement_id"]
        for caller in (own, both):
            with pytest.raises(errors.OwnSupplement):
                world.decide(supplement_id, caller)
        world.decide(supplement_id, case.superior)

    def test_of_two_answers_at_the_same_moment_one_stands(self, case: Case) -> None:
        entry_id = case.claim()
        reject = commands.DecideMissingEntry(
            missing_entry_id=entry_id, confirm=False, reason="签到表上没有本人", corrected=None
        )
        with ThreadPoolExecutor(1) as pool:
            with case.world.units(case.organizer) as uow:
                missing_entries.decide_missing_entry(reject, uow)
                uow.session.flush()
                confirming = pool.submit(case.decide, entry_id)
                eventually(lambda: waits_for_a_lock(case.world))
            with pytest.raises(AlreadyDecided):
                confirming.result()
        assert [entry["status"] for entry in case.mine()] == ["rejected"]
        assert case.reviews_of(case.superior) == []

    def test_for_others_than_the_organizer_there_is_nothing_to_answer(self, case: Case) -> None:
        world = case.world
        entry_id = case.claim()
        stranger = world.administrator("owner", world.other_city)
        with pytest.raises(NotFound):
            case.decide(entry_id, stranger)
        for caller in (stranger, world.administrator("viewer", world.team)):
            with pytest.raises((Forbidden, NotFound)):
                case.waiting_for(caller)
        assert len(case.waiting_for(world.administrator("owner", world.city), world.city)) == 1

    def test_it_settles_a_forgotten_sign_out(self, world: World) -> None:
        volunteer_id = world.volunteer()
        record = world.scan(volunteer_id, Direction.SIGN_IN)
        world.clock.advance(days=1)
        superior = world.administrator("reviewer", world.city)
        case = Case(world, volunteer_id, world.administrator("organizer", world.team), superior)

        world.decide(case.decide(case.claim(0, 120))["supplement_id"], superior)
        assert world.status_of(record.id) == "recorded"
        assert world.summary(volunteer_id)["total_minutes"] == 120

    def test_what_an_erased_person_wrote_and_whom_they_named_is_forgotten(self, case: Case) -> None:
        case.decide(case.claim(), confirm=False, reason="签到表上没有本人")
        case.world.hear(VolunteerErased(volunteer_id=case.volunteer_id, account_id=new_id()), version=2)
        with case.world.units() as uow:
            (entry,) = uow.session.scalars(sa.select(MissingEntry))
            assert (entry.note, entry.witness_sealed, entry.decision_reason) == ("", None, None)


class TestFilesOfTheClaim:
    def flags(self, case: Case) -> list[bool]:
        """Of the files of the claims that wait, whether each speaks for other hours, too."""
        return [file["used_elsewhere"] for item in case.waiting_for(case.organizer) for file in item["files"]]

    def sees(self, case: Case, caller: Caller) -> bool:
        """Whether the caller may fetch the volunteer's file."""
        query = commands.MaySeeUpload(upload_id=PHOTO.upload_id)
        return bool(case.world.do(evidence.may_see_upload, query, caller)["allowed"])

    def in_use(self, case: Case) -> list[str]:
        """Whether the gateway has to keep it."""
        query = FindUploadsInUse(upload_ids=[PHOTO.upload_id])
        caller = Caller(kind="service", account_id="gateway")
        return list(case.world.do(evidence.uploads_in_use, query, caller)["upload_ids"])

    def test_the_organizer_and_the_volunteer_find_them_in_their_lists(self, case: Case) -> None:
        case.claim(evidence=[PHOTO, PHOTO])

        shown = {
            "upload_id": PHOTO.upload_id,
            "content_type": "image/jpeg",
            "name": PHOTO.name,
            "used_elsewhere": False,
        }
        assert [item["files"] for item in case.waiting_for(case.organizer)] == [[shown]]
        assert [item["files"] for item in case.mine()] == [[shown]]

    def test_a_claim_without_files_is_a_claim(self, case: Case) -> None:
        case.claim()
        assert [item["files"] for item in case.waiting_for(case.organizer)] == [[]]

    def test_whoever_may_answer_the_claim_sees_them_and_nobody_else(self, case: Case) -> None:
        world = case.world
        case.claim(evidence=[PHOTO])

        for caller in (case.organizer, world.administrator("recorder", world.city)):
            assert self.sees(case, caller)
        for caller in (
            case.superior,
            world.administrator("reviewer", world.team),
            world.administrator("viewer", world.team),
            world.administrator("owner", world.other_city),
            world.as_volunteer(world.volunteer()),
            Caller(),
        ):
            assert not self.sees(case, caller)

    def test_without_evidence_of_the_organizer_they_prove_the_supplement(self, case: Case) -> None:
        case.decide(case.claim(evidence=[PHOTO]), evidence=[])

        (review,) = case.reviews_of(case.superior)
        assert [file["upload_id"] for file in review["files"]] == [PHOTO.upload_id]
        assert review["asked_by_volunteer"]["files_are_theirs"]
        assert not review["files"][0]["used_elsewhere"]
        assert self.sees(case, case.superior)

    def test_evidence_of_the_organizer_goes_up_alone(self, case: Case) -> None:
        case.decide(case.claim(evidence=[PHOTO]), evidence=[FILE])

        (review,) = case.reviews_of(case.superior)
        assert review["evidence"] == [FILE.upload_id]
        assert not review["asked_by_volunteer"]["files_are_theirs"]
        assert not self.sees(case, case.superior)
        assert self.sees(case, case.organizer)

    def test_files_of_both_are_not_the_volunteers_alone(self, case: Case) -> None:
        case.decide(case.claim(evidence=[PHOTO]), evidence=[FILE, PHOTO])

        (review,) = case.reviews_of(case.superior)
        assert not review["asked_by_volunteer"]["files_are_theirs"]

    def test_a_file_that_speaks_for_other_hours_too_is_flagged_wherever_it_is_seen(self, case: Case) -> None:
        world = case.world
        again = commands.EvidenceFile(
            upload_id=new_id(), sha256=PHOTO.sha256, content_type=PHOTO.content_type, name="同一张.jpg"
        )
        case.claim(evidence=[PHOTO])
        world.supplement(world.volunteer(), case.organizer, evidence=[again])

        (waiting,), (review,) = case.waiting_for(case.organizer), case.reviews_of(case.superior)
        assert [file["used_elsewhere"] for file in (*waiting["files"], *review["files"])] == [True, True]

    def test_two_claims_with_the_same_file_are_flagged(self, case: Case) -> None:
        case.claim(evidence=[PHOTO])
        case.claim(volunteer_id=case.world.volunteer(), evidence=[PHOTO])
        assert self.flags(case) == [True, True]

    def test_so_are_two_of_the_same_volunteer_at_two_shifts(self, case: Case) -> None:
        world, afternoon = case.world, new_id()
        state = world.activity_state()
        later = {"starts_at": after(240), "ends_at": after(420)}
        world.hear(replace(state, shifts=[*state.shifts, replace(state.shifts[0], shift_id=afternoon, **later)]), 2)
        world.accept(case.volunteer_id, afternoon)

        case.claim(evidence=[PHOTO])
        case.claim(240, 300, shift_id=afternoon, evidence=[PHOTO])
        assert self.flags(case) == [True, True]

    def test_the_same_hours_claimed_again_use_no_file_twice(self, case: Case) -> None:
        case.withdraw(case.claim(evidence=[PHOTO]))
        case.decide(case.claim(evidence=[PHOTO]), confirm=False, reason="照片看不清", evidence=[])
        case.claim(evidence=[PHOTO])
        assert self.flags(case) == [False]

    def test_nor_do_hours_that_were_handed_up_again(self, case: Case) -> None:
        for _ in range(2):
            supplement_id = case.decide(case.claim(evidence=[PHOTO]), evidence=[])["supplement_id"]
            (review,) = case.reviews_of(case.superior)
            assert [file["used_elsewhere"] for file in review["files"]] == [False]
            case.world.decide(supplement_id, case.superior, approve=False, reason="看不清")

    def test_what_was_withdrawn_speaks_for_no_other_hours(self, case: Case) -> None:
        others = case.world.volunteer()
        case.withdraw(case.claim(volunteer_id=others, evidence=[PHOTO]), others)
        case.claim(evidence=[PHOTO])
        assert self.flags(case) == [False]

    def test_whoever_attached_the_wrong_paper_takes_it_back(self, case: Case) -> None:
        owner_above = case.world.administrator("owner", case.world.province)
        entry_id = case.claim(evidence=[PHOTO])
        assert self.sees(case, owner_above)
        case.withdraw(entry_id)

        for caller in (case.organizer, owner_above):
            assert not self.sees(case, caller)
        assert self.in_use(case) == []
        (withdrawn,) = case.waiting_for(case.organizer, status="withdrawn")
        assert withdrawn["files"] == []

        case.claim(evidence=[PHOTO])
        assert self.sees(case, case.organizer)
        assert self.in_use(case) == [PHOTO.upload_id]

    def test_they_are_kept_until_the_volunteer_is_erased_and_then_nothing_is_said(self, case: Case) -> None:
        case.decide(case.claim(evidence=[PHOTO]), confirm=False, reason="照片上没有本人", evidence=[])

        assert self.in_use(case) == [PHOTO.upload_id]
        case.world.hear(VolunteerErased(volunteer_id=case.volunteer_id, account_id=new_id()), version=2)
        assert self.in_use(case) == []
        with case.world.units() as uow:
            assert uow.session.scalars(sa.select(MissingEntryEvidence.name)).all() == [""]
