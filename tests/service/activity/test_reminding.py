"""Reminders: a day and two hours before, once each, whatever happens in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.activity.models import Reminder
from services.activity.use_cases import reminding
from tests.service.activity.conftest import World
from tests.service.activity.test_amending import later


def reminded(world: World) -> list[tuple[str, int]]:
    """Who was reminded so far, and how many hours before."""
    reminding.remind_all(world.units.factory())
    return [(event["subject"], event["data"]["hours"]) for event in world.units.published("enrollment.reminder_due")]


def test_who_is_accepted_is_reminded_a_day_and_two_hours_before(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48, role="引导员")])
    enrollment = world.enroll(world.volunteer(), activity)["enrollment_id"]
    assert reminded(world) == []
    world.clock.advance(hours=24)
    assert reminded(world) == [(enrollment, 24)]
    world.clock.advance(hours=21, minutes=59)
    assert reminded(world) == [(enrollment, 24)]
    world.clock.advance(minutes=1)
    assert reminded(world) == reminded(world) == [(enrollment, 24), (enrollment, 2)]
    told = world.units.published("enrollment.reminder_due")[-1]["data"]
    assert (told["role"], told["address"]) == ("引导员", activity["address"])
    assert datetime.fromisoformat(told["starts_at"]) == activity["shifts"][0]["starts_at"]


def test_a_reminder_that_comes_too_late_to_be_of_use_is_left_out(world: World) -> None:
    enrollment = world.enroll(world.volunteer(), world.published())["enrollment_id"]
    world.clock.advance(hours=36)  # nobody ran in between
    assert reminded(world) == []
    world.clock.advance(hours=10, minutes=30)
    assert reminded(world) == [(enrollment, 2)]
    world.clock.advance(hours=2)
    assert reminded(world) == [(enrollment, 2)]


def test_who_is_accepted_after_a_reminder_was_due_gets_the_next_one_only(world: World) -> None:
    activity = world.published(approval="manual")
    applied = world.enroll(world.volunteer(), activity)
    world.clock.advance(hours=30)
    world.decide(applied, accept=True)
    assert reminded(world) == []
    world.clock.advance(hours=16)
    assert reminded(world) == [(applied["enrollment_id"], 2)]


def test_only_those_who_have_a_place_are_reminded(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=2)])
    stays, leaves = world.volunteer(), world.volunteer()
    kept = world.enroll(stays, activity)
    left = world.enroll(leaves, activity)
    called_off = world.published()
    world.enroll(world.volunteer(), called_off)
    world.withdraw(leaves, left)
    world.enroll(world.volunteer(), world.published(approval="manual"))  # applied, and nobody decided
    world.revoke(called_off["activity_id"])
    world.clock.advance(hours=24)
    assert reminded(world) == [(kept["enrollment_id"], 24)]


def test_a_shift_that_moves_is_reminded_of_again(world: World) -> None:
    activity = world.published()
    enrollment = world.enroll(world.volunteer(), activity)["enrollment_id"]
    world.clock.advance(hours=24)
    assert reminded(world) == [(enrollment, 24)]
    world.edit(activity["activity_id"], shifts=later(activity, 24, 0))
    assert reminded(world) == [(enrollment, 24)]
    world.clock.advance(hours=24)
    assert reminded(world) == [(enrollment, 24), (enrollment, 24)]


def test_an_offer_that_was_taken_is_reminded_of(world: World) -> None:
    activity = world.published()
    holder, waiter = world.volunteer(), world.volunteer()
    held = world.enroll(holder, activity)
    waiting = world.enroll(waiter, activity)
    world.withdraw(holder, held)
    world.answer(waiter, waiting, accept=True)
    world.clock.advance(hours=24)
    assert reminded(world) == [(waiting["enrollment_id"], 24)]


def test_two_replicas_remind_everybody_once(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(reminding, "AT_ONCE", 3)
    activity = world.published(shifts=[world.shift(capacity=20)])
    for _ in range(20):
        world.enroll(world.volunteer(), activity)
    world.clock.advance(hours=24)
    with ThreadPoolExecutor(2) as replicas:
        for run in [replicas.submit(reminding.remind_all, world.units.factory()) for _ in range(2)]:
            run.result()
    everybody = [subject for subject, _ in reminded(world)]
    assert len(everybody) == len(set(everybody)) == 20


def test_what_nobody_asks_for_any_more_is_forgotten(world: World) -> None:
    world.enroll(world.volunteer(), world.published())
    world.clock.advance(hours=24)
    reminded(world)
    world.clock.advance(hours=49)
    reminded(world)
    with world.units() as uow:
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(Reminder)) == 0
