"""Registering: captchas, codes, volunteers, organizations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True)
class CreateCaptcha:
    """A picture, please; or, for who cannot see it, a recording beside it."""

    kind: str = "image"


@dataclass(frozen=True, kw_only=True)
class RequestCode:
    """Send a code to a phone or mailbox, if the captcha was read."""

    channel: str
    recipient: str
    purpose: str
    captcha_id: str
    captcha_answer: str


@dataclass(frozen=True, kw_only=True)
class Guardian:
    """Who answers for a minor, and whether they agree (PIPL 31)."""

    name: str
    phone: str
    consent: bool


@dataclass(frozen=True, kw_only=True)
class RegisterVolunteer:
    """Somebody wants to be a volunteer of an organization."""

    name: str
    cert_type: str
    cert_no: str
    phone: str
    code: str
    password: str = field(repr=False)
    region: str
    organization_id: str
    email: str | None
    political_status: str | None
    birth_date: date | None
    guardian: Guardian | None
    clothing_size: str | None
    skills: list[str]
    service_types: list[str]


@dataclass(frozen=True, kw_only=True)
class PrincipalPerson:
    """Who answers for an organization."""

    name: str
    cert_type: str
    cert_no: str
    phone: str
    birth_date: date | None


@dataclass(frozen=True, kw_only=True)
class RegisterOrganization:
    """An organization wants to join the tree below ``parent_id``, with an account for its principal."""

    name: str
    kind: str
    parent_id: str | None
    region: str
    uscc: str | None
    account: str
    password: str = field(repr=False)
    principal: PrincipalPerson
    code: str
