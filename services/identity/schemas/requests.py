"""What identity can be asked: shape and form of each field. What only the database knows is checked in use cases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.chassis.schema import (
    Day,
    Id,
    Mobile,
    RegionCode,
    Request,
    SecretText,
    Text,
    list_of,
    one_of,
    rule,
)
from services.identity import commands
from services.identity.domain.access import Channel, Purpose
from services.identity.domain.certificates import CertType

_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_MOBILE = Mobile()
# About as many sessions a gateway asks at once whether they are over.
MOST_SESSIONS = 1000


class PoliticalStatus(StrEnum):
    """政治面貌; supervision counts the Youth League's members (notice, attachment 2)."""

    PARTY_MEMBER = "party_member"
    PROBATIONARY_PARTY_MEMBER = "probationary_party_member"
    LEAGUE_MEMBER = "league_member"
    DEMOCRATIC_PARTY_MEMBER = "democratic_party_member"
    NO_PARTY = "no_party"
    MASSES = "masses"


class Email(Text):
    """A mail address, in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=254, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).lower()
        if not _MAIL.fullmatch(text):
            raise ma.ValidationError(rule("bad_email", "邮箱地址格式不正确", "is not a mail address"))
        return text


_EMAIL = Email()


def _password(**kwargs: Any) -> SecretText:
    return SecretText(max=128, **kwargs)


def _code(**kwargs: Any) -> Text:
    return Text(max=10, **kwargs)


def _labels(**kwargs: Any) -> fields.List[Any]:
    return list_of(Text(max=50), max=30, **kwargs)


class CreateCaptcha(Request):
    """``POST /captchas``."""

    class Meta:
        command = commands.CreateCaptcha

    kind = one_of(("image", "audio"), load_default="image")


class RequestCode(Request):
    """``POST /verification-codes``."""

    class Meta:
        command = commands.RequestCode

    channel = one_of(Channel, required=True)
    recipient = Text(max=254, required=True)
    purpose = one_of(Purpose, required=True)
    captcha_id = Id(required=True)
    captcha_answer = Text(max=20, required=True)

    @ma.validates_schema
    def _recipient_fits_channel(self, data: dict[str, Any], **_: Any) -> None:
        form: fields.String = _MOBILE if data["channel"] == Channel.SMS else _EMAIL
        try:
            data["recipient"] = form.deserialize(data["recipient"])
        except ma.ValidationError as error:
            raise ma.ValidationError(error.messages, "recipient") from error


class Guardian(Request):
    """Who answers for a minor."""

    class Meta:
        command = commands.Guardian

    name = Text(max=50, required=True)
    phone = Mobile(required=True)
    consent = fields.Boolean(required=True)


class RegisterVolunteer(Request):
    """``POST /volunteers``."""

    class Meta:
        command = commands.RegisterVolunteer

    name = Text(min=2, max=50, required=True)
    cert_type = one_of(CertType, required=True)
    cert_no = Text(max=40, required=True)
    phone = Mobile(required=True)
    code = _code(required=True)
    password = _password(required=True)
    region = RegionCode(required=True)
    organization_id = Id(required=True)
    email = Email(load_default=None, allow_none=True)
    political_status = one_of(PoliticalStatus, load_default=None, allow_none=True)
    birth_date = Day(load_default=None, allow_none=True)
    guardian = fields.Nested(Guardian, load_default=None, allow_none=True)
    clothing_size = Text(max=10, load_default=None, allow_none=True)
    skills = _labels(load_default=list)
    service_types = _labels(load_default=list)


class PrincipalPerson(Request):
    """Who answers for an organization."""

    class Meta:
        command = commands.PrincipalPerson

    name = Text(min=2, max=50, required=True)
    cert_type = one_of(CertType, required=True)
    cert_no = Text(max=40, required=True)
    phone = Mobile(required=True)
    birth_date = Day(load_default=None, allow_none=True)


class RegisterOrganization(Request):
    """``POST /organizations``. What a kind and a place in the tree must be, organization decides."""

    class Meta:
        command = commands.RegisterOrganization

    name = Text(min=2, max=100, required=True)
    kind = Text(max=30, required=True)
    parent_id = Id(load_default=None, allow_none=True)
    region = RegionCode(required=True)
    uscc = Text(max=40, load_default=None, allow_none=True)
    account = Text(max=32, required=True)
    password = _password(required=True)
    principal = fields.Nested(PrincipalPerson, required=True)
    code = _code(required=True)


class SignIn(Request):
    """``POST /sessions``. ``account``: a phone, an email, a certificate number or an account name."""

    class Meta:
        command = commands.SignIn

    account = Text(max=254, required=True)
    password = _password(required=True)
    captcha_id = Id(required=True)
    captcha_answer = Text(max=20, required=True)
    totp = Text(max=20, load_default=None, allow_none=True)


class RefreshSession(Request):
    """``POST /sessions/refresh``."""

    class Meta:
        command = commands.RefreshSession

    refresh_token = SecretText(max=200, required=True)


class ListSessions(Request):
    """``GET /me/sessions``."""

    class Meta:
        command = commands.ListSessions


class FindEndedSessions(Request):
    """Asked by the gateway, which keeps streams open for them."""

    class Meta:
        command = commands.FindEndedSessions

    session_ids = list_of(Id(), max=MOST_SESSIONS, required=True)


class EndSessions(Request):
    """``DELETE /me/sessions``: all of them, or the one that is named."""

    class Meta:
        command = commands.EndSessions

    session_id = Id(load_default=None)


class EndCurrentSession(Request):
    """``DELETE /sessions/current``."""

    class Meta:
        command = commands.EndCurrentSession


class RequestPasswordReset(Request):
    """``POST /password-resets``."""

    class Meta:
        command = commands.RequestPasswordReset

    account = Text(max=254, required=True)
    channel = one_of(Channel, required=True)


class ResetPassword(Request):
    """``PUT /password-resets``."""

    class Meta:
        command = commands.ResetPassword

    account = Text(max=254, required=True)
    code = _code(required=True)
    new_password = _password(required=True)


class GetMe(Request):
    """``GET /me``."""

    class Meta:
        command = commands.GetMe


class EmergencyContact(Request):
    """Whom to call when something has happened."""

    class Meta:
        command = commands.EmergencyContact

    name = Text(max=50, required=True)
    phone = Mobile(required=True)


class UpdateMe(Request):
    """``PATCH /me``. A new name or certificate is reviewed again; a new phone or email comes with its code."""

    class Meta:
        command = commands.UpdateMe

    name = Text(min=2, max=50, load_default=None)
    cert_type = one_of(CertType, load_default=None)
    cert_no = Text(max=40, load_default=None)
    birth_date = Day(load_default=None)
    phone = Mobile(load_default=None)
    phone_code = _code(load_default=None)
    email = Email(load_default=None)
    email_code = _code(load_default=None)
    emergency_contact = fields.Nested(EmergencyContact, load_default=None)
    region = RegionCode(load_default=None)
    political_status = one_of(PoliticalStatus, load_default=None)
    clothing_size = Text(max=10, load_default=None)
    skills = _labels(load_default=None)
    service_types = _labels(load_default=None)

    @ma.validates_schema
    def _what_belongs_together(self, data: dict[str, Any], **_: Any) -> None:
        pairs: Iterable[tuple[str, str]] = (
            ("cert_type", "cert_no"),
            ("cert_no", "cert_type"),
            ("phone", "phone_code"),
            ("email", "email_code"),
        )
        missing = {needed: [rule("required", "必填", "is required")] for given, needed in pairs
                   if data[given] is not None and data[needed] is None}  # fmt: skip
        if missing:
            raise ma.ValidationError(missing)


class Resubmit(Request):
    """``POST /me/resubmission``."""

    class Meta:
        command = commands.Resubmit


class ExportMe(Request):
    """``GET /me/export``."""

    class Meta:
        command = commands.ExportMe


class EraseMe(Request):
    """``DELETE /me``."""

    class Meta:
        command = commands.EraseMe


class VerifyInPerson(Request):
    """``POST /volunteers/{volunteer_id}/in-person-verification``."""

    class Meta:
        command = commands.VerifyInPerson

    volunteer_id = Id(required=True)
    organization_id = Id(required=True)
    note = Text(max=200, load_default=None, allow_none=True)


class RevokeInPersonVerification(Request):
    """``POST /volunteers/{volunteer_id}/in-person-verification/revocation``."""

    class Meta:
        command = commands.RevokeInPersonVerification

    volunteer_id = Id(required=True)
    organization_id = Id(required=True)
    reason = Text(min=2, max=200, required=True)


class SealForPartner(Request):
    """``seal_for_partner``; for the service card alone."""

    class Meta:
        command = commands.SealForPartner

    partner = Text(max=50, required=True)
    volunteer_id = Id(required=True)
    document = fields.Dict(keys=fields.String(), required=True)


class ShowMaskedVolunteer(Request):
    """``show_masked_volunteer``; for the service card alone."""

    class Meta:
        command = commands.ShowMaskedVolunteer

    volunteer_id = Id(required=True)
