"""12. What the operators see: /metrics of every process, before and after."""

from __future__ import annotations

from demo.client import wait_for
from demo.figures import Figures
from demo.world import Stage

TITLE = "What the operators see"

SERVICES = ("identity", "organization", "activity", "attendance", "card", "notify")


def play(stage: Stage) -> None:
    """Every process, every outbox, and the journey's own numbers."""
    world, check = stage.world, stage.check
    pages = world.access["metrics"]

    now = Figures.read(pages)

    def settled() -> bool:
        nonlocal now
        now = Figures.read(pages)
        return len(now.samples) == len(pages) and not any(_pending(now).values()) and not _missing(stage, now)

    wait_for(settled)
    check.equal(sorted(now.samples), sorted(pages), f"each of the {len(pages)} processes answers on /metrics")
    pending = _pending(now)
    check.equal(pending, dict.fromkeys(SERVICES, 0.0), "every outbox is empty")
    leaders = {service: now.total(f"{service}-relay", "zhiyuan_relay_leader") for service in SERVICES}
    check.equal(leaders, dict.fromkeys(SERVICES, 1.0), "each database has one relay at work")
    parked = now.processes_with("zhiyuan_parked_messages_total")
    parked_before = world.before.processes_with("zhiyuan_parked_messages_total")
    more = {process: n for process, n in parked.items() if n > parked_before.get(process, 0)}
    check.that(not more, "nothing was parked", seen=more)
    failed = {s: now.rise(world.before, s, "zhiyuan_timer_runs_total", outcome="failed") for s in SERVICES}
    check.that(not any(failed.values()), "no timer failed", seen=failed)
    errors = now.rise(world.before, "gateway", "zhiyuan_http_refusals_total", code="internal_error")
    check.that(not errors, "no request ended in an internal error", seen=errors)
    _the_journeys_numbers(stage, now)


def _pending(figures: Figures) -> dict[str, float]:
    return {service: figures.total(f"{service}-relay", "zhiyuan_outbox_pending") for service in SERVICES}


def _missing(stage: Stage, now: Figures) -> bool:
    """Whether a counter has yet to rise to what it must: the last messages are still being sent."""
    risen = (
        (now.rise(stage.world.before, process, name, **dict(labels)), n)
        for (process, name, labels), n in stage.world.done.items()
    )
    return any(rise is not None and rise < expected for rise, expected in risen)


def _the_journeys_numbers(stage: Stage, now: Figures) -> None:
    """Each counter has risen by just what the parts have done; a process that was started anew has forgotten some."""
    world, check = stage.world, stage.check
    for (process, name, labels), expected in sorted(world.done.items(), key=lambda item: str(item[0])):
        risen = now.rise(world.before, process, name, **dict(labels))
        words = ", ".join(f"{label}={value}" for label, value in sorted(labels))
        if risen is None:
            check.tell(f"{process} was started anew during the journey: {name} cannot be compared")
        else:
            check.equal(risen, float(expected), f"{name}{{{words}}} +{expected:g}")
    requests = now.rise(world.before, "gateway", "zhiyuan_http_request_seconds_count")
    if requests is not None:
        check.tell(f"{requests:.0f} HTTP requests made this journey")
