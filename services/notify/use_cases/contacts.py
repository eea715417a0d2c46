"""How people can be reached: a copy of what identity knows, and its end."""

from __future__ import annotations

from services.chassis.events import Received
from services.chassis.forgetting import forget_traces
from services.identity.events import ContactChanged, VolunteerErased
from services.notify.repository import NotifyUnitOfWork


def keep_contact(received: Received[ContactChanged], uow: NotifyUnitOfWork) -> None:
    """Take over an account's contact, unless a newer one is here or the person has been erased."""
    event = received.data
    uow.contacts.save(
        {
            "account_id": event.account_id,
            "volunteer_id": event.volunteer_id,
            "phone_sealed": event.phone_sealed,
            "email_sealed": event.email_sealed,
            "wechat_openid_sealed": event.wechat_openid_sealed,
            "locale": event.locale,
            "version": received.aggregate_version,
        }
    )


def forget(received: Received[VolunteerErased], uow: NotifyUnitOfWork) -> None:
    """Forget how to reach somebody and what was said to them (PIPL 47); that something was said stays counted."""
    event = received.data
    now = uow.clock.now()
    uow.messages.forget_simulated(event.account_id, event.volunteer_id, _addresses(event.account_id, uow))
    uow.contacts.erase(event.account_id, event.volunteer_id, now)
    uow.messages.blank(event.account_id, event.volunteer_id)
    uow.preferences.replace(event.account_id, set())
    forget_traces(uow.session, event.account_id, event.volunteer_id)
    uow.audit("contact.erased", f"account:{event.account_id}")


def _addresses(account_id: str, uow: NotifyUnitOfWork) -> list[str]:
    """Where the person could be reached until now."""
    contact = uow.contacts.of(account_id, None)
    sealed = (contact.phone_sealed, contact.email_sealed) if contact is not None else ()
    cipher = uow.settings.message_cipher
    return [cipher.decrypt(token, f"contact:{account_id}") for token in sealed if token is not None]
