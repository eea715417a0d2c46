"""Oneself: looking, changing, consents, one's data, being forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class GetMe:
    """Oneself."""


@dataclass(frozen=True, kw_only=True)
class EmergencyContact:
    """Whom to call when something has happened to the volunteer."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class UpdateMe:
    """What is to be changed about oneself; None leaves it. A new contact needs the code that was sent to it."""

    name: str | None
    cert_type: str | None
    cert_no: str | None
    birth_date: date | None
    phone: str | None
    phone_code: str | None
    email: str | None
    email_code: str | None
    emergency_contact: EmergencyContact | None
    region: str | None
    political_status: str | None
    clothing_size: str | None
    skills: list[str] | None
    service_types: list[str] | None


@dataclass(frozen=True, kw_only=True)
class Resubmit:
    """Ask for a review again after a rejection."""


@dataclass(frozen=True, kw_only=True)
class ListReviewHistory:
    """What has happened to one's registration."""


@dataclass(frozen=True, kw_only=True)
class ListConsents:
    """What one has agreed to."""


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent:
    """Take a consent back."""

    consent_id: str


@dataclass(frozen=True, kw_only=True)
class ExportMe:
    """Everything identity holds of oneself (PIPL 45)."""


@dataclass(frozen=True, kw_only=True)
class OwnUpload:
    """A file that the caller handed in, as the gateway keeps it; ``fetch``: the path that gives out its content."""

    upload_id: str
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime
    fetch: str


@dataclass(frozen=True, kw_only=True)
class RequestExport:
    """Gather everything that all services hold of oneself (PIPL 45); the gateway says which files it keeps."""

    uploads: list[OwnUpload]


@dataclass(frozen=True, kw_only=True)
class GetExport:
    """What has been gathered."""

    export_id: str


@dataclass(frozen=True, kw_only=True)
class FindErasedAccounts:
    """Which of these accounts were erased."""

    account_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class EraseMe:
    """Forget me (PIPL 47)."""
