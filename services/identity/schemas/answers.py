"""What identity answers. Whatever identifies a person is masked, but in the export for the person alone."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Day, Id, Timestamp
from services.identity.schemas.bindings import BindingSummary


class CaptchaAnswer(Answer):
    """A picture to read. ``audio``: a WAV that says its digits, as a data URI, if it was asked for."""

    captcha_id = Id()
    image = fields.String(metadata={"description": "a data URI"})
    audio = fields.String(allow_none=True)


class CodeOnItsWay(Answer):
    """Seconds until the code is stale, and until another can be asked for. Whether one was sent is not told."""

    expires_in = fields.Integer()
    retry_after = fields.Integer()


class RegisteredVolunteer(Answer):
    """A registration that waits for review."""

    volunteer_id = Id(attribute="id")
    volunteer_no = fields.String()
    status = fields.String()


class RegisteredOrganization(Answer):
    """A registration that waits for review."""

    organization_id = Id()
    status = fields.String()


class RoleHeld(Answer):
    """A role at an organization."""

    organization_id = Id()
    role = fields.String()


class AccountSummary(Answer):
    """Who has signed in."""

    account_id = Id()
    kind = fields.String()
    name = fields.String()
    roles = fields.List(fields.Nested(RoleHeld))


class SignedIn(Answer):
    """Tokens. ``expires_in``: seconds of the access token; the refresh token is good once.

    ``totp_enrollment_required``: the access token is good for ``/me/totp`` alone; refresh after the confirmation.
    """

    access_token = fields.String()
    refresh_token = fields.String()
    expires_in = fields.Integer()
    account = fields.Nested(AccountSummary)
    totp_enrollment_required = fields.Boolean()


class SessionSummary(Answer):
    """Where one is signed in. ``device`` (what it calls itself) and ``address`` are those of the last use."""

    session_id = Id()
    created_at = Timestamp()
    last_used_at = Timestamp()
    device = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    expires_at = Timestamp()
    current = fields.Boolean()


class SessionList(Answer):
    """All of one's sessions that go on."""

    items = fields.List(fields.Nested(SessionSummary))


class SessionsFound(Answer):
    """Those that are over."""

    session_ids = fields.List(Id())


class EndedSessions(Answer):
    """How many sessions were ended."""

    ended = fields.Integer()


class EmergencyContactShown(Answer):
    """Whom to call, masked."""

    name = fields.String()
    phone_masked = fields.String()


class MyVolunteer(Answer):
    """Oneself as a volunteer. ``must_be_accompanied``: today, for one's age; enrolling asks who comes along."""

    volunteer_id = Id()
    volunteer_no = fields.String()
    status = fields.String()
    rejection_reason = fields.String(allow_none=True)
    organization_id = Id(allow_none=True)
    cert_type = fields.String()
    cert_no_masked = fields.String()
    region = fields.String()
    verified_in_person = fields.Boolean()
    must_be_accompanied = fields.Boolean()
    skills = fields.List(fields.String())
    service_types = fields.List(fields.String())
    political_status = fields.String(allow_none=True)
    clothing_size = fields.String(allow_none=True)
    emergency_contact = fields.Nested(EmergencyContactShown, allow_none=True)


class Me(Answer):
    """Oneself. ``email_verified_by``: what the code that came to that mailbox was for, ``change_contact`` or
    ``reset_password``; null: nobody has shown that the mailbox is theirs.
    """

    account_id = Id()
    kind = fields.String()
    name = fields.String()
    phone_masked = fields.String(allow_none=True)
    email_masked = fields.String(allow_none=True)
    email_verified_at = Timestamp(allow_none=True)
    email_verified_by = fields.String(allow_none=True)
    confirmed_at = Timestamp()
    roles = fields.List(fields.Nested(RoleHeld))
    totp_enrolled = fields.Boolean()
    bindings = fields.List(fields.Nested(BindingSummary))
    volunteer = fields.Nested(MyVolunteer, allow_none=True)


class ExportedGuardian(Answer):
    """Who consented."""

    name = fields.String()
    phone = fields.String()
    consented_at = Timestamp()


class ExportedEmergencyContact(Answer):
    """Whom to call, in clear."""

    name = fields.String()
    phone = fields.String()


class ExportedPerson(Answer):
    """The certificate and what belongs to it, in clear."""

    cert_type = fields.String()
    cert_no = fields.String()
    birth_date = Day(allow_none=True)


class ExportedVolunteer(ExportedPerson):
    """Everything about oneself as a volunteer, in clear."""

    volunteer_id = Id()
    volunteer_no = fields.String()
    status = fields.String()
    rejection_reason = fields.String(allow_none=True)
    organization_id = Id(allow_none=True)
    region = fields.String()
    political_status = fields.String(allow_none=True)
    clothing_size = fields.String(allow_none=True)
    skills = fields.List(fields.String())
    service_types = fields.List(fields.String())
    guardian = fields.Nested(ExportedGuardian, allow_none=True)
    emergency_contact = fields.Nested(ExportedEmergencyContact, allow_none=True)
    registered_at = Timestamp()
    submitted_at = Timestamp()
    verified_in_person_at = Timestamp(allow_none=True)
    verified_in_person_organization_id = Id(allow_none=True)


class ExportedBinding(BindingSummary):
    """By whom else one can sign in, and as whom, masked: the full id is a key to the provider's account."""

    openid_masked = fields.String()


class ExportedSecondFactor(Answer):
    """That there is a second factor; its secret stands in the person's own app alone."""

    created_at = Timestamp()
    confirmed_at = Timestamp(allow_none=True)
    recovery_codes_left = fields.Integer()


class Export(Answer):
    """Everything identity holds of oneself, in clear, for oneself (PIPL 45)."""

    exported_at = Timestamp()
    account_id = Id()
    account = fields.String(attribute="account_name", allow_none=True)
    kind = fields.String()
    name = fields.String()
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    email_verified_at = Timestamp(allow_none=True)
    email_verified_by = fields.String(allow_none=True)
    created_at = Timestamp()
    roles = fields.List(fields.Nested(RoleHeld))
    sessions = fields.List(fields.Nested(SessionSummary))
    bindings = fields.List(fields.Nested(ExportedBinding))
    second_factor = fields.Nested(ExportedSecondFactor, allow_none=True)
    volunteer = fields.Nested(ExportedVolunteer, allow_none=True)
    principal = fields.Nested(ExportedPerson, allow_none=True)


class VerifiedInPerson(Answer):
    """A verification in person."""

    volunteer_id = Id()
    organization_id = Id()
    verified_at = Timestamp()


class MaskedVolunteer(Answer):
    """What the public may read of a volunteer."""

    volunteer_no = fields.String()
    name_masked = fields.String()


class SealedDocument(Answer):
    """A compact JWE that only the bank can open."""

    jwe = fields.String()
