"""What corrections, missing hours, objections and appeals have in common as reviews (docs/adr/0047).

Each keeps its own routes, words and rules; in the inbox it is one of many: an item begins like every other, and a
verdict is yes or no. Whoever has more to say (another time, evidence) says it where the kind is decided by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.attendance import commands
from services.attendance.models import Correction, MissingEntry
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.claimed_time import said_of
from services.chassis.errors import FieldError, Invalid
from services.chassis.pagination import PageResult


def oldest_first(
    uow: AttendanceUnitOfWork, kind: str, query: commands.ListReviews, statement: Any, handed_in_at: Any, id_: Any
) -> PageResult[Any]:
    """A page of ``statement``'s rows, by the columns that say when and which."""
    scope = f"reviews:{kind}:{query.status}"
    return uow.page(statement, [handed_in_at, id_], limit=query.limit, cursor=query.cursor, scope=scope)


def head(
    uow: AttendanceUnitOfWork, kind: str, id_: str, status: str, submitted_at: datetime, reason: str | None
) -> dict[str, Any]:
    """How an item of every kind begins; ``status`` in the words that all kinds share."""
    return {
        "id": id_,
        "kind": kind,
        "status": status,
        "submitted_at": submitted_at,
        "age_days": (uow.clock.now() - submitted_at).days,
        "rejection_reason": reason,
    }


def past(
    outcome: str, reason: str | None, when: datetime | None, by: str | None, on_behalf_of: str | None
) -> dict[str, Any]:
    """A decision of the history; ``outcome`` in the words that all kinds share."""
    return {
        "status": outcome,
        "decision_reason": reason,
        "decided_at": when,
        "decided_by": by,
        "on_behalf_of": on_behalf_of,
    }


def past_of(decided: Iterable[Correction | MissingEntry], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """The history of what keeps its decision under these names; ``words``: what all kinds call a status."""
    return [
        past(words[one.status], one.decision_reason, one.decided_at, one.decided_by, one.on_behalf_of)
        for one in decided
    ]


def reason_of(verdict: commands.DecideReview) -> str | None:
    """What the reviewer wrote; these kinds have no reasons to choose from. Raises ``Invalid``."""
    if verdict.reason_code is not None:
        words = ("此类审核没有可选的原因，请填写说明", "this kind has none to choose from; write a reason")
        raise Invalid(FieldError("reason_code", "not_a_choice", *words))
    return verdict.reason or None


def required_reason_of(verdict: commands.DecideReview) -> str:
    """The same of a kind that is never decided without a reason. Raises ``Invalid``."""
    reason = reason_of(verdict)
    if reason is None:
        raise Invalid(FieldError("reason", "required", "须说明理由", "is required"))
    return reason


def require_no_record(verdict: commands.DecideReview, record_id: str | None, path: str) -> None:
    """Raises ``Invalid`` where a mere yes would take all of a record's minutes back; ``path`` says more than yes."""
    if verdict.approve and record_id is not None:
        words = ("支持对一条记录的异议或申诉须写明实际服务时间", "of a record, what was really served is needed")
        raise Invalid(says_too_little("needs_time", path, *words))


def another_time(faults: Sequence[FieldError], path: str) -> list[FieldError]:
    """What a yes lacks where the time that was asked for cannot count by now; ``path`` takes another."""
    if not faults:
        return []
    wish = said_of("approve", faults)
    zh, en = "，".join(fault.zh for fault in wish), ", ".join(fault.en for fault in wish)
    return [says_too_little("needs_time", path, f"{zh}，须另定时间", f"{en}; another is needed")]


def says_too_little(code: str, path: str, zh: str, en: str) -> FieldError:
    """A mere yes lacks something that this request has no field for; ``path`` has."""
    return FieldError("approve", code, f"{zh}：{path}", f"{en}: {path}")
