"""The signed end of the audit log: what shows that its newest rows were cut off, or that rows were added unsigned.

Why this module exists: a chain of hashes cannot show that its end is missing. So each commit that appends also signs,
in a row of its own, which row is the last (docs/adr/0017). Whoever owns the database can write that row, but cannot
sign: the keys are with the services (``ZHIYUAN_CURSOR_KEYS``) and in no database. An old signed row put back together
with an old end is what the anchors show that ``dev audit verify`` keeps outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.crypto import BadSignature, Signer

SIGNER = "zhiyuan.audit.signer"
"""Where a session carries the signer of its commits (``session.info``)."""

_PURPOSE = "audit-head"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain at some moment, to be kept outside the database."""

    id: int
    hash: bytes


class ForgedHead(Exception):
    """The row that names the end was not signed by these keys."""


def audit_head_table(metadata: sa.MetaData) -> sa.Table:
    """The table ``audit_head`` in ``metadata``: one row at most."""
    return sa.Table(
        "audit_head",
        metadata,
        sa.Column("single", sa.Boolean, sa.CheckConstraint("single", name="single"), primary_key=True),
        sa.Column("token", sa.Text, nullable=False),
    )


AUDIT_HEAD = audit_head_table(sa.MetaData())


NAME_THE_END = """
WITH named AS (
    INSERT INTO audit_head (single, token) VALUES (true, :token) ON CONFLICT (single) DO UPDATE SET token = :token)
"""
"""What stands before the statement that adds the last rows; only while holding the log's turn."""


def signature(session: Session, end: Anchor) -> str | None:
    """What names ``end`` as the last row; None if the session has no signer."""
    signer: Signer | None = session.info.get(SIGNER)
    return None if signer is None else signer.sign(f"{end.id}:{end.hash.hex()}".encode(), _PURPOSE)


def signed_head(connection: sa.Connection, signer: Signer) -> Anchor | None:
    """The end that was signed last; None if none was. Raises :class:`ForgedHead`."""
    token: Any = connection.scalar(sa.select(AUDIT_HEAD.c.token))
    if token is None:
        return None
    try:
        row_id, _, digest = signer.verify(token, _PURPOSE).decode().partition(":")
        return Anchor(int(row_id), bytes.fromhex(digest))
    except (BadSignature, ValueError):
        raise ForgedHead("the end of the audit log is not signed by these keys") from None
