"""What the parts of the journey hand on to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from demo.check import Checks
from demo.client import Client, Inbox, PlatformClock
from demo.figures import Figures
from demo.people import Invented, Person


@dataclass(frozen=True)
class Organization:
    """An organization, and its owner at the keyboard."""

    id: str
    name: str
    owner: Client
    phone: str


@dataclass(frozen=True)
class Volunteer:
    """A registered volunteer, and the same at the keyboard."""

    id: str
    volunteer_no: str
    person: Person
    client: Client


@dataclass
class World:
    """The platform as this run knows it. What is None has not been made yet."""

    access: Mapping[str, Any]
    notice: Path | None
    visitor: Client
    platform: Client
    inbox: Inbox
    clock: PlatformClock
    invented: Invented
    before: Figures  # /metrics at the start
    done: Counter[tuple[str, str, frozenset[tuple[str, str]]]] = field(default_factory=Counter)

    _lock: Lock = field(default_factory=Lock)

    root: Organization | None = None
    guangzhou: Organization | None = None
    system: Organization | None = None  # 省直
    unit: Organization | None = None
    team: Organization | None = None
    volunteers: list[Volunteer] | None = None  # the team's, active
    elsewhere: list[Volunteer] | None = None  # Guangzhou's own, active
    league_members: int = 0  # among the team's
    city_volunteers_before: int | None = None  # on file in Guangzhou when this run began
    activity: dict[str, Any] | None = None
    accepted: list[Volunteer] | None = None  # for its first shift
    unverified: Volunteer | None = None  # accepted, not verified in person
    unscanned: Volunteer | None = None  # accepted and verified, with no scan
    scanned: list[Volunteer] | None = None  # with three hours each

    def count_sms(self, template: str, by: int = 1) -> None:
        """Note that so many SMS of a template must have been sent."""
        self.count("notify", "zhiyuan_notify_messages_sent_total", by=by, template=template, channel="sms")

    def count(self, process: str, name: str, by: float = 1, **labels: str) -> None:
        """Note that a counter must have risen; the last part compares."""
        with self._lock:
            self.done[process, name, frozenset(labels.items())] += by  # type: ignore[assignment]


@dataclass(frozen=True)
class Stage:
    """Where one part plays."""

    world: World
    check: Checks
