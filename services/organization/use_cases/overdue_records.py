"""Hours that were not recorded within ten working days: whoever runs the organization's attendance is told, once.

Why this module exists: attendance knows what is overdue, and organization who runs attendance. The list of what is
missing (``GET /v1/organizations/{id}/overdue-records``) helps only those who open it (docs/adr/0034).
"""

from __future__ import annotations

from datetime import date

from services.attendance.events import RecordDutyChanged
from services.chassis.events import Received
from services.chassis.ids import new_id
from services.organization.domain import RECORDING
from services.organization.events import RecorderReminded
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.copies import note_record_duty


def take_over_duty(received: Received[RecordDutyChanged], uow: OrganizationUnitOfWork) -> None:
    """Keep where a duty stands; if it became overdue just now, remind those of this organization, not those above."""
    duty = received.data
    if note_record_duty(duty, received.aggregate_version, uow) and duty.status == "overdue" and not received.restated:
        _remind(duty, uow)


def _remind(duty: RecordDutyChanged, uow: OrganizationUnitOfWork) -> None:
    name = uow.tree.get(duty.organization_id).name
    uow.publish_many(
        [
            (
                RecorderReminded(
                    reminder_id=new_id(),
                    account_id=account_id,
                    organization_id=duty.organization_id,
                    organization_name=name,
                    activity_id=duty.activity_id,
                    title=duty.title,
                    due_on=date.fromisoformat(duty.due_on),
                ),
                1,
            )
            for account_id in uow.administrators.accounts_of(duty.organization_id, *RECORDING)
        ]
    )
