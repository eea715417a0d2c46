"""The tables that every service's database has: outbox, inbox, idempotency keys. (The audit log: ``audit.py``.)

Why this module exists: reliability lives in the same transaction as the state it protects, so each database needs its
own copy of these. ``new_metadata`` gives a service's models a metadata that holds them; ``create_chassis_tables`` in
``migrations.py`` is what a service's first migration runs.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.audit import audit_log_table
from services.chassis.audit_head import audit_head_table
from services.chassis.events import OUTBOX_CHANNEL

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> sa.MetaData:
    """A metadata with the chassis' tables in it, for one service's models."""
    metadata = sa.MetaData(naming_convention=NAMING)
    _outbox(metadata)
    _inbox(metadata)
    _idempotency(metadata)
    audit_log_table(metadata)
    audit_head_table(metadata)
    return metadata


def _outbox(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "outbox",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False, unique=True),
        # where the relay takes it: `events` (the services' vhost) or `partner` (the banks')
        sa.Column("destination", sa.Text, nullable=False, server_default="events"),
        sa.Column("exchange", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("aggregate", sa.Text, nullable=False),
        sa.Column("mandatory", sa.Boolean, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.Index("ix_outbox_unsent", "id", postgresql_where=sa.text("sent_at IS NULL")),
        sa.Index("ix_outbox_sent_at", "sent_at", postgresql_where=sa.text("sent_at IS NOT NULL")),
    )


def _inbox(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "inbox",
        metadata,
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Index("ix_inbox_received_at", "received_at"),
    )


def _idempotency(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "idempotency_key",
        metadata,
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request_hash", sa.LargeBinary, nullable=False),
        sa.Column("answer", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Index("ix_idempotency_key_created_at", "created_at"),
    )


CHASSIS = new_metadata()
OUTBOX = CHASSIS.tables["outbox"]
INBOX = CHASSIS.tables["inbox"]
IDEMPOTENCY_KEY = CHASSIS.tables["idempotency_key"]

# A statement-level trigger wakes the relay at commit; publishing costs the service no extra round trip.
OUTBOX_TRIGGER_DDL = f"""
CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('{OUTBOX_CHANNEL}', '');
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
"""
