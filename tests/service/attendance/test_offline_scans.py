"""Scans that a phone without network kept: nothing is lost or counts twice, in any order of uploads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.activity.events import ShiftState
from services.attendance import commands, errors
from services.attendance.domain import Direction, Place
from services.attendance.use_cases import copying
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import (
    CITY_SQUARE,
    SHIFT_ENDS,
    SHIFT_STARTS,
    World,
    minutes_by_provenance,
    received,
)

IN, OUT = Direction.SIGN_IN, Direction.SIGN_OUT
NEARBY = Place(23.1292, 113.2644)
Kept = commands.KeptScan


def statuses(items: list[dict[str, Any]]) -> list[str]:
    """What came of each: its status, or the code of what stands against it."""
    return [item["error"]["code"] if item["error"] else item["status"] for item in items]


def served(world: World, volunteer_id: str) -> list[tuple[int, int | None]]:
    """The volunteer's records, oldest first, in minutes after the start of the shift."""

    def after_start(moment: Any) -> int | None:
        return None if moment is None else int((moment - SHIFT_STARTS).total_seconds() // 60)

    records = sorted(world.records(volunteer_id), key=lambda record: record["signed_in_at"])
    return [(after_start(r["signed_in_at"]) or 0, after_start(r["signed_out_at"])) for r in records]


def kept_at(world: World, *when: tuple[Direction, float]) -> list[Kept]:
    """Scans kept at these minutes after the start of the shift; afterwards it is where it was."""
    before, kept = world.clock.now(), []
    for kind, minutes in when:
        world.clock.advance(seconds=(SHIFT_STARTS + timedelta(minutes=minutes) - world.clock.now()).total_seconds())
        kept.append(world.kept(kind))
    world.clock.advance(seconds=(before - world.clock.now()).total_seconds())
    return kept


def evening(world: World) -> None:
    """The shift is over, and the phone is at home."""
    world.clock.advance(seconds=(SHIFT_ENDS + timedelta(hours=5) - world.clock.now()).total_seconds())


@pytest.fixture
def organizer(world: World) -> Caller:
    return world.administrator("organizer", world.team)


class TestTaken:
    def test_a_pair_that_is_handed_in_at_home_counts_by_the_time_that_the_codes_prove(self, world: World) -> None:
        volunteer_id = world.volunteer()
        kept = kept_at(world, (IN, 0), (OUT, 90))
        evening(world)
        signed_in, signed_out = world.upload(volunteer_id, *kept)

        assert statuses([signed_in, signed_out]) == ["recorded", "recorded"]
        assert signed_in["record"].id == signed_out["record"].id
        assert (signed_out["record"].minutes, signed_out["record"].provenance) == (90, "offline_scan")
        assert world.summary(volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(offline_scan=90)
        told = [e["type"] for e in world.units.published()]
        assert told == ["attendance.signed_in.v1", "hours.recorded.v1", "attendance.signed_out.v1"]
        assert world.recount().sound

    def test_handed_in_again_nothing_changes_and_the_answer_is_the_same(self, world: World) -> None:
        volunteer_id = world.volunteer()
        kept = kept_at(world, (IN, 0), (OUT, 90))
        evening(world)
        first = world.upload(volunteer_id, *kept)
        world.clock.advance(minutes=7)
        again = world.upload(volunteer_id, *kept, kept[0])

        assert [item["record"].id for item in again] == [first[0]["record"].id] * 3
        assert len(world.records(volunteer_id)) == 1
        assert len(world.units.published()) == 3

    def test_what_was_scanned_at_once_is_closed_by_what_was_kept_and_the_other_way_round(self, world: World) -> None:
        one, other = world.volunteer(), world.volunteer()
        world.scan(one)
        (kept,) = kept_at(world, (IN, 0))
        world.clock.advance(minutes=60)
        assert world.upload(other, kept)[0]["record"].status == "open"

        assert world.upload(one, world.kept(OUT))[0]["record"].minutes == 60
        assert world.scan(other, OUT).minutes == 60
        for volunteer_id in (one, other):
            assert world.summary(volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(offline_scan=60)

    def test_a_sign_out_waits_for_its_sign_in_and_no_organizer_is_asked(self, world: World, organizer: Caller) -> None:
        volunteer_id = world.volunteer()
        signed_in, signed_out = kept_at(world, (IN, 0), (OUT, 90))
        evening(world)
        (waiting,) = world.upload(volunteer_id, signed_out)

        assert (waiting["status"], waiting["error"]["code"]) == ("waiting", "not_signed_in")
        assert world.scan_conflicts(organizer) == []
        assert world.upload(volunteer_id, signed_in)[0]["record"].minutes == 90
        assert world.upload(volunteer_id, signed_out)[0]["status"] == "recorded"

    def test_what_never_finds_its_partner_surfaces(self, world: World, organizer: Caller) -> None:
        volunteer_id = world.volunteer(name="李小雨")
        (signed_out,) = kept_at(world, (OUT, 90))
        evening(world)
        world.upload(volunteer_id, signed_out)
        world.clock.advance(hours=72)

        (conflict,) = world.scan_conflicts(organizer)
        assert (conflict["kind"], conflict["name"], conflict["acceptable"]) == ("not_signed_in", "李小雨", False)
        assert conflict["at"] == SHIFT_STARTS + timedelta(minutes=90)

    def test_a_phone_whose_clock_is_a_little_wrong_cannot_leave_the_step_of_the_code(self, world: World) -> None:
        volunteer_id = world.volunteer()
        late = world.kept(IN, scanned_at=world.clock.now() + timedelta(seconds=55))
        (taken,) = world.upload(volunteer_id, late)

        assert taken["record"].signed_in_at == SHIFT_STARTS + timedelta(seconds=30)

    def test_the_nonce_of_a_scan_that_was_taken_at_once_is_that_scan(self, world: World) -> None:
        volunteer_id = world.volunteer()
        kept = world.kept(IN)
        record = world.scan(volunteer_id, token=kept.token, nonce=kept.nonce)

        assert world.upload(volunteer_id, kept)[0]["record"].id == record.id
        assert len(world.records(volunteer_id)) == 1

    def test_and_the_other_way_round(self, world: World) -> None:
        volunteer_id = world.volunteer()
        kept = world.kept(IN)
        (taken,) = world.upload(volunteer_id, kept)

        assert world.scan(volunteer_id, token=kept.token, nonce=kept.nonce).id == taken["record"].id

    def test_phones_that_hand_in_at_the_same_moment_count_once(self, world: World) -> None:
        volunteer_id = world.volunteer()
        kept = kept_at(world, (IN, 0), (OUT, 30), (IN, 40), (OUT, 70))
        evening(world)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda part: world.upload(volunteer_id, *part), [kept, kept[::-1], kept[1:3], kept[2:]]))

        assert served(world, volunteer_id) == [(0, 30), (40, 70)]
        assert world.recount().sound


class TestOrder:
    def test_a_sign_out_that_comes_last_and_belongs_in_the_middle_is_put_there(self, world: World) -> None:
        volunteer_id = world.volunteer()
        first, out_to_lunch, back, last = kept_at(world, (IN, 0), (OUT, 60), (IN, 90), (OUT, 150))
        evening(world)
        world.upload(volunteer_id, first, last)
        assert served(world, volunteer_id) == [(0, 150)]

        world.upload(volunteer_id, back)
        world.upload(volunteer_id, out_to_lunch)
        assert served(world, volunteer_id) == [(0, 60), (90, 150)]
        assert world.summary(volunteer_id)["total_minutes"] == 120
        assert sum(e["data"]["minutes"] for e in world.units.published("hours.recorded")) == 120
        assert world.recount().sound

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        when=st.lists(st.tuples(st.sampled_from([IN, OUT]), st.integers(-10, 170)), max_size=8, unique=True),
        cuts=st.lists(st.integers(0, 8), max_size=3),
        shuffled=st.randoms(use_true_random=False),
    )
    def test_in_whatever_order_and_pieces_they_arrive_the_same_comes_of_them(
        self, world: World, when: list[tuple[Direction, int]], cuts: list[int], shuffled: Any
    ) -> None:
        world.clock.advance(seconds=(SHIFT_STARTS - world.clock.now()).total_seconds())
        at_once, in_pieces = world.volunteer(), world.volunteer()
        kept = kept_at(world, *when)
        evening(world)
        if kept:
            world.upload(at_once, *kept)
        order = list(kept)
        shuffled.shuffle(order)
        bounds = [0, *sorted(min(cut, len(order)) for cut in cuts), len(order)]
        for starts, ends in pairwise(bounds):
            if order[starts:ends]:
                world.upload(in_pieces, *order[starts:ends])

        assert served(world, in_pieces) == served(world, at_once)
        if kept:
            assert statuses(world.upload(in_pieces, *kept)) == statuses(world.upload(at_once, *kept))
        assert world.recount().sound


# each makes one thing different about a sign-in that was kept at the start of the shift, and hands it in
Deed = Callable[[World], tuple[str, Kept]]


def good(world: World) -> tuple[str, Kept]:
    return world.volunteer(), world.kept(IN, location=NEARBY)


def not_accepted(world: World) -> tuple[str, Kept]:
    return world.volunteer(accepted_for=None), world.kept(IN, location=NEARBY)


def suspended(world: World) -> tuple[str, Kept]:
    return world.volunteer(status="suspended"), world.kept(IN, location=NEARBY)


def not_verified(world: World) -> tuple[str, Kept]:
    return world.volunteer(verified_in_person=False), world.kept(IN, location=NEARBY)


def revoked(world: World) -> tuple[str, Kept]:
    world.hear(world.activity_state(status="revoked"), version=9)
    return world.volunteer(), world.kept(IN, location=NEARBY)


def before_the_window(world: World) -> tuple[str, Kept]:
    world.clock.advance(minutes=-70)
    kept = world.kept(IN, location=NEARBY)
    world.clock.advance(minutes=70)
    return world.volunteer(), kept


def far_away(world: World) -> tuple[str, Kept]:
    return world.volunteer(), world.kept(IN, location=Place(23.5, 113.2644))


def from_nowhere(world: World) -> tuple[str, Kept]:
    return world.volunteer(), world.kept(IN)


def by_another_clock(world: World) -> tuple[str, Kept]:
    an_hour_off = world.clock.now() - timedelta(hours=1)
    return world.volunteer(), world.kept(IN, location=NEARBY, scanned_at=an_hour_off)


def printed(world: World) -> tuple[str, Kept]:
    token = world.units.runtime.settings.codes.print(world.shift, IN)
    return world.volunteer(), world.kept(IN, location=NEARBY, token=token)


def printed_where_that_is_allowed(world: World) -> tuple[str, Kept]:
    world.hear(world.activity_state(static_codes_allowed=True), version=9)
    return printed(world)


def four_days_late(world: World) -> tuple[str, Kept]:
    deed = good(world)
    world.clock.advance(hours=73)
    return deed


def after_the_disclosure(world: World) -> tuple[str, Kept]:
    deed, (signed_in, signed_out) = good(world), kept_at(world, (IN, 0), (OUT, 60))
    world.clock.advance(hours=4)
    world.upload(world.volunteer(), *(replace(scan, location=NEARBY) for scan in (signed_in, signed_out)))
    world.disclose()
    world.clock.advance(days=7)
    world.confirm()
    world.units.runtime = replace(
        world.units.runtime, settings=replace(world.units.runtime.settings, offline_scan_hours=1000)
    )
    return deed


def while_signed_in(world: World) -> tuple[str, Kept]:
    volunteer_id = world.volunteer()
    world.upload(volunteer_id, world.kept(IN, location=NEARBY))
    world.clock.advance(minutes=1)
    return volunteer_id, world.kept(IN, location=NEARBY)


def while_served(world: World) -> tuple[str, Kept]:
    volunteer_id = world.volunteer()
    world.scan(volunteer_id, location=NEARBY)
    (kept,) = kept_at(world, (IN, 30))
    world.clock.advance(minutes=60)
    world.scan(volunteer_id, OUT, location=NEARBY)
    return volunteer_id, replace(kept, location=NEARBY)


def for_the_fourth_time(world: World) -> tuple[str, Kept]:
    volunteer_id = world.volunteer()
    for _ in range(3):
        world.scan(volunteer_id, location=NEARBY)
        world.clock.advance(minutes=5)
        world.scan(volunteer_id, OUT, location=NEARBY)
        world.clock.advance(minutes=1)
    return volunteer_id, world.kept(IN, location=NEARBY)


# the deed, what stands against the scan, what comes of it if the organizer accepts it (None: that is refused)
CONFLICTS: list[tuple[Deed, str, str | None]] = [
    (not_accepted, "not_accepted", None),
    (suspended, "not_accepted", None),
    (not_verified, "not_verified_in_person", None),
    (revoked, "activity_revoked", None),
    (printed, "static_code_not_allowed", None),
    (printed_where_that_is_allowed, "time_unproved", "recorded"),
    (before_the_window, "wrong_time", "recorded"),
    (far_away, "outside_fence", "recorded"),
    (from_nowhere, "outside_fence", "recorded"),
    (by_another_clock, "clock_contradicts", "recorded"),
    (four_days_late, "uploaded_too_late", "recorded"),
    (after_the_disclosure, "after_disclosure", "recorded"),
    (while_signed_in, "already_signed_in", None),
    (while_served, "overlaps_record", None),
    (for_the_fourth_time, "too_many_pairs", "recorded"),
]


class TestConflicts:
    @pytest.fixture(autouse=True)
    def fence(self, world: World) -> None:
        around = {"latitude": CITY_SQUARE.latitude, "longitude": CITY_SQUARE.longitude, "fence_metres": 500}
        world.hear(world.activity_state(**around), version=2)

    def test_without_any_difference_it_is_taken(self, world: World, organizer: Caller) -> None:
        volunteer_id, kept = good(world)

        assert statuses(world.upload(volunteer_id, kept)) == ["recorded"]
        assert world.scan_conflicts(organizer) == []

    @pytest.mark.parametrize(("deed", "kind", "accepted"), CONFLICTS, ids=lambda value: getattr(value, "__name__", ""))
    def test_each_is_kept_surfaces_and_is_decided(
        self, world: World, organizer: Caller, deed: Deed, kind: str, accepted: str | None
    ) -> None:
        volunteer_id, kept = deed(world)
        before = world.records(volunteer_id)
        (item,) = world.upload(volunteer_id, kept)

        assert (item["status"], item["error"]["code"]) == ("conflict", kind)
        assert world.records(volunteer_id) == before
        (conflict,) = world.scan_conflicts(organizer)
        assert (conflict["conflict_id"], conflict["kind"]) == (item["conflict_id"], kind)
        if accepted is None:
            with pytest.raises(errors.ScanConflictStands):
                world.resolve_scan(conflict["conflict_id"], organizer, accept=True)
            assert world.resolve_scan(conflict["conflict_id"], organizer, accept=False)["status"] == "dismissed"
            assert world.records(volunteer_id) == before
            assert statuses(world.upload(volunteer_id, kept)) == [kind]
        else:
            assert conflict["acceptable"]
            assert world.resolve_scan(conflict["conflict_id"], organizer, accept=True)["status"] == accepted
            assert len(world.records(volunteer_id)) == len(before) + 1
        assert world.scan_conflicts(organizer) == []
        assert [one["conflict_id"] for one in world.scan_conflicts(organizer, "resolved")] == [item["conflict_id"]]
        (told,) = world.units.published("scan_conflict.decided")
        assert (told["data"]["volunteer_id"], told["data"]["accepted"]) == (volunteer_id, accepted is not None)
        with pytest.raises(errors.ScanConflictResolved):
            world.resolve_scan(conflict["conflict_id"], organizer, accept=False)
        assert world.recount().sound

    def test_once_its_reason_is_gone_it_can_be_accepted(self, world: World, organizer: Caller) -> None:
        volunteer_id, kept = not_accepted(world)
        (item,) = world.upload(volunteer_id, kept)
        world.accept(volunteer_id, world.shift)

        assert world.resolve_scan(item["conflict_id"], organizer, accept=True)["status"] == "recorded"

    def test_a_pair_is_accepted_one_by_one_in_any_order(self, world: World, organizer: Caller) -> None:
        volunteer_id = world.volunteer()
        items = world.upload(volunteer_id, *kept_at(world, (IN, 0), (OUT, 60)))
        evening(world)

        resolved = [world.resolve_scan(item["conflict_id"], organizer, accept=True) for item in reversed(items)]
        assert [one["status"] for one in resolved] == ["waiting", "recorded"]
        assert served(world, volunteer_id) == [(0, 60)]

    def test_nobody_decides_about_a_scan_of_their_own(self, world: World) -> None:
        volunteer_id, kept = from_nowhere(world)
        (item,) = world.upload(volunteer_id, kept)
        own = replace(world.administrator("owner", world.city), volunteer_id=volunteer_id)

        for accept in (True, False):
            with pytest.raises(errors.OwnScan):
                world.resolve_scan(item["conflict_id"], own, accept=accept)

    def test_to_others_there_is_no_such_scan(self, world: World) -> None:
        volunteer_id, kept = from_nowhere(world)
        (item,) = world.upload(volunteer_id, kept)

        for caller in (world.administrator("owner", world.other_city), world.administrator("viewer", world.team)):
            with pytest.raises(NotFound):
                world.resolve_scan(item["conflict_id"], caller, accept=True)
            with pytest.raises(Forbidden):
                world.scan_conflicts(caller)

    def test_each_scan_of_an_upload_has_its_own_result(self, world: World) -> None:
        volunteer_id = world.volunteer()
        kept = world.kept(IN, location=NEARBY)
        garbage = replace(kept, token="https://example.org/?not=ours", nonce="garbage-nonce")
        another = replace(world.kept(OUT, location=NEARBY), nonce=kept.nonce)
        far = world.kept(OUT, location=None)

        items = world.upload(volunteer_id, garbage, kept, another, far)
        assert statuses(items) == ["code_invalid", "recorded", "nonce_reused", "outside_fence"]
        assert [item["status"] for item in items] == ["refused", "recorded", "refused", "conflict"]

    def test_of_an_erased_person_the_place_is_forgotten(self, world: World, organizer: Caller) -> None:
        volunteer_id, kept = far_away(world)
        (item,) = world.upload(volunteer_id, kept)
        world.resolve_scan(item["conflict_id"], organizer, accept=False)
        with world.units() as uow:
            copying.erase_volunteer(received(VolunteerErased(volunteer_id=volunteer_id, account_id=new_id()), 2), uow)
            scan = uow.offline.find(item["conflict_id"])
        assert (scan.latitude, scan.longitude, scan.reason) == (None, None, None)


def test_a_time_that_another_shift_has_taken_is_not_counted_again(world: World, organizer: Caller) -> None:
    second = ShiftState(shift_id=new_id(), starts_at=SHIFT_STARTS, ends_at=SHIFT_ENDS, capacity=3)
    world.hear(world.activity_state(shifts=[*world.activity_state().shifts, second]), version=2)
    volunteer_id = world.volunteer()
    world.accept(volunteer_id, second.shift_id)
    elsewhere = [replace(kept, token=world.token(IN, second.shift_id)) for kept in kept_at(world, (IN, 0))]
    world.serve(volunteer_id, minutes=60)

    assert statuses(world.upload(volunteer_id, *elsewhere)) == ["overlaps_record"]
    assert len(world.scan_conflicts(organizer)) == 1
