"""What a bank gets is what the published schemas say; a bank's program is written against those."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own

from services.card import commands, partner_messages
from services.card.domain import Bank, CardType
from services.card.schemas.partner import BankReport
from services.card.use_cases import group_visits
from services.chassis.clock import local_day
from services.chassis.events import json_schema
from services.chassis.partner_asyncapi import schema_of
from tests.service.card.conftest import GUANGZHOU, Card, administrator, opened

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
    unit = card.organization()
    members = [str(card.volunteer(unit).volunteer_id) for _ in range(30)]
    command = commands.ApplyAsGroup(
        organization_id=unit,
        region=GUANGZHOU,
        bank=Bank.BOC,
        card_type=CardType.DEBIT,
        volunteer_ids=members,
        address="天河区示例路1号",
        preferred_dates=[local_day(card.clock.now()) + timedelta(days=3)],
        contact=commands.GroupContact(name="测试者", phone="13900000000"),
    )
    with card.units(administrator(unit)) as uow:
        group_visits.apply_as_group(command, uow)

    messages = card.at_bank()
    assert [message["type"] for message in messages] == list(SCHEMAS)
    for message in messages:
        conforms(message, SCHEMAS[message["type"]])
    document = {**card.identity.requests[0]["document"], "applicant": APPLICANT}
    conforms(document, json_schema(partner_messages.ApplicationDocument))
    conforms(opened(Bank.BOC, messages[2]["jwe"]), json_schema(partner_messages.VisitDocument))


def test_a_report_over_amqp_has_the_fields_that_are_read() -> None:
    assert set(schema_of(partner_messages.StatusReport)["properties"]) == set(BankReport().fields)
