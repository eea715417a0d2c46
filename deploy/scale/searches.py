"""``./dev bench scale searches``: each filter of a search, alone and with others, first pages and the hundredth.

What is looked for is taken from what is on file: a frequent and a rare word, the organizations with most and with few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from deploy.scale.asking import Case, Side, pages
from services.activity.schemas import search
from services.activity.use_cases import searching
from services.chassis.clock import local_day
from services.chassis.context import Caller

_FREQUENT, _COMMON, _MIDDLING, _LONG, _LATIN = "清洁", "志愿", "龙舟", "无偿献血公益活动", "ABC"
_CITY, _DISTRICT = "440100", "440103"
_MIDDLE = "23.13,113.26"


def searching_for(side: Side) -> Iterator[tuple[Caller, Iterable[Case]]]:
    """Everybody's searches, then a volunteer's."""
    asked = _asked(side)
    yield Caller(), (case for title, query in asked.items() for case in _case(side, Caller(), title, query))
    volunteer_id, account_id = side.one(
        "SELECT v.id::text, v.id::text FROM volunteer_copy v JOIN enrollment e ON e.volunteer_id = v.id"
        " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    caller = Caller(kind="volunteer", account_id=account_id, volunteer_id=volunteer_id)
    mine: dict[str, dict[str, str]] = {
        "only what I can do": {},
        "… in a city, open": {"region": _CITY, "open": "true"},
        "… within 5 km": {"near": f"{_MIDDLE},5", "sort": "distance"},
        "… with a word": {"q": _FREQUENT},
    }
    yield (
        caller,
        (case for title, query in mine.items() for case in _case(side, caller, title, {**query, "fits_me": "true"})),
    )


def _asked(side: Side) -> dict[str, dict[str, str]]:
    today = local_day(side.runtime.clock.now())
    rare, (root, city, small) = _rare_word(side), _organizations(side)
    last_week = {"from": f"{today - timedelta(days=97)}", "to": f"{today - timedelta(days=91)}"}
    last_year = {"from": f"{today - timedelta(days=365)}", "to": f"{today - timedelta(days=1)}"}
    return {
        "everything": {},
        "the newest": {"sort": "newest"},
        "two characters, in many": {"q": _FREQUENT},
        "two characters, in most": {"q": _COMMON},
        "two characters, in some": {"q": _MIDDLING},
        "two characters, in few": {"q": rare},
        "two characters, in none": {"q": "鼍鼋"},
        "one character": {"q": "龙"},
        "many characters": {"q": _LONG},
        "two words": {"q": f"{_FREQUENT} {_MIDDLING}"},
        "two words that exclude each other": {"q": f"{_MIDDLING} 献血"},
        "Latin": {"q": _LATIN},
        "the newest, in few": {"q": rare, "sort": "newest"},
        "a province": {"region": "440000"},
        "a city": {"region": _CITY},
        "a district": {"region": _DISTRICT},
        "a district, a word": {"region": _DISTRICT, "q": _MIDDLING},
        "a category": {"category": "animals"},
        "a category, a district, the newest": {"category": "animals", "region": _DISTRICT, "sort": "newest"},
        "within 1 km, the nearest": {"near": f"{_MIDDLE},1", "sort": "distance"},
        "within 20 km, the nearest": {"near": f"{_MIDDLE},20", "sort": "distance"},
        "within 500 km, the nearest": {"near": f"{_MIDDLE},500", "sort": "distance"},
        "within 500 km, the nearest, in few": {"near": f"{_MIDDLE},500", "sort": "distance", "q": rare},
        "within 5 km, by start": {"near": f"{_MIDDLE},5"},
        "open places": {"open": "true"},
        "no open place": {"open": "false"},
        "open places in a district": {"open": "true", "region": _DISTRICT},
        "the root's": {"organization_id": root},
        "a city organization's": {"organization_id": city},
        "a small organization's": {"organization_id": small},
        "a small organization's, a word": {"organization_id": small, "q": _FREQUENT},
        "next week": {"from": f"{today + timedelta(days=7)}", "to": f"{today + timedelta(days=13)}"},
        "a week of the past": last_week,
        "a week of the past, a rare word": {**last_week, "q": rare},
        "last year": last_year,
        "last year, a word": {**last_year, "q": _MIDDLING},
        "last year, a rare word": {**last_year, "q": rare},
        "last year, many characters": {**last_year, "q": _LONG},
        "last year, a district": {**last_year, "region": _DISTRICT},
        "last year, an organization": {**last_year, "organization_id": small},
        "last year, within 5 km, the nearest": {**last_year, "near": f"{_MIDDLE},5", "sort": "distance"},
        "last year, the newest": {**last_year, "sort": "newest"},
        "last year, many characters, the newest": {**last_year, "q": _LONG, "sort": "newest"},
        "last year, an organization, the newest": {**last_year, "organization_id": small, "sort": "newest"},
        "last year, a rare word within 20 km, the nearest": {
            **last_year,
            "q": rare,
            "near": f"{_MIDDLE},20",
            "sort": "distance",
        },
        "last year, a category within 20 km": {**last_year, "category": "animals", "near": f"{_MIDDLE},20"},
        "last year, no open place": {**last_year, "open": "false", "category": "animals", "region": _DISTRICT},
        "the year ahead, a district": {"from": f"{today}", "region": _DISTRICT},
        "the year ahead, a rare word": {"from": f"{today}", "q": rare},
    }


def _case(side: Side, caller: Caller, title: str, query: dict[str, str]) -> list[Case]:
    def ask(uow: Any, cursor: str | None) -> Any:
        return searching.search_activities(
            search.SearchActivities().parse(query if cursor is None else {**query, "cursor": cursor}), uow
        )

    return pages(side, caller, title, ask, search.ActivityPage())


def _rare_word(side: Side) -> str:
    """The name of some community: two characters that a few dozen have in common."""
    (title,) = side.one("SELECT left(title, 2) FROM activity WHERE status = 'published' ORDER BY id DESC LIMIT 1")
    return str(title)


def _organizations(side: Side) -> list[str]:
    active = "kind = 'organization' AND id IN (SELECT organization_id FROM listing)"
    kinds = ("kind = 'province'", "kind = 'city'", active)
    return [side.one(f"SELECT id::text FROM organization_copy WHERE {kind} LIMIT 1")[0] for kind in kinds]
