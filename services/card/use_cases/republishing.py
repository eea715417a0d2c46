"""Card's state, told again: ``dev republish card``."""

from __future__ import annotations

from collections.abc import Iterator

from services.card.events import CardStatusChanged
from services.card.repository import CardUnitOfWork
from services.card.use_cases.steps import status_event


def applications(uow: CardUnitOfWork) -> Iterator[tuple[CardStatusChanged, int]]:
    """Where every application stands."""
    for application, organization_id in uow.applications.states():
        yield status_event(application, organization_id), application.version


STATE_EVENTS = {"application": applications}
