"""The twelve parts in their order, each measured; what one of them lacks stops that one only."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo.check import Abandoned, Checks
from demo.client import Client, Inbox, PlatformClock, Refused
from demo.figures import Figures
from demo.parts import (
    p1_branches,
    p2_organizations,
    p3_volunteers,
    p4_activities,
    p5_attendance,
    p6_hours,
    p7_proof,
    p8_cards,
    p9_supervision,
    p10_people,
    p11_messages,
    p12_operators,
)
from demo.people import Invented
from demo.world import Stage, World


@dataclass(frozen=True)
class Part:
    """One part of the journey."""

    title: str
    play: Callable[[Stage], None]


PARTS: tuple[Part, ...] = tuple(
    Part(module.TITLE, module.play)
    for module in (
        p1_branches,
        p2_organizations,
        p3_volunteers,
        p4_activities,
        p5_attendance,
        p6_hours,
        p7_proof,
        p8_cards,
        p9_supervision,
        p10_people,
        p11_messages,
        p12_operators,
    )
)


@dataclass(frozen=True)
class Outcome:
    """How a part went."""

    title: str
    passed: int
    failures: Sequence[str]
    seconds: float


def walk(access: Mapping[str, Any], notice: Path | None, console: Console) -> list[Outcome]:
    """Play every part against the platform that ``access`` describes (API.md, last paragraph)."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    with httpx.Client(base_url=access["base_url"], timeout=30, limits=limits, trust_env=False) as http:
        world = world_of(access, notice, Client(http))
        console.print(f"[bold]The journey[/bold], run {world.invented.number}, against {access['base_url']}")
        outcomes = [_play(part, number, world, console) for number, part in enumerate(PARTS, 1)]
    console.print(summary(outcomes))
    return outcomes


def world_of(access: Mapping[str, Any], notice: Path | None, visitor: Client) -> World:
    """What a run begins with: the platform as it is, and nobody invented yet."""
    clock = PlatformClock(visitor)
    login = access["logins"]["platform_admin"]
    return World(
        access=access,
        notice=notice,
        visitor=visitor,
        platform=visitor.signed_in_as(login["account"], login["password"]),
        inbox=Inbox(visitor),
        clock=clock,
        invented=Invented(clock.now().date()),
        before=Figures.read(access["metrics"]),
    )


def _play(part: Part, number: int, world: World, console: Console) -> Outcome:
    console.print(f"\n[bold]{number}/{len(PARTS)}  {escape(part.title)}[/bold]")
    checks = Checks(console)
    started = time.monotonic()
    try:
        part.play(Stage(world, checks))
    except Abandoned as lack:
        checks.that(False, f"the part could not be played: {lack}")
    except Refused as refused:
        place = traceback.extract_tb(refused.__traceback__)
        where = next(
            (f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in reversed(place) if "/parts/" in f.filename), ""
        )
        checks.that(
            False, f"the part had to end at {where}: the platform refused with {refused}: {refused.refusal.detail}"
        )
    except Exception as error:  # whatever it was, the later parts are played
        checks.that(False, f"the part had to end: {type(error).__name__}: {error}")
        console.print_exception(max_frames=8)
    return Outcome(part.title, checks.passed, checks.failures, time.monotonic() - started)


def summary(outcomes: Sequence[Outcome]) -> Table:
    """The table at the end."""
    table = Table(title="The journey", title_justify="left", show_footer=True)
    table.add_column("")
    table.add_column("part", footer="all")
    table.add_column("passed", justify="right", footer=str(sum(o.passed for o in outcomes)))
    table.add_column("failed", justify="right", footer=str(sum(len(o.failures) for o in outcomes)))
    table.add_column("seconds", justify="right", footer=f"{sum(o.seconds for o in outcomes):.1f}")
    for number, outcome in enumerate(outcomes, 1):
        failed = f"[bold red]{len(outcome.failures)}[/bold red]" if outcome.failures else "0"
        table.add_row(str(number), outcome.title, str(outcome.passed), failed, f"{outcome.seconds:.1f}")
    return table
