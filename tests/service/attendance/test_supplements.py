"""Supplements: who asks, who decides, and what keeps them from counting an hour twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.attendance import commands, errors
from services.attendance.domain import Direction
from services.attendance.schemas import reviews
from services.attendance.use_cases import deciding, evidence, reviewing, supplements
from services.chassis.audit_reading import ListAuditLogQuery, list_audit_log
from services.chassis.context import Caller, Kind, Role
from services.chassis.errors import AlreadyDecided, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.uploads import FindUploadsInUse
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import SHIFT_ENDS, SHIFT_STARTS, World

GATEWAY = Caller(kind="service", account_id="gateway")


@dataclass
class Case:
    """A volunteer, the recorder who asks, and the superior who decides, the day after the shift."""

    world: World
    volunteer_id: str
    recorder: Caller
    superior: Caller

    def submit(self, **changes: Any) -> Any:
        """The recorder's supplement."""
        volunteer_id = changes.pop("volunteer_id", self.volunteer_id)
        return self.world.supplement(volunteer_id, changes.pop("caller", self.recorder), **changes)

    def listed_for(self, caller: Caller, status: str = "pending") -> list[dict[str, Any]]:
        """What a caller finds to decide."""
        query = commands.ListReviews(kind="supplements", status=status, limit=20, cursor=None)
        items: list[dict[str, Any]] = self.world.do(supplements.list_supplement_reviews, query, caller)["items"]
        return items

    def history_for(self, caller: Caller, supplement_id: str) -> list[dict[str, Any]]:
        """What a caller is told was decided so far."""
        query = commands.ReviewHistory(kind="supplements", id=supplement_id)
        with self.world.units(caller) as uow:
            answer = reviews.DecisionHistory().dump(reviewing.supplement_review_history(query, uow))
        items: list[dict[str, Any]] = answer["items"]
        return items

    def count_for(self, caller: Caller) -> int:
        """How many wait for a caller."""
        return int(self.world.do(reviewing.count_reviews, commands.CountReviews(), caller)["supplements"])


@pytest.fixture
def case(world: World) -> Case:
    """The day after the shift."""
    volunteer_id = world.volunteer()
    world.clock.advance(days=1)
    return Case(
        world,
        volunteer_id,
        recorder=world.administrator("recorder", world.team),
        superior=world.administrator("reviewer", world.city),
    )


class TestSubmitting:
    def test_it_waits_for_the_superior_and_counts_nothing_yet(self, case: Case) -> None:
        supplement = case.submit()

        assert (supplement.status, supplement.minutes) == ("submitted", 60)
        assert case.world.summary(case.volunteer_id)["total_minutes"] == 0
        (review,) = case.listed_for(case.superior)
        assert review["id"] == supplement.id
        assert (review["title"], review["name"], review["minutes"]) == ("春季植树", "张小丰", 60)
        assert review["files"][0]["name"] == "photo.jpg"

    @pytest.mark.parametrize("verified", [True, False])
    def test_only_who_was_verified_in_person_is_given_one(self, case: Case, verified: bool) -> None:
        volunteer_id = case.world.volunteer(verified_in_person=verified)

        if verified:
            assert case.submit(volunteer_id=volunteer_id).status == "submitted"
        else:
            with pytest.raises(errors.NotVerifiedInPerson):
                case.submit(volunteer_id=volunteer_id)

    def test_only_who_was_accepted_is_given_one(self, case: Case) -> None:
        with pytest.raises(errors.NotAccepted):
            case.submit(volunteer_id=case.world.volunteer(accepted_for=None))

    @pytest.mark.parametrize(
        ("starts", "ends", "field", "code"),
        [
            (60, 60, "ends_at", "ends_before_start"),
            (90, 60, "ends_at", "ends_before_start"),
            (60, 60 * 25, "ends_at", "in_future"),
            (-60 * 24, 60, "starts_at", "too_long"),
            (200, 260, "starts_at", "outside_shift"),
        ],
    )
    def test_a_time_that_cannot_be_is_refused_by_field(
        self, case: Case, starts: int, ends: int, field: str, code: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            case.submit(
                starts_at=SHIFT_STARTS + timedelta(minutes=starts), ends_at=SHIFT_STARTS + timedelta(minutes=ends)
            )

        assert (field, code) in [(error.field, error.code) for error in refused.value.errors]

    def test_a_shift_of_another_activity_is_refused(self, case: Case) -> None:
        with pytest.raises(Invalid, match="unknown_shift"):
            case.submit(shift_id=new_id())

    def test_others_than_the_activitys_administrators_may_not_ask(self, case: Case) -> None:
        for caller in (
            case.world.administrator("owner", case.world.other_city),
            case.world.administrator("viewer", case.world.team),
        ):
            with pytest.raises(Forbidden):
                case.submit(caller=caller)

    def test_an_hour_that_was_scanned_is_not_asked_for_again(self, case: Case) -> None:
        case.world.clock.advance(days=-1)
        case.world.serve(case.volunteer_id, minutes=30)
        case.world.clock.advance(days=1)

        with pytest.raises(errors.OverlapsRecord):
            case.submit()
        half_past = SHIFT_STARTS + timedelta(minutes=30)
        assert case.submit(starts_at=half_past).minutes == 30

    def test_two_supplements_do_not_ask_for_the_same_hour(self, case: Case) -> None:
        case.submit()

        with pytest.raises(errors.OverlapsRecord):
            case.submit()


class TestDeciding:
    def test_the_superiors_approval_counts_the_hours(self, case: Case) -> None:
        supplement = case.submit()
        answer = case.world.decide(supplement.id, case.superior)

        assert answer == {"id": supplement.id, "kind": "supplements", "status": "approved"}
        assert case.world.summary(case.volunteer_id)["minutes_by_provenance"]["supplement"] == 60
        (record,) = case.world.records(case.volunteer_id)
        assert (record["status"], record["provenance"], record["minutes"]) == ("recorded", "supplement", 60)
        assert [e["type"] for e in case.world.units.published()] == ["hours.recorded.v1", "supplement.decided.v1"]
        assert case.world.recount().sound

    def test_ones_own_is_refused_whatever_roles_one_holds(self, case: Case) -> None:
        both = case.world.administrator("recorder", case.world.team, Role(case.world.province, "owner"))
        supplement = case.submit(caller=both)

        with pytest.raises(errors.OwnSupplement):
            case.world.decide(supplement.id, both)
        assert case.listed_for(both) == []
        case.world.decide(supplement.id, case.superior)

    @pytest.mark.parametrize("session", ["volunteer", "administrator"])
    def test_a_superior_does_not_decide_on_hours_of_their_own(self, case: Case, session: Kind) -> None:
        account_id = new_id()
        volunteer_id = case.world.volunteer(account_id=account_id)
        supplement = case.submit(volunteer_id=volunteer_id)
        beneficiary = Caller(
            kind=session,
            account_id=account_id,
            volunteer_id=volunteer_id if session == "volunteer" else None,
            roles=(Role(case.world.city, "owner"),),
        )

        assert (case.listed_for(beneficiary), case.count_for(beneficiary)) == ([], 0)
        with pytest.raises(errors.OwnSupplement):
            case.world.decide(supplement.id, beneficiary)

    def test_a_colleague_at_the_same_organization_is_no_superior(self, case: Case) -> None:
        supplement = case.submit()
        colleague = case.world.administrator("owner", case.world.team)

        with pytest.raises(errors.SuperiorDecides):
            case.world.decide(supplement.id, colleague)
        assert (case.listed_for(colleague), case.count_for(colleague)) == ([], 0)

    def test_for_another_branch_of_the_tree_there_is_no_such_supplement(self, case: Case) -> None:
        supplement = case.submit()
        stranger = case.world.administrator("owner", case.world.other_city)

        with pytest.raises(NotFound):
            case.world.decide(supplement.id, stranger)
        assert case.listed_for(stranger) == []

    def test_a_rejection_says_why_and_counts_nothing(self, case: Case) -> None:
        supplement = case.submit()
        with pytest.raises(Invalid, match="required"):
            case.world.decide(supplement.id, case.superior, approve=False)

        case.world.decide(supplement.id, case.superior, approve=False, reason="照片看不清")
        assert case.world.records(case.volunteer_id) == []
        (event,) = case.world.units.published("supplement.decided")
        assert (event["data"]["approved"], event["data"]["reason"]) == (False, "照片看不清")
        (review,) = case.listed_for(case.superior, "rejected")
        assert review["rejection_reason"] == "照片看不清"

    def test_a_reason_may_be_chosen_from_the_list_and_is_what_the_volunteer_reads(self, case: Case) -> None:
        listed = case.world.do(reviewing.list_review_reasons, commands.ListReviewReasons(kind="supplements"), Caller())
        assert "evidence_unreadable" in [reason["code"] for reason in listed["items"]]
        supplement = case.submit()
        with pytest.raises(Invalid, match="not_a_choice"):
            case.world.decide(supplement.id, case.superior, approve=False, reason_code="unfit_name")

        case.world.decide(
            supplement.id, case.superior, approve=False, reason_code="evidence_unreadable", reason="第二张太暗"
        )
        (event,) = case.world.units.published("supplement.decided")
        assert event["data"]["reason"] == "证明材料无法辨认：第二张太暗"

    def test_among_many_a_reason_that_is_not_listed_spoils_its_own_decision_only(self, case: Case) -> None:
        good, bad = case.submit(), case.submit(volunteer_id=case.world.volunteer())
        decisions = [
            commands.Decision(id=bad.id, approve=False, reason=None, reason_code="?"),
            commands.Decision(id=good.id, approve=False, reason=None, reason_code="duplicate"),
        ]
        command = commands.DecideReviews(kind="supplements", decisions=decisions)
        items = case.world.do(deciding.decide_supplement_reviews, command, case.superior)["items"]

        assert [(item["status"], item["error"] and item["error"]["code"]) for item in items] == [
            (None, "not_a_choice"),
            ("rejected", None),
        ]

    def test_what_was_decided_about_the_same_hours_before_is_seen_by_whoever_decides(self, case: Case) -> None:
        first = case.submit()
        assert case.history_for(case.superior, first.id) == []
        case.world.decide(first.id, case.superior, approve=False, reason_code="evidence_missing")
        again = case.submit()
        case.world.clock.advance(minutes=1)
        case.world.decide(again.id, case.superior)
        case.world.decide(case.submit(volunteer_id=case.world.volunteer()).id, case.superior)  # somebody else's hours

        newest, oldest = case.history_for(case.superior, again.id)
        assert (newest["outcome"], newest["reason"]) == ("approved", None)
        assert (oldest["outcome"], oldest["reason"]) == ("rejected", "缺少证明材料")
        assert oldest["decided_by"] == case.superior.account_id
        assert oldest["decided_at"] < newest["decided_at"]

    def test_for_others_there_is_no_such_history(self, case: Case) -> None:
        supplement = case.submit()
        for caller in (
            case.world.administrator("owner", case.world.other_city),
            case.world.administrator("owner", case.world.team),
            case.world.administrator("viewer", case.world.city),
            case.world.as_volunteer(case.volunteer_id),
        ):
            with pytest.raises(NotFound):
                case.history_for(caller, supplement.id)
        with pytest.raises(NotFound):
            case.history_for(case.superior, new_id())

    def test_a_decision_stands(self, case: Case) -> None:
        supplement = case.submit()
        case.world.decide(supplement.id, case.superior)

        with pytest.raises(AlreadyDecided) as refused:
            case.world.decide(supplement.id, case.superior, approve=False, reason="再看不妥")
        assert refused.value.data["status"] == "approved"

    def test_many_are_decided_each_with_a_result_of_its_own(self, case: Case) -> None:
        good, bad = case.submit(), case.submit(volunteer_id=case.world.volunteer())
        unknown = new_id()
        decisions = [
            commands.Decision(id=unknown, approve=True, reason=None),
            commands.Decision(id=bad.id, approve=False, reason=""),
            commands.Decision(id=good.id, approve=True, reason=None),
        ]
        command = commands.DecideReviews(kind="supplements", decisions=decisions)
        items = case.world.do(deciding.decide_supplement_reviews, command, case.superior)["items"]

        assert [(item["id"], item["status"], item["error"] and item["error"]["code"]) for item in items] == [
            (unknown, None, "not_found"),
            (bad.id, None, "required"),
            (good.id, "approved", None),
        ]
        assert case.count_for(case.superior) == 1
        assert case.world.recount().sound

    def test_a_forgotten_sign_out_is_settled_by_a_supplement(self, case: Case) -> None:
        case.world.clock.advance(days=-1)
        record = case.world.scan(case.volunteer_id)
        case.world.clock.advance(minutes=61)
        with pytest.raises(errors.OverlapsRecord):  # a sign-out may still come
            case.submit()
        case.world.clock.advance(days=1)

        case.world.decide(case.submit().id, case.superior)
        (settled,) = case.world.records(case.volunteer_id)
        assert (settled["record_id"], settled["status"], settled["minutes"]) == (record.id, "recorded", 60)
        assert settled["provenance"] == "supplement"

    def test_an_hour_that_was_counted_otherwise_meanwhile_is_not_counted_twice(self, case: Case) -> None:
        world, owner = case.world, case.world.administrator("owner", case.world.team)
        world.clock.advance(days=-1)
        record = world.serve(case.volunteer_id, minutes=60)
        world.clock.advance(days=1)
        second_hour = SHIFT_STARTS + timedelta(hours=1)
        supplement = case.submit(starts_at=second_hour, ends_at=second_hour + timedelta(hours=1))
        world.disclose()
        world.resolve(world.object_to(record.id).id, owner, served_minutes=61)

        with pytest.raises(errors.OverlapsRecord):
            world.decide(supplement.id, case.superior)
        assert case.count_for(case.superior) == 1
        assert world.summary(case.volunteer_id)["total_minutes"] == 61

    def test_every_step_is_in_the_audit_log(self, case: Case) -> None:
        supplement = case.submit()
        case.world.decide(supplement.id, case.superior)

        query = ListAuditLogQuery(
            service=None, subject=f"supplement:{supplement.id}", action=None, limit=20, cursor=None
        )
        page = case.world.do(list_audit_log, query, Caller(kind="platform", account_id=new_id()))
        assert [(row.action, row.actor_id) for row in page.items] == [
            ("supplement.approved", case.superior.account_id),
            ("supplement.submitted", case.recorder.account_id),
        ]


class TestEvidence:
    def may_see(self, case: Case, caller: Caller, upload_id: str) -> bool:
        query = commands.MaySeeUpload(upload_id=upload_id)
        return bool(case.world.do(evidence.may_see_upload, query, caller)["allowed"])

    def test_the_activitys_administrators_and_superiors_see_it_and_nobody_else(self, case: Case) -> None:
        upload_id = case.submit().evidence[0].upload_id

        assert self.may_see(case, case.superior, upload_id)
        assert self.may_see(case, case.world.administrator("recorder", case.world.team), upload_id)
        for caller in (
            case.world.administrator("owner", case.world.other_city),
            case.world.as_volunteer(case.volunteer_id),
            Caller(),
        ):
            assert not self.may_see(case, caller, upload_id)
        assert not self.may_see(case, case.superior, new_id())

    def test_it_is_needed_until_everybody_whose_hours_it_proves_was_erased(self, case: Case) -> None:
        world, other = case.world, case.world.volunteer()
        proof = case.submit().evidence[0]
        shared = commands.EvidenceFile(
            upload_id=proof.upload_id, sha256=proof.sha256, content_type=proof.content_type, name=proof.name
        )
        case.submit(volunteer_id=other, evidence=[shared])

        def needed(caller: Caller = GATEWAY) -> list[str]:
            query = FindUploadsInUse(upload_ids=[proof.upload_id, new_id()])
            return list(world.do(evidence.uploads_in_use, query, caller)["upload_ids"])

        for still_needed, volunteer_id in ((True, case.volunteer_id), (False, other)):
            world.hear(VolunteerErased(volunteer_id=volunteer_id, account_id=new_id()), version=2)
            assert needed() == [proof.upload_id] * still_needed
        with pytest.raises(Forbidden):
            needed(case.superior)

    def test_a_file_that_proves_two_supplements_is_flagged(self, case: Case) -> None:
        case.submit()
        (review,) = case.listed_for(case.superior)
        assert not review["files"][0]["used_elsewhere"]

        case.submit(volunteer_id=case.world.volunteer())
        assert [r["files"][0]["used_elsewhere"] for r in case.listed_for(case.superior)] == [True, True]


def test_a_scan_after_the_shift_is_over_is_what_supplements_are_for(case: Case) -> None:
    with pytest.raises(errors.WrongTime):
        case.world.scan(case.volunteer_id, Direction.SIGN_OUT)
    assert case.submit(starts_at=SHIFT_ENDS - timedelta(hours=1), ends_at=SHIFT_ENDS).minutes == 60
