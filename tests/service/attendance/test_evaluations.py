"""Evaluations each way, trainings and awards: who may say what of whom, when, and how often."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.attendance import commands, errors
from services.attendance.domain import Direction
from services.attendance.models import ActivityEvaluation, Attainment, ServiceEvaluation
from services.attendance.use_cases import attainments, copying, evaluating
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import World, received


@pytest.fixture
def owner(world: World) -> Caller:
    """The owner of the activity's organization."""
    return world.administrator("owner", world.team)


@pytest.fixture
def volunteer(world: World) -> str:
    """Somebody who has served an hour; the shift goes on for two more."""
    served = world.volunteer("张小丰")
    world.serve(served)
    return served


def record_of(world: World, volunteer_id: str) -> str:
    return str(world.records(volunteer_id)[0]["record_id"])


def rate(world: World, volunteer_id: str, stars: int = 5, text: str | None = "组织有序") -> Any:
    command = commands.EvaluateActivity(activity_id=world.activity, stars=stars, text=text)
    return world.do(evaluating.evaluate_activity, command, world.as_volunteer(volunteer_id))


def rating(world: World) -> dict[str, Any]:
    answer: dict[str, Any] = world.do(evaluating.get_rating, commands.GetRating(activity_id=world.activity), Caller())
    return answer


def grade(world: World, record_id: str, caller: Caller) -> Any:
    command = commands.EvaluateService(record_id=record_id, grade="good", text="认真负责")
    return world.do(evaluating.evaluate_service, command, caller)


class TestOfAnActivity:
    def test_it_waits_for_the_end_of_the_shift_and_is_given_once(self, world: World, volunteer: str) -> None:
        with pytest.raises(errors.ShiftsNotEnded):
            rate(world, volunteer)
        world.clock.advance(hours=2)
        assert rate(world, volunteer).stars == 5
        with pytest.raises(errors.AlreadyEvaluated):
            rate(world, volunteer, stars=1)

    def test_only_who_served_there_says_anything(self, world: World, volunteer: str) -> None:
        enrolled, only_signed_in = world.volunteer(), world.volunteer()
        world.scan(only_signed_in)
        world.clock.advance(hours=2)
        for absent in (enrolled, only_signed_in, new_id()):
            with pytest.raises(errors.NotServed):
                rate(world, absent)

    def test_the_mean_is_shown_from_five_on(self, world: World) -> None:
        served = [world.volunteer() for _ in range(5)]
        for one in served:
            world.scan(one)
        world.clock.advance(minutes=60)
        for one in served:
            world.scan(one, Direction.SIGN_OUT)
        world.clock.advance(hours=3)
        for one, stars in zip(served[:4], (5, 5, 4, 4), strict=True):
            rate(world, one, stars)
        assert (rating(world)["evaluations"], rating(world)["stars"]) == (4, None)
        rate(world, served[4], 4)
        assert (rating(world)["evaluations"], rating(world)["stars"]) == (5, 4.4)

    def test_who_runs_it_reads_what_was_said_and_not_by_whom(self, world: World, volunteer: str, owner: Caller) -> None:
        world.clock.advance(hours=2)
        rate(world, volunteer)
        query = commands.ListActivityEvaluations(activity_id=world.activity, limit=10, cursor=None)
        (said,) = world.do(evaluating.list_activity_evaluations, query, owner)["items"]
        assert said.text == "组织有序"
        with pytest.raises(Forbidden):
            world.do(evaluating.list_activity_evaluations, query, world.administrator("viewer", world.team))


class TestOfAService:
    def test_the_organization_says_it_once_and_the_volunteer_reads_it(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        record_id = record_of(world, volunteer)
        with pytest.raises(errors.ShiftsNotEnded):
            grade(world, record_id, owner)
        world.clock.advance(hours=2)
        grade(world, record_id, owner)
        with pytest.raises(errors.AlreadyEvaluated):
            grade(world, record_id, owner)
        query = commands.ListMyEvaluations(limit=10, cursor=None)
        (said,) = world.do(evaluating.list_my_evaluations, query, world.as_volunteer(volunteer))["items"]
        assert (said["grade"], said["text"], said["title"]) == ("good", "认真负责", "春季植树")

    def test_others_see_no_such_record_and_nobody_grades_themselves(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        world.clock.advance(hours=2)
        record_id = record_of(world, volunteer)
        for stranger in (world.administrator("owner", world.other_city), world.administrator("viewer", world.team)):
            with pytest.raises(NotFound):
                grade(world, record_id, stranger)
        themselves = Caller(
            kind="volunteer", account_id=owner.account_id, volunteer_id=volunteer, roles=owner.roles, locale="en"
        )
        with pytest.raises(errors.AboutOneself):
            grade(world, record_id, themselves)
        assert grade(world, record_id, owner).grade == "good"


class TestAttainments:
    def train(self, world: World, volunteer_id: str, caller: Caller, **changes: Any) -> Any:
        told = {"name": "急救培训", "issuer": "红十字会", "day": date(2026, 3, 1), "minutes": 480, **changes}
        return world.do(attainments.record_training, commands.RecordTraining(volunteer_id=volunteer_id, **told), caller)

    def listed(self, world: World, caller: Caller, volunteer_id: str | None = None, kind: str | None = None) -> Any:
        query = commands.ListAttainments(volunteer_id=volunteer_id, kind=kind, limit=10, cursor=None)
        return world.do(attainments.list_attainments, query, caller)["items"]

    def test_the_home_organization_and_those_above_enter_them_and_the_volunteer_reads_them(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        self.train(world, volunteer, owner)
        award = commands.RecordAward(volunteer_id=volunteer, name="优秀志愿者", issuer="团市委", day=date(2026, 3, 5))
        world.do(attainments.record_award, award, world.administrator("recorder", world.city))
        own = self.listed(world, world.as_volunteer(volunteer))
        assert [(each.kind, each.minutes) for each in own] == [("award", None), ("training", 480)]
        assert [each.kind for each in self.listed(world, owner, volunteer, "training")] == ["training"]

    def test_nobody_else_enters_or_reads_them(self, world: World, volunteer: str) -> None:
        for stranger in (world.administrator("owner", world.other_city), world.administrator("viewer", world.team)):
            with pytest.raises(NotFound):
                self.train(world, volunteer, stranger)
            with pytest.raises(NotFound):
                self.listed(world, stranger, volunteer)

    def test_a_day_to_come_and_oneself_are_refused(self, world: World, volunteer: str, owner: Caller) -> None:
        with pytest.raises(Invalid, match="in_the_future"):
            self.train(world, volunteer, owner, day=date(2026, 3, 8))
        themselves = Caller(kind="volunteer", account_id=new_id(), volunteer_id=volunteer, roles=owner.roles)
        with pytest.raises(errors.AboutOneself):
            self.train(world, volunteer, themselves)

    def test_a_mistake_is_revoked_once_with_a_reason_that_stays(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        entered = self.train(world, volunteer, owner)
        command = commands.RevokeAttainment(attainment_id=entered.id, reason="登记错人")
        with pytest.raises(NotFound):
            world.do(attainments.revoke_attainment, command, world.administrator("owner", world.other_city))
        world.do(attainments.revoke_attainment, command, owner)
        (shown,) = self.listed(world, world.as_volunteer(volunteer))
        assert (shown.status, shown.reason) == ("revoked", "登记错人")
        with pytest.raises(IllegalTransition):
            world.do(attainments.revoke_attainment, command, owner)


def test_of_an_erased_person_only_the_stars_they_gave_are_left(world: World, volunteer: str, owner: Caller) -> None:
    world.clock.advance(hours=2)
    rate(world, volunteer)
    grade(world, record_of(world, volunteer), owner)
    TestAttainments().train(world, volunteer, owner)
    with world.units() as uow:
        copying.erase_volunteer(received(VolunteerErased(volunteer_id=volunteer, account_id=new_id()), 9), uow)
    with world.units() as uow:
        (given,) = uow.session.scalars(sa.select(ActivityEvaluation))
        assert (given.stars, given.text) == (5, None)
        assert uow.session.scalars(sa.select(ServiceEvaluation)).all() == []
        assert uow.session.scalars(sa.select(Attainment)).all() == []
