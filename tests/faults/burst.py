"""A burst of real work: a crowd enrolls for several activities while processes die, and the books are checked after.

What was answered must be what is stored, and what is stored must have arrived: enrollments in activity, one SMS for
each place given, through outbox, relay, broker, inbox and notify.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Lock
from typing import Any
from uuid import uuid4

from demo.check import at_once
from demo.client import wait_for
from demo.figures import Figures
from tests.faults.conftest import Crowd

ACTIVITIES = 6
PLACES = 10


class Burst:
    """Every volunteer enrolls for every activity; there are fewer places than volunteers."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._activities = at_once(self._publish, range(ACTIVITIES))
        self._answers: dict[tuple[str, str], str] = {}  # (activity, volunteer) -> status
        self._lock = Lock()
        self._in_the_middle = Event()
        at_once(lambda volunteer: volunteer.client.sign_in(), crowd.volunteers)
        self._figures = Figures.read(crowd.world.access["metrics"])

    def run(self, disturb: Callable[[], Any]) -> None:
        """Let everybody enroll, and ``disturb()`` when a quarter of them have."""
        with ThreadPoolExecutor(len(self._crowd.volunteers) + 1) as pool:
            disturbance = pool.submit(self._once_in_the_middle, disturb)
            try:
                for done in [pool.submit(self._enroll, place) for place in range(len(self._crowd.volunteers))]:
                    done.result()
            finally:
                self._in_the_middle.set()
            disturbance.result()

    def books_balance(self) -> None:
        """Nothing lost, nothing twice; raises ``AssertionError``."""
        volunteers = self._crowd.volunteers
        assert len(self._answers) == ACTIVITIES * len(volunteers)
        stored = self._stored()
        assert stored == self._answers, "what was answered is what is stored"
        for activity_id, _ in self._activities:
            statuses = Counter(status for (activity, _), status in stored.items() if activity == activity_id)
            assert statuses == {"accepted": PLACES, "waitlisted": len(volunteers) - PLACES}
        expected = Counter(
            (volunteer, activity) for (activity, volunteer), status in stored.items() if status == "accepted"
        )
        assert wait_for(self._nothing_is_left), "every outbox is empty"
        self._crowd.world.clock.advance(timedelta(minutes=2))  # what was being sent by a process that died is due again
        assert wait_for(lambda: self._told() >= expected), "everybody who was accepted is told"
        assert self._told() == expected, "and nobody twice"
        parked = Figures.read(self._crowd.world.access["metrics"]).processes_with("zhiyuan_parked_messages_total")
        before = self._figures.processes_with("zhiyuan_parked_messages_total")
        assert all(count <= before.get(process, 0) for process, count in parked.items()), "nothing is parked"

    def _publish(self, _number: int) -> tuple[str, str]:
        """(activity, shift), on a day of its own."""
        world, team = self._crowd.world, self._crowd.team
        starts_at = world.clock.now() + timedelta(days=next(self._crowd.days))
        activity = team.owner.post(
            "/activities",
            organization_id=team.id,
            title=f"风雨无阻志愿服务（{uuid4().hex[:8]}）",
            category="community",
            description="无论如何都要办成。",
            region="440100",
            address="越秀区东风东路一号门前集合",
            enroll_by=starts_at.isoformat(),
            contact="风雨志愿服务队 020-00000000",
            approval="instant",
            shifts=[
                {
                    "starts_at": starts_at.isoformat(),
                    "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
                    "capacity": PLACES,
                }
            ],
        )
        team.owner.post(f"/activities/{activity['activity_id']}/publication")
        return activity["activity_id"], activity["shifts"][0]["shift_id"]

    def _enroll(self, place: int) -> None:
        """One volunteer, all activities; each begins with another one."""
        volunteer = self._crowd.volunteers[place]
        for step in range(ACTIVITIES):
            activity_id, shift_id = self._activities[(place + step) % ACTIVITIES]
            answer = volunteer.client.post(f"/activities/{activity_id}/enrollments", shift_id=shift_id)
            with self._lock:
                assert (activity_id, volunteer.id) not in self._answers
                self._answers[activity_id, volunteer.id] = answer["status"]
                if len(self._answers) >= ACTIVITIES * len(self._crowd.volunteers) // 4:
                    self._in_the_middle.set()

    def _once_in_the_middle(self, disturb: Callable[[], Any]) -> None:
        assert self._in_the_middle.wait(60)
        disturb()

    def _stored(self) -> dict[tuple[str, str], str]:
        rows = [
            ((activity_id, item["volunteer_id"]), item["status"])
            for activity_id, _ in self._activities
            for item in self._crowd.team.owner.pages(f"/activities/{activity_id}/enrollments")
        ]
        assert len(dict(rows)) == len(rows), "nobody is enrolled twice"
        return dict(rows)

    def _told(self) -> Counter[tuple[str, str]]:
        """(volunteer, activity) of every acceptance that went out by SMS."""
        titles = {
            self._crowd.world.visitor.get(f"/activities/{activity_id}")["title"]: activity_id
            for activity_id, _ in self._activities
        }
        told: Counter[tuple[str, str]] = Counter()
        for volunteer in self._crowd.volunteers:
            for text in self._crowd.world.inbox.of(volunteer.person.phone, "enrollment_accepted"):
                told.update((volunteer.id, activity_id) for title, activity_id in titles.items() if title in text)
        return told

    def _nothing_is_left(self) -> bool:
        figures = Figures.read(self._crowd.world.access["metrics"])
        pending = figures.processes_with("zhiyuan_outbox_pending")
        return len(pending) == 6 and not any(pending.values())
