"""One inbox: corrections, missing hours, objections and appeals of all activities, each by the rule of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.attendance import commands
from services.attendance.schemas import reviews
from services.attendance.use_cases import missing_entries, requesting_corrections, reviewing, submitting_appeals
from services.chassis.context import Caller, Role
from services.chassis.ids import new_id
from tests.service.attendance.conftest import SHIFT_STARTS, World

NEW_KINDS = ("corrections", "missing_entries", "objections", "appeals")
NONE_WAITS = dict.fromkeys(NEW_KINDS, 0)
ONE_EACH = dict.fromkeys(NEW_KINDS, 1)
UNTIL = SHIFT_STARTS + timedelta(hours=2)


@dataclass
class Inbox:
    """One of each kind waits, at the team's activity; each of them is about somebody else."""

    world: World
    handed_in_at: datetime
    ids: dict[str, str]
    volunteers: dict[str, str]
    objectors: dict[str, Caller]
    resolver: Caller

    def counted(self, caller: Caller) -> dict[str, int]:
        """How many of the new kinds wait for somebody, as it is sent."""
        answer = self._counts(caller)
        return {kind: answer[kind] for kind in NEW_KINDS}

    def since(self, caller: Caller) -> dict[str, Any]:
        """Since when."""
        return {kind: self._counts(caller)["waiting_since"][kind] for kind in NEW_KINDS}

    def _counts(self, caller: Caller) -> Any:
        with self.world.units(caller) as uow:
            return reviews.ReviewCounts().dump(reviewing.count_reviews(commands.CountReviews(), uow))


def ask_for_correction(world: World, volunteer_id: str, record_id: str) -> str:
    """The volunteer says that they served until eleven."""
    command = commands.RequestCorrection(
        record_id=record_id, starts_at=SHIFT_STARTS, ends_at=UNTIL, reason="实际服务到十一点"
    )
    asked = world.do(requesting_corrections.request_correction, command, world.as_volunteer(volunteer_id))
    return str(asked["correction_id"])


def report_missing(world: World, volunteer_id: str) -> str:
    """The volunteer misses two hours."""
    command = commands.ReportMissingEntry(
        activity_id=world.activity,
        shift_id=world.shift,
        starts_at=SHIFT_STARTS,
        ends_at=UNTIL,
        note="现场没有网络",
        witness=None,
    )
    asked = world.do(missing_entries.report_missing_entry, command, world.as_volunteer(volunteer_id))
    return str(asked["missing_entry_id"])


def appeal(world: World, objection_id: str, caller: Caller) -> str:
    """Who objected in vain does not accept it."""
    command = commands.SubmitAppeal(objection_id=objection_id, text="请上级核实")
    return str(world.do(submitting_appeals.submit_appeal, command, caller)["appeal_id"])


@pytest.fixture
def inbox(world: World) -> Inbox:
    """The day after the shift."""
    volunteers = {kind: world.volunteer() for kind in NEW_KINDS}
    served = {kind: world.scan(volunteers[kind]) for kind in ("corrections", "objections", "appeals")}
    world.clock.advance(minutes=60)
    for kind in served:
        world.sign_out(volunteers[kind])
    world.clock.advance(days=1)
    world.disclose()
    objectors = {kind: world.as_volunteer(world.volunteer("李雷")) for kind in ("objections", "appeals")}
    resolver = world.administrator("reviewer", world.team)
    in_vain = world.object_to(served["appeals"].id, objectors["appeals"])
    world.resolve(in_vain.id, resolver, upheld=False)
    ids = {
        "corrections": ask_for_correction(world, volunteers["corrections"], served["corrections"].id),
        "missing_entries": report_missing(world, volunteers["missing_entries"]),
        "objections": world.object_to(served["objections"].id, objectors["objections"]).id,
        "appeals": appeal(world, in_vain.id, objectors["appeals"]),
    }
    return Inbox(world, world.clock.now(), ids, volunteers, objectors, resolver)


def who(inbox: Inbox, role: str, where: str) -> Caller:
    """Somebody with a role at one of the world's organizations."""
    return inbox.world.administrator(role, getattr(inbox.world, where))


class TestCounting:
    @pytest.mark.parametrize("where", ["city", "province"])
    def test_an_owner_above_is_told_of_each_how_many_wait_and_since_when(self, inbox: Inbox, where: str) -> None:
        owner = who(inbox, "owner", where)
        inbox.world.clock.advance(days=3)

        assert inbox.counted(owner) == ONE_EACH
        assert {datetime.fromisoformat(since) for since in inbox.since(owner).values()} == {inbox.handed_in_at}

    @pytest.mark.parametrize(
        ("role", "where", "kinds"),
        [
            ("owner", "team", {"corrections", "missing_entries", "objections"}),
            ("organizer", "team", {"corrections", "missing_entries"}),
            ("recorder", "team", {"corrections", "missing_entries", "objections"}),
            ("reviewer", "team", {"objections"}),
            ("reviewer", "city", {"objections", "appeals"}),
            ("organizer", "city", {"corrections", "missing_entries"}),
            ("viewer", "city", set()),
            ("owner", "other_city", set()),
        ],
    )
    def test_everybody_is_told_of_what_they_may_decide(
        self, inbox: Inbox, role: str, where: str, kinds: set[str]
    ) -> None:
        caller = who(inbox, role, where)
        assert inbox.counted(caller) == NONE_WAITS | dict.fromkeys(kinds, 1)
        waiting = {kind for kind, since in inbox.since(caller).items() if since is not None}
        assert waiting == kinds

    def test_a_platform_administrator_is_told_of_all(self, inbox: Inbox) -> None:
        assert inbox.counted(Caller(kind="platform", account_id=new_id())) == ONE_EACH

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_what_is_about_oneself_does_not_wait_for_oneself(self, inbox: Inbox, kind: str) -> None:
        above = (Role(inbox.world.province, "owner"),)
        volunteer = Caller(kind="volunteer", account_id=new_id(), volunteer_id=inbox.volunteers[kind], roles=above)
        with inbox.world.units() as uow:
            account_id = uow.copies.account_of(inbox.volunteers[kind])
        same_person = Caller(kind="administrator", account_id=account_id, roles=above)
        for oneself in (volunteer, same_person):
            assert inbox.counted(oneself) == ONE_EACH | {kind: 0}

    @pytest.mark.parametrize("kind", ["objections", "appeals"])
    def test_nor_what_one_has_objected_to(self, inbox: Inbox, kind: str) -> None:
        account_id = inbox.objectors[kind].account_id
        objector = Caller(kind="administrator", account_id=account_id, roles=(Role(inbox.world.province, "owner"),))
        assert inbox.counted(objector) == ONE_EACH | {kind: 0}

    def test_nor_an_appeal_against_what_one_has_resolved(self, inbox: Inbox) -> None:
        account_id = inbox.resolver.account_id
        resolver = Caller(kind="administrator", account_id=account_id, roles=(Role(inbox.world.city, "owner"),))
        assert inbox.counted(resolver) == ONE_EACH | {"appeals": 0}
