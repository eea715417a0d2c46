"""What waits for the morning or for tomorrow, and what things cost."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from services.notify.domain import Prices, QuietHours, can_wait, next_day
from services.notify.use_cases.telling import SECURITY, TELLINGS
from tests.unit.notify.test_messages import an_event

NIGHT = QuietHours.parse("22:00-08:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}+08:00")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("02T21:59", None),
        ("02T22:00", "03T08:00"),
        ("03T00:30", "03T08:00"),
        ("03T07:59", "03T08:00"),
        ("03T08:00", None),
    ],
)
def test_the_night_ends_in_the_morning(now: str, until: str | None) -> None:
    assert NIGHT is not None
    assert NIGHT.end_of(at(now)) == (None if until is None else at(until))


def test_quiet_hours_may_lie_within_a_day_or_not_at_all() -> None:
    noon = QuietHours.parse("12:00-14:00")
    assert noon is not None
    assert noon.end_of(at("02T13:00")) == at("02T14:00")
    assert noon.end_of(at("02T23:00")) is None
    assert QuietHours.parse("none") is None
    with pytest.raises(ValueError, match=r"22:00-08:00|isoformat"):
        QuietHours.parse("nachts")


def test_what_begins_within_a_day_does_not_wait_for_the_morning() -> None:
    assert can_wait(at("02T23:00"), None)
    assert can_wait(at("02T23:00"), at("04T09:00"))
    assert not can_wait(at("02T23:00"), at("03T09:00"))
    assert can_wait(at("02T23:00"), at("02T20:00")), "it is over; whoever missed it reads of it tomorrow"


def test_somebody_at_the_locks_of_an_account_is_told_at_night() -> None:
    for telling in TELLINGS:
        event, now = an_event(telling), at("02T23:00")
        far = {
            name: now + timedelta(days=3)
            for name in telling.about
            if name in {f.name for f in dataclasses.fields(event)}
        }
        assert telling.terms(dataclasses.replace(event, **far), now).can_wait is (telling.way is not SECURITY)


def test_only_what_an_organization_asks_of_its_own_accord_is_taken_from_its_budget() -> None:
    paid = [telling.template for telling in TELLINGS if telling.paid_by is not None]
    assert paid == ["activity_invitation", "card_group_proposed"]


def test_a_new_day_begins_at_midnight_in_shanghai() -> None:
    assert next_day(at("02T23:59")) == next_day(at("02T00:00")) == at("03T00:00")


def test_an_sms_costs_its_segments_at_its_providers_price() -> None:
    prices = Prices.parse("tencent:0.045, aliyun:0.04")
    assert prices.cost("tencent", 2) == Decimal("0.090")
    assert prices.cost("simulator", 2) is None
    assert prices.cost("tencent", None) is None
    with pytest.raises(ValueError, match="prices"):
        Prices.parse("tencent:cheap")
