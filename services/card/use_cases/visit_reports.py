"""What the unit or a bank says of a visit.

Why this module exists: a unit is refused what makes no sense; what a bank reports late, twice or after the end changes
nothing, as with applications (``bank_reports``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.card import commands, metrics
from services.card.domain.groups import KNOWN_TO_BANK, GroupStatus, may_follow
from services.card.models import GroupApplication
from services.card.repository import CardUnitOfWork
from services.card.schemas.groups import VisitReport
from services.card.settings import CardSettings
from services.card.signatures import require_signer, signed_bytes
from services.card.use_cases.bank_reports import first_of, json_of, list_unknown, speaker
from services.card.use_cases.group_proposals import ROLES, show_groups
from services.card.use_cases.group_visits import change_visit
from services.chassis.errors import FieldError, Invalid, NotFound


def change_visit_by_unit(command: commands.ChangeVisit, uow: CardUnitOfWork) -> dict[str, Any]:
    """The unit schedules it with the bank by telephone, says that it was there, or calls it off."""
    group = uow.groups.locked(command.group_id)
    if group is None or not uow.organizations.reaches(group.organization_id, *ROLES):
        raise NotFound(what="group application")
    _require_what_belongs(command)
    to, said_at = GroupStatus(command.status), uow.clock.now()
    change_visit(uow, group, to, visit_on=command.visit_on, reason=command.reason, said_at=said_at)
    uow.session.flush()
    return show_groups(uow, [group])[0]


def report_visit(command: commands.ReportVisit, units: Any, settings: CardSettings) -> dict[str, Any]:
    """A bank's report over HTTP; raises ``SignatureRefused``, ``TimestampOutOfTolerance``, ``NotFound`` …"""
    bank = require_signer(command, units.clock.now(), settings)
    body = signed_bytes(command)
    report = read_visit(body)
    if report.group_id not in (None, command.group_id):
        raise Invalid(FieldError("group_id", "mismatch", "与地址中的编号不一致", "differs from the address"))
    with units.for_caller(speaker(bank, units.caller))() as uow:
        taken = take_visit(uow, bank, command.webhook_id, command.group_id, body, report)
    if taken is None:
        raise NotFound(what="group application")
    return taken


def read_visit(body: bytes) -> commands.VisitReport:
    """The report in ``body``; raises ``BadRequest`` or ``Invalid``."""
    report: commands.VisitReport = VisitReport().parse(json_of(body))
    _require_what_belongs(report)
    return report


def take_visit(
    uow: CardUnitOfWork,
    bank: str,
    message_id: str,
    group_id: str,
    body: bytes,
    report: commands.VisitReport,
    *,
    received_at: datetime | None = None,
) -> dict[str, Any] | None:
    """What became of it; None for a group that this bank was never asked to visit. ``received_at``: when it came, if
    that was not now. Raises ``WebhookIdReused``."""
    first = first_of(uow, bank, message_id, group_id, body)
    group = uow.groups.locked(group_id)
    if group is None or not _known_to(bank, group):
        if first:
            list_unknown(uow, bank, group_id, report.status, "unknown" if group is None else "other_bank")
        return None
    status, said_at = GroupStatus(report.status), received_at or uow.clock.now()
    changed = first and may_follow(GroupStatus(group.status), status) and not _overtaken(group, status, said_at)
    if changed:
        change_visit(uow, group, status, visit_on=report.visit_on, reason=report.reason, said_at=said_at)
    else:
        metrics.REPORTS_WITHOUT_CHANGE.labels(bank).inc()
    return {"group_id": group.id, "status": group.status, "changed": changed}


def _overtaken(group: GroupApplication, status: GroupStatus, said_at: datetime) -> bool:
    """Whether this is a day for the visit, and another one was said after it."""
    return status is GroupStatus.SCHEDULED and group.scheduled_at is not None and said_at < group.scheduled_at


def _known_to(bank: str, group: GroupApplication) -> bool:
    return group.bank == bank and GroupStatus(group.status) in KNOWN_TO_BANK


def _require_what_belongs(given: commands.ChangeVisit | commands.VisitReport) -> None:
    """A date for what is scheduled, a reason for what is called off."""
    if given.status == GroupStatus.SCHEDULED and given.visit_on is None:
        raise Invalid(FieldError("visit_on", "required", "须填写上门日期", "a scheduled visit needs its day"))
    if given.status == GroupStatus.CANCELLED and not given.reason:
        raise Invalid(FieldError("reason", "required", "取消须说明理由", "what is called off needs a reason"))
