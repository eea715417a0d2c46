"""What banks report, over HTTP and AMQP, and what of it could not be taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A bank's signed request, as it came: nothing in it is believed before the signature is checked. Signed is the
    body, or the path of a request that has none."""

    webhook_id: str
    webhook_timestamp: str
    webhook_signature: str
    body_base64: str | None = None
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportStatus(Signed):
    """A bank's signed callback."""

    application_no: str


@dataclass(frozen=True, kw_only=True)
class ReportVisit(Signed):
    """The same about a group's visit."""

    group_id: str


@dataclass(frozen=True, kw_only=True)
class BankReport:
    """What the verified body says: a status, or ``first_spend``. ``at``: when it happened, by the bank's clock."""

    status: str
    reason: str | None
    at: datetime | None
    application_no: str | None


@dataclass(frozen=True, kw_only=True)
class VisitReport:
    """What a bank's verified body says of a visit."""

    group_id: str | None
    status: str
    visit_on: date | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class BankMessage:
    """A message from the banks' vhost, as it came. ``exchange`` is what the broker says it was published to: it tells
    who speaks, since a bank can publish to its own exchange only. ``received_at``: when it came, unless now."""

    exchange: str
    message_id: str
    type: str
    body: bytes
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ListRefusedMessages:
    """A page of messages that could not be taken, newest first; only those in ``state`` if it is given."""

    state: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class RetryRefusedMessage:
    """Take a message again that could not be taken when it came."""

    refused_id: str


@dataclass(frozen=True, kw_only=True)
class ListUnknownReports:
    """A page of bank reports on numbers that are not ours, newest first."""

    limit: int
    cursor: str | None
