"""The live list: every change is seen, also one that commits late; names are masked."""

from __future__ import annotations

from typing import Any

import pytest

from services.attendance import commands, errors
from services.attendance.domain import Direction
from services.attendance.use_cases import scanning, watching
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from tests.service.attendance.conftest import World

IN, OUT = Direction.SIGN_IN, Direction.SIGN_OUT


class Screen:
    """A page that keeps what it was told, by record."""

    def __init__(self, world: World, caller: Caller) -> None:
        self._world, self._caller = world, caller
        self.since: str | None = None
        self.shown: dict[str, dict[str, Any]] = {}

    def look(self, **changes: Any) -> dict[str, Any]:
        """Ask once."""
        asked = {"activity_id": self._world.activity, "shift_id": self._world.shift, "kind": "sign_in", **changes}
        query = commands.WatchAttendance(since=self.since, **asked)
        seen: dict[str, Any] = self._world.do(watching.watch_attendance, query, self._caller)
        self.since = seen["cursor"]
        self.shown |= {item["record_id"]: item for item in seen["items"]}
        return seen


@pytest.fixture
def screen(world: World) -> Screen:
    return Screen(world, world.administrator("recorder", world.team))


def test_it_shows_the_code_and_everybody_who_is_there_already(world: World, screen: Screen) -> None:
    record = world.scan(world.volunteer(name="张小丰"))
    seen = screen.look()

    assert world.scan(world.volunteer(), token=seen["code"].token).status == "open"
    (item,) = seen["items"]
    assert (item["record_id"], item["name"], item["status"], seen["signed_in"]) == (record.id, "张*丰", "open", 1)


def test_each_look_brings_what_has_changed_since(world: World, screen: Screen) -> None:
    first, second = world.volunteer(), world.volunteer()
    world.scan(first)
    screen.look()
    assert screen.look()["items"] == []

    came = world.scan(second)
    assert [item["record_id"] for item in screen.look()["items"]] == [came.id]
    world.clock.advance(minutes=60)
    went = world.scan(first, OUT)
    seen = screen.look()
    assert [(i["record_id"], i["status"], i["minutes"]) for i in seen["items"]] == [(went.id, "recorded", 60)]
    assert seen["signed_in"] == 1
    assert screen.look()["items"] == []


def test_a_scan_that_commits_after_a_later_one_was_seen_is_seen(world: World, screen: Screen) -> None:
    slow, quick = world.volunteer(), world.volunteer()
    with world.units(world.as_volunteer(slow)) as uow:
        command = commands.ScanCode(token=world.token(IN), nonce=new_id(), scanned_at=None, location=None)
        late = scanning.scan_code(command, uow)
        uow.session.flush()
        early = world.scan(quick)
        screen.look()
        assert set(screen.shown) == {early.id}

    screen.look()
    assert set(screen.shown) == {early.id, late.id}


def test_many_are_shown_in_several_looks(world: World, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_CHANGES", 2)
    records = [world.scan(world.volunteer()).id for _ in range(5)]

    assert [screen.look()["more"] for _ in range(3)] == [True, True, False]
    assert set(screen.shown) == set(records)
    assert screen.look()["items"] == []


def test_scans_that_are_handed_in_later_are_seen(world: World, screen: Screen) -> None:
    kept = world.kept(IN)
    screen.look()
    world.clock.advance(minutes=30)
    (item,) = world.upload(world.volunteer(), kept)

    assert [i["provenance"] for i in screen.look()["items"]] == ["offline_scan"]
    assert set(screen.shown) == {item["record"].id}


def test_another_shift_is_another_screen(world: World, screen: Screen) -> None:
    world.scan(world.volunteer())
    elsewhere = World(world.units, team=world.team)
    world.hear(elsewhere.activity_state())

    assert Screen(elsewhere, world.administrator("organizer", world.team)).look()["items"] == []
    with pytest.raises(NotFound):
        screen.look(shift_id=elsewhere.shift)


def test_it_is_for_who_runs_the_attendance(world: World, screen: Screen) -> None:
    for caller in (world.administrator("viewer", world.team), world.administrator("owner", world.other_city)):
        with pytest.raises(Forbidden):
            Screen(world, caller).look()
    world.hear(world.activity_state(status="revoked"), version=2)
    with pytest.raises(errors.ActivityRevoked):
        screen.look()


@pytest.mark.parametrize("since", ["", "x", "1", "1-2-3", "99999999999999999999-1", "1-1-" + "z" * 36])
def test_what_is_no_cursor_is_refused_or_the_beginning(world: World, screen: Screen, since: str) -> None:
    world.scan(world.volunteer())
    screen.since = since
    if since:
        with pytest.raises(Invalid):
            screen.look()
    else:
        assert len(screen.look()["items"]) == 1
