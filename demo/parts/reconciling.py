"""The daily reconciliation with a bank: both compare their accounts; what differs is listed until it does not."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from demo.world import Stage
from deploy.partner import bank_reconciliation
from services.chassis.clock import local_day


def reconcile(stage: Stage, bank: str, application: dict[str, Any], status: str) -> None:
    """The bank fetches the statement of the application's day, hands in one that is wrong, then one that is right."""
    world, check = stage.world, stage.check
    application_no = application["application_no"]
    day = local_day(datetime.fromisoformat(application["submitted_at"])).isoformat()
    base_url, secret = world.access["base_url"], world.access["partner"][bank]["webhook_secret"]

    def clock() -> float:
        return world.clock.now().timestamp()

    def listed() -> list[tuple[str, str]]:
        found = world.platform.pages("/card/reconciliation-differences", bank=bank, day=day)
        return [(item["application_no"], item["why"]) for item in found]

    theirs = bank_reconciliation.fetch(base_url, secret, day, clock=clock)
    lines = theirs["csv"].splitlines()
    own = next((line for line in lines if line.startswith(application_no)), "")
    check.that(f",{status}," in own, "the platform's statement of the day has the application and where it stands")
    without = [line for line in lines if line != own]
    for rows, differences, sentence in (
        (without, [(application_no, "missing_at_bank")], "a bank's statement without it: the difference is listed"),
        (lines, [], "the right one: nothing differs any more"),
    ):
        answer = bank_reconciliation.hand_in(base_url, secret, _statement(bank, day, rows, theirs), clock=clock)
        check.equal((answer["differences"], listed()), (len(differences), differences), sentence)
    world.count("card", "zhiyuan_card_reconciliations_total", bank=bank, outcome="different")
    world.count("card", "zhiyuan_card_reconciliations_total", bank=bank, outcome="equal")


def _statement(bank: str, day: str, lines: list[str], theirs: dict[str, Any]) -> dict[str, Any]:
    content = "".join(f"{line}\n" for line in lines)
    manifest = {
        "bank": bank,
        "day": day,
        "rows": len(lines) - 1,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "made_at": theirs["manifest"]["made_at"],
    }
    return {"manifest": manifest, "csv": content}
