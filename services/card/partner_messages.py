"""What passes between card and a bank over AMQP, field by field: from here comes ``docs/events/partner.yaml``.

Why this module exists: a bank's programs are written against these, so each is a promise with a version in its name. A
field may be added with a default; whatever else changes is a message of its own, sent beside the old one for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.card.partner_exchange import PROBE_TYPE, STATUS_TYPE, VISIT_TYPE, Type
from services.chassis.partner_asyncapi import PartnerMessage


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who applies; added by identity."""

    name: str
    cert_type: str
    cert_no: str
    phone: str
    birth_date: date | None


@dataclass(frozen=True, kw_only=True)
class SeparateConsent:
    """The applicant's consent, which names this bank (PIPL 23). ``given_by``: oneself, or guardian."""

    version: str
    recipient: str
    given_by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Guardian:
    """Who has consented for a young applicant, and comes along to the branch."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class ApplicationDocument:
    """What is sealed in an application. ``group_id``: the visit at which this applicant is to be found."""

    application_no: str
    card_type: str
    branch: str
    city: str
    city_name: str
    address: str
    clothing_size: str | None
    consent: SeparateConsent
    applicant: Applicant
    guardian: Guardian | None = None
    group_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class VisitContact:
    """Whom to call."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class VisitDocument:
    """What is sealed in a group's request; nothing of its members."""

    group_id: str
    organization: str
    card_type: str
    branch: str
    city: str
    city_name: str
    member_count: int
    preferred_dates: list[date]
    address: str
    contact: VisitContact


@dataclass(frozen=True, kw_only=True)
class Application(PartnerMessage):
    """A volunteer applies for a card. ``application_no`` is what to know it by; ``time`` is when it was handed over,
    and stays when it is handed over again."""

    wire_type = Type.APPLICATION.value
    sealed = ApplicationDocument

    id: str
    bank: str
    time: datetime
    application_no: str
    jwe: str


@dataclass(frozen=True, kw_only=True)
class Cancellation(PartnerMessage):
    """The application is withdrawn: stop, and delete what need not be kept."""

    wire_type = Type.CANCELLATION.value

    id: str
    bank: str
    time: datetime
    application_no: str


@dataclass(frozen=True, kw_only=True)
class GroupVisit(PartnerMessage):
    """A unit of many people asks the bank to come."""

    wire_type = Type.GROUP_VISIT.value
    sealed = VisitDocument

    id: str
    bank: str
    time: datetime
    group_id: str
    jwe: str


@dataclass(frozen=True, kw_only=True)
class StatusReport(PartnerMessage):
    """Where an application stands at the bank. ``status``: contacted, approved, produced, delivered, activated, or
    rejected with a ``reason``, or first_spend once it is activated; ``at`` is when it happened, if that is not now."""

    wire_type = STATUS_TYPE
    from_partner = True

    application_no: str
    status: str
    reason: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class VisitReport(PartnerMessage):
    """What became of a visit. ``status``: scheduled with its day ``visit_on``, done, or cancelled with a ``reason``."""

    wire_type = VISIT_TYPE
    from_partner = True

    group_id: str
    status: str
    visit_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Probe(PartnerMessage):
    """A bank tries its connection; it is taken, and does nothing."""

    wire_type = PROBE_TYPE
    from_partner = True
