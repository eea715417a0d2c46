"""How long a refused sign-in takes for a name that exists and for names that do not, one after the other.

``./dev bench login-timing [N]`` asks the running platform N times each (default 45) and prints medians and their ratio:
near 1, a stranger with a stopwatch learns nothing. A locked name is refused without a hash, so the right password comes
before every fifth wrong one. An address is locked after a hundred wrong ones in a row: N is at most 45.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

import httpx

from deploy.local.layout import ROOT

_BEFORE_A_LOCK = 4  # of five wrong passwords in a row


def main(arguments: list[str]) -> int:
    """Measure and print one line of JSON."""
    rounds = int(arguments[0]) if arguments else 45
    access = json.loads((ROOT / ".run" / "access.json").read_text())
    administrator = access["logins"]["platform_admin"]
    taken: dict[str, list[float]] = {"existing": [], "unknown": []}
    with httpx.Client(base_url=f"{access['base_url']}/v1", timeout=30) as http:
        for n in range(rounds):
            if n % _BEFORE_A_LOCK == 0:
                _sign_in(http, administrator["account"], administrator["password"], 201)
            names = {"existing": administrator["account"], "unknown": f"nobody-{time.time_ns()}"}
            for kind in sorted(names, reverse=bool(n % 2)):
                taken[kind].append(_sign_in(http, names[kind], "wrong-password-1", 401))
    medians = {kind: statistics.median(times) for kind, times in taken.items()}
    report: dict[str, Any] = {f"{kind}_median_ms": round(1000 * median, 2) for kind, median in medians.items()}
    print(json.dumps({"rounds": rounds, **report, "ratio": round(medians["existing"] / medians["unknown"], 3)}))
    return 0


def _sign_in(http: httpx.Client, account: str, password: str, expected: int) -> float:
    captcha = http.post("/captchas", json={}).raise_for_status().json()["captcha_id"]
    body = {"account": account, "password": password, "captcha_id": captcha, "captcha_answer": "0000"}
    started = time.perf_counter()
    answer = http.post("/sessions", json=body)
    seconds = time.perf_counter() - started
    if answer.status_code != expected:
        raise SystemExit(f"expected {expected}, got {answer.status_code}: {answer.text}")
    return seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
