"""What may be published: one named policy for each rule, each with its source.

Why this module exists: publishing is where an activity becomes a promise to volunteers and a source of hours. All
policies are asked, so that an organizer reads every violation in one answer. Sources are lines of FACTS.md; what varies
by place or year stands in :class:`PublishingRules`, which the settings fill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.chassis.errors import FieldError


@dataclass(frozen=True, kw_only=True)
class PlannedShift:
    """A shift as it is about to be promised. ``settled``: it was published before, with these very times."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    settled: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An activity as it is about to be published."""

    title: str
    category: str
    description: str
    region: str
    address: str
    contact: str
    enroll_by: datetime | None
    insurance_note: str
    risk_note: str = ""
    skills: Sequence[str] = ()
    min_age: int | None = None
    max_age: int | None = None
    shifts: Sequence[PlannedShift] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class PublishingRules:
    """What a province may decide for itself."""

    longest: timedelta
    shortest_address: int
    banned_title_words: tuple[str, ...]
    banned_words: tuple[str, ...]
    banned_categories: tuple[str, ...]
    dangerous_categories: tuple[str, ...]
    dangerous_min_age: int


Policy = Callable[[Plan, PublishingRules, datetime], Iterator[FieldError]]

_DEMANDED = ("title", "category", "description", "region", "address", "contact", "enroll_by", "shifts")


def complete(plan: Plan, _rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """A volunteer must know what, where, when, by when, and whom to ask (API.md; 民政部令67号)."""
    for name in _DEMANDED:
        if not getattr(plan, name):
            yield FieldError(name, "required", "发布前必填", "is required before publication")


def only_in_the_future(plan: Plan, _rules: PublishingRules, now: datetime) -> Iterator[FieldError]:
    """Activities only in the future (FACTS.md, "Practice on i志愿"): what is over is a supplement, and reviewed."""
    for place, shift in enumerate(plan.shifts):
        if shift.starts_at <= now and not shift.settled:
            yield FieldError(f"shifts.{place}.starts_at", "not_in_future", "须晚于当前时间", "must be in the future")


def ends_after_it_starts(plan: Plan, _rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """A shift ends after it starts."""
    for place, shift in enumerate(plan.shifts):
        if shift.ends_at <= shift.starts_at:
            yield FieldError(
                f"shifts.{place}.ends_at", "ends_before_start", "须晚于开始时间", "must be after the start"
            )


def at_least_one_place(plan: Plan, _rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """A shift has room for somebody."""
    for place, shift in enumerate(plan.shifts):
        if shift.capacity < 1:
            yield FieldError(f"shifts.{place}.capacity", "out_of_range", "至少为 1", "must be at least 1")


def at_most_a_year(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """At most one year from the first start to the last end (FACTS.md, "Practice on i志愿")."""
    if not plan.shifts:
        return
    first = min(shift.starts_at for shift in plan.shifts)
    for place, shift in enumerate(plan.shifts):
        if shift.ends_at - first > rules.longest:
            days = rules.longest.days
            yield FieldError(
                f"shifts.{place}.ends_at",
                "too_long",
                f"活动全程不得超过 {days} 天",
                f"must be within {days} days of the first start",
            )


def enrollment_ends_in_time(plan: Plan, _rules: PublishingRules, now: datetime) -> Iterator[FieldError]:
    """Nobody enrolls for what has begun, and somebody must be able to enroll at all."""
    if plan.enroll_by is None or not plan.shifts:
        return
    if plan.enroll_by <= now and not any(shift.settled for shift in plan.shifts):
        yield FieldError("enroll_by", "not_in_future", "须晚于当前时间", "must be in the future")
    if plan.enroll_by > max(shift.starts_at for shift in plan.shifts):
        yield FieldError(
            "enroll_by",
            "after_last_start",
            "不得晚于最后一个班次的开始时间",
            "must not be after the start of the last shift",
        )


def exact_address(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """Exact address (FACTS.md, "Practice on i志愿"): a city's name leads nobody anywhere."""
    if plan.address and len(plan.address) < rules.shortest_address:
        yield FieldError(
            "address",
            "not_exact",
            f"请填写详细地址，至少 {rules.shortest_address} 个字",
            f"must be exact: at least {rules.shortest_address} characters",
        )


def no_supplement_in_the_title(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """No "补录" in the title (FACTS.md, "Practice on i志愿"): hours of the past go through a supplement's review."""
    for word in rules.banned_title_words:
        if word in plan.title:
            yield FieldError("title", "banned_word", f"标题不得含有“{word}”", f"must not contain “{word}”")


def no_meetings_or_commerce(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """No meetings, no commerce (FACTS.md, "Practice on i志愿"), by category or by the words of the title."""
    if plan.category in rules.banned_categories:
        yield FieldError("category", "banned_category", "会议和商业活动不得发布", "is no volunteer service")
    for word in rules.banned_words:
        if word in plan.title:
            yield FieldError("title", "banned_word", f"标题不得含有“{word}”", f"must not contain “{word}”")


def insured_where_dangerous(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """Dangerous activities need insurance first (志愿服务条例)."""
    if plan.category in rules.dangerous_categories and not plan.insurance_note:
        yield FieldError(
            "insurance_note",
            "required",
            "此类活动有人身危险，须说明志愿者保险",
            "is required: this category is dangerous, so say how volunteers are insured",
        )


def risks_told_where_dangerous(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """Who takes part is told, truly and fully, what may happen (志愿服务条例, risk disclosure)."""
    if plan.category in rules.dangerous_categories and not plan.risk_note:
        yield FieldError(
            "risk_note",
            "required",
            "此类活动有人身危险，须如实告知可能发生的风险",
            "is required: this category is dangerous, so say what may happen",
        )


def old_enough_where_dangerous(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """Service fits age (志愿服务条例): nobody too young is called to what is dangerous."""
    least = rules.dangerous_min_age
    if plan.category in rules.dangerous_categories and (plan.min_age is None or plan.min_age < least):
        yield FieldError(
            "requirements.min_age",
            "too_young",
            f"此类活动有人身危险，最小年龄不得低于 {least} 岁",
            f"must be at least {least}: this category is dangerous",
        )


def able_where_dangerous(plan: Plan, rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """Service fits ability (志愿服务条例): what is dangerous is done by those who have learned it."""
    if plan.category in rules.dangerous_categories and not plan.skills:
        yield FieldError(
            "requirements.skills",
            "required",
            "此类活动有人身危险，须注明所需技能",
            "are required: this category is dangerous, so say what one must be able to do",
        )


def sensible_ages(plan: Plan, _rules: PublishingRules, _now: datetime) -> Iterator[FieldError]:
    """Service fits age and ability (志愿服务条例); ages that nobody has are a slip of the pen."""
    if plan.min_age is not None and plan.max_age is not None and plan.min_age > plan.max_age:
        yield FieldError(
            "requirements.max_age", "below_min_age", "不得小于最小年龄", "must not be below the minimum age"
        )


POLICIES: tuple[Policy, ...] = (
    complete,
    only_in_the_future,
    ends_after_it_starts,
    at_least_one_place,
    at_most_a_year,
    enrollment_ends_in_time,
    exact_address,
    no_supplement_in_the_title,
    no_meetings_or_commerce,
    insured_where_dangerous,
    risks_told_where_dangerous,
    old_enough_where_dangerous,
    able_where_dangerous,
    sensible_ages,
)


def violations(plan: Plan, rules: PublishingRules, now: datetime) -> list[FieldError]:
    """Everything that keeps ``plan`` from being published at the moment ``now``."""
    return [error for policy in POLICIES for error in policy(plan, rules, now)]
