"""What identifies or reaches a person leaves the house masked, is the person's own, or leaves a line in the audit log.

A new answer with such a field fails here until somebody has thought about which of these it is.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from marshmallow import Schema, fields

from gateway.routes import ALL_ROUTES
from gateway.routing import Route

IN_CLEAR = {"address", "birth_date", "cert_no", "contact", "data", "email", "mobile", "phone", "recipient", "wechat"}

AUDITED = {"GET /me/export", "GET /me/exports/{export_id}", "GET /adoption-receipts", "POST /adoption-receipts"}
_ANNOUNCED = "where an activity is and whom to ask, as its organizer announces it"
_AT_WORK = "somebody of a bank at work, given to whoever applies"
_ASKED = "the bank that one would consent to, and the kinds of data"
ELSE = {
    "POST /activities": _ANNOUNCED,
    "GET /activities": _ANNOUNCED,
    "GET /activities/{activity_id}": _ANNOUNCED,
    "PATCH /activities/{activity_id}": _ANNOUNCED,
    "POST /activities/{activity_id}/publication": _ANNOUNCED,
    "POST /activities/{activity_id}/revocation": _ANNOUNCED,
    "POST /activities/{activity_id}/copies": _ANNOUNCED,
    "GET /activities/{activity_id}/occurrences": _ANNOUNCED,
    "GET /me/activities": _ANNOUNCED,
    "GET /me/invitations": _ANNOUNCED,
    "POST /invitations/{invitation_id}/decline": _ANNOUNCED,
    "POST /me/service-certificates": _ANNOUNCED,
    "GET /me/service-certificates/{serial}": _ANNOUNCED,
    "GET /card/products": _AT_WORK,
    "POST /card/applications": _AT_WORK,
    "GET /me/card-applications": _AT_WORK,
    "POST /card/applications/{application_id}/cancellation": _AT_WORK,
    "POST /card/group-applications": _AT_WORK,
    "GET /organizations/{organization_id}/card-groups": _AT_WORK,
    "POST /card/group-applications/{group_id}/visit": _AT_WORK,
    "GET /me/card-group-proposals": _ASKED,
    "POST /me/card-group-proposals/{group_id}/consent": _ASKED,
    "POST /me/card-group-proposals/{group_id}/refusal": _ASKED,
    "POST /me/card-group-proposals/{group_id}/single-application": _AT_WORK,
    "GET /card/branch-contacts": _AT_WORK,
    "GET /card/branch-contacts/history": _AT_WORK,
    "POST /card/branch-contacts/preview": _AT_WORK,
    "GET /me/sessions": "where one has been oneself, to see whether it was oneself",
    "GET /notifications": "masked before it is stored",
    "POST /notifications/{message_id}/resend": "masked before it is stored",
}


def in_clear(schema: Schema) -> Iterator[str]:
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from in_clear(inner.schema)
        elif name in IN_CLEAR:
            yield name


LOOKS = [
    (f"{route.method} {route.path}", route)
    for route in ALL_ROUTES
    if any(any(in_clear(shown())) for shown in (route.answer, *route.events) if shown)
]


def test_every_answer_that_shows_a_person_in_clear_is_accounted_for_and_no_other() -> None:
    assert {name for name, _ in LOOKS} == AUDITED | set(ELSE)


@pytest.mark.parametrize(
    "route", [route for name, route in LOOKS if name in AUDITED], ids=lambda r: f"{r.method} {r.path}"
)
def test_an_audited_look_may_write_its_line(route: Route) -> None:
    for target in route.targets:
        service, _, method = target.partition(".")
        served = getattr(importlib.import_module(f"services.{service}.service").SERVICE, method)
        (entrypoint,) = served.nameko_entrypoints
        assert entrypoint._changes_state, f"{target} is read-only"
