"""A person is erased, and no service says anything of them any more: every text of every row about them is looked at.

Each table that holds rows about people (``personal_data.py``) gets a row of the person, in which every text holds a
marker. After ``volunteer.erased`` the whole database is read. What may still hold the marker is listed, column by
column: states, kinds and numbers of things, which in real rows are words of the platform and not of the person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.use_cases import copies as activity_copies
from services.attendance.use_cases import copying as attendance_copies
from services.card.use_cases import copies as card_copies
from services.chassis.clock import FixedClock
from services.chassis.events import Received
from services.chassis.ids import new_id
from services.chassis.tables import IDEMPOTENCY_KEY, OUTBOX
from services.identity.events import VolunteerErased
from services.notify.use_cases import contacts as notify_contacts
from services.organization.use_cases import memberships as organization_memberships
from tests.service.privacy.people import Person, fill, units_of

MARKER = "木棉-marker"
PERSON = Person(MARKER)

HANDLERS: dict[str, Callable[[Received[VolunteerErased], Any], None]] = {
    "organization": lambda event, uow: organization_memberships.forget_volunteer(
        event.data, event.aggregate_version, uow
    ),
    "activity": activity_copies.erase_volunteer,
    "attendance": attendance_copies.erase_volunteer,
    "card": card_copies.erase_volunteer,
    "notify": notify_contacts.forget,
}

STAYS = {
    "organization": {
        "administrator.role", "administrator_invitation.role", "administrator_invitation.status",
        "card_application.status", "membership.status", "organization.disablement_reason",
        "organization.kind", "organization.name",
        "organization.principal_name", "organization.region", "organization.rejection_reason", "organization.status",
        "organization.uscc", "review_decision.kind", "review_decision.outcome",
    },
    "activity": {"enrollment.source", "enrollment.status", "volunteer_copy.region"},
    "attendance": {
        "appeal.status",
        "correction.status", "correction_evidence.content_type", "correction_evidence.sha256",
        "enrollment_copy.status", "evidence.content_type", "evidence.sha256", "held_hours.band",
        "held_hours.decision_code", "held_hours.status", "hours_total.provenance",
        "ledger_entry.entered_by", "ledger_entry.provenance", "missing_entry.status",
        "missing_entry_evidence.content_type", "missing_entry_evidence.sha256", "objection.status",
        "offline_scan.conflict", "offline_scan.direction", "offline_scan.facts", "offline_scan.nonce",
        "offline_scan.resolution", "reviewer_copy.role", "scan.direction", "scan.nonce",
        "service_certificate.code_sealed",
        "service_certificate.serial", "service_record.provenance", "service_record.status",
        "supplement.decision_code", "supplement.status",
    },
    "card": {
        "benefit.kind", "card_application.application_no", "card_application.bank", "card_application.card_type",
        "card_application.former_application_no", "card_application.region", "card_application.status",
        "consent.given_by", "consent.recipient", "consent.text_version",
        "group_member.code", "group_member.reply", "group_member.text_version",
        "hand_over.bank", "hand_over.key_id", "hand_over.type", "status_entry.status",
    },
    "notify": {
        "contact_point.locale", "message.channel", "message.failure", "message.provider", "message.recipient_key",
        "message.shortened", "message.status", "message.template",
    },
}  # fmt: skip
"""Words of the platform: states, kinds, reasons' codes, figures, numbers of things (of a revoked certificate,
too: whoever holds it learns that); an organization's own record, which is no
person's (its founder is erased only after another has taken over)."""


def leave_traces(connection: sa.Connection) -> None:
    """What the chassis' own tables say of the person: an event that was sent, an answer that is kept."""
    body = {"data": {"volunteer_id": PERSON.volunteer_id, "name": MARKER}}
    row = {"destination": "events", "exchange": "e", "routing_key": "r", "aggregate": "a", "mandatory": False}
    connection.execute(sa.insert(OUTBOX).values(event_id=new_id(), body=body, sent_at=sa.func.now(), **row))
    connection.execute(
        sa.insert(IDEMPOTENCY_KEY).values(
            scope=f"{PERSON.account_id}/x", key="k", request_hash=b"h", answer={"sealed": MARKER}
        )
    )


def marked(connection: sa.Connection) -> set[str]:
    """Every column of the database in which the marker stands."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    found = set()
    for table in metadata.tables.values():
        for column in table.columns:
            text = sa.cast(column, sa.Text).contains(MARKER)
            if connection.scalar(sa.select(sa.exists().where(text))):
                found.add(f"{table.name}.{column.name}")
    return found


@pytest.mark.filterwarnings("ignore:Did not recognize type 'ltree'")
@pytest.mark.parametrize("service", sorted(HANDLERS))
def test_nothing_in_any_table_speaks_of_an_erased_person(
    service: str, scratch_database: Callable[[str], str], clock: FixedClock
) -> None:
    units = units_of(service, scratch_database, clock)
    admin = sa.create_engine(units.runtime.engine.url)
    try:
        with admin.begin() as connection:
            fill(connection, service, PERSON)
            leave_traces(connection)
            assert marked(connection) > STAYS[service]
        if service == "notify":  # contacts are read once more, to find what the simulator holds
            with units() as uow:
                token = uow.settings.message_cipher.encrypt(MARKER, f"contact:{PERSON.account_id}")
                uow.session.execute(
                    sa.text("UPDATE contact_point SET phone_sealed = :token, email_sealed = NULL"), {"token": token}
                )
        data = VolunteerErased(volunteer_id=PERSON.volunteer_id, account_id=PERSON.account_id)
        event = Received(
            id=new_id(), source="identity", type=data.wire_type(), subject=PERSON.volunteer_id, time=clock.now(),
            aggregate_version=9, traceparent="", data=data,
        )  # fmt: skip
        with units() as uow:
            HANDLERS[service](event, uow)
        with admin.begin() as connection:
            # what the handler itself has told is words of the platform, too
            connection.execute(sa.delete(OUTBOX).where(OUTBOX.c.sent_at.is_(None)))
            assert marked(connection) == STAYS[service]
    finally:
        admin.dispose()
        units.close()
