"""A person's certificate against the rules, with all that is wrong in one list.

Why this module exists: volunteers, principals and a profile that changes are held to the same checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.exc import IntegrityError

from services.chassis.clock import local_day
from services.chassis.errors import FieldError, Invalid
from services.identity.domain.certificates import BadNumber, Certificate, CertType, read_certificate
from services.identity.domain.people import AgePolicy
from services.identity.metrics import CERTIFICATE_WARNINGS
from services.identity.repository import IdentityUnitOfWork

ALREADY_REGISTERED = FieldError(
    "cert_no",
    "already_registered",
    "该证件已注册：可凭证件号码重置密码；注册手机号已停用的，可申请找回账号",
    "has been registered: reset the password by its number, or ask for your account if that phone is no longer yours",
)
_TAKEN = {
    "uq_volunteer_certificate": ALREADY_REGISTERED,
    "uq_account_phone": FieldError("phone", "already_in_use", "该手机号已被使用", "is in use already"),
    "uq_account_email": FieldError("email", "already_in_use", "该邮箱已被使用", "is in use already"),
    "uq_account_account_name": FieldError("account", "already_in_use", "该账号已被使用", "is in use already"),
}
PHONE_IN_USE, EMAIL_IN_USE = _TAKEN["uq_account_phone"], _TAKEN["uq_account_email"]
ACCOUNT_IN_USE = _TAKEN["uq_account_account_name"]


@dataclass(frozen=True, slots=True)
class Papers:
    """What somebody says of their certificate. ``birth_date``: for documents that carry none."""

    cert_type: str
    cert_no: str
    birth_date: date | None
    guardian_consents: bool = False


def examine(uow: IdentityUnitOfWork, papers: Papers, ages: AgePolicy) -> tuple[Certificate | None, list[FieldError]]:
    """The certificate, with a birth date, and everything that is wrong; None if its number cannot be read."""
    today, patterns = local_day(uow.clock.now()), uow.settings.certificate_patterns
    certificate, faults = read(papers, ages, today=today, patterns=patterns)
    for warning in certificate.warnings if certificate is not None else ():
        CERTIFICATE_WARNINGS.labels(warning).inc()
    return certificate, faults


def read(
    papers: Papers, ages: AgePolicy, *, today: date, patterns: Mapping[CertType, str]
) -> tuple[Certificate | None, list[FieldError]]:
    """As :func:`examine`, from the papers alone: a spreadsheet's rows are read off the hub."""
    try:
        certificate = read_certificate(CertType(papers.cert_type), papers.cert_no, today=today, patterns=patterns)
    except BadNumber as bad:
        return None, [bad.error]
    if certificate.birth_date is None:
        if papers.birth_date is None:
            return certificate, [FieldError("birth_date", "required", "必填", "is required for this certificate")]
        certificate, field = replace(certificate, birth_date=papers.birth_date), "birth_date"
    elif papers.birth_date not in (None, certificate.birth_date):
        return certificate, [
            FieldError(
                "birth_date", "contradicts_certificate", "与证件号码不一致", "contradicts the certificate number"
            )
        ]
    else:
        field = "cert_no"
    assert certificate.birth_date is not None
    faults = ages.faults(certificate.birth_date, today, guardian_consents=papers.guardian_consents, field=field)
    return certificate, list(faults)


def taken_meanwhile(error: IntegrityError) -> Invalid:
    """The refusal for a unique index that was hit: somebody else was faster. Raises ``error`` if it was no such."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint not in _TAKEN:
        raise error
    return Invalid(_TAKEN[constraint])
