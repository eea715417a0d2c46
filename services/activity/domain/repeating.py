"""When an activity comes again: a recurrence rule of RFC 5545, read by dateutil, as a list of days in Guangdong.

Why this module exists: a rule comes from outside, and RFC 5545 can say "every second, for ever". So a rule is made of
a few parts only, must say when it ends, and is followed no further than a province allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from services.chassis.errors import FieldError, Invalid

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY"})
_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH", "WKST"})
_FIELD = "repeat.rule"


class Scope(StrEnum):
    """How much of a series a change is for: the one named, that and those after it, or all of them."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class RepeatingRules:
    """What a province may decide for itself."""

    longest: timedelta
    most: int


def days_of(rule: str, first: date, excluded: Sequence[date], rules: RepeatingRules) -> list[date]:
    """The days on which an activity takes place that begins on ``first``; raises ``Invalid`` on ``repeat``.

    At most ``rules.longest`` from the first to the last, as for the shifts of one activity (FACTS.md, "Practice on
    i志愿"), and ``rules.most`` of them.
    """
    parts = _parts(rule)
    horizon = first + rules.longest
    until, count = _until(parts.pop("UNTIL", None)), _number(parts.pop("COUNT", None), "COUNT")
    if (until is None) == (count is None):
        raise _refused("endless", "须且只能用 COUNT 或 UNTIL 说明何时结束", "must end, by either COUNT or UNTIL")
    if until is not None and until > horizon:
        raise _too_long(rules)
    wanted = rules.most if count is None else count
    if wanted > rules.most:
        raise _too_many(rules)
    days = list(islice(_days(parts, first, until or horizon), wanted + 1))
    if count is not None:
        if len(days) < count:
            raise _too_long(rules)
        days = days[:count]
    if len(days) > rules.most:
        raise _too_many(rules)
    if not days or days[0] != first:
        raise _refused("not_its_first_day", "首个班次的日期不符合该规则", "does not fall on the day of the first shift")
    return _without(days, excluded)


def _parts(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in text.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) < len(pairs) or not set(parts) <= _PARTS or parts.get("FREQ") not in _FREQUENCIES:
        allowed = "、".join(sorted(_PARTS))
        raise _refused(
            "bad_rule",
            f"应为 RFC 5545 规则，FREQ 为 DAILY、WEEKLY 或 MONTHLY，每项至多一次：{allowed}",
            f"must be a rule of RFC 5545, daily, weekly or monthly, of these parts, each once: {allowed}",
        )
    _number(parts.get("INTERVAL"), "INTERVAL")
    return parts


def _number(value: str | None, name: str) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and int(value[:5]) >= 1 and len(value) <= 4):
        raise _refused("bad_rule", f"{name} 应为 1 至 9999 的整数", f"{name} must be a number from 1 to 9999")
    return int(value)


def _until(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y%m%d").date()
    except ValueError as error:
        raise _refused("bad_rule", "UNTIL 应为 YYYYMMDD", "UNTIL must be YYYYMMDD") from error


def _days(parts: dict[str, str], first: date, last: date) -> Iterable[date]:
    """The rule's days, one after the other. ``last`` bounds the search even for a rule that no day ever fits."""
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        read = rrulestr(text, dtstart=datetime.combine(first, time()))
        assert isinstance(read, rrule)
        bounded = read.replace(until=datetime.combine(last, time()))
    except (ValueError, TypeError, AttributeError, IndexError) as error:  # whatever a stranger wrote into it
        raise _refused("bad_rule", "不是有效的 RFC 5545 规则", "is no rule of RFC 5545") from error
    return (moment.date() for moment in bounded)


def _without(days: Sequence[date], excluded: Sequence[date]) -> list[date]:
    errors = [
        FieldError(f"repeat.except.{place}", "not_an_occurrence", "不是该规则中首日之后的日期", "is no later day of it")
        for place, day in enumerate(excluded)
        if day not in days[1:]
    ]
    if errors:
        raise Invalid(*errors)
    return [day for day in days if day not in excluded]


def _refused(code: str, zh: str, en: str) -> Invalid:
    return Invalid(FieldError(_FIELD, code, zh, en))


def _too_long(rules: RepeatingRules) -> Invalid:
    days = rules.longest.days
    return _refused("too_long", f"首次与末次相距不得超过 {days} 天", f"must end within {days} days of its first day")


def _too_many(rules: RepeatingRules) -> Invalid:
    return _refused("too_many", f"至多 {rules.most} 次", f"must have at most {rules.most} occurrences")
