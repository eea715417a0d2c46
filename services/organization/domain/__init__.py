"""The rules of the tree, of reviews and of supervision. No I/O.

Sources: notice, 二 (what supervision looks at); attachment 2, 三.5 (who reviews whom); FACTS.md, "Numbers and codes";
DESIGN.md, 6 (states).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from services.chassis.clock import SHANGHAI
from services.chassis.errors import AlreadyDecided, FieldError, IllegalTransition, Invalid
from services.chassis.regions import CITIES, PROVINCE


class Kind(StrEnum):
    """What an organization is."""

    PROVINCE = "province"
    SYSTEM = "system"  # 系统, such as the province's own departments (省直)
    CITY = "city"
    DISTRICT = "district"
    UNIT = "unit"  # 单位
    ORGANIZATION = "organization"  # 志愿服务组织
    TEAM = "team"  # 团体, 志愿服务队


class Role(StrEnum):
    """What an administrator may do at an organization and below it."""

    OWNER = "owner"  # everything
    REVIEWER = "reviewer"  # decides reviews
    ORGANIZER = "organizer"  # activities and enrollments
    RECORDER = "recorder"  # attendance
    VIEWER = "viewer"  # looks, masked


REVIEWING = (Role.OWNER, Role.REVIEWER)
SUPERVISING = (Role.OWNER, Role.REVIEWER, Role.VIEWER)
RECORDING = (Role.OWNER, Role.ORGANIZER, Role.RECORDER)
ANY_ROLE = tuple(Role)


_AUTHORITIES = frozenset({Kind.PROVINCE, Kind.SYSTEM, Kind.CITY, Kind.DISTRICT})
_PARENTS: dict[Kind, frozenset[Kind]] = {
    Kind.PROVINCE: frozenset(),
    Kind.SYSTEM: frozenset({Kind.PROVINCE, Kind.CITY}),
    Kind.CITY: frozenset({Kind.PROVINCE}),
    Kind.DISTRICT: frozenset({Kind.CITY}),
    Kind.UNIT: _AUTHORITIES | {Kind.UNIT},
    Kind.ORGANIZATION: _AUTHORITIES | {Kind.UNIT, Kind.ORGANIZATION},
    Kind.TEAM: _AUTHORITIES | {Kind.UNIT, Kind.ORGANIZATION, Kind.TEAM},
}


def may_stand_under(kind: Kind, parent: Kind | None) -> bool:
    """Whether an organization of ``kind`` may have a parent of kind ``parent``; only a province has none."""
    return kind is Kind.PROVINCE if parent is None else parent in _PARENTS[kind]


MAX_LEVELS = 32
"""How many levels a tree may have: far more than offices do. An inner entry of the index over paths holds two of them,
and PostgreSQL cannot split a page into which two entries do not fit."""


def region_prefix(region: str) -> str:
    """What the code of every division within ``region`` begins with (GB/T 2260): 44 for 440000, 4401 for 440100."""
    if region.endswith("0000"):
        return region[:2]
    return region[:4] if region.endswith("00") else region


def lies_within(region: str, outer: str) -> bool:
    """Whether the division ``region`` is ``outer`` or a part of it: 440106 lies within 440100 and 440000."""
    return region.startswith(region_prefix(outer))


def region_faults(kind: Kind, region: str, parent_region: str | None) -> list[FieldError]:
    """What is wrong with ``region`` for an organization of ``kind`` below one in ``parent_region``."""
    if kind is Kind.PROVINCE and region != PROVINCE:
        return [FieldError("region", "not_the_province", f"应为本省代码 {PROVINCE}", f"must be {PROVINCE}")]
    if kind is Kind.CITY and region not in CITIES:
        return [FieldError("region", "not_a_city", "应为本省地级以上市的代码", "must be the code of one of the cities")]
    if parent_region is not None and not lies_within(region, parent_region):
        return [
            FieldError(
                "region",
                "outside_parent",
                f"应在上级组织所在区划 {parent_region} 之内",
                f"must lie within the parent's division {parent_region}",
            )
        ]
    return []


USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, Z, S, V


def uscc_check_character(first_17: str) -> str:
    """The 18th character of a unified social credit code: weights 3^i mod 31 (GB 32100).

    Raises ``ValueError`` for a character that is none of the code's.
    """
    total = sum(USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first_17))
    return USCC_ALPHABET[-total % 31]


def is_uscc(code: str) -> bool:
    """Whether ``code`` is a well-formed unified social credit code with the right check character."""
    if len(code) != 18 or any(character not in USCC_ALPHABET for character in code):
        return False
    return uscc_check_character(code[:17]) == code[17]


def host_name(host: str) -> str:
    """The name in a Host or a domain as DNS knows it: without port and closing dot, lower case, Punycode.

    ``""`` for what is no name.
    """
    try:
        return host.strip().partition(":")[0].removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


class OrganizationStatus(StrEnum):
    """Where an organization stands (DESIGN.md, 6)."""

    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    DISABLED = "disabled"


class MembershipStatus(StrEnum):
    """Where a membership stands (DESIGN.md, 6). ``left`` also ends a request that was withdrawn.

    ``closed`` ends one that nobody has to decide any more: its volunteer was rejected meanwhile (docs/adr/0022).
    """

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    LEFT = "left"
    CLOSED = "closed"


_NEXT_ORGANIZATION: dict[OrganizationStatus, frozenset[OrganizationStatus]] = {
    OrganizationStatus.PENDING: frozenset({OrganizationStatus.ACTIVE, OrganizationStatus.REJECTED}),
    OrganizationStatus.ACTIVE: frozenset({OrganizationStatus.DISABLED}),
    OrganizationStatus.REJECTED: frozenset({OrganizationStatus.PENDING}),
    OrganizationStatus.DISABLED: frozenset({OrganizationStatus.ACTIVE}),
}
_NEXT_MEMBERSHIP: dict[MembershipStatus, frozenset[MembershipStatus]] = {
    MembershipStatus.PENDING: frozenset({
        MembershipStatus.APPROVED, MembershipStatus.REJECTED, MembershipStatus.LEFT, MembershipStatus.CLOSED,
    }),
    MembershipStatus.APPROVED: frozenset({MembershipStatus.LEFT}),
    MembershipStatus.REJECTED: frozenset(),
    MembershipStatus.LEFT: frozenset(),
    MembershipStatus.CLOSED: frozenset(),
}  # fmt: skip


def change_organization(current: str, attempted: OrganizationStatus) -> OrganizationStatus:
    """``attempted``, if an organization may go there from ``current``; raises ``IllegalTransition``."""
    if attempted not in _NEXT_ORGANIZATION[OrganizationStatus(current)]:
        raise IllegalTransition(current=current, attempted=attempted.value)
    return attempted


def change_membership(current: str, attempted: MembershipStatus) -> MembershipStatus:
    """``attempted``, if a membership may go there from ``current``; raises ``IllegalTransition``."""
    if attempted not in _NEXT_MEMBERSHIP[MembershipStatus(current)]:
        raise IllegalTransition(current=current, attempted=attempted.value)
    return attempted


def check_decidable(status: str) -> None:
    """Only what is pending can be decided; raises ``AlreadyDecided`` with what was."""
    if status != "pending":
        raise AlreadyDecided(status=status)


def check_reason(approve: bool, reason: str | None) -> None:
    """A rejection must state a reason (notice, attachment 2, 三.5); raises ``Invalid`` on ``reason``."""
    if not approve and not reason:
        raise Invalid(FieldError("reason", "required", "不通过时必须说明原因", "is required to reject"))


def age_in_days(submitted_at: datetime, now: datetime) -> int:
    """How many calendar days (Guangzhou) something has been waiting."""
    return (now.astimezone(SHANGHAI).date() - submitted_at.astimezone(SHANGHAI).date()).days


LEAGUE_MEMBER = "league_member"  # 共青团员, a volunteer's political status
CARD_IN_HAND = "activated"  # the status of a card application whose card its holder uses
ACTIVITY_WINDOW = timedelta(days=365)


class Indicator(StrEnum):
    """What supervision looks at (notice, 二)."""

    ORGANIZATIONS_ON_FILE = "organizations_on_file"
    VOLUNTEERS_ON_FILE = "volunteers_on_file"
    LEAGUE_MEMBERS_REGISTERED = "league_members_registered"
    CARD_HOLDERS = "card_holders"
    ORGANIZATIONS_WITH_ACTIVITY = "organizations_with_activity"
    HOURS_RECORDED_IN_TIME = "hours_recorded_in_time"


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator's target and formula, in words."""

    target: Fraction
    zh: str
    en: str
    source: str


DEFINITIONS: dict[Indicator, Definition] = {
    Indicator.ORGANIZATIONS_ON_FILE: Definition(
        Fraction(1),
        "已审核通过的组织数 ÷ 各单位回执申报的组织数",
        "approved organizations / organizations declared in the units' receipts",
        "notice, 二.1",
    ),
    Indicator.VOLUNTEERS_ON_FILE: Definition(
        Fraction(1),
        "已审核通过的志愿者数 ÷ 各单位回执申报的志愿者数",
        "approved volunteers / volunteers declared in the units' receipts",
        "notice, 二.2",
    ),
    Indicator.LEAGUE_MEMBERS_REGISTERED: Definition(
        Fraction(60, 100),
        "注册志愿者中的团员数 ÷ 各单位回执申报的团员数",
        "Youth League members among approved volunteers / League members declared in the units' receipts",
        "notice, 二.2",
    ),
    Indicator.CARD_HOLDERS: Definition(
        Fraction(50, 100),
        "持证志愿者数 ÷ 已审核通过的志愿者数",
        "holders of an activated volunteer card / approved volunteers",
        "notice, 二.2",
    ),
    Indicator.ORGANIZATIONS_WITH_ACTIVITY: Definition(
        Fraction(1),
        "自 {since} 起发布过活动（未撤销）的组织数 ÷ 已审核通过的组织数",
        "organizations that published an activity (not revoked) since {since} / approved organizations",
        "notice, 一.2",
    ),
    Indicator.HOURS_RECORDED_IN_TIME: Definition(
        Fraction(1),
        "活动结束后十个工作日内完成时长记录的活动数 ÷ 应当完成记录的活动数",
        "activities whose hours were recorded within ten working days / activities whose hours had to be recorded",
        "notice, 二.3; 民政部令67号",
    ),
}


def share(numerator: int, denominator: int) -> float | None:
    """The indicator's value, at most 1; None where nothing was declared."""
    return min(1.0, round(numerator / denominator, 4)) if denominator else None


def check_as_of(as_of: date, today: date, first: date | None, last: date | None) -> None:
    """Figures exist for today and for the days from ``first`` to ``last``; raises ``Invalid`` for another."""
    if as_of > today:
        raise Invalid(FieldError("as_of", "in_the_future", "不能晚于今天", "must not be in the future"))
    if first is None or last is None or as_of < first:
        raise Invalid(
            FieldError(
                "as_of",
                "no_history",
                f"统计数据自 {first or today} 起",
                f"there are no figures before {first or today}",
            )
        )
    if as_of > last:
        raise Invalid(
            FieldError("as_of", "not_counted_yet", "该日数据尚未汇总，请稍后再试", "is being counted; try later")
        )
