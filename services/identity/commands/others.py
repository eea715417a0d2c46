"""What organizations and services ask about a volunteer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class VerifyInPerson:
    """An organization has seen the volunteer and the certificate (面验)."""

    volunteer_id: str
    organization_id: str
    note: str | None


@dataclass(frozen=True, kw_only=True)
class RevokeInPersonVerification:
    """What was seen was not what it seemed."""

    volunteer_id: str
    organization_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ListInPersonVerifications:
    """Who has seen a volunteer, and how it ended."""

    volunteer_id: str


@dataclass(frozen=True, kw_only=True)
class ListMyInPersonVerifications:
    """Who has seen oneself."""


@dataclass(frozen=True, kw_only=True)
class RequestRecovery:
    """My certificate is registered under a phone that I have no more; ``code`` went to the one I have now."""

    cert_type: str
    cert_no: str
    name: str
    phone: str
    code: str


@dataclass(frozen=True, kw_only=True)
class ListRecoveries:
    """Who waits for their account at the organizations that the caller reviews for."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class DecideRecovery:
    """Whether it is the volunteer who asks."""

    recovery_id: str
    approve: bool
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class SealForPartner:
    """Add the applicant to a document, and encrypt it for a bank."""

    partner: str
    volunteer_id: str
    document: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ShowMaskedVolunteer:
    """What of a volunteer the public may read."""

    volunteer_id: str
