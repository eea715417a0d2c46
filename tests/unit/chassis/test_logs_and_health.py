"""What a process says about itself: logs without personal data, and whether it is alive, ready and well."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
import structlog

from services.chassis import logs, metrics
from services.chassis.health import Check, ops_app


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process writes, after logging was configured for it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    logs.configure("identity", "info")
    yield sys.stderr  # type: ignore[misc]  # the one from above
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def last_line(written: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(written.getvalue().splitlines()[-1])
    return line


def test_a_line_says_which_process_and_module_and_what_happened(written: io.StringIO) -> None:
    logs.get_logger("a.module").info("something_happened", count=3)

    line = last_line(written)
    assert line["process"] == "identity"
    assert line["module"] == "a.module"
    assert line["event"] == "something_happened"
    assert line["count"] == 3


@pytest.mark.parametrize("field", sorted(logs.PERSONAL_FIELDS))
def test_personal_data_does_not_get_into_a_line(field: str, written: io.StringIO) -> None:
    logs.get_logger("a.module").info("somebody_erred", **{field: "13800000000"})

    assert last_line(written)[field] == "[withheld]"


def test_lines_of_other_libraries_have_the_same_form(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("trouble with %s", "something")

    assert last_line(written)["event"] == "trouble with something"


def ask(path: str, checks: Mapping[str, Check]) -> tuple[str, Any]:
    environ: dict[str, Any] = {"PATH_INFO": path}
    setup_testing_defaults(environ)
    environ["PATH_INFO"] = path
    statuses: list[str] = []

    def start_response(status: str, _headers: list[tuple[str, str]]) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _: None

    body = b"".join(ops_app(checks)(environ, start_response))
    return statuses[0], body.decode()


def broken() -> str | None:
    raise ConnectionError("nobody there")


def test_a_process_is_ready_when_every_check_is_content() -> None:
    status, _ = ask("/readyz", {"database": lambda: None, "consumers": lambda: None})
    assert status == "200 OK"


@pytest.mark.parametrize(
    ("check", "words"), [(lambda: "no consumer on q", "no consumer on q"), (broken, "nobody there")]
)
def test_a_process_that_is_not_ready_says_why(check: Check, words: str) -> None:
    status, body = ask("/readyz", {"database": lambda: None, "consumers": check})

    assert status.startswith("503")
    assert list(json.loads(body)["faults"]) == ["consumers"]
    assert words in body


def test_a_process_that_is_not_ready_is_still_alive() -> None:
    assert ask("/livez", {"database": broken})[0] == "200 OK"


def test_the_metrics_page_shows_what_the_process_measures() -> None:
    metrics.WORKERS_BUSY.set(0)

    assert "zhiyuan_workers_busy 0.0" in ask("/metrics", {})[1]


def test_there_is_nothing_else_on_the_ops_port() -> None:
    assert ask("/etc/passwd", {})[0].startswith("404")
