"""What other services tell, taken over."""

from __future__ import annotations

from services.activity.events import ActivityPublished, ActivityRevoked
from services.attendance.events import RecordDutyChanged
from services.card.events import CardStatusChanged
from services.identity.events import VolunteerChanged
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.closing import close_requests


def note_volunteer(changed: VolunteerChanged, version: int, uow: OrganizationUnitOfWork) -> None:
    """Who a volunteer is now. Of one who was rejected nothing waits for a review any longer."""
    uow.copies.lock_person(changed.volunteer_id)
    uow.copies.save_volunteer(
        id=changed.volunteer_id,
        account_id=changed.account_id,
        volunteer_no=changed.volunteer_no,
        name=changed.name,
        status=changed.status,
        political_status=changed.political_status,
        version=version,
    )
    if changed.status == "rejected":
        close_requests(changed.volunteer_id, uow)


def note_card(changed: CardStatusChanged, version: int, uow: OrganizationUnitOfWork) -> None:
    """How far a card application has come."""
    uow.copies.save_card(
        id=changed.application_id, volunteer_id=changed.volunteer_id, status=changed.status, version=version
    )


def note_activity_published(published: ActivityPublished, uow: OrganizationUnitOfWork) -> None:
    """An organization has published an activity."""
    uow.copies.save_activity(
        id=published.activity_id, organization_id=published.organization_id, published_at=published.published_at
    )


def note_activity_revoked(revoked: ActivityRevoked, uow: OrganizationUnitOfWork) -> None:
    """It was revoked, and counts no longer."""
    uow.copies.save_activity(
        id=revoked.activity_id, organization_id=revoked.organization_id, revoked_at=revoked.revoked_at
    )


def note_record_duty(changed: RecordDutyChanged, version: int, uow: OrganizationUnitOfWork) -> bool:
    """Whether the hours of an activity were recorded in time; answers whether that is news."""
    return uow.copies.save_record_duty(
        activity_id=changed.activity_id,
        organization_id=changed.organization_id,
        status=changed.status,
        version=version,
    )
