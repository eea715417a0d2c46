"""The public page behind the QR on a card's front: what the card shows, to whoever scans it (docs/adr/0045).

Why this module exists: a card that is shown at a counter should prove itself, and its holder decides whether it does.
There is a page only after its holder has asked for one (no disclosure without consent: 民政部令67号), and none once
they have closed it. Name and hours are asked for when somebody looks: card keeps neither.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from services.card import commands, metrics
from services.card.domain import BANK_NAMES, Bank, Status
from services.card.domain.pages import digest_of, is_shown, new_token
from services.card.errors import CardNotInHand
from services.card.models import CardApplication, VolunteerCopy
from services.card.repository import CardUnitOfWork
from services.chassis.clock import local_day
from services.chassis.errors import AppError, NotFound
from services.chassis.logs import get_logger

log = get_logger(__name__)

# Together less than the gateway's patience of 5 s.
IDENTITY_SECONDS = 2.0
ATTENDANCE_SECONDS = 1.5


class Asked(Protocol):
    """Another service, as far as a page needs it."""

    def call(self, method: str, request: dict[str, Any], *, deadline: float) -> Any:
        """The answer of ``service.method``."""
        ...


def make_page(_command: commands.MakeCardPage, uow: CardUnitOfWork) -> dict[str, Any]:
    """A new address; the one before leads nowhere from now on. Raises ``CardNotInHand``."""
    volunteer_id = uow.caller.require_volunteer()
    volunteer = uow.volunteers.locked(volunteer_id)  # so that nobody is forgotten between
    if volunteer is None or _card_shown(uow, volunteer) is None:
        raise CardNotInHand()
    token, now = new_token(), uow.clock.now()
    sealed = uow.settings.card_cipher.encrypt(token, _context(volunteer_id))
    uow.pages.save(volunteer_id, token_hash=digest_of(token), token_sealed=sealed, created_at=now)
    uow.audit("card_page.made", f"volunteer:{volunteer_id}")
    metrics.PAGES.labels("made").inc()
    return {"token": token, "created_at": now}


def show_own_page(_query: commands.ShowOwnCardPage, uow: CardUnitOfWork) -> dict[str, Any]:
    """The address of one's own page; raises ``NotFound`` for who has none."""
    page = uow.pages.of(uow.caller.require_volunteer())
    if page is None:
        raise _no_page()
    token = uow.settings.card_cipher.decrypt(page.token_sealed, _context(page.volunteer_id))
    return {"token": token, "created_at": page.created_at}


def close_page(_command: commands.CloseCardPage, uow: CardUnitOfWork) -> dict[str, Any]:
    """Let the address lead nowhere; done twice is done."""
    volunteer_id = uow.caller.require_volunteer()
    if uow.pages.remove(volunteer_id):
        uow.audit("card_page.closed", f"volunteer:{volunteer_id}")
        metrics.PAGES.labels("closed").inc()
    return {}


def open_page(query: commands.OpenCardPage, units: Any, identity: Asked, attendance: Asked) -> dict[str, Any]:
    """What the card shows. Raises ``NotFound``, alike for an address that was closed, is unknown, or leads to nobody
    who is shown; and what identity fails with. Without attendance there are no hours, and the rest is shown.
    """
    try:
        with units.reading() as uow:
            volunteer_id, face = _face_at(uow, query.token)
        person = _person(identity, volunteer_id)
    except NotFound:
        metrics.PAGES.labels("not_found").inc()
        raise
    hours = _hours(attendance, volunteer_id)
    metrics.PAGES.labels("without_hours" if hours is None else "shown").inc()
    return {**face, **person, **(hours or {"confirmed_minutes": None, "star": None})}


def _face_at(uow: CardUnitOfWork, token: str) -> tuple[str, dict[str, Any]]:
    """Whose page it is, and what card itself knows of it."""
    volunteer_id = uow.pages.volunteer_of(digest_of(token))
    volunteer = None if volunteer_id is None else uow.volunteers.find(volunteer_id)
    card = None if volunteer is None else _card_shown(uow, volunteer)
    if volunteer is None or card is None:
        raise _no_page()
    bank = Bank(card.bank)
    return volunteer.id, {
        "organization_name": _organization_name(uow, volunteer.organization_id),
        "bank": bank,
        "bank_name": BANK_NAMES[bank],
        "card_since": _activated_on(card),
    }


def _card_shown(uow: CardUnitOfWork, volunteer: VolunteerCopy) -> CardApplication | None:
    return uow.applications.card_of(volunteer.id) if is_shown(volunteer.status) else None


def _activated_on(card: CardApplication) -> date:
    return local_day(next(step.at for step in card.history if step.status == Status.ACTIVATED))


def _organization_name(uow: CardUnitOfWork, organization_id: str | None) -> str | None:
    """Of the one that the volunteer belongs to; none that is not active vouches for anybody."""
    found = None if organization_id is None else uow.organizations.find(organization_id)
    return found.name if found is not None and found.active else None


def _person(identity: Asked, volunteer_id: str) -> dict[str, Any]:
    """Number and masked name. Identity knows at once who is not active any more."""
    try:
        answer = identity.call("show_masked_volunteer", {"volunteer_id": volunteer_id}, deadline=IDENTITY_SECONDS)
    except NotFound:
        raise _no_page() from None
    return {"volunteer_no": answer["volunteer_no"], "name_masked": answer["name_masked"]}


def _hours(attendance: Asked, volunteer_id: str) -> dict[str, Any] | None:
    """Confirmed minutes and star; None while attendance does not say."""
    try:
        answer = attendance.call("sum_confirmed_hours", {"volunteer_id": volunteer_id}, deadline=ATTENDANCE_SECONDS)
    except AppError as failure:
        log.warning("card_page_without_hours", error=failure.code)
        return None
    return {"confirmed_minutes": answer["confirmed_minutes"], "star": answer["star"]}


def _no_page() -> NotFound:
    return NotFound(what="card page")


def _context(volunteer_id: str) -> str:
    """Where a sealed token lives."""
    return f"card_page.token:{volunteer_id}"
