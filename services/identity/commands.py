"""What identity can be asked, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


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


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Account name, phone, email or certificate number, and a password."""

    account: str
    password: str = field(repr=False)
    captcha_id: str
    captcha_answer: str
    totp: str | None = field(repr=False, default=None)


@dataclass(frozen=True, kw_only=True)
class EnrollTotp:
    """A secret for an authenticator app, please."""

    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ConfirmTotp:
    """The app shows this code."""

    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RemoveTotp:
    """No second factor any more."""

    password: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SignInByCode:
    """Whoever a provider's OAuth code names."""

    code: str = field(repr=False)
    totp: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ShowWechatScene:
    """A QR code to bind one's WeChat with."""


@dataclass(frozen=True, kw_only=True)
class UnbindWechat:
    """No WeChat any more."""


@dataclass(frozen=True, kw_only=True)
class BindAlipay:
    """This is who I am at Alipay."""

    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class UnbindAlipay:
    """No Alipay any more."""


@dataclass(frozen=True, kw_only=True)
class CheckWechatCallback:
    """WeChat asks whether we know the token."""

    signature: str
    timestamp: str
    nonce: str
    echostr: str


@dataclass(frozen=True, kw_only=True)
class TakeWechatPush:
    """WeChat tells what somebody did."""

    signature: str
    timestamp: str
    nonce: str
    body_base64: str


@dataclass(frozen=True, kw_only=True)
class RefreshSession:
    """A new access token for a refresh token, which is spent by it."""

    refresh_token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ListSessions:
    """Where one is signed in."""


@dataclass(frozen=True, kw_only=True)
class EndSessions:
    """Sign out everywhere, or of one session."""

    session_id: str | None


@dataclass(frozen=True, kw_only=True)
class EndCurrentSession:
    """Sign out."""


@dataclass(frozen=True, kw_only=True)
class RequestPasswordReset:
    """Send a code to whoever owns the account."""

    account: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class ResetPassword:
    """A new password for whoever has the code."""

    account: str
    code: str
    new_password: str = field(repr=False)


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
class ExportMe:
    """Everything identity holds of oneself (PIPL 45)."""


@dataclass(frozen=True, kw_only=True)
class EraseMe:
    """Forget me (PIPL 47)."""


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
class ImportedRow:
    """One row of a spreadsheet: its number in the file, and the text of each cell by column."""

    row: int
    values: dict[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class StartImport:
    """A file is about to be handed in, or handed in again after an interruption."""

    organization_id: str
    kind: str
    sha256: str
    import_id: str | None


@dataclass(frozen=True, kw_only=True)
class StageImportRows:
    """The next rows of a file."""

    import_id: str
    rows: list[ImportedRow]


@dataclass(frozen=True, kw_only=True)
class FinishStaging:
    """The file has been read to its end."""

    import_id: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportById:
    """One import."""

    import_id: str


@dataclass(frozen=True, kw_only=True)
class ListImports:
    """A page of an organization's imports, newest first."""

    organization_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListImportErrors:
    """A page of the rows that cannot be imported, in the file's order."""

    import_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ExecuteImport:
    """Import what was checked; ``only_good`` leaves the rows out that have errors."""

    import_id: str
    only_good: bool


@dataclass(frozen=True, kw_only=True)
class ListConsents:
    """What one has agreed to."""


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent:
    """Take a consent back."""

    consent_id: str


@dataclass(frozen=True, kw_only=True)
class RequestExport:
    """Gather everything that all services hold of oneself (PIPL 45)."""


@dataclass(frozen=True, kw_only=True)
class GetExport:
    """What has been gathered."""

    export_id: str
