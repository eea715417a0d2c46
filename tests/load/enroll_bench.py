"""``./dev bench enroll [--volunteers N] [--places N] [--shifts N] [--clients N] [--json]``: everybody wants a place.

First all volunteers want one of the places of one shift; then those of a second crowd want the last place of every one
of many shifts, each a little later than the one before and overlapping with it: all of one person's requests may be
under way at the same moment. ``tests/load/house.py`` says on what it runs. 0 if every promise was kept, and no request
had to be repeated.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import httpx

from services.chassis.ids import new_id
from services.chassis.testing.units import test_key
from tests.load.house import House, Timed, crowd, house

SECOND_CROWD = 200
"""How many volunteers want the last place of every shift, if there are so many."""

PATIENCE = 20
"""How often one wish is repeated at most."""


@dataclass(frozen=True)
class Wish:
    """One volunteer, by number, wants a place of one shift, by number."""

    person: int
    shift: int


@dataclass(frozen=True)
class Answer:
    """What the platform said: the status code, and the enrollment's status or the code of the refusal."""

    wish: Wish
    status: int
    said: str
    position: int | None


def main(arguments: list[str]) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="dev bench enroll")
    parser.add_argument("--volunteers", type=int, default=2000)
    parser.add_argument("--places", type=int, default=100)
    parser.add_argument("--shifts", type=int, default=20)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the lines")
    options = parser.parse_args(arguments)
    figures = run(options.volunteers, options.places, options.shifts, options.clients)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for title, found in figures.items():
            print(title, *(f"  {name:20}{value}" for name, value in found.items()), sep="\n")
    return 1 if any(found["broken"] or found["repeated"] for found in figures.values()) else 0


def run(volunteers: int, places: int, shifts: int, clients: int) -> dict[str, dict[str, Any]]:
    """The figures of both crowds, with everything started for it and stopped afterwards."""
    with house("activity", {"ZHIYUAN_ACTIVITY_KEYS": test_key("v")}) as activity:
        organization, people = new_id(), [new_id() for _ in range(volunteers)]
        prepare(activity, organization, people)
        tokens = [activity.token(one) for one in people]
        rush = Rush(activity.base_url, clients, tokens)
        one, last = publish(activity, organization, 2, [places]), publish(activity, organization, 4, [1] * shifts)
        return {
            f"{volunteers} volunteers after {places} places": rush.for_one_shift(one, places),
            f"the last place of {shifts} shifts": rush.for_last_places(last, min(volunteers, SECOND_CROWD)),
        }


def prepare(activity: House, organization: str, people: Sequence[str]) -> None:
    """What activity has heard: the volunteers, and where they belong."""
    activity.fill(
        "volunteer_copy",
        ("id", "volunteer_no", "name", "status", "region", "organization_id", "skills", "version"),
        ((one, f"{n:012}", "张小丰", "active", "440104", organization, "{}", 1) for n, one in enumerate(people)),
    )


def publish(activity: House, organization: str, days: int, capacities: Sequence[int]) -> Mapping[str, Any]:
    """A public activity in some days; its shifts, with these capacities, take two hours and start an hour apart."""
    activity_id, shift_ids, now = new_id(), [new_id() for _ in capacities], datetime.now(UTC)
    starts = [now + timedelta(days=days, hours=number) for number, _ in enumerate(capacities)]
    activity.fill(
        "activity",
        (
            "id", "organization_id", "status", "title", "category", "description", "region", "address", "contact",
            "insurance_note", "skills", "members_only", "approval", "starts_at", "ends_at", "created_at",
            "published_at", "version",
        ),
        [(
            activity_id, organization, "published", "万人植树", "environment", "", "440104", "白云山南门广场一号", "",
            "", "{}", False, "instant", starts[0], starts[-1] + timedelta(hours=2), now, now, 2,
        )],
    )  # fmt: skip
    activity.fill(
        "shift",
        ("id", "activity_id", "place", "starts_at", "ends_at", "capacity"),
        [
            (shift_id, activity_id, place, start, start + timedelta(hours=2), capacity)
            for place, (shift_id, start, capacity) in enumerate(zip(shift_ids, starts, capacities, strict=True))
        ],
    )
    return {"activity_id": activity_id, "shifts": [{"shift_id": shift_id} for shift_id in shift_ids]}


class Rush:
    """Many who enroll at once, on any platform, and whether what it promises was kept."""

    def __init__(self, base_url: str, clients: int, tokens: Sequence[str]) -> None:
        self._base_url = base_url
        self._clients = clients
        self._tokens = tokens

    def for_one_shift(self, activity: Mapping[str, Any], places: int) -> dict[str, Any]:
        """Everybody wants a place of the only shift: so many get one, and the others stand in line once each."""
        figures, answers = self._enroll(activity, [Wish(person, 0) for person in range(len(self._tokens))])
        return {**figures, "broken": list(_broken_for_one_shift(answers, places))}

    def for_last_places(self, activity: Mapping[str, Any], people: int) -> dict[str, Any]:
        """Some want a place of every shift, in any order and at the same time; each shift has one."""
        shifts = range(len(activity["shifts"]))
        wishes = [Wish(person, shift) for person in range(people) for shift in shifts]
        Random(people).shuffle(wishes)
        figures, answers = self._enroll(activity, wishes)
        return {**figures, "broken": list(_broken_for_last_places(answers, len(shifts)))}

    def _enroll(self, activity: Mapping[str, Any], wishes: Sequence[Wish]) -> tuple[dict[str, Any], list[Answer]]:
        """Ask for all of it. What a busy machine did not answer in time is asked again with the same key, as any client
        does: done twice it must not be, and ``repeated`` says how often it was needed."""
        path, answers, repeated = f"/activities/{activity['activity_id']}/enrollments", list[Answer](), 0

        async def enroll(http: Timed, wish: Wish) -> None:
            nonlocal repeated
            shift = {"shift_id": activity["shifts"][wish.shift]["shift_id"]}
            token, key = self._tokens[wish.person], new_id()
            response = await http.post(path, shift, token, Idempotency_Key=key)
            for _ in range(PATIENCE):
                if not _is_lost(response):
                    break
                repeated += 1
                await asyncio.sleep(0.2)
                response = await http.post(path, shift, token, Idempotency_Key=key)
            body = response.json()
            answers.append(Answer(wish, response.status_code, body.get("code") or body["status"], body.get("position")))

        figures = crowd(self._base_url, self._clients, wishes, enroll)
        return {**figures, **Counter(answer.said for answer in answers), "repeated": repeated}, answers


def _is_lost(response: httpx.Response) -> bool:
    """Whether nobody knows yet what became of it."""
    in_flight = response.status_code == 409 and response.json()["code"] == "request_in_flight"
    return response.status_code in (503, 504) or in_flight


def _broken_for_one_shift(answers: Sequence[Answer], places: int) -> Iterator[str]:
    said = Counter(answer.said for answer in answers)
    expected = Counter(accepted=min(places, len(answers)), waitlisted=max(0, len(answers) - places))
    if +said != +expected:
        yield f"{dict(said)} instead of {dict(expected)}"
    positions = sorted(answer.position or 0 for answer in answers if answer.said == "waitlisted")
    if positions != list(range(1, len(positions) + 1)):
        yield "the line has gaps, or two in one position"


def _broken_for_last_places(answers: Sequence[Answer], shifts: int) -> Iterator[str]:
    odd = Counter(
        (answer.status, answer.said)
        for answer in answers
        if (answer.status, answer.said) not in {(201, "accepted"), (201, "waitlisted"), (409, "overlapping_shift")}
    )
    if odd:
        yield f"other answers: {dict(odd)}"
    accepted = Counter(answer.wish.shift for answer in answers if answer.said == "accepted")
    if accepted != Counter(range(shifts)):
        yield f"places given, by shift: {dict(accepted)}"
    held = defaultdict(list)
    for answer in answers:
        if answer.said == "accepted":
            held[answer.wish.person].append(answer.wish.shift)
    twice = [person for person, mine in held.items() if any(b - a == 1 for a, b in pairwise(sorted(mine)))]
    if twice:
        yield f"{len(twice)} in two places at once"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
