"""What identity tells the others: people who registered, who they are now, and codes on their way to a phone.

``version`` of an event about a volunteer is the volunteer's; of ``account.contact_changed`` the account's.
Sealed fields are encrypted with the message keys, which only identity, attendance and notify hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from services.chassis.events import Event


@dataclass(frozen=True, kw_only=True)
class VolunteerRegistered(Event):
    """Somebody asks an organization to take them: registered anew, or submitted again after a rejection.

    The home organization's administrators review exactly what stands here (notice, attachment 2, 三.5).
    ``approved_by``: the account of a reviewer of the home organization who registered them, which is its approval.
    """

    type = "volunteer.registered"
    subject_field = "volunteer_id"

    volunteer_id: str
    account_id: str
    volunteer_no: str
    name: str
    cert_type: str
    cert_no_masked: str
    phone_masked: str
    organization_id: str
    region: str
    registered_at: datetime
    approved_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class VolunteerChanged(Event):
    """The present state of a volunteer, for the copies that other services keep; each keeps only what it needs.

    ``status``: DESIGN.md, 6. ``organization_id``: the home organization, None once left.
    An erased volunteer has an empty name. ``accompanied_until``: the first day on which the volunteer takes part
    without an adult beside them; None if nobody has to come along.
    """

    type = "volunteer.changed"
    subject_field = "volunteer_id"

    volunteer_id: str
    account_id: str
    volunteer_no: str
    name: str
    status: str
    birth_date: date | None
    region: str
    organization_id: str | None
    verified_in_person: bool
    political_status: str | None = None
    clothing_size: str | None = None
    skills: list[str] = field(default_factory=list)
    service_types: list[str] = field(default_factory=list)
    accompanied_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class VolunteerVerifiedInPerson(Event):
    """An organization has seen the volunteer and the certificate (面验): hours may be counted from now on."""

    type = "volunteer.verified_in_person"
    subject_field = "volunteer_id"
    mandatory = False

    volunteer_id: str
    organization_id: str
    verified_by: str
    verified_at: datetime


@dataclass(frozen=True, kw_only=True)
class RealnameDecided(Event):
    """The real-name check that somebody had to wait for is over. ``outcome``: matched, mismatched or not_checked.

    After ``mismatched`` the volunteer is rejected; else the home organization's review begins.
    """

    type = "volunteer.realname_decided"
    subject_field = "volunteer_id"

    volunteer_id: str
    account_id: str
    outcome: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class InPersonVerificationEnded(Event):
    """A verification in person counts no longer. ``cause``: revoked, expired or new_certificate.

    ``volunteer.changed`` of the same version says so to the copies; this one says why, to the volunteer.
    """

    type = "volunteer.in_person_verification_ended"
    subject_field = "volunteer_id"

    volunteer_id: str
    cause: str
    reason: str
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class VolunteerErased(Event):
    """The person asked to be forgotten (PIPL 47): blank what identifies them, keep the counts."""

    type = "volunteer.erased"
    subject_field = "volunteer_id"

    volunteer_id: str
    account_id: str


@dataclass(frozen=True, kw_only=True)
class ContactChanged(Event):
    """How an account can be reached now. Sealed with the context ``contact:<account_id>``."""

    type = "account.contact_changed"
    subject_field = "account_id"

    account_id: str
    volunteer_id: str | None
    phone_sealed: str | None
    email_sealed: str | None
    locale: str = "zh"
    wechat_openid_sealed: str | None = None


@dataclass(frozen=True, kw_only=True)
class AccountSecurityNotice(Event):
    """Somebody touched the locks of an account; its owner should know. ``version`` is the account's.

    ``notice``: login_locked, password_reset, totp_enrolled, totp_removed, recovery_code_used, bound, unbound.
    """

    type = "account.security_notice"
    subject_field = "account_id"

    account_id: str
    notice: str
    happened_at: datetime


@dataclass(frozen=True, kw_only=True)
class ContactReplaced(Event):
    """A phone (channel sms) or mailbox (email) was replaced: whoever holds the old one should know.

    Sealed with the context ``old_contact:<account_id>``.
    """

    type = "account.contact_replaced"
    subject_field = "account_id"

    account_id: str
    channel: str
    old_sealed: str
    happened_at: datetime


@dataclass(frozen=True, kw_only=True)
class RecoveryRequested(Event):
    """Somebody says that an account is theirs and wants its phone replaced; its owner should know."""

    type = "account.recovery_requested"
    subject_field = "account_id"

    account_id: str
    happened_at: datetime


@dataclass(frozen=True, kw_only=True)
class RecoveryDecided(Event):
    """Whether whoever asked for an account gets it. Sealed with the context ``recovery:<recovery_id>``."""

    type = "account.recovery_decided"
    subject_field = "account_id"

    account_id: str
    recovery_id: str
    approved: bool
    reason: str
    phone_sealed: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class WechatMessageReported(Event):
    """WeChat says what became of a template message; it pushes to one address, and identity checks who it is.

    ``msg_id`` is WeChat's number of it; ``outcome`` is ``success``, ``failed:user block`` or ``failed: system failed``.
    """

    type = "wechat_message.reported"
    subject_field = "msg_id"

    msg_id: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class CodeRequested(Event):
    """A verification code is to be sent. Sealed with the context ``code:<code_id>``; stale after ``expires_at``.

    An empty recipient is nobody: a reset was asked for an account that does not exist, and did the same work.
    """

    type = "code.requested"
    subject_field = "code_id"

    code_id: str
    channel: str
    purpose: str
    recipient_sealed: str
    code_sealed: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExportRequested(Event):
    """Somebody asks for everything that is held of them; each service answers ``personal_data.exported`` (PIPL 45).

    ``volunteer_id`` is null for an account that is no volunteer's.
    """

    type = "account.export_requested"
    subject_field = "account_id"

    export_id: str
    account_id: str
    volunteer_id: str | None
