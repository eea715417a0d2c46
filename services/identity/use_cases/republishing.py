"""Identity's present state as events, for copies that were lost or are new (``dev republish identity``)."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.events import Event
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.telling import contact_state, volunteer_state


def volunteers(uow: IdentityUnitOfWork) -> Iterator[tuple[Event, int]]:
    """Every volunteer; an erased one as what is left of it."""
    for volunteer, account in uow.volunteers.all():
        yield volunteer_state(volunteer, account, uow.settings.ages), volunteer.version


def contacts(uow: IdentityUnitOfWork) -> Iterator[tuple[Event, int]]:
    """How every account can be reached."""
    for account, volunteer_id, wechat in uow.accounts.all():
        yield contact_state(uow, account, volunteer_id, wechat), account.version


STATE_EVENTS = {"volunteer": volunteers, "contact": contacts}
