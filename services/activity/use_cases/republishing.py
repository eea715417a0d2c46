"""Activity's state as events, for copies that were lost or are new."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases.telling import activity_state, enrollment_state
from services.chassis.events import Event


def _activities(uow: ActivityUnitOfWork) -> Iterator[tuple[Event, int]]:
    for activity in uow.activities.published_states():
        yield activity_state(activity), activity.version


def _enrollments(uow: ActivityUnitOfWork) -> Iterator[tuple[Event, int]]:
    for enrollment in uow.enrollments.states():
        yield enrollment_state(enrollment), enrollment.version


STATE_EVENTS: dict[str, Callable[[ActivityUnitOfWork], Iterator[tuple[Event, int]]]] = {
    "activity": _activities,
    "enrollment": _enrollments,
}
