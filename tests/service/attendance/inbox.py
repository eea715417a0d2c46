"""Each of the kinds of the inbox that attendance keeps beside supplements and held hours, waiting once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.attendance import commands
from services.attendance.schemas import inbox as schemas
from services.attendance.schemas import reviews
from services.attendance.use_cases import (
    appeal_reviews,
    correction_reviews,
    missing_entries,
    missing_entry_reviews,
    objection_reviews,
    requesting_corrections,
    reviewing,
    submitting_appeals,
)
from services.chassis.context import Caller
from tests.service.attendance.conftest import SHIFT_STARTS, World

NEW_KINDS = ("corrections", "missing_entries", "objections", "appeals")
NONE_WAITS = dict.fromkeys(NEW_KINDS, 0)
ONE_EACH = dict.fromkeys(NEW_KINDS, 1)
UNTIL = SHIFT_STARTS + timedelta(hours=2)


LISTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "corrections": (correction_reviews.list_correction_reviews, schemas.CorrectionReviewPage),
    "missing_entries": (missing_entry_reviews.list_missing_entry_reviews, schemas.MissingEntryReviewPage),
    "objections": (objection_reviews.list_objection_reviews, schemas.ObjectionReviewPage),
    "appeals": (appeal_reviews.list_appeal_reviews, schemas.AppealReviewPage),
}
HISTORIES = {
    "corrections": correction_reviews.correction_review_history,
    "missing_entries": missing_entry_reviews.missing_entry_review_history,
    "objections": objection_reviews.objection_review_history,
    "appeals": appeal_reviews.appeal_review_history,
}
DECISIONS = {
    "corrections": correction_reviews.decide_correction_review,
    "missing_entries": missing_entry_reviews.decide_missing_entry_review,
    "objections": objection_reviews.decide_objection_review,
    "appeals": appeal_reviews.decide_appeal_review,
}


@dataclass
class Inbox:
    """One of each kind waits, at the team's activity; each of them is about somebody else."""

    world: World
    handed_in_at: datetime
    ids: dict[str, str]
    volunteers: dict[str, str]
    objectors: dict[str, Caller]
    resolver: Caller

    def counted(self, caller: Caller) -> dict[str, int]:
        """How many of the new kinds wait for somebody, as it is sent."""
        answer = self._counts(caller)
        return {kind: answer[kind] for kind in NEW_KINDS}

    def since(self, caller: Caller) -> dict[str, Any]:
        """Since when."""
        return {kind: self._counts(caller)["waiting_since"][kind] for kind in NEW_KINDS}

    def listed(self, kind: str, caller: Caller, status: str = "pending", **page: Any) -> list[Any]:
        """What somebody finds of a kind, as it is sent."""
        return list(self.page(kind, caller, status, **page)["items"])

    def page(
        self, kind: str, caller: Caller, status: str = "pending", *, limit: int = 20, cursor: str | None = None
    ) -> Any:
        """A page of it."""
        query = commands.ListReviews(kind=kind, status=status, limit=limit, cursor=cursor)
        use_case, schema = LISTS[kind]
        with self.world.units(caller) as uow:
            return schema().dump(use_case(query, uow))

    def decide(
        self, kind: str, caller: Caller, *, approve: bool, reason: str | None = None, reason_code: str | None = None
    ) -> Any:
        """A verdict on the one of that kind."""
        command = commands.DecideReview(
            kind=kind, id=self.ids[kind], approve=approve, reason=reason, reason_code=reason_code
        )
        return self.world.do(DECISIONS[kind], command, caller)

    def history(self, kind: str, caller: Caller) -> list[Any]:
        """What was decided before about the one of that kind, as it is sent."""
        query = commands.ReviewHistory(kind=kind, id=self.ids[kind])
        with self.world.units(caller) as uow:
            return list(reviews.DecisionHistory().dump(HISTORIES[kind](query, uow))["items"])

    def account_of(self, kind: str) -> str:
        """Of the volunteer whom the one of that kind is about."""
        with self.world.units() as uow:
            return str(uow.copies.account_of(self.volunteers[kind]))

    def _counts(self, caller: Caller) -> Any:
        with self.world.units(caller) as uow:
            return reviews.ReviewCounts().dump(reviewing.count_reviews(commands.CountReviews(), uow))


def ask_for_correction(world: World, volunteer_id: str, record_id: str, *evidence: commands.EvidenceFile) -> str:
    """The volunteer says that they served until eleven."""
    command = commands.RequestCorrection(
        record_id=record_id,
        starts_at=SHIFT_STARTS,
        ends_at=UNTIL,
        reason="实际服务到十一点",
        evidence=list(evidence),
    )
    asked = world.do(requesting_corrections.request_correction, command, world.as_volunteer(volunteer_id))
    return str(asked["correction_id"])


def report_missing(world: World, volunteer_id: str, *evidence: commands.EvidenceFile, until: datetime = UNTIL) -> str:
    """The volunteer misses two hours, or until another moment."""
    command = commands.ReportMissingEntry(
        activity_id=world.activity,
        shift_id=world.shift,
        starts_at=SHIFT_STARTS,
        ends_at=until,
        note="现场没有网络",
        witness="韩梅梅",
        evidence=list(evidence),
    )
    asked = world.do(missing_entries.report_missing_entry, command, world.as_volunteer(volunteer_id))
    return str(asked["missing_entry_id"])


def appeal(world: World, objection_id: str, caller: Caller) -> str:
    """Who objected in vain does not accept it."""
    command = commands.SubmitAppeal(objection_id=objection_id, text="请上级核实")
    return str(world.do(submitting_appeals.submit_appeal, command, caller)["appeal_id"])


def one_of_each(world: World) -> Inbox:
    """The day after the shift."""
    volunteers = {kind: world.volunteer() for kind in NEW_KINDS}
    served = {kind: world.scan(volunteers[kind]) for kind in ("corrections", "objections", "appeals")}
    world.clock.advance(minutes=60)
    for kind in served:
        world.sign_out(volunteers[kind])
    world.clock.advance(days=1)
    world.disclose()
    objectors = {kind: world.as_volunteer(world.volunteer("李雷")) for kind in ("objections", "appeals")}
    resolver = world.administrator("reviewer", world.team)
    in_vain = world.object_to(served["appeals"].id, objectors["appeals"])
    world.resolve(in_vain.id, resolver, upheld=False)
    ids = {
        "corrections": ask_for_correction(world, volunteers["corrections"], served["corrections"].id),
        "missing_entries": report_missing(world, volunteers["missing_entries"]),
        "objections": world.object_to(served["objections"].id, objectors["objections"]).id,
        "appeals": appeal(world, in_vain.id, objectors["appeals"]),
    }
    return Inbox(world, world.clock.now(), ids, volunteers, objectors, resolver)


def who(inbox: Inbox, role: str, where: str) -> Caller:
    """Somebody with a role at one of the world's organizations."""
    return inbox.world.administrator(role, getattr(inbox.world, where))
