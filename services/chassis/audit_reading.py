"""Reading a service's audit log over RPC; every service offers it as ``list_audit_log``.

Why this module exists: ``GET /audit-log`` looks the same whichever service wrote the rows, so request, answer and query
are written once. For platform administrators only; the rows hold no personal data (see ``audit.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from marshmallow import fields

from services.chassis.audit import AUDIT_LOG
from services.chassis.schema import Answer, PageRequest, Text, Timestamp, page_of
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ListAuditLogQuery:
    """A page of the audit log, newest first; of one subject (``volunteer:<id>``) or action if they are named."""

    service: str | None
    subject: str | None
    action: str | None
    limit: int
    cursor: str | None


class ListAuditLog(PageRequest):
    """``GET /audit-log``. ``service`` has chosen who answers."""

    class Meta:
        command = ListAuditLogQuery

    service = Text(max=20, load_default=None)
    subject = Text(max=100, load_default=None)
    action = Text(max=100, load_default=None)


class AuditLogEntry(Answer):
    """One deed: who did what to which thing."""

    id = fields.Integer()
    at = Timestamp()
    actor_kind = fields.String()
    actor_id = fields.String()
    action = fields.String()
    subject = fields.String()
    details = fields.Dict()
    request_id = fields.String()


AuditLogPage = page_of(AuditLogEntry)


def list_audit_log(query: ListAuditLogQuery, uow: UnitOfWork) -> Any:
    """The page; raises ``Forbidden`` for anybody but a platform administrator."""
    uow.caller.require_platform()
    statement = sa.select(AUDIT_LOG)
    if query.subject is not None:
        statement = statement.where(AUDIT_LOG.c.subject == query.subject)
    if query.action is not None:
        statement = statement.where(AUDIT_LOG.c.action == query.action)
    return uow.page(statement, [(AUDIT_LOG.c.id, "desc")], limit=query.limit, cursor=query.cursor, scope="audit-log")
