"""One deed of many in a request: what is refused leaves the others as they are, and says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.attendance.repository import AttendanceUnitOfWork
from services.chassis.errors import AppError, Invalid

T = TypeVar("T")


def result_of(uow: AttendanceUnitOfWork, deed: Callable[[], T]) -> tuple[T | None, dict[str, str] | None]:
    """What came of ``deed``, or the refusal as ``{code, detail}`` in the caller's language.

    All of the locks that the deeds take are to be held before the first of them.
    """
    try:
        with uow.session.begin_nested():
            return deed(), None
    except Invalid as refusal:
        (error,) = refusal.errors
        return None, {"code": error.code, "detail": error.en if uow.caller.locale == "en" else error.zh}
    except AppError as refusal:
        return None, {"code": refusal.code, "detail": refusal.detail(uow.caller.locale)}
