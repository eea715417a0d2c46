"""The audit log on a real PostgreSQL: saved with the deed, in one chain, no change goes unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from services.chassis.audit import (
    AUDIT_LOG,
    AUDIT_TRIGGER_DDL,
    AuditEntry,
    BrokenRow,
    append,
    faults,
    head,
    verify,
)
from services.chassis.audit_head import SIGNER, Anchor
from services.chassis.crypto import KeyRing, Signer
from services.chassis.database import driver_url
from services.chassis.tables import new_metadata
from services.chassis.testing.units import test_key

NOON = datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC)


def deed(action: str = "approve", **details: object) -> AuditEntry:
    return AuditEntry(
        at=NOON,
        actor_kind="administrator",
        actor_id="1",
        action=action,
        subject="volunteer:2",
        details=details,
        request_id="r-1",
    )


@pytest.fixture
def engine(scratch_metadata: Callable[[str, sa.MetaData], str]) -> Iterator[sa.Engine]:
    """With the services' driver, as superuser."""
    impatient = {"options": "-c lock_timeout=5s"}  # who waits for a turn in vain fails, and does not hang
    url = driver_url(scratch_metadata("audit", new_metadata()), "psycopg2")
    engine = sa.create_engine(url, connect_args=impatient)
    with engine.begin() as connection:
        connection.exec_driver_sql(AUDIT_TRIGGER_DDL)
    yield engine
    engine.dispose()


def append_in_one_transaction(engine: sa.Engine, *entries: AuditEntry) -> None:
    with Session(engine) as session:
        for entry in entries:
            append(session, entry)
        session.commit()


def actions(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(AUDIT_LOG.c.action).order_by(AUDIT_LOG.c.id)))


def verdict(engine: sa.Engine, anchor: Anchor | None = None) -> BrokenRow | None:
    """With the tools' driver, which reads the log."""
    tools = sa.create_engine(engine.url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with tools.connect() as connection:
        return verify(connection, anchor)


def present_head(engine: sa.Engine) -> Anchor:
    with engine.connect() as connection:
        found = head(connection)
    assert found is not None
    return found


def tamper(engine: sa.Engine, *statements: str) -> None:
    """What whoever owns the database can do: switch the trigger off, and write."""
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only")


class TestAppending:
    def test_an_empty_log_is_whole_and_has_no_head(self, engine: sa.Engine) -> None:
        with engine.connect() as connection:
            assert (verify(connection), head(connection)) == (None, None)

    def test_entries_are_saved_in_order_with_the_commit(self, engine: sa.Engine) -> None:
        append_in_one_transaction(engine, deed("first"), deed("second"))
        append_in_one_transaction(engine, deed("third"))
        assert actions(engine) == ["first", "second", "third"]
        assert verdict(engine) is None

    def test_an_entry_says_who_did_what_to_which_thing(self, engine: sa.Engine) -> None:
        append_in_one_transaction(engine, deed("reject", reason="incomplete", tries=2))
        with engine.connect() as connection:
            row = connection.execute(sa.select(AUDIT_LOG)).one()
        assert (row.at, row.actor_kind, row.actor_id) == (NOON, "administrator", "1")
        assert (row.action, row.subject, row.request_id) == ("reject", "volunteer:2", "r-1")
        assert row.details == {"reason": "incomplete", "tries": 2}

    def test_a_rollback_leaves_no_entry_not_even_for_the_next_commit(self, engine: sa.Engine) -> None:
        with Session(engine) as session:
            append(session, deed("undone"))
            session.rollback()
            append(session, deed("done"))
            session.commit()
        assert actions(engine) == ["done"]

    def test_a_session_closed_without_commit_leaves_no_entry(self, engine: sa.Engine) -> None:
        session = Session(engine)
        session.connection()
        append(session, deed("abandoned"))
        session.close()
        append(session, deed("done"))
        session.commit()
        session.close()
        assert actions(engine) == ["done"]

    def test_a_savepoint_rolled_back_takes_its_entries_with_it(self, engine: sa.Engine) -> None:
        with Session(engine) as session:
            append(session, deed("outside"))
            with session.begin_nested():
                append(session, deed("kept"))
            savepoint = session.begin_nested()
            append(session, deed("undone"))
            with session.begin_nested():
                append(session, deed("undone though its own savepoint was released"))
            savepoint.rollback()
            session.commit()
        assert actions(engine) == ["outside", "kept"]
        assert verdict(engine) is None

    def test_nobody_takes_the_turn_before_the_commit(self, engine: sa.Engine) -> None:
        with Session(engine) as slow:
            with slow.begin_nested():
                append(slow, deed("slow"))
            slow.execute(sa.select(1))
            append_in_one_transaction(engine, deed("quick"))
            slow.commit()
        assert actions(engine) == ["quick", "slow"]

    def test_transactions_at_the_same_moment_make_one_chain(self, engine: sa.Engine) -> None:
        with ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda n: append_in_one_transaction(engine, deed(f"{n}a"), deed(f"{n}b")), range(25)))
        assert sorted(actions(engine)) == sorted(f"{n}{part}" for n in range(25) for part in "ab")
        assert verdict(engine) is None

    def test_a_stale_snapshot_fails_and_never_forks_the_chain(self, engine: sa.Engine) -> None:
        append_in_one_transaction(engine, deed("first"))
        with Session(engine.execution_options(isolation_level="REPEATABLE READ")) as stale:
            stale.execute(sa.select(AUDIT_LOG))
            append_in_one_transaction(engine, deed("second"))
            append(stale, deed("third"))
            with pytest.raises(IntegrityError):
                stale.commit()
        assert actions(engine) == ["first", "second"]


class TestRefusals:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_log SET action = 'forged'",
            "UPDATE audit_log SET action = 'forged' WHERE false",
            "DELETE FROM audit_log",
            "TRUNCATE audit_log",
            "SET session_replication_role = replica; DELETE FROM audit_log",
        ],
    )
    def test_changing_and_removing_is_refused_even_to_the_superuser(self, engine: sa.Engine, statement: str) -> None:
        append_in_one_transaction(engine, deed())
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="append-only"):
            connection.exec_driver_sql(statement)
        assert actions(engine) == ["approve"]


class TestTampering:
    @pytest.fixture(autouse=True)
    def five_entries(self, engine: sa.Engine) -> None:
        append_in_one_transaction(engine, *(deed(f"deed {n}", n=n) for n in range(1, 6)))
        assert verdict(engine) is None

    @pytest.mark.parametrize(
        "change",
        [
            "at = at + interval '1 microsecond'",
            "actor_kind = 'platform'",
            "actor_id = '2'",
            "action = 'forged'",
            "subject = 'volunteer:3'",
            "details = '{\"n\": 30}'",
            "request_id = ''",
        ],
    )
    def test_a_changed_row_is_found(self, engine: sa.Engine, change: str) -> None:
        tamper(engine, f"UPDATE audit_log SET {change} WHERE id = 3")
        assert verdict(engine) == BrokenRow(3, "changed")

    @pytest.mark.parametrize("removed", [1, 3])
    def test_a_removed_row_is_found_at_the_row_that_followed_it(self, engine: sa.Engine, removed: int) -> None:
        tamper(engine, f"DELETE FROM audit_log WHERE id = {removed}")
        assert verdict(engine) == BrokenRow(removed + 1, "out_of_place")

    def test_two_rows_that_changed_places_are_found(self, engine: sa.Engine) -> None:
        tamper(
            engine,
            "ALTER TABLE audit_log ALTER id SET GENERATED BY DEFAULT",
            "UPDATE audit_log SET id = 30 WHERE id = 3",
            "UPDATE audit_log SET id = 3 WHERE id = 4",
            "UPDATE audit_log SET id = 4 WHERE id = 30",
        )
        assert verdict(engine) == BrokenRow(3, "out_of_place")

    def test_a_row_slipped_in_is_found(self, engine: sa.Engine) -> None:
        tamper(
            engine,
            "INSERT INTO audit_log (at, actor_kind, actor_id, action, subject, details, request_id,"
            " previous_hash, hash) SELECT at, actor_kind, actor_id, action, subject, details, request_id,"
            " 'x', hash FROM audit_log WHERE id = 5",
        )
        assert verdict(engine) == BrokenRow(6, "out_of_place")

    def test_an_end_that_was_cut_off_is_found_by_an_anchor_noted_before(self, engine: sa.Engine) -> None:
        noted = present_head(engine)
        assert verdict(engine, noted) is None
        tamper(engine, "DELETE FROM audit_log WHERE id = 5")
        assert verdict(engine) is None
        assert verdict(engine, noted) == BrokenRow(5, "missing")

    def test_an_anchor_stays_good_while_the_log_grows(self, engine: sa.Engine) -> None:
        noted = present_head(engine)
        append_in_one_transaction(engine, deed("later"))
        assert verdict(engine, noted) is None

    def test_a_chain_computed_anew_is_found_by_an_anchor_noted_before(self, engine: sa.Engine) -> None:
        noted = present_head(engine)
        tamper(engine, "TRUNCATE audit_log RESTART IDENTITY")
        append_in_one_transaction(engine, *(deed(f"forged {n}") for n in range(1, 6)))
        assert verdict(engine) is None
        assert verdict(engine, noted) == BrokenRow(5, "missing")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DETAILS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),
    max_value=datetime(2200, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30))]),
)


class TestExactness:
    def test_whatever_an_entry_holds_it_reads_back_as_it_was_hashed(
        self, scratch_metadata: Callable[[str, sa.MetaData], str]
    ) -> None:
        engine = sa.create_engine(driver_url(scratch_metadata("audit", new_metadata()), "psycopg2"))

        @given(at=MOMENTS, text=TEXT, details=st.dictionaries(TEXT, DETAILS, max_size=3))
        @settings(max_examples=100, deadline=None)
        def appended_and_verified(at: datetime, text: str, details: dict[str, object]) -> None:
            append_in_one_transaction(
                engine,
                AuditEntry(at=at, actor_kind=text, actor_id=text, action=text, subject=text, details=details),
            )
            with engine.begin() as connection:
                assert verify(connection) is None
                connection.execute(sa.delete(AUDIT_LOG))

        appended_and_verified()
        engine.dispose()


class TestTheSignedEnd:
    """What the services do: each commit signs which row is the last."""

    SIGNER = Signer(KeyRing.parse(test_key("p")))

    @pytest.fixture(autouse=True)
    def five_entries(self, engine: sa.Engine) -> None:
        for n in range(1, 6):
            self.append_signed(engine, deed(f"deed {n}", n=n))
        assert self.faults(engine) == []

    def append_signed(self, engine: sa.Engine, *entries: AuditEntry) -> None:
        with Session(engine) as session:
            session.info[SIGNER] = self.SIGNER
            for entry in entries:
                append(session, entry)
            session.commit()

    def faults(self, engine: sa.Engine, anchor: Anchor | None = None) -> list[BrokenRow]:
        with engine.connect() as connection:
            return list(faults(connection, anchor, self.SIGNER))

    @pytest.mark.parametrize(("removed", "found"), [("id = 3", 4), ("id = 5", 5), ("id >= 4", 5), ("true", 5)])
    def test_removed_rows_are_found_the_newest_among_them(self, engine: sa.Engine, removed: str, found: int) -> None:
        tamper(engine, f"DELETE FROM audit_log WHERE {removed}")
        assert found in {fault.id for fault in self.faults(engine)}

    def test_the_log_grows_and_stays_whole(self, engine: sa.Engine) -> None:
        self.append_signed(engine, deed("two"), deed("at once"))
        assert self.faults(engine) == []

    def test_a_row_that_fits_the_chain_but_was_signed_by_nobody_is_found(self, engine: sa.Engine) -> None:
        append_in_one_transaction(engine, deed("forged"))
        assert self.faults(engine) == [BrokenRow(6, "unsigned")]

    @pytest.mark.parametrize("token", ["test.NTo.AAAA", ""])
    def test_an_end_that_is_signed_by_nobody_is_found(self, engine: sa.Engine, token: str) -> None:
        tamper(engine, f"UPDATE audit_head SET token = '{token}'")
        assert [fault.fault for fault in self.faults(engine)] == ["unsigned"]

    def test_a_log_without_a_signed_end_is_not_whole(self, engine: sa.Engine) -> None:
        tamper(engine, "DELETE FROM audit_head")
        assert self.faults(engine) == [BrokenRow(1, "unsigned")]

    def test_an_old_end_put_back_with_its_old_signature_is_found_by_an_anchor(self, engine: sa.Engine) -> None:
        with engine.connect() as connection:
            old = connection.scalar(sa.text("SELECT token FROM audit_head"))
        self.append_signed(engine, deed("deed 6"))
        noted = present_head(engine)
        tamper(engine, "DELETE FROM audit_log WHERE id = 6", f"UPDATE audit_head SET token = '{old}'")
        assert self.faults(engine) == []
        assert self.faults(engine, noted) == [BrokenRow(6, "missing")]

    def test_every_broken_row_is_named(self, engine: sa.Engine) -> None:
        tamper(
            engine, "UPDATE audit_log SET action = 'forged' WHERE id IN (2, 4)", "DELETE FROM audit_log WHERE id = 5"
        )
        assert self.faults(engine) == [BrokenRow(2, "changed"), BrokenRow(4, "changed"), BrokenRow(5, "missing")]
