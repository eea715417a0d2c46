"""The commands of ``./dev``.

up [--fresh]            start the platform and wait until it is ready
down [--wipe]           stop it; --wipe removes its data
status                  what runs
restart PROCESS...      stop some processes and start them again, with the code as it is now
demo [NOTICE.TXT]       walk the notice's whole journey against the running platform
test [PYTEST ARGS]      lint, types, contracts and all tests, with a broker and a database of their own
lint                    ruff, mypy and the import contracts
bench rpc [--json]      requests per second: stock Nameko, this platform, a bare service
bench import [--rows N] [--json]      a spreadsheet of 100,000 volunteers: rows per second, peak memory
bench scans [--volunteers N] [--clients N] [--json]     everybody signs in to one activity, each request twice
bench enroll [--volunteers N] [--places N] [--shifts N] [--clients N] [--json]      a crowd after few places, at once
bench messages [--invitations N] [--down SECONDS] [--json]    invitations to a crowd, codes meanwhile, a provider down
bench cards [--applications N] [--json]     a day of card applications, the banks' programs killed all the while
bench login-timing [N]  how long sign-ins of an existing and of unknown names are refused, on the running platform
bench scale [searches] [--explain]  how long sign-in, inboxes, trees and supervision, or searches, look for their rows
load-scale [--organizations N] [--volunteers N] [--activities N]  fill a development platform with a province on file
logs [PROCESS] [-f]     what a process has logged
psql SERVICE            a shell on a service's database
republish SERVICE [AGGREGATE]      tell a service's state again, for the copies that others keep
keys status|rotate|drop [RING...]  the keys of encrypted columns: count rows by key, change keys, forget old ones
audit verify [SERVICE...]          is every row of the audit logs as it was written, and where
supervision recount [--repair]     count supervision's counters from scratch, and compare
parked list|show|replay [SERVICE] [MESSAGE]     messages that could not be handled
docs                    render the documents that are generated from the code
secrets                 make, once, what `docker compose up` needs: .env and the broker's definitions
lock [--upgrade]        pin what requirements/*.in ask for: versions and hashes, no download addresses
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local import keys, locks
from deploy.local.layout import ROOT
from deploy.local.packages import Missing
from deploy.local.platform import NotReady, Platform
from deploy.local.postgres import DatabaseProblem
from deploy.local.preparation import NotPrepared
from deploy.local.testing import run_everything, run_tests
from deploy.local.topology import SERVICES

RUN = ROOT / ".run"


def main(arguments: list[str]) -> int:
    """Run one command; answers the exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__.strip() if __doc__ else "", file=sys.stderr)
        return 0 if arguments in (["help"], ["--help"], ["-h"]) else 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except (Missing, NotReady, NotPrepared, DatabaseProblem, locks.LockProblem) as problem:
        print(f"dev: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _end(number: int, _frame: object) -> None:
    """A signal ends a command as an exception does, so that what a test run has started is stopped with it."""
    sys.exit(128 + number)


def up(arguments: list[str]) -> int:
    """Start everything."""
    platform = Platform(RUN)
    if "--fresh" in arguments:
        platform.down()
        platform.wipe()
    started = time.monotonic()
    platform.up()
    access = platform.access()
    admin = access["logins"]["platform_admin"]
    print(f"ready in {time.monotonic() - started:.1f} s")
    print(f"  API             {access['base_url']}/v1")
    print(f"  documentation   {access['base_url']}/docs")
    print(f"  administrator   {admin['account']} / {admin['password']}   (captcha answer: 0000)")
    print(f"  what was sent   {access['simulators']}   (by the simulated providers)")
    print("  everything else .run/access.json;  next: ./dev demo")
    return 0


def down(arguments: list[str]) -> int:
    """Stop everything."""
    platform = Platform(RUN)
    platform.down()
    if "--wipe" in arguments:
        platform.wipe()
    return 0


def status(_arguments: list[str]) -> int:
    """What runs."""
    platform = _running()
    for process in platform.supervisor.processes():
        print(f"{process['name']:20} {process['statename']:10} {process['description']}")
    return 0


def restart(arguments: list[str]) -> int:
    """Start some processes anew."""
    platform = _running()
    for name in arguments:
        try:
            platform.supervisor.restart_process(name)
        except KeyError:
            raise NotReady(f"there is no process {name!r}; see ./dev status") from None
    platform.wait_until_ready()
    return 0


def logs(arguments: list[str]) -> int:
    """Show a log, or all of them."""
    platform = Platform(RUN)
    follow = "-f" in arguments
    names = [name for name in arguments if name != "-f"]
    files = [str(platform.layout.logs / f"{name}.log") for name in names] or sorted(
        str(file) for file in platform.layout.logs.glob("*.log")
    )
    os.execvp("tail", ["tail", "-n", "200" if names else "20", *(["-F"] if follow else []), *files])


def psql(arguments: list[str]) -> int:
    """A shell on a service's database."""
    platform = _running()
    (service, *rest) = arguments or ["identity"]
    environment = platform.job_environment(service)
    os.execvpe("psql", ["psql", environment["ZHIYUAN_DATABASE_URL"], *rest], environment)


def republish(arguments: list[str]) -> int:
    """Tell a service's state again."""
    if not arguments:
        print("dev: republish SERVICE [AGGREGATE]", file=sys.stderr)
        return 2
    return _job(arguments[0], "services.chassis.republish", arguments)


def supervision(arguments: list[str]) -> int:
    """Count supervision's counters from scratch."""
    if arguments[:1] != ["recount"]:
        print("dev: supervision recount [--repair]", file=sys.stderr)
        return 2
    return _job("organization", "services.organization.recount", arguments[1:])


def parked(arguments: list[str]) -> int:
    """Look at parked messages."""
    return _job("identity", "services.chassis.parking", arguments)


def change_keys(arguments: list[str]) -> int:
    """Count rows by key, bring every row under a new key, or forget the old keys."""
    action, rings = (arguments or [""])[0], arguments[1:] or list(keys.RINGS)
    if action not in {"status", "rotate", "drop"} or not set(rings) <= set(keys.RINGS):
        print(f"dev: keys status|rotate|drop [{'|'.join(keys.RINGS)}]...", file=sys.stderr)
        return 2
    platform = _running()
    if action == "status":
        for ring in rings:
            print(f"{ring}: {', '.join(keys.kid_of(part) for part in keys.parts_of(platform.layout, ring))}")
        return _rewrite_rows(platform, rings, "status")
    if action == "rotate":
        for ring in rings:
            print(f"{ring}: the new key is {keys.add(platform.layout, ring)}")
        platform.apply_settings()  # known to all …
        for ring in rings:
            keys.promote(platform.layout, ring)
        platform.apply_settings()  # … before it is used
        return _rewrite_rows(platform, rings)
    return _drop_keys(platform, rings)


def _drop_keys(platform: Platform, rings: list[str]) -> int:
    """Forget the old keys, unless a row or a recent event still needs one."""
    if _rewrite_rows(platform, rings) != 0:
        print("dev: rows still stand under an old key; it stays", file=sys.stderr)
        return 1
    old = {ring: keys.old_ones(platform.layout, ring) for ring in rings}
    needed = [
        _job(service, "services.chassis.sealed_events", [service, *old[ring]])
        for ring in rings
        if old[ring]
        for service in platform.services_with(ring)
    ]
    if any(needed):
        print("dev: events still need an old key; no key was dropped (docs/runbooks/keys.md)", file=sys.stderr)
        return 1
    for ring in rings:
        print(f"{ring}: forgot {', '.join(keys.drop(platform.layout, ring)) or 'nothing'}")
    platform.apply_settings()
    return 0


def _rewrite_rows(platform: Platform, rings: list[str], *how: str) -> int:
    services = sorted({service for ring in rings for service in platform.services_with(ring)})
    return max(_job(service, "services.chassis.rotation", [service, *how]) for service in services)


def audit(arguments: list[str]) -> int:
    """Verify the audit logs; 1 if one is not whole."""
    if arguments[:1] != ["verify"]:
        print("dev: audit verify [SERVICE...]", file=sys.stderr)
        return 2
    anchors = str(_running().layout.run / "audit-anchors.json")
    services = arguments[1:] or list(SERVICES)
    return max(_job(service, "services.chassis.audit_verifying", [service, anchors]) for service in services)


def demo(arguments: list[str]) -> int:
    """Walk the journey."""
    _running()
    return _python("demo", [a if a.startswith("-") else str(Path(a).resolve()) for a in arguments])


def bench(arguments: list[str]) -> int:
    """Requests per second, a hundred thousand rows imported, crowds at once, refused sign-ins, a million rows."""
    modules = {name: f"tests.load.{name}_bench" for name in ("rpc", "import", "scans", "enroll", "messages", "cards")}
    modules |= {"login-timing": "tests.load.login_timing", "scale": "deploy.scale.bench"}
    if not arguments or arguments[0] not in modules:
        print(
            "dev: bench rpc [--json], bench import [--rows N] [--json], bench login-timing [N],"
            " bench scans [--volunteers N] [--json], bench enroll [--volunteers N] [--json],"
            " bench messages [--invitations N] [--down SECONDS] [--json], bench cards [--applications N] [--json],"
            " bench scale [searches] [--explain]",
            file=sys.stderr,
        )
        return 2
    if arguments[0] in ("login-timing", "scale"):
        _running()
    return _python(modules[arguments[0]], arguments[1:])


def load_scale(arguments: list[str]) -> int:
    """A province on file."""
    _running()
    return _python("deploy.scale.load", arguments)


def docs(arguments: list[str]) -> int:
    """Render generated documents."""
    return _python("services.chassis.docs", arguments)


def secrets(_arguments: list[str]) -> int:
    """Secrets for docker compose."""
    return _python("deploy.compose.make_secrets", [])


def lock(arguments: list[str]) -> int:
    """Write requirements/*.txt."""
    locks.write(upgrade="--upgrade" in arguments)
    return 0


def lint(_arguments: list[str]) -> int:
    """Style, types and the import contracts; all of them run, even if the first one fails."""
    tools = Path(sys.executable).parent
    checks = (
        [str(tools / "ruff"), "check", "."],
        [str(tools / "ruff"), "format", "--check", "."],
        [str(tools / "mypy")],
        [str(tools / "lint-imports")],
    )
    failed = 0
    for check in checks:
        print(f"--- {Path(check[0]).name} {' '.join(check[1:])}", flush=True)
        failed |= subprocess.run(check, cwd=ROOT).returncode
    return 1 if failed else 0


def test(arguments: list[str]) -> int:
    """Lint and every test; with arguments, only what pytest is told."""
    return run_tests(arguments) if arguments else run_everything()


def _running() -> Platform:
    platform = Platform(RUN)
    if not platform.supervisor.alive:
        raise NotReady("nothing is running; start it with ./dev up")
    return platform


def _job(service: str, module: str, arguments: list[str]) -> int:
    environment = _running().job_environment(service)
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment, cwd=ROOT).returncode


def _python(module: str, arguments: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT).returncode


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "up": up,
    "down": down,
    "status": status,
    "restart": restart,
    "demo": demo,
    "test": test,
    "lint": lint,
    "bench": bench,
    "load-scale": load_scale,
    "logs": logs,
    "psql": psql,
    "republish": republish,
    "keys": change_keys,
    "audit": audit,
    "supervision": supervision,
    "parked": parked,
    "docs": docs,
    "secrets": secrets,
    "lock": lock,
}
