"""Hours that volunteers miss, in the inbox of whoever answers for them (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

from services.attendance import commands
from services.attendance.domain import MISSING_ENTRIES_REVIEWED_AS
from services.attendance.models import ActivityCopy, MissingEntry
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases import evidence, inbox, missing_entries
from services.attendance.use_cases.scanning import ROLES
from services.attendance.use_cases.standing_in import mine_to_decide
from services.chassis.errors import Invalid, NotFound

KIND = "missing_entries"

_REVIEW_WORDS: dict[str, str] = {status.value: word for word, status in MISSING_ENTRIES_REVIEWED_AS.items()}


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.missing_entries.waiting(*_mine_to_decide(uow))


def list_missing_entry_reviews(query: commands.ListReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What volunteers miss and the caller may answer, of all activities, oldest first."""
    in_status = MissingEntry.status == MISSING_ENTRIES_REVIEWED_AS[query.status]
    found = uow.missing_entries.listed(in_status, *_mine_to_decide(uow))
    page = inbox.oldest_first(uow, KIND, query, found, MissingEntry.asked_at, MissingEntry.id)
    used_elsewhere = evidence.find_used_elsewhere(uow, [entry for entry, *_ in page.items])
    items = [
        {
            **missing_entries.shown(uow, entry, activity, name, used_elsewhere=used_elsewhere),
            **inbox.head(uow, KIND, entry.id, query.status, entry.asked_at, entry.decision_reason),
        }
        for entry, activity, name in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def decide_missing_entry_review(verdict: commands.DecideReview, uow: AttendanceUnitOfWork) -> dict[str, str]:
    """Confirm the time wanted by the files of the claim, so that the superior decides; or reject it and say why."""
    reason = inbox.reason_of(verdict)
    if verdict.approve:
        _require_enough_for_a_yes(uow, verdict.id)
    command = commands.DecideMissingEntry(
        missing_entry_id=verdict.id, confirm=verdict.approve, reason=reason, corrected=None
    )
    decided = missing_entries.decide_missing_entry(command, uow)
    return {"id": verdict.id, "kind": KIND, "status": _REVIEW_WORDS[decided["status"]]}


def _require_enough_for_a_yes(uow: AttendanceUnitOfWork, entry_id: str) -> None:
    """Raises ``Invalid`` where only the claim's own route takes what is lacking: evidence, or another time."""
    entry = missing_entries.decidable(uow, entry_id)
    path = f"POST /missing-entries/{entry.id}/decision"
    lacking = inbox.another_time(missing_entries.faults_as_wanted(uow, entry), path)
    if not entry.evidence:
        words = ("该申报未附材料，确认须另附证明材料", "the claim has no files, so a confirmation needs evidence")
        lacking.append(inbox.says_too_little("needs_evidence", path, *words))
    if lacking:
        raise Invalid(*lacking)


def missing_entry_review_history(query: commands.ReviewHistory, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What was answered to the same volunteer about the same shift, newest first. Raises ``NotFound``."""
    uow.caller.require_signed_in()
    entry = uow.missing_entries.find(query.id)
    if entry is None or not missing_entries.may_answer(uow, entry):
        raise NotFound(what="review")
    return {"items": inbox.past_of(uow.missing_entries.decided_like(entry), _REVIEW_WORDS)}


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return mine_to_decide(
        uow,
        ROLES,
        lambda tree: tree.reachable(ActivityCopy.organization_id, *ROLES),
        lambda person: person.is_another_than(MissingEntry.volunteer_id),
    )
