"""Every route of the HTTP contract, a module for each service that answers."""

from __future__ import annotations

from gateway import attendance_stream, inbox_stream
from gateway.routes import (
    activity,
    attendance,
    card,
    card_pages,
    certificates,
    direct,
    evaluations,
    identity,
    imports,
    notify,
    organization,
    records,
)
from gateway.routing import Route

ALL_ROUTES: list[Route] = [
    *identity.ROUTES,
    *organization.ROUTES,
    *activity.ROUTES,
    *attendance.ROUTES,
    *attendance_stream.ROUTES,
    *records.ROUTES,
    *certificates.ROUTES,
    *evaluations.ROUTES,
    *card.ROUTES,
    *card_pages.ROUTES,
    *notify.ROUTES,
    *inbox_stream.ROUTES,
    *imports.ROUTES,
    *direct.ROUTES,
]
DEVELOPMENT_ROUTES: list[Route] = [*notify.DEVELOPMENT_ROUTES, *direct.DEVELOPMENT_ROUTES]
