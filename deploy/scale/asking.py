"""Asking a service's use cases for what is on file, again and again, with a clock in the hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from deploy.local.platform import Platform
from services.chassis.context import Caller
from services.chassis.runtime import Runtime

LIMIT_MS = 50.0
_RUNS, _WARM_UP = 60, 5
_DEEP = 100  # pages
Work = Callable[[Any], Any]
AskPage = Callable[[Any, str | None], Any]


@dataclass(frozen=True)
class Case:
    """Something that is looked for; ``work`` gets a unit of work."""

    title: str
    work: Work


class Side:
    """One service's units of work, on behalf of whom a case needs."""

    def __init__(self, platform: Platform, service: str, unit_of_work: type[Any], settings: type[Any]) -> None:
        environment = {**platform.job_environment(service), "ZHIYUAN_MAX_WORKERS": "2"}
        self.runtime = Runtime.build(service, settings.from_environment(environment))
        self._unit_of_work = unit_of_work

    def reading(self, caller: Caller = Caller()) -> Any:  # noqa: B008  # frozen
        """A READ ONLY unit of work."""
        return self.runtime.units(self._unit_of_work, caller).reading()

    def one(self, statement: str) -> Any:
        """A row that is needed to ask."""
        with self.runtime.engine.connect() as connection:
            row = connection.execute(sa.text(statement)).first()
        if row is None:
            raise SystemExit("dev: this platform holds no province; ./dev load-scale loads one")
        return row


def measured(side: Side, caller: Caller, case: Case) -> float:
    """The p95 in milliseconds, which is also printed."""
    taken = []
    for run in range(_WARM_UP + _RUNS):
        started = time.perf_counter()
        with side.reading(caller) as uow:
            case.work(uow)
        if run >= _WARM_UP:
            taken.append((time.perf_counter() - started) * 1000)
    median, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    print(f"{case.title:58} p50 {median:7.1f} ms  p95 {p95:7.1f} ms{'  !' if p95 > LIMIT_MS else ''}", flush=True)
    return p95


def explained(side: Side, caller: Caller, case: Case) -> Iterator[str]:
    """EXPLAIN (ANALYZE, BUFFERS) of every statement that a case runs."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    sa.event.listen(side.runtime.engine, "before_cursor_execute", note)
    with side.reading(caller) as uow:
        case.work(uow)
    sa.event.remove(side.runtime.engine, "before_cursor_execute", note)
    with side.runtime.engine.connect() as connection:
        for statement, parameters in statements:
            rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", parameters)
            yield "-- " + " ".join(statement.split())[:150]
            yield from (row[0] for row in rows)


def pages(side: Side, caller: Caller, title: str, ask: AskPage, dumper: Any) -> list[Case]:
    """The first page of a list, and one far into it, if it goes that far."""
    cases = [Case(title, lambda uow: dumper.dump(ask(uow, None)))]
    cursor: str | None = None
    pages = 1
    while pages < _DEEP:
        with side.reading(caller) as uow:
            following = dumper.dump(ask(uow, cursor))["next_cursor"]
        if following is None:
            break
        cursor, pages = following, pages + 1
    if cursor is not None:
        cases.append(Case(f"{title}, page {pages}", lambda uow: dumper.dump(ask(uow, cursor))))
    return cases
