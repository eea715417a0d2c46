"""An account whose phone is lost: asked for, reviewed, given back."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, Mobile, PageRequest, Request, Text, Timestamp, one_of, page_of
from services.identity import commands
from services.identity.domain.certificates import CertType


class RequestRecovery(Request):
    """``POST /account-recoveries``. ``code`` is one for ``recover_account``, sent to ``phone``."""

    class Meta:
        command = commands.RequestRecovery

    cert_type = one_of(CertType, required=True)
    cert_no = Text(max=40, required=True)
    name = Text(min=2, max=50, required=True)
    phone = Mobile(required=True)
    code = Text(max=10, required=True)


class RecoveryTaken(Answer):
    """The same whether or not there is such a volunteer."""

    status = fields.String()


class ListRecoveries(PageRequest):
    """``GET /account-recoveries``."""

    class Meta:
        command = commands.ListRecoveries


class RecoveryShown(Answer):
    """A request that waits."""

    recovery_id = Id()
    volunteer_id = Id()
    volunteer_no = fields.String()
    name = fields.String()
    cert_no_masked = fields.String()
    organization_id = Id()
    present_phone_masked = fields.String(allow_none=True)
    new_phone_masked = fields.String()
    requested_at = Timestamp()


class RecoveryPage(page_of(RecoveryShown)):  # type: ignore[misc]  # the class is made at run time
    """Requests that wait, the oldest first."""


class DecideRecovery(Request):
    """``POST /account-recoveries/{recovery_id}/decision``. A reason is required to refuse."""

    class Meta:
        command = commands.DecideRecovery

    recovery_id = Id(required=True)
    approve = fields.Boolean(required=True)
    reason = Text(max=200, load_default=None, allow_none=True)


class RecoveryDecision(Answer):
    """What was decided."""

    recovery_id = Id()
    status = fields.String()
