"""The ledger: it only grows, every minute in a total is in it, and whoever changes it behind its back is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, ProgrammingError

from services.attendance import commands
from services.attendance.domain import Interval, Provenance
from services.attendance.models import ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours, my_hours
from services.chassis.clock import local_day
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from tests.service.attendance.conftest import SHIFT_ENDS, SHIFT_STARTS, World, minutes_by_provenance


def new_record(uow: AttendanceUnitOfWork, world: World, volunteer_id: str, time: Interval) -> ServiceRecord:
    """A recorded record of ``time``, with its ledger entry."""
    record = ServiceRecord(
        id=new_id(),
        volunteer_id=volunteer_id,
        activity_id=world.activity,
        shift_id=world.shift,
        organization_id=world.team,
        status="recorded",
        provenance=Provenance.SCAN.value,
        served_on=local_day(time.starts_at),
        created_at=uow.clock.now(),
        minutes=0,
        version=1,
    )
    uow.records.add(record)
    hours.give(uow, record, time, Provenance.SCAN)
    return record


def hour(number: int, minutes: int = 60) -> Interval:
    """The first ``minutes`` of an hour of its own."""
    starts_at = SHIFT_STARTS + timedelta(hours=number)
    return Interval(starts_at, starts_at + timedelta(minutes=minutes))


@pytest.fixture
def volunteer_id(world: World) -> str:
    """A volunteer with three entries: an hour, its reversal, forty minutes by correction."""
    volunteer_id = world.volunteer()
    with world.units() as uow:
        record = new_record(uow, world, volunteer_id, hour(0))
        hours.take_back(uow, record)
        hours.give(uow, record, hour(0, 40), Provenance.CORRECTION)
    return volunteer_id


def tamper(world: World, *statements: str) -> None:
    """What whoever owns the database can do: switch the trigger off, and write."""
    with world.units() as uow:
        uow.session.execute(sa.text("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only"))
        for statement in statements:
            uow.session.execute(sa.text(statement))
        uow.session.execute(sa.text("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only"))


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_entry SET minutes = 600",
            "DELETE FROM ledger_entry",
            "TRUNCATE ledger_entry",
            "SET session_replication_role = replica; DELETE FROM ledger_entry",
        ],
    )
    def test_changing_and_removing_is_refused_even_to_the_superuser(
        self, world: World, volunteer_id: str, statement: str
    ) -> None:
        with world.units.runtime.engine.connect() as connection, pytest.raises(ProgrammingError, match="append-only"):
            connection.exec_driver_sql(statement)
        assert world.recount().entries == 3

    def test_an_entry_is_reversed_once(self, world: World, volunteer_id: str) -> None:
        with pytest.raises(IntegrityError, match="reverses"):
            tamper(
                world,
                "INSERT INTO ledger_entry (volunteer_id, sequence, record_id, minutes, provenance, reverses, starts_at,"
                " ends_at, entered_by, entered_at, previous_hash, hash) SELECT volunteer_id, 4, record_id, minutes,"
                " provenance, reverses, starts_at, ends_at, entered_by, entered_at, hash, hash FROM ledger_entry"
                " WHERE sequence = 2",
            )


class TestRecount:
    def test_an_untouched_ledger_is_sound(self, world: World, volunteer_id: str) -> None:
        found = world.recount()

        assert (found.sound, found.entries) == (True, 3)
        assert world.summary(volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(correction=40)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE ledger_entry SET minutes = 600 WHERE sequence = 3",
            "UPDATE ledger_entry SET provenance = 'scan' WHERE sequence = 3",
            "UPDATE ledger_entry SET entered_by = 'platform:-' WHERE sequence = 2",
            "UPDATE ledger_entry SET ends_at = ends_at + interval '1 hour' WHERE sequence = 1",
            "UPDATE ledger_entry SET reverses = NULL WHERE sequence = 2",
            "UPDATE ledger_entry SET sequence = 9 WHERE sequence = 2",
            "DELETE FROM ledger_entry WHERE sequence = 2",
        ],
    )
    def test_a_changed_moved_or_removed_entry_breaks_the_chain(
        self, world: World, volunteer_id: str, change: str
    ) -> None:
        tamper(world, change)

        assert world.recount().broken_chains == (volunteer_id,)

    def test_an_end_that_was_cut_off_no_longer_fits_totals_and_records(self, world: World, volunteer_id: str) -> None:
        tamper(world, "DELETE FROM ledger_entry WHERE sequence = 3")
        found = world.recount()

        assert (found.broken_chains, found.wrong_totals) == ((), (volunteer_id,))
        assert len(found.wrong_records) == 1

    def test_a_total_that_was_changed_is_found(self, world: World, volunteer_id: str) -> None:
        tamper(world, "UPDATE hours_total SET minutes = minutes + 1 WHERE provenance = 'correction'")

        assert world.recount().wrong_totals == (volunteer_id,)

    def test_only_platform_administrators_recount(self, world: World) -> None:
        with pytest.raises(Forbidden):
            world.do(my_hours.recount_ledger, commands.RecountLedger(), world.administrator("owner", world.province))


class TestDatabaseRules:
    def test_counted_times_of_a_person_never_overlap_whatever_the_code_does(self, world: World) -> None:
        one, two = world.volunteer(), world.volunteer()
        with world.units() as uow:
            new_record(uow, world, one, Interval(SHIFT_STARTS, SHIFT_ENDS))
            new_record(uow, world, two, Interval(SHIFT_STARTS, SHIFT_ENDS))
            new_record(uow, world, one, Interval(SHIFT_ENDS, SHIFT_ENDS + timedelta(hours=1)))
        with pytest.raises(IntegrityError, match="no_overlap"), world.units() as uow:
            new_record(uow, world, one, Interval(SHIFT_ENDS - timedelta(minutes=1), SHIFT_ENDS))


class TestTogether:
    def test_corrections_of_one_volunteer_at_the_same_moment_make_one_chain(self, world: World) -> None:
        volunteer_id = world.volunteer()

        def record_and_correct(number: int) -> None:
            with world.units() as uow:
                uow.copies.lock_volunteer(volunteer_id)
                record = new_record(uow, world, volunteer_id, hour(number))
                hours.take_back(uow, record)
                hours.give(uow, record, hour(number, 30), Provenance.CORRECTION)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(record_and_correct, range(12)))

        assert world.summary(volunteer_id)["total_minutes"] == 12 * 30
        assert (world.recount().sound, world.recount().entries) == (True, 36)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(st.integers(0, 3), st.sampled_from(Provenance), st.integers(0, 60), st.booleans()), max_size=12
        )
    )
    def test_whatever_is_given_and_taken_back_sum_totals_and_recount_agree(
        self, world: World, deeds: list[tuple[int, Provenance, int, bool]]
    ) -> None:
        volunteer_id = world.volunteer()
        standing: dict[int, tuple[str, Provenance, int]] = {}
        for number, provenance, minutes, only_take_back in deeds:
            with world.units() as uow:
                if number in standing:
                    record = uow.records.get(standing[number][0])
                    hours.take_back(uow, record)
                else:
                    record = new_record(uow, world, volunteer_id, hour(number, 0))
                given_minutes = 0 if only_take_back else minutes
                hours.give(uow, record, hour(number, given_minutes), provenance)
                standing[number] = (record.id, provenance, given_minutes)

        by_provenance = {p.value: sum(m for _, q, m in standing.values() if q is p) for p in Provenance}
        assert world.summary(volunteer_id)["minutes_by_provenance"] == by_provenance
        assert world.recount().sound
