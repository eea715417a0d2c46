"""What card tells the others: an application went to a bank, has moved, or lies there; a group collects consents, asks
the bank to come, or lapses.

``version`` of these events is the application's (or the group's) own. ``card.status_changed`` is also the state that
copies are built from: it is what ``republish card`` tells again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.events import Event
from services.chassis.personal_data import Exported


@dataclass(frozen=True, kw_only=True)
class CardApplicationRouted(Event):
    """An application was handed to the bank; ``branch`` is the one that will get in touch."""

    type = "card.application_routed"
    subject_field = "application_id"

    application_id: str
    application_no: str
    volunteer_id: str
    bank: str
    card_type: str
    region: str
    branch: str


@dataclass(frozen=True, kw_only=True)
class CardStatusChanged(Event):
    """An application has another status (DESIGN.md, 6. States). ``organization_id`` is the applicant's home now."""

    type = "card.status_changed"
    subject_field = "application_id"

    application_id: str
    application_no: str
    volunteer_id: str
    organization_id: str | None
    bank: str
    status: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class CardApplicationEscalated(Event):
    """The bank has not moved an application for ``level`` times the working days that it has for a step.

    ``waiting_since``: its last step. ``volunteer_id`` is left out: whoever asks the bank needs the number alone.
    """

    type = "card.application_escalated"
    subject_field = "application_id"
    mandatory = False

    application_id: str
    application_no: str
    bank: str
    branch: str
    status: str
    level: int
    waiting_since: datetime


@dataclass(frozen=True, kw_only=True)
class CardGroupVisitRequested(Event):
    """30 members of a unit have consented, and the bank is asked to come (notice, 一.3). ``account_id`` had asked."""

    type = "card.group_visit_requested"
    subject_field = "group_id"

    group_id: str
    organization_id: str
    bank: str
    region: str
    member_count: int
    preferred_dates: list[date]
    account_id: str


@dataclass(frozen=True, kw_only=True)
class CardGroupProposed(Event):
    """A unit has put a volunteer on its list; nothing of theirs goes anywhere before they consent (PIPL 23)."""

    type = "card.group_proposed"
    subject_field = "group_id"

    group_id: str
    volunteer_id: str
    organization_id: str
    organization_name: str
    bank: str
    bank_name: str
    consent_until: datetime


@dataclass(frozen=True, kw_only=True)
class CardGroupLapsed(Event):
    """Too few had consented at the deadline, or the unit has taken its proposal back. ``account_id`` had asked."""

    type = "card.group_lapsed"
    subject_field = "group_id"

    group_id: str
    organization_id: str
    account_id: str
    consented: int
    minimum: int


@dataclass(frozen=True, kw_only=True)
class CardSingleWayOffered(Event):
    """A volunteer has consented in vain, and may apply alone by one click until ``offered_until``."""

    type = "card.single_way_offered"
    subject_field = "group_id"

    group_id: str
    volunteer_id: str
    organization_name: str
    offered_until: datetime


@dataclass(frozen=True, kw_only=True)
class CardGroupVisitChanged(Event):
    """The bank's visit is ``scheduled`` for ``visit_on``, ``done``, or ``cancelled`` for a ``reason``."""

    type = "card.group_visit_changed"
    subject_field = "group_id"

    group_id: str
    organization_id: str
    bank: str
    status: str
    visit_on: date | None
    reason: str | None
    account_id: str


@dataclass(frozen=True, kw_only=True)
class CardInsuranceStarted(Event):
    """A volunteer's first card was activated, which starts the insurance (notice, attachment 3)."""

    type = "card.insurance_started"
    subject_field = "application_id"

    application_id: str
    application_no: str
    volunteer_id: str
    started_at: datetime
    up_to_yuan: int


@dataclass(frozen=True, kw_only=True)
class CardClothingOrdered(Event):
    """A card was first paid with, and the volunteer's size is known: the clothing, free, is to be delivered."""

    type = "card.clothing_ordered"
    subject_field = "application_id"

    application_id: str
    application_no: str
    volunteer_id: str
    clothing_size: str


@dataclass(frozen=True, kw_only=True)
class CardClothingSizeNeeded(Event):
    """A card was first paid with; the order waits for the volunteer's size."""

    type = "card.clothing_size_needed"
    subject_field = "application_id"

    application_id: str
    application_no: str
    volunteer_id: str


@dataclass(frozen=True, kw_only=True)
class PersonalDataExported(Exported):
    """Everything that card holds of a person who has asked for it, sealed for identity."""

    type = "personal_data.exported"
