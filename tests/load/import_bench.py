"""``./dev bench import [--rows N] [--json]``: a spreadsheet of invented volunteers, from the file to their accounts.

Each process does what it does on the platform, and its peak memory is what the kernel says of it:

    reader     gateway/import_reader.py reads the workbook, and waits for whoever takes its rows
    service    identity stages, checks and imports the rows, on a scratch database, in the batches of the platform

Once with a tenth of the rows, then with all: memory is flat if the ratio of the two peaks is near 1. The steps follow
each other in one process without a broker, so a rate is that of the work itself.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from joserfc.jwk import ECKey, OKPKey
from openpyxl import Workbook

from deploy.local.layout import ROOT
from deploy.local.testing import test_servers
from services.chassis.clock import FixedClock
from services.chassis.context import Caller, Role
from services.chassis.ids import new_id
from services.chassis.testing.databases import Templates
from services.chassis.testing.units import Units, test_key
from services.identity import commands
from services.identity.domain.certificates import check_character
from services.identity.schemas.imports import StageImportRows
from services.organization.events import OrganizationChanged

ROWS = 100_000
_HEADINGS = ("姓名", "证件类型", "证件号码", "手机号", "行政区划代码", "政治面貌", "特长")
_FIRST_BIRTHDAY = date(1950, 1, 1)
_NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def main(arguments: list[str]) -> int:
    """Run it; 0 if every row was imported."""
    parser = argparse.ArgumentParser(prog="dev bench import")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    parser.add_argument("--service", metavar="WORKBOOK", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.service is not None:
        print(json.dumps(serve(Path(options.service))))
        return 0
    with test_servers() as servers, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **servers}
        runs = [one_run(Path(folder), rows, environment) for rows in (options.rows // 10, options.rows)]
    print(json.dumps(runs) if options.json else table(runs))
    return 0 if all(run["imported"] == run["rows"] for run in runs) else 1


def one_run(folder: Path, rows: int, environment: dict[str, str]) -> dict[str, Any]:
    """The figures of one file."""
    path = folder / f"{rows}.xlsx"
    write_workbook(path, rows)
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.import_bench", "--service", str(path)],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {"rows": rows, "file_mb": path.stat().st_size / 1e6, **json.loads(done.stdout.splitlines()[-1])}


def write_workbook(path: Path, rows: int) -> None:
    """Invented people, each with a certificate of the right form and a phone of their own."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(_HEADINGS)
    for serial in range(rows):
        born = _FIRST_BIRTHDAY + timedelta(days=serial // 900)
        digits = f"440106{born:%Y%m%d}{serial % 900:03}"
        number = digits + check_character(digits)
        phone = f"138{serial:08}"
        sheet.append((f"志愿者{serial}", "居民身份证", number, phone, "440104", "共青团员", "医疗、翻译"))
    book.save(path)


def serve(path: Path) -> dict[str, Any]:
    """Identity's part, in a process of its own, with the reader as its child."""
    from services.identity.use_cases import imports
    from services.identity.use_cases.working_imports import work_on_one_batch

    figures: dict[str, Any] = {}
    with scratch_identity() as units:
        organization_id = new_id()
        reviewer = Caller(kind="administrator", account_id=new_id(), roles=(Role(organization_id, "reviewer"),))
        told = OrganizationChanged(
            organization_id=organization_id, name="越秀区义工联", kind="organization", region="440104",
            status="active", path=[organization_id],
        )  # fmt: skip
        with units(reviewer) as uow:
            uow.organizations.take_over(told, 1)
            start = commands.StartImport(
                organization_id=organization_id, kind="volunteers", sha256="0" * 64, import_id=None
            )
            import_id = imports.start_import(start, uow).id

        started, staging, rows = time.perf_counter(), 0.0, 0
        with reader(path) as (process, said):
            for line in said:
                figures["reader_mb"] = max(figures.get("reader_mb", 0.0), peak_mb(process.pid))
                if "rows" not in line:
                    continue
                rows += len(line["rows"])
                before = time.perf_counter()
                batch = StageImportRows().parse({"import_id": import_id, "rows": line["rows"]})
                with units(reviewer) as uow:
                    imports.stage_rows(batch, uow)
                staging += time.perf_counter() - before
        figures["reading"] = rows / (time.perf_counter() - started - staging)
        figures["staging"] = rows / staging
        with units(reviewer) as uow:
            imports.finish_staging(commands.FinishStaging(import_id=import_id, rows=rows), uow)
        figures["checking"] = rows / _seconds_of_work(units, work_on_one_batch)
        with units(reviewer) as uow:
            imports.execute_import(commands.ExecuteImport(import_id=import_id, only_good=False), uow)
        figures["importing"] = rows / _seconds_of_work(units, work_on_one_batch)
        with units(reviewer) as uow:
            figures["imported"] = imports.get_import(commands.ImportById(import_id=import_id), uow).imported
    for name, who in (("reader", resource.RUSAGE_CHILDREN), ("service", resource.RUSAGE_SELF)):
        used = resource.getrusage(who)
        figures[f"{name}_cpu"] = used.ru_utime + used.ru_stime
    figures["service_mb"] = peak_mb(os.getpid())
    return figures


def peak_mb(pid: int) -> float:
    """The most memory that a process had. Not ``ru_maxrss``, in which a child begins with its parent's."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _no_organization(method: str, request: dict[str, Any]) -> Any:
    raise AssertionError("volunteers are imported without asking organization")


def _seconds_of_work(units: Units, work: Any) -> float:
    started = time.perf_counter()
    own = units.factory(Caller(kind="service", account_id="identity"))
    while work(own, _no_organization):
        pass
    return time.perf_counter() - started


@contextmanager
def reader(path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Iterator[dict[str, Any]]]]:
    """What the gateway's reader says of a workbook."""
    with path.open("rb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.import_reader", "volunteers", "xlsx", "1000000", "1000000000"],
            cwd=ROOT, stdin=file, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        yield process, (orjson.loads(line) for line in process.stdout)
        process.wait()


@contextmanager
def scratch_identity() -> Iterator[Units]:
    """Identity on a fresh database, with a clock that stands still."""
    from services.identity.repository import UNIT_OF_WORK
    from services.identity.settings import SETTINGS

    token_key = OKPKey.generate_key("Ed25519", {"kid": "bench", "use": "sig"})
    bank_key = ECKey.generate_key("P-256", {"kid": "bench", "use": "enc"})
    environment = {
        "ZHIYUAN_FIELD_KEYS": test_key("f"),
        "ZHIYUAN_BLIND_INDEX_KEY": test_key("b").partition(":")[2],
        "ZHIYUAN_MESSAGE_KEYS": test_key("m"),
        "ZHIYUAN_TOKEN_PRIVATE_KEY": json.dumps(token_key.as_dict(private=True)),
        "ZHIYUAN_PARTNER_PUBLIC_KEYS": json.dumps({"boc": bank_key.as_dict(private=False)}),
    }
    templates = Templates(os.environ["ZHIYUAN_TEST_DATABASE_URL"])
    with templates.clone(templates.of_service("identity")) as url:
        units = Units("identity", UNIT_OF_WORK, SETTINGS, url, FixedClock(_NOW), environment)
        yield units
        units.close()


def table(runs: list[dict[str, Any]]) -> str:
    """The figures for people."""
    small, large = runs
    lines = [f"{'rows':>22} {small['rows']:>12,} {large['rows']:>12,}"]
    for step in ("reading", "staging", "checking", "importing"):
        lines.append(f"{step + ', rows/s':>22} {small[step]:>12,.0f} {large[step]:>12,.0f}")
    for process in ("reader", "service"):
        peaks = small[f"{process}_mb"], large[f"{process}_mb"]
        ratio = peaks[1] / peaks[0]
        lines.append(f"{process + ', CPU s':>22} {small[f'{process}_cpu']:>12,.0f} {large[f'{process}_cpu']:>12,.0f}")
        lines.append(f"{process + ', peak MB':>22} {peaks[0]:>12,.0f} {peaks[1]:>12,.0f}   ratio {ratio:.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
