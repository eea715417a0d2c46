"""What a bank gets is what the published schemas say; a bank's program is written against those."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own

from services.card import partner_messages
from services.card.domain import Bank
from services.card.schemas.groups import VisitReport
from services.card.schemas.partner import BankReport
from services.chassis.events import json_schema
from services.chassis.partner_asyncapi import schema_of
from tests.service.card.conftest import Card, opened
from tests.service.card.unit import Unit

SCHEMAS = {
    message.wire_type: schema_of(message)
    for message in (partner_messages.Application, partner_messages.Cancellation, partner_messages.GroupVisit)
}
APPLICANT = {
    "name": "测试者",
    "cert_type": "passport",
    "cert_no": "E00000000",
    "phone": "13900000000",
    "birth_date": None,
}


def conforms(document: Any, schema: dict[str, Any]) -> None:
    """With every field of the schema and no other."""
    jsonschema.Draft202012Validator({**schema, "additionalProperties": False}).validate(document)


def test_every_message_and_what_is_sealed_in_it_has_its_published_shape(card: Card) -> None:
    applicant = card.volunteer()
    card.cancel(applicant, card.apply(applicant)["application_id"])
    unit = Unit(card)
    group_id = unit.propose()["group_id"]
    for member in unit.members[:30]:
        unit.consent(member, group_id)

    messages = card.at_bank()
    assert [message["type"] for message in messages] == list(SCHEMAS)
    for message in messages:
        conforms(message, SCHEMAS[message["type"]])
    document = {**card.identity.requests[0]["document"], "applicant": APPLICANT}
    conforms(document, json_schema(partner_messages.ApplicationDocument))
    conforms(opened(Bank.BOC, messages[2]["jwe"]), json_schema(partner_messages.VisitDocument))


def test_a_report_over_amqp_has_the_fields_that_are_read() -> None:
    assert set(schema_of(partner_messages.StatusReport)["properties"]) == set(BankReport().fields)
    assert set(schema_of(partner_messages.VisitReport)["properties"]) == set(VisitReport().fields)
