"""Supervision's counters: equal to a count from scratch whatever happens, and kept as of every day."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.activity.events import ActivityPublished, ActivityRevoked
from services.attendance.events import RecordDutyChanged
from services.card.events import CardStatusChanged
from services.chassis.errors import AppError, Invalid
from services.chassis.ids import new_id
from services.identity.events import VolunteerChanged
from services.organization.domain import Kind
from services.organization.models import Organization
from services.organization.recount import recount
from services.organization.schemas import reports, tree
from services.organization.use_cases import copies, memberships, supervision
from tests.service.organization.conftest import Node, Person, World
from tests.service.organization.test_reports import figures, submit


def night(world: World) -> None:
    """The timer's turn."""
    with world.units() as uow:
        supervision.put_away_counters(uow)


def asked(world: World, node: Node, **days: Any) -> Any:
    payload = {"organization_id": node.id, **days}
    return world.ask(supervision.get_supervision, reports.GetSupervision, node.owner, **payload)


def move(world: World, node: Node, parent: Node) -> None:
    """The subtree stands under another parent."""
    with world.units() as uow:
        old, new = uow.tree.get(node.id).path, uow.tree.get(parent.id).path
        path = sa.func.text2ltree(sa.cast(new, sa.Text) + "." + node.id.replace("-", ""))
        below = sa.func.nlevel(Organization.path) > sa.func.nlevel(sa.func.text2ltree(old))
        rest = sa.func.subpath(Organization.path, sa.func.nlevel(sa.func.text2ltree(old)))
        uow.session.execute(
            sa.update(Organization)
            .where(Organization.path.op("<@")(sa.func.text2ltree(old)))
            .values(path=sa.case((below, path.op("||")(rest)), else_=path), parent_id=sa.case(
                (Organization.id == node.id, sa.cast(parent.id, sa.Uuid(as_uuid=False))), else_=Organization.parent_id))
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        uow.counters.moved(node.id)


def duty_of(node: Node, activity_id: str, status: str) -> RecordDutyChanged:
    """What attendance tells of an activity's hours."""
    return RecordDutyChanged(activity_id=activity_id, organization_id=node.id, due_on="2026-03-20", status=status)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "changed",
                "card",
                "approve",
                "transfer",
                "erase",
                "publish",
                "revoke",
                "duty",
                "receipt",
                "status",
                "move",
            )
        ),
        st.integers(0, 2),  # whom or what
        st.integers(0, 3),  # where
        st.integers(1, 6),  # the event's version: late, repeated and reordered ones among them
        st.integers(0, 3),  # as what
    ),
    min_size=8,
    max_size=25,
)


class History:
    """One world for all examples; each plays in a city of its own."""

    def __init__(self, world: World, province: Node) -> None:
        self.world = world
        self.city = world.organization(Kind.CITY, province, region="440100")
        self.units = [world.organization(Kind.UNIT, self.city, region="440100") for _ in range(2)]
        self.nodes = [self.city, *self.units, world.organization(Kind.TEAM, self.units[0], region="440100")]
        self.people = [Person(volunteer_no=new_id()) for _ in range(3)]
        for person in self.people:
            world.registered(person, self.nodes[3])
            world.judge(self.city.owner, person, approve=True)
        self.activities = [new_id() for _ in range(3)]
        self.cards = [[new_id() for _ in range(3)] for _ in self.people]  # an application stays one person's

    def play(self, what: str, who: int, where: int, version: int, how: int) -> None:
        """One step; what a rule refuses changes nothing."""
        try:
            getattr(self, what)(self.people[who], self.nodes[where], version, who, how)
        except (AppError, sa.exc.IntegrityError, ValueError):
            return

    def changed(self, person: Person, node: Node, version: int, _who: int, how: int) -> None:
        status = ("active", "suspended", "rejected", "active")[how]
        event = VolunteerChanged(
            volunteer_id=person.volunteer_id, account_id=person.account_id, volunteer_no=person.volunteer_no,
            name="陈", status=status, birth_date=None, region="440106", organization_id=node.id,
            verified_in_person=False, political_status="league_member" if how % 2 else None,
        )  # fmt: skip
        with self.world.units() as uow:
            copies.note_volunteer(event, version, uow)

    def card(self, person: Person, _node: Node, version: int, who: int, how: int) -> None:
        event = CardStatusChanged(
            application_id=self.cards[who][how % 3], application_no="1", volunteer_id=person.volunteer_id,
            organization_id=None, bank="boc", status=("activated", "cancelled")[version % 2], reason=None,
        )  # fmt: skip
        with self.world.units() as uow:
            copies.note_card(event, version, uow)

    def approve(self, person: Person, _node: Node, _version: int, _who: int, how: int) -> None:
        self.world.judge(self.city.owner, person, approve=how > 0, reason="不符")

    def transfer(self, person: Person, node: Node, _version: int, _who: int, _how: int) -> None:
        payload = {"organization_id": node.id}
        self.world.ask(memberships.request_transfer, tree.RequestTransfer, person.caller, **payload)

    def erase(self, person: Person, _node: Node, _version: int, _who: int, how: int) -> None:
        if how == 0:
            self.world.erased(person)

    def publish(self, _person: Person, node: Node, version: int, who: int, _how: int) -> None:
        event = ActivityPublished(
            activity_id=self.activities[who], organization_id=self.nodes[who].id, title="植树", region="440100",
            published_at=self.world.units.clock.now(),
        )  # fmt: skip
        with self.world.units() as uow:
            copies.note_activity_published(event, uow)

    def revoke(self, _person: Person, node: Node, version: int, who: int, _how: int) -> None:
        event = ActivityRevoked(
            activity_id=self.activities[who], organization_id=self.nodes[who].id, title="植树", reason="台风",
            revoked_at=self.world.units.clock.now(),
        )  # fmt: skip
        with self.world.units() as uow:
            copies.note_activity_revoked(event, uow)

    def duty(self, _person: Person, _node: Node, version: int, who: int, how: int) -> None:
        event = duty_of(self.nodes[who], self.activities[who], ("in_time", "overdue", "late", "void")[how])
        with self.world.units() as uow:
            copies.note_record_duty(event, version, uow)

    def receipt(self, _person: Person, node: Node, version: int, _who: int, _how: int) -> None:
        submit(self.world, node.owner, node, version, version, version)

    def status(self, _person: Person, node: Node, _version: int, _who: int, how: int) -> None:
        with self.world.units() as uow:
            uow.tree.lock(node.id).status = "disabled" if how % 2 else "active"

    def move(self, _person: Person, _node: Node, _version: int, who: int, _how: int) -> None:
        move(self.world, self.nodes[3], self.nodes[who])


def assert_the_roots_figures_are_what_organizations_add(world: World, province: Node) -> None:
    with world.units() as uow:
        path, since = uow.tree.get(province.id).path, uow.clock.now() - timedelta(hours=1)
        kept, _ = uow.supervision.figures(path, None, since)
        for indicator, figure in kept.items():
            added = uow.supervision.contributions(indicator, path, None, since).subquery().c
            sums = (sa.func.coalesce(sa.func.sum(column), 0) for column in (added.numerator, added.denominator))
            assert tuple(uow.session.execute(sa.select(*sums)).one()) == figure


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_history_the_counters_equal_a_count_from_scratch(
    world: World, province: Node, steps: list[tuple[str, int, int, int, int]]
) -> None:
    history = History(world, province)
    units = world.units.factory()
    for step in steps:
        history.play(*step)
        assert recount(units) == []
    assert_the_roots_figures_are_what_organizations_add(world, province)


def test_changes_at_the_same_time_are_all_counted_and_none_deadlocks(world: World, province: Node) -> None:
    history = History(world, province)

    def play(turn: int) -> None:
        for n in range(25):
            step = ("card", "changed", "publish", "transfer", "approve")[(turn + n) % 5]
            history.play(step, n % 3, (turn * n) % 4, turn + n, 1 + n % 3)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(play, range(4)))
    assert recount(world.units.factory()) == []


def test_a_count_from_scratch_finds_what_was_written_past_the_use_cases_and_puts_it_right(
    world: World, province: Node, team: Node
) -> None:
    world.volunteer(team, approved=True)
    with world.units() as uow:
        uow.session.execute(sa.text("DELETE FROM counted_volunteer"))
        uow.session.execute(sa.text("UPDATE organization_counter SET registered = 7, covered_level = 1"))
    units = world.units.factory()
    assert {difference["organization_id"] for difference in recount(units, repair=True)} >= {team.id, province.id}
    assert recount(units) == []
    world.erased(world.volunteer(team, approved=True))
    assert recount(units) == []
    assert figures(world, team.owner, team)["volunteers_on_file"] == (1, 0)


def test_the_kept_sums_of_all_are_compared_with_the_counters_too_and_put_right(
    world: World, province: Node, team: Node
) -> None:
    world.volunteer(team, approved=True)
    with world.units() as uow:
        one = "part = (SELECT min(part) FROM counter_total)"
        uow.session.execute(sa.text(f"UPDATE counter_total SET registered = registered + 1 WHERE {one}"))
    units = world.units.factory()
    (difference,) = recount(units, repair=True)
    kept, counted = difference["kept"]["registered"], difference["counted"]["registered"]
    assert (difference["organization_id"], kept - counted) == (None, 1)
    assert recount(units) == []
    assert figures(world, province.owner, province)["volunteers_on_file"] == (1, 0)


def test_a_days_figures_stay_as_they_were_when_the_day_ended(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    yesterday = world.units.clock.now().date().isoformat()
    submit(world, city.owner, city, 2, 10, 5)
    world.volunteer(team, approved=True)
    world.volunteer(team, approved=False)
    before = asked(world, city)
    world.units.clock.advance(days=1)
    night(world)
    world.volunteer(team, approved=True)
    submit(world, city.owner, city, 9, 99, 9)
    move(world, team, other_city)
    then = asked(world, city, as_of=yesterday)
    assert then["indicators"][:4] == before["indicators"][:4]
    assert then["pending_reviews"]["memberships"]["waiting"] == 1
    assert figures(world, city.owner, city)["volunteers_on_file"] == (0, 99)
    assert figures(world, other_city.owner, other_city)["volunteers_on_file"] == (2, 0)
    assert figures(world, other_city.owner, other_city, as_of=yesterday)["volunteers_on_file"] == (0, 0)


def test_an_erasure_takes_one_member_from_today_and_nothing_from_what_was_achieved(
    world: World, province: Node, city: Node, team: Node
) -> None:
    submit(world, city.owner, city, 2, 10, 5)
    stays, leaves = (world.volunteer(team, approved=True, political_status="league_member") for _ in range(2))
    for person in (stays, leaves):
        world.card(person, "activated")
    world.activity(team)
    yesterday = world.units.clock.now().date().isoformat()
    before = figures(world, city.owner, city)
    world.units.clock.advance(days=1)
    night(world)
    world.erased(leaves)

    counted = {name: (numerator, figures(world, city.owner, city)[name][0]) for name, (numerator, _) in before.items()}
    assert counted == {
        "organizations_on_file": (2, 2),
        "volunteers_on_file": (2, 1),
        "league_members_registered": (2, 1),
        "card_holders": (2, 1),
        "organizations_with_activity": (1, 1),
        "hours_recorded_in_time": (0, 0),
    }
    assert figures(world, city.owner, city, as_of=yesterday) == before
    assert recount(world.units.factory()) == []


def test_hours_recorded_in_time_are_a_share_of_those_that_had_to_be(
    world: World, province: Node, city: Node, team: Node
) -> None:
    def told(node: Node, *story: tuple[int, str]) -> None:
        activity_id = new_id()
        for version, status in story:
            with world.units() as uow:
                copies.note_record_duty(duty_of(node, activity_id, status), version, uow)

    told(team, (2, "in_time"))
    told(team, (3, "late"), (2, "overdue"))  # the older one comes late
    told(city, (2, "overdue"))
    told(city, (2, "overdue"), (3, "void"))

    assert figures(world, team.owner, team)["hours_recorded_in_time"] == (1, 2)
    assert figures(world, city.owner, city)["hours_recorded_in_time"] == (1, 3)
    assert figures(world, province.owner, province)["hours_recorded_in_time"] == (1, 3)
    assert recount(world.units.factory()) == []


def test_what_did_not_exist_yet_counts_nothing(world: World, province: Node, city: Node) -> None:
    yesterday = world.units.clock.now().date().isoformat()
    world.units.clock.advance(days=1)
    night(world)
    late = world.organization(Kind.TEAM, city)
    assert set(figures(world, late.owner, late, as_of=yesterday).values()) == {(0, 0)}


def test_a_missed_night_is_caught_up_and_says_when_it_was_counted(world: World, province: Node, city: Node) -> None:
    clock = world.units.clock
    first, days = clock.now().date(), []
    clock.advance(days=1)
    night(world)
    night(world)
    clock.advance(days=3)
    night(world)
    for n in range(4):
        days.append(asked(world, city, as_of=date.fromordinal(first.toordinal() + n).isoformat())["counted_at"])
    assert [(moment.date() - first).days for moment in days] == [1, 4, 4, 4]


def test_a_day_is_refused_before_the_first_count_until_it_is_counted_and_in_the_future(
    world: World, province: Node, city: Node
) -> None:
    clock = world.units.clock
    today = clock.now().date()

    def code(days: int) -> str:
        with pytest.raises(Invalid) as refusal:
            asked(world, city, as_of=date.fromordinal(today.toordinal() + days).isoformat())
        return str(refusal.value.errors[0].code)

    clock.advance(days=1)
    night(world)
    clock.advance(days=1)
    assert (code(-1), code(1), code(3)) == ("no_history", "not_counted_yet", "in_the_future")


def test_what_waits_is_counted_with_its_age(world: World, province: Node, city: Node, team: Node) -> None:
    advance: Callable[..., Any] = world.units.clock.advance
    for _ in range(3):
        world.volunteer(team, approved=False)
        advance(days=2)
    world.register(Kind.TEAM, city)
    advance(days=1)
    waiting = asked(world, city)["pending_reviews"]
    assert {name: waiting["memberships"][name] for name in ("waiting", "oldest_days", "median_days")} == {
        "waiting": 3, "oldest_days": 7, "median_days": 5,
    }  # fmt: skip
    assert (waiting["organizations"]["waiting"], waiting["organizations"]["oldest_days"]) == (1, 1)
    assert asked(world, team)["pending_reviews"]["organizations"] == {
        "waiting": 0, "oldest_at": None, "oldest_days": None,
    }  # fmt: skip
