"""What others are told of a person: the one place where a row becomes an event.

Why this module exists: an event about a volunteer says the whole present state under the row's version, whatever
changed; so every use case raises the version and tells in the same words.
"""

from __future__ import annotations

from datetime import datetime

from services.chassis.masking import masked_mobile
from services.identity.domain.access import Channel
from services.identity.domain.bindings import Provider
from services.identity.domain.certificates import masked_number
from services.identity.domain.people import AgePolicy, VolunteerStatus, change_status
from services.identity.events import ContactChanged, ContactReplaced, VolunteerChanged, VolunteerRegistered
from services.identity.metrics import VOLUNTEER_TRANSITIONS
from services.identity.models import Account, Binding, ReviewStep, Volunteer
from services.identity.repository import IdentityUnitOfWork


def move(volunteer: Volunteer, target: VolunteerStatus) -> None:
    """Change a volunteer's status; raises ``IllegalTransition``."""
    source = VolunteerStatus(volunteer.status)
    volunteer.status = change_status(source, target).value
    VOLUNTEER_TRANSITIONS.labels(source.value, target.value).inc()


def note_step(
    uow: IdentityUnitOfWork, volunteer: Volunteer, step: str, at: datetime, reason: str | None = None
) -> None:
    """Add to the history of a volunteer's registration (``GET /me/review-history``)."""
    organization_id = volunteer.organization_id
    uow.session.add(
        ReviewStep(volunteer_id=volunteer.id, step=step, organization_id=organization_id, reason=reason, at=at)
    )


def volunteer_state(volunteer: Volunteer, account: Account, ages: AgePolicy) -> VolunteerChanged:
    """The present state of a volunteer."""
    return VolunteerChanged(
        volunteer_id=volunteer.id,
        account_id=volunteer.account_id,
        volunteer_no=volunteer.volunteer_no,
        name=account.name,
        status=volunteer.status,
        birth_date=volunteer.birth_date,
        region=volunteer.region,
        organization_id=volunteer.home_id,
        verified_in_person=volunteer.verified_in_person_at is not None,
        political_status=volunteer.political_status,
        clothing_size=volunteer.clothing_size,
        skills=list(volunteer.skills),
        service_types=list(volunteer.service_types),
        accompanied_until=ages.accompanied_until(volunteer.birth_date),
    )


def contact_state(
    uow: IdentityUnitOfWork, account: Account, volunteer_id: str | None, wechat: Binding | None
) -> ContactChanged:
    """How an account can be reached."""
    context = f"contact:{account.id}"
    return ContactChanged(
        account_id=account.id,
        volunteer_id=volunteer_id,
        phone_sealed=uow.vault.for_notify(context, uow.vault.phone_of(account)),
        email_sealed=uow.vault.for_notify(context, uow.vault.email_of(account)),
        locale=account.locale,
        wechat_openid_sealed=uow.vault.for_notify(context, uow.bindings.openid_in(wechat)),
    )


def tell_volunteer(uow: IdentityUnitOfWork, volunteer: Volunteer, account: Account) -> None:
    """Publish a volunteer's state under its version."""
    uow.publish(volunteer_state(volunteer, account, uow.settings.ages), version=volunteer.version)


def tell_contact(uow: IdentityUnitOfWork, account: Account, volunteer_id: str | None) -> None:
    """Publish an account's contacts under its version."""
    wechat = uow.bindings.get(account.id, Provider.WECHAT)
    uow.publish(contact_state(uow, account, volunteer_id, wechat), version=account.version)


def tell_old_contact(uow: IdentityUnitOfWork, account: Account, channel: Channel) -> None:
    """Tell the phone or mailbox that is about to be replaced; if there is one."""
    old = uow.vault.phone_of(account) if channel is Channel.SMS else uow.vault.email_of(account)
    sealed = uow.vault.for_notify(f"old_contact:{account.id}", old)
    if sealed is None:
        return
    replaced = ContactReplaced(
        account_id=account.id, channel=channel.value, old_sealed=sealed, happened_at=uow.clock.now()
    )
    uow.publish(replaced, version=account.version + 1)


def ask_for_review(uow: IdentityUnitOfWork, volunteer: Volunteer, account: Account) -> None:
    """Put what the home organization's administrators are to review before them (notice, attachment 2, 三.5)."""
    move(volunteer, VolunteerStatus.PENDING_REVIEW)
    volunteer.submitted_at = uow.clock.now()
    volunteer.rejection_reason = None
    note_step(uow, volunteer, "submitted", volunteer.submitted_at)
    uow.publish(
        VolunteerRegistered(
            volunteer_id=volunteer.id,
            account_id=account.id,
            volunteer_no=volunteer.volunteer_no,
            name=account.name,
            cert_type=volunteer.cert_type,
            cert_no_masked=masked_number(uow.vault.cert_no_of(volunteer) or ""),
            phone_masked=masked_mobile(uow.vault.phone_of(account) or ""),
            organization_id=volunteer.organization_id,
            region=volunteer.region,
            registered_at=volunteer.submitted_at,
        ),
        version=volunteer.version,
    )
