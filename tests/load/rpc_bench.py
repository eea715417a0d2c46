"""``./dev bench rpc [--json] [--rounds N] [--seconds S]``: what a request costs, compared in one run.

Three times the same: HTTP -> RPC over the broker -> echo -> HTTP, with 32 keep-alive connections.

    stock      Nameko's own HTTP entrypoint and RpcProxy
    platform   this gateway, and a service on the chassis
    bare       this gateway, and an echo service on nothing but pika (the ceiling)

Absolute numbers are those of the machine; the ratios are what is promised (platform/stock >= 2.3,
platform/bare >= 0.55 on two cores). So the three take turns, round after round, and the medians are compared. Broker
and database are scratch ones of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from deploy.local.layout import ROOT
from deploy.local.testing import test_servers
from services.chassis.testing.processes import eventually, free_port
from services.chassis.testing.units import ENVIRONMENT

CONNECTIONS = 32
BODY = '{"text": "zhiyuan"}'
VARIANTS = ("stock", "platform", "bare")
PATHS = {"stock": "/v1/stock", "platform": "/v1/bench", "bare": "/v1/bare"}
TARGETS = {"platform/stock": 2.3, "platform/bare": 0.55}

Figures = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Run it; 0 if every request was answered, whatever the ratios are."""
    parser = argparse.ArgumentParser(prog="dev bench rpc")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each variant in each round")
    options = parser.parse_args(arguments)
    with running() as ports:
        figures = compare(ports, options.rounds, options.seconds)
    print(json.dumps(figures) if options.json else table(figures))
    return 0 if all(figures[variant]["failures"] == 0 for variant in VARIANTS) else 1


@contextmanager
def running() -> Iterator[dict[str, int]]:
    """Everything started and answering; the HTTP port of each variant."""
    stock_port, gateway_port = free_port(), free_port()
    with ExitStack() as stack:
        servers = stack.enter_context(test_servers())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhiyuan-bench-")))
        environment = {
            **ENVIRONMENT,
            "ZHIYUAN_AMQP_URL": servers["ZHIYUAN_TEST_AMQP_URL"],
            "ZHIYUAN_DATABASE_URL": servers["ZHIYUAN_TEST_DATABASE_URL"],
            "ZHIYUAN_MAX_WORKERS": str(CONNECTIONS),
        }
        for module, extra in (
            (["tests.load.servers.stock", "service"], {"ZHIYUAN_HTTP_PORT": str(stock_port)}),
            (["tests.load.servers.stock", "http"], {"ZHIYUAN_HTTP_PORT": str(stock_port)}),
            (["services.chassis.runner", "tests.load.servers.bench"], {}),
            (["tests.load.servers.bare"], {}),
            (["tests.load.servers.gateway"], gateway_settings(gateway_port, folder)),
        ):
            stack.enter_context(_process(module, {**environment, **extra}))
        ports = {"stock": stock_port, "platform": gateway_port, "bare": gateway_port}
        for variant in VARIANTS:
            eventually(lambda variant=variant: answers(ports[variant], PATHS[variant]), message=f"{variant} is silent")
        yield ports


def gateway_settings(port: int, folder: Path) -> dict[str, str]:
    """What the gateway reads, beside what every process does."""
    key = OKPKey.generate_key("Ed25519", {"kid": "bench"})
    return {
        "ZHIYUAN_HTTP_PORT": str(port),
        "ZHIYUAN_UPLOAD_DIR": str(folder),
        "ZHIYUAN_TOKEN_PUBLIC_KEYS": json.dumps({"keys": [key.as_dict(private=False)]}),
        "ZHIYUAN_RATE_LIMIT": "100000000/minute",
    }


def answers(port: int, path: str) -> bool:
    """Whether the echo comes back."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", BODY.encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(json.loads(answer.read()) == json.loads(BODY))
    except (urllib.error.URLError, OSError):
        return False


def compare(ports: dict[str, int], rounds: int, seconds: float) -> Figures:
    """The medians over ``rounds``, each variant in its turn, after a round to warm up."""
    results: dict[str, list[dict[str, float]]] = {variant: [] for variant in VARIANTS}
    for number in range(rounds + 1):
        for variant in VARIANTS:
            measured = ask(ports[variant], PATHS[variant], 1.0 if number == 0 else seconds)
            if number > 0:
                results[variant].append(measured)
    figures: Figures = {variant: summary(results[variant]) for variant in VARIANTS}
    rate = {variant: figures[variant]["requests_per_second"] for variant in VARIANTS}
    return {
        "connections": CONNECTIONS,
        "cores": os.cpu_count(),
        "rounds": rounds,
        "seconds": seconds,
        **figures,
        "platform/stock": round(rate["platform"] / rate["stock"], 2),
        "platform/bare": round(rate["platform"] / rate["bare"], 2),
        "targets": TARGETS,
    }


def ask(port: int, path: str, seconds: float) -> dict[str, float]:
    """One measurement, by a client in a process of its own."""
    arguments = (str(port), path, BODY, str(CONNECTIONS), str(seconds))
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.client", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def summary(measured: list[dict[str, float]]) -> Figures:
    """Medians of one variant's rounds."""
    return {
        "requests_per_second": round(statistics.median(m["requests"] / m["seconds"] for m in measured)),
        "p50_ms": round(statistics.median(m["p50_ms"] for m in measured), 1),
        "p95_ms": round(statistics.median(m["p95_ms"] for m in measured), 1),
        "failures": int(sum(m["failures"] for m in measured)),
    }


def table(figures: Figures) -> str:
    """The figures for people."""
    lines = [
        f"{figures['connections']} connections, {figures['cores']} cores, "
        f"medians of {figures['rounds']} rounds of {figures['seconds']:g} s",
        "",
        f"{'':10}{'requests/s':>12}{'p50 ms':>10}{'p95 ms':>10}{'failures':>10}",
    ]
    for variant in VARIANTS:
        row = figures[variant]
        lines.append(
            f"{variant:10}{row['requests_per_second']:>12}{row['p50_ms']:>10}{row['p95_ms']:>10}{row['failures']:>10}"
        )
    lines.append("")
    for ratio, target in TARGETS.items():
        verdict = "reached" if figures[ratio] >= target else "missed"
        lines.append(f"{ratio:16}{figures[ratio]:>6}   target {target}: {verdict}")
    return "\n".join(lines)


@contextmanager
def _process(module: list[str], environment: dict[str, str]) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], env={**os.environ, **environment}, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            yield
        except BaseException:
            log.seek(0)
            sys.stderr.write(f"--- {' '.join(module)}\n{log.read().decode(errors='replace')[-2000:]}\n")
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
