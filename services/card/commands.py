"""What card can be asked, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.card.domain import Bank, CardType
from services.card.domain.clothing import ClothingSize


@dataclass(frozen=True, kw_only=True)
class FindProducts:
    """Which cards can be had, in one place or anywhere."""

    region: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class GivenConsent:
    """The text that was agreed to, and whom it names as the recipient: the bank's code or its Chinese name."""

    version: str
    recipient: str


@dataclass(frozen=True, kw_only=True)
class Guardian:
    """Who agrees for a young applicant, and comes to the branch along."""

    name: str
    phone: str
    consent: bool


@dataclass(frozen=True, kw_only=True)
class Apply:
    """A volunteer's own application."""

    bank: Bank
    card_type: CardType
    region: str
    address: str
    clothing_size: ClothingSize | None
    consent: GivenConsent | None
    guardian: Guardian | None


@dataclass(frozen=True, kw_only=True)
class ListMyApplications:
    """A page of one's own applications, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class CancelApplication:
    """Withdraw one's own application."""

    application_id: str


@dataclass(frozen=True, kw_only=True)
class ListMyBenefits:
    """What one's card has brought."""


@dataclass(frozen=True, kw_only=True)
class ChangeClothingSize:
    """Another size, before the order."""

    clothing_size: ClothingSize


@dataclass(frozen=True, kw_only=True)
class GroupContact:
    """Whom the bank should call to arrange the visit."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class ApplyAsGroup:
    """An organization asks the bank to come."""

    organization_id: str
    region: str
    bank: Bank
    card_type: CardType
    volunteer_ids: list[str]
    address: str
    preferred_dates: list[date]
    contact: GroupContact


@dataclass(frozen=True, kw_only=True)
class ListGroups:
    """A page of a unit's groups and of those below it, newest first."""

    organization_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ChangeVisit:
    """What became of the bank's visit, as the unit knows it; or the unit takes its proposal back."""

    group_id: str
    status: str
    visit_on: date | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class ListProposals:
    """A page of the groups that one is asked to join, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ConsentToGroup:
    """A member consents. Without an address the card comes to where the bank comes."""

    group_id: str
    consent: GivenConsent | None
    address: str | None
    clothing_size: ClothingSize | None
    guardian: Guardian | None


@dataclass(frozen=True, kw_only=True)
class OneProposal:
    """The group that one refuses, or whose place one's own application takes."""

    group_id: str


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
class RequestReplay:
    """Everything that ``bank`` was handed on ``day`` is to be handed over again."""

    bank: Bank
    day: date


@dataclass(frozen=True, kw_only=True)
class RequestOwnReplay(Signed):
    """The same, by the bank itself; the day stands in the body."""


@dataclass(frozen=True, kw_only=True)
class ListReplays:
    """A page of replays, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ShowStatement:
    """Our statement of a day for a bank."""

    bank: str
    day: date


@dataclass(frozen=True, kw_only=True)
class FetchStatement(Signed):
    """Our statement of a day for the bank that signed."""

    day: date


@dataclass(frozen=True, kw_only=True)
class HandInStatement(Signed):
    """A bank's own statement of a day."""

    day: date


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a bank says that its statement holds."""

    bank: str
    day: date
    rows: int
    sha256: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class BankStatement:
    """A statement: manifest and file."""

    manifest: Manifest
    csv: str


@dataclass(frozen=True, kw_only=True)
class ListReconciliations:
    """A page of the statements that banks have handed in, the newest day first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListDifferences:
    """A page of differences, the newest day first; of one bank and day if they are given."""

    bank: str | None
    day: date | None
    limit: int
    cursor: str | None


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
    who speaks, since a bank can publish to its own exchange only."""

    exchange: str
    message_id: str
    type: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class ListRefusedMessages:
    """A page of messages that could not be taken, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListBranchContacts:
    """A page of the contacts that are in force, or of all that there ever were."""

    region: str | None
    bank: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class PreviewImport:
    """A whole text with contacts; ``format`` is ``notice`` or ``csv``."""

    format: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ImportBranchContacts(PreviewImport):
    """The same, to be done; ``digest`` is that of the preview it was seen in."""

    digest: str | None


@dataclass(frozen=True, kw_only=True)
class ListProductPeriods:
    """A page of the periods in which cards were, are and will be offered."""

    region: str | None
    bank: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class OpenProductPeriod:
    """A bank offers a card in a city."""

    region: str
    bank: Bank
    card_type: CardType
    offered_from: date
    offered_until: date | None


@dataclass(frozen=True, kw_only=True)
class EndProductPeriod:
    """The last day of a period; None: it has none."""

    period_id: str
    offered_until: date | None


@dataclass(frozen=True, kw_only=True)
class ListApplications:
    """A page of everybody's applications, newest first; days are those of submission, both included."""

    bank: str | None
    status: str | None
    region: str | None
    from_day: date | None
    to_day: date | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListOverdueApplications:
    """A page of what a bank leaves untouched, the longest first."""

    bank: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListUnknownReports:
    """A page of bank reports on numbers that are not ours, newest first."""

    limit: int
    cursor: str | None
