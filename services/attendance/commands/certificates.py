"""Certificates of service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class IssueCertificate:
    """A certificate of one's own confirmed hours, of a period or of all time."""

    from_day: date | None
    to_day: date | None


@dataclass(frozen=True, kw_only=True)
class ListCertificates:
    """A page of one's own certificates, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class GetCertificate:
    """One of one's own certificates, with all that it lists."""

    serial: str


@dataclass(frozen=True, kw_only=True)
class RevokeCertificate:
    """A certificate that shall not be relied on any more."""

    serial: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class VerifyCertificate:
    """Somebody holds a certificate and wants to know whether it is good."""

    serial: str
    code: str


@dataclass(frozen=True, kw_only=True)
class RequestBatch:
    """Certificates for everybody who served an organization: in a period, at an activity, or only those named."""

    organization_id: str
    activity_id: str | None
    volunteer_ids: list[str] | None
    from_day: date | None
    to_day: date | None


@dataclass(frozen=True, kw_only=True)
class ListBatches:
    """A page of an organization's batches, newest first."""

    organization_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class GetBatch:
    """How far a batch has come."""

    batch_id: str


@dataclass(frozen=True, kw_only=True)
class HandOutCertificates:
    """A page of the certificates of a batch, with all that they list."""

    batch_id: str
    limit: int
    cursor: str | None
