"""The audit log: who did what to which thing, in rows that cannot be changed unnoticed.

Why this module exists: who approved whom, who exported which list, who corrected an hour, must stand up to a
dispute years later, and to whoever has access to the database. A trigger refuses UPDATE, DELETE and TRUNCATE;
for whoever switches the trigger off, each row carries the hash of the row before it, so that a changed,
removed or moved row breaks the chain, and :func:`faults` finds where. What a chain alone cannot show is that
its *end* was cut off or that all of it was computed anew: for this, each commit signs the end
(``audit_head.py``), and ``dev audit verify`` keeps the last end it has seen outside the database.

``details`` hold no personal data: ids, states, counts, reasons' codes. This is the callers' duty. A row
cannot be erased when a volunteer is, so it may only ever say *which* volunteer, by an id that then leads
nowhere.

Throughput. A chain has one end, so transactions that append must take turns from reading the end until they
commit. To keep that turn short, :func:`append` only remembers the entry; the chaining is the last thing
before the COMMIT, after every row lock was taken, and takes two trips to the database, in which no other green thread
of the process runs (``green_postgres.py``): whoever holds the turn must not wait to be looked at again, for all
others wait with it. Appending at once would hold the turn while the use case goes on working, and could deadlock
with whoever waits for the turn while holding a row that the use case still needs. The turn is an advisory lock
and not a chain-head row: a row is locked just as long, and leaves a dead version behind for every entry.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, SessionTransaction

from services.chassis.audit_head import NAME_THE_END, Anchor, ForgedHead, signature, signed_head
from services.chassis.crypto import Signer
from services.chassis.green_postgres import without_yielding

BEFORE_THE_FIRST = bytes(32)
"""What stands as the previous hash in the first row."""

_PENDING = "zhiyuan.audit.pending"
_LOCK = int.from_bytes(hashlib.sha256(b"zhiyuan audit log").digest()[:8], "big", signed=True)
_STREAMED_ROWS = 1000


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One deed. ``details``: text, whole numbers, booleans, dates, ids, and lists and mappings of these."""

    at: datetime
    actor_kind: str
    actor_id: str
    action: str
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an audit entry needs an aware moment")
        object.__setattr__(self, "details", _plain(self.details))


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row at which the log is not what was written.

    ``changed``: what it says does not fit its own hash. ``out_of_place``: it does not follow the row before
    it; a row was removed, moved or slipped in between. ``missing``: the row of the anchor, or of the signed end, is
    not there as it was noted. ``unsigned``: it stands behind the signed end, or that end is signed by nobody.
    """

    id: int
    fault: Literal["changed", "out_of_place", "missing", "unsigned"]


def audit_log_table(metadata: sa.MetaData) -> sa.Table:
    """The table ``audit_log`` in ``metadata``; migrations add :data:`AUDIT_TRIGGER_DDL`."""
    return sa.Table(
        "audit_log",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        # unique: should the lock not help (an isolation level with an older snapshot), the chain never forks
        sa.Column("previous_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Index("ix_audit_log_subject", "subject", "id"),
    )


AUDIT_LOG = audit_log_table(sa.MetaData())

AUDIT_TRIGGER_DDL = """
CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = 'audit_log is append-only, ' || TG_OP || ' is refused', ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
"""
"""What the migration that creates ``audit_log`` runs after it. ALWAYS: a session that replays replication is
no way round the trigger."""


def append(session: Session, entry: AuditEntry) -> None:
    """Write ``entry`` when ``session`` commits, with all else or not at all. No query finds it before.

    An entry appended inside a savepoint is gone if the savepoint is rolled back.
    """
    if not session.in_transaction():
        session.begin()  # or a rollback before the first statement would have nothing to end
    pending: list[_Pending] = session.info.setdefault(_PENDING, [])
    pending.append((entry, session.get_nested_transaction()))


def head(connection: sa.Connection) -> Anchor | None:
    """The present end of the chain; None while the log is empty."""
    row = connection.execute(
        sa.select(AUDIT_LOG.c.id, AUDIT_LOG.c.hash).order_by(AUDIT_LOG.c.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else Anchor(row.id, bytes(row.hash))


def verify(connection: sa.Connection, anchor: Anchor | None = None) -> BrokenRow | None:
    """The first of the :func:`faults`, or None if the log is whole."""
    return next(faults(connection, anchor), None)


def faults(
    connection: sa.Connection, anchor: Anchor | None = None, signer: Signer | None = None
) -> Iterator[BrokenRow]:
    """Every broken row of the log, in order. Reads in a stream, whatever the log's size.

    With an ``anchor`` noted earlier, also whether that row is still there unchanged. With a ``signer``, also whether
    the log ends where it was signed: then the connection must read one snapshot (REPEATABLE READ).
    """
    end, forged = _signed_end(connection, signer)
    awaited = {noted for noted in (anchor, end) if noted is not None}
    previous, last, first_unsigned = BEFORE_THE_FIRST, None, None
    for row in _rows(connection):
        if bytes(row.previous_hash) != previous:
            yield BrokenRow(row.id, "out_of_place")
        elif _hash(row, previous) != bytes(row.hash):
            yield BrokenRow(row.id, "changed")
        previous, last = bytes(row.hash), row.id
        awaited.discard(Anchor(row.id, previous))
        if first_unsigned is None and (end is None or row.id > end.id):
            first_unsigned = row.id
    yield from (BrokenRow(noted.id, "missing") for noted in sorted(awaited, key=lambda noted: noted.id))
    if signer is not None and (first_unsigned is not None or forged):
        yield BrokenRow(first_unsigned or last or 0, "unsigned")


def _signed_end(connection: sa.Connection, signer: Signer | None) -> tuple[Anchor | None, bool]:
    """The end that was signed, and whether what stands there is a forgery."""
    if signer is None:
        return None, False
    try:
        return signed_head(connection, signer), False
    except ForgedHead:
        return None, True


def _rows(connection: sa.Connection) -> Iterator[sa.Row[Any]]:
    query = sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.id)
    with connection.execute(query, execution_options={"yield_per": _STREAMED_ROWS}) as result:
        yield from result


_Pending: TypeAlias = tuple[AuditEntry, SessionTransaction | None]


@event.listens_for(Session, "before_commit")
def _chain_pending(session: Session) -> None:
    """Take the turn, and add the pending entries to the chain's end. The turn ends with the transaction."""
    if session.in_nested_transaction():
        return  # a savepoint is released; the transaction goes on
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()  # what is not flushed yet may wait for a row lock: do that before taking the turn
    with without_yielding(session.connection()):
        end, ids = _take_turn(session, len(pending))
        rows = []
        for row_id, (entry, _) in zip(ids, pending, strict=True):
            link = _hash(entry, end)
            rows.append({**vars(entry), "id": row_id, "previous_hash": end, "hash": link})
            end = link
        _write(session, rows, signature(session, Anchor(ids[-1], end)))


def _take_turn(session: Session, entries: int) -> tuple[bytes, list[int]]:
    """The hash at the end of the chain, and the ids of so many entries more.

    Two statements in one trip, which psycopg 2 allows: the second must see what the last holder of the lock committed.
    """
    previous, ids = session.connection().exec_driver_sql(_TURN.format(entries=entries)).one()
    return BEFORE_THE_FIRST if previous is None else bytes(previous), sorted(ids)


_TURN = f"""
SELECT pg_advisory_xact_lock({_LOCK});
SELECT (SELECT hash FROM audit_log ORDER BY id DESC LIMIT 1),
       ARRAY(SELECT nextval(pg_get_serial_sequence('audit_log', 'id')) FROM generate_series(1, {{entries}}))
"""


def _write(session: Session, rows: list[dict[str, Any]], signed: str | None) -> None:
    """The rows, and beside them their end, if it was signed."""
    names = AUDIT_LOG.c.keys()
    places = ", ".join(f"({', '.join(f':{name}_{place}' for name in names)})" for place, _ in enumerate(rows))
    given = [
        sa.bindparam(f"{name}_{place}", row[name], AUDIT_LOG.c[name].type)
        for place, row in enumerate(rows)
        for name in names
    ]
    statement = f"INSERT INTO audit_log ({', '.join(names)}) OVERRIDING SYSTEM VALUE VALUES {places}"
    if signed is not None:
        statement = NAME_THE_END + statement
        given.append(sa.bindparam("token", signed))
    session.execute(sa.text(statement).bindparams(*given))


@event.listens_for(Session, "after_soft_rollback")
def _forget_rolled_back(session: Session, rolled_back: SessionTransaction) -> None:
    """Drop what was appended inside a savepoint that was rolled back, or inside one released within it."""
    pending: list[_Pending] = session.info.get(_PENDING, [])
    pending[:] = [(entry, inside) for entry, inside in pending if not _within(inside, rolled_back)]


@event.listens_for(Session, "after_transaction_end")
def _forget_abandoned(session: Session, transaction: SessionTransaction) -> None:
    """Drop everything when a transaction ends otherwise than by its commit, which leaves nothing pending."""
    if transaction.parent is None:
        session.info.pop(_PENDING, None)


def _within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inner is not None:
        if inner is outer:
            return True
        inner = inner.parent
    return False


def _hash(entry: AuditEntry | sa.Row[Any], previous: bytes) -> bytes:
    """SHA-256 of the previous hash and the entry, spelt the same before saving and after reading back."""
    written = [
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.action,
        entry.subject,
        entry.details,
        entry.request_id,
    ]
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def _plain(value: Any) -> Any:
    """``value`` as JSON that reads back from JSONB exactly. Raises ``TypeError`` for a float and the like."""
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(inner) for key, inner in value.items()}
    raise TypeError(f"the audit log cannot keep a {type(value).__name__} exactly; give text or a whole number")
