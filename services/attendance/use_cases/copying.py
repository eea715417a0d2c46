"""Taking over what others own, so that a scan asks nobody."""

from __future__ import annotations

from services.activity.events import ActivityChanged, EnrollmentChanged
from services.attendance.models import ShiftCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.duties import keep_duty
from services.chassis.events import Received
from services.chassis.forgetting import forget_traces
from services.identity.events import VolunteerChanged, VolunteerErased


def copy_volunteer(event: Received[VolunteerChanged], uow: AttendanceUnitOfWork) -> None:
    """Whether a volunteer's hours may be counted, and what name to mask."""
    state = event.data
    uow.copies.save_volunteer(
        id=state.volunteer_id,
        account_id=state.account_id,
        volunteer_no=state.volunteer_no,
        name=state.name,
        status=state.status,
        organization_id=state.organization_id,
        verified_in_person=state.verified_in_person,
        version=event.aggregate_version,
    )


def erase_volunteer(event: Received[VolunteerErased], uow: AttendanceUnitOfWork) -> None:
    """Blank who it was and what they wrote; records and ledger stay, for the counts (PIPL 47).

    The blank row is also what keeps an older ``volunteer.changed`` that comes late from bringing the name back.
    """
    uow.copies.save_volunteer(
        id=event.data.volunteer_id,
        account_id=event.data.account_id,
        volunteer_no="",
        name="",
        status="erased",
        organization_id=None,
        verified_in_person=False,
        version=event.aggregate_version,
    )
    uow.objections.erase(event.data.account_id)
    uow.appeals.erase(event.data.account_id)
    uow.supplements.erase(event.data.volunteer_id)
    uow.held.erase(event.data.volunteer_id)
    uow.corrections.erase(event.data.volunteer_id)
    uow.missing_entries.erase(event.data.volunteer_id)
    uow.certificates.erase(event.data.volunteer_id, uow.clock.now())
    uow.evaluations.erase(event.data.volunteer_id)
    uow.attainments.erase(event.data.volunteer_id)
    uow.anomalies.erase(event.data.volunteer_id, event.data.account_id)
    uow.records.erase(event.data.volunteer_id)
    uow.offline.erase(event.data.volunteer_id)
    forget_traces(uow.session, event.data.account_id, event.data.volunteer_id)


def copy_activity(event: Received[ActivityChanged], uow: AttendanceUnitOfWork) -> None:
    """What an activity is called, when its shifts are, and from where scans are taken."""
    state = event.data
    uow.copies.save_activity(
        [
            ShiftCopy(
                id=shift.shift_id, activity_id=state.activity_id, starts_at=shift.starts_at, ends_at=shift.ends_at
            )
            for shift in state.shifts
        ],
        id=state.activity_id,
        organization_id=state.organization_id,
        title=state.title,
        status=state.status,
        latitude=state.latitude,
        longitude=state.longitude,
        fence_metres=state.fence_metres,
        static_codes_allowed=state.static_codes_allowed,
        address=state.address,
        version=event.aggregate_version,
    )
    keep_duty(uow, state.activity_id)


def copy_enrollment(event: Received[EnrollmentChanged], uow: AttendanceUnitOfWork) -> None:
    """Who has a place at which shift."""
    state = event.data
    uow.copies.save_enrollment(
        id=state.enrollment_id,
        activity_id=state.activity_id,
        shift_id=state.shift_id,
        volunteer_id=state.volunteer_id,
        status=state.status,
        version=event.aggregate_version,
    )
