"""Every real-name verifier keeps one contract: an outcome, or VerifierAway, within the patience of who asks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from services.identity.domain.certificates import Certificate, CertType
from services.identity.verifier import (
    HttpVerifier,
    NoVerifier,
    Outcome,
    SimulatedVerifier,
    Verifier,
    VerifierAway,
    signature,
)
from tests.service.identity.conftest import resident_id

SECRET = b"an invented secret"
CERTIFICATE = Certificate(CertType.RESIDENT_ID, resident_id(1), date(1995, 3, 7))
SHORT, LONG = 0.3, 10.0


class Bureau(ThreadingHTTPServer):
    """An authority as the HTTP verifier meets it: refuses what is not signed, and is as slow as the name says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[dict[str, Any]] = []
        self.status, self.body = 200, b""
        self.closing = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/check"


class _Answers(BaseHTTPRequestHandler):
    server: Bureau

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        timestamp = self.headers["X-Timestamp"]
        right = self.headers["X-Signature"] == signature(SECRET, timestamp, body)
        question = json.loads(body)
        self.server.asked.append({**question, "application": self.headers["X-Application"], "timestamp": timestamp})
        if "停机" in question["name"]:
            self.send_error(503)
            return
        if "迟复" in question["name"]:
            self.server.closing.wait(SHORT * 2)
        result = "mismatched" if "不符" in question["name"] else "matched"
        answer = self.server.body or json.dumps({"result": result}).encode()
        self.send_response(self.server.status if right else 401)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def bureau() -> Iterator[Bureau]:
    server = Bureau()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def http(bureau: Bureau) -> HttpVerifier:
    return HttpVerifier(bureau.url, "zhiyuan", SECRET)


@pytest.fixture(params=["http", "simulator", "none"])
def verifier(request: pytest.FixtureRequest) -> Verifier:
    if request.param == "http":
        http: HttpVerifier = request.getfixturevalue("http")
        return http
    return SimulatedVerifier(wait=lambda _: None) if request.param == "simulator" else NoVerifier()


def answer(verifier: Verifier, name: str, patience: float = LONG) -> Outcome | None:
    try:
        return verifier.check(name, CERTIFICATE, patience)
    except VerifierAway:
        return None


class TestEveryVerifier:
    """What registration builds on. Who asks nobody says ``not_checked`` to everything, and is never away."""

    @pytest.mark.parametrize(
        ("name", "patience", "expected"),
        [
            ("林木棉", LONG, Outcome.MATCHED),
            ("林不符", LONG, Outcome.MISMATCHED),
            ("林迟复", LONG, Outcome.MATCHED),
            ("林迟复不符", LONG, Outcome.MISMATCHED),
            ("林迟复", SHORT, None),
            ("林停机", LONG, None),
        ],
    )
    def test_an_outcome_comes_in_time_or_the_verifier_counts_as_away(
        self, verifier: Verifier, name: str, patience: float, expected: Outcome | None
    ) -> None:
        if isinstance(verifier, NoVerifier):
            expected = Outcome.NOT_CHECKED
        assert answer(verifier, name, patience) is expected

    def test_being_away_is_told_without_naming_the_person(self, verifier: Verifier) -> None:
        said = ""
        try:
            verifier.check("林停机", CERTIFICATE, LONG)
        except VerifierAway as away:
            said = str(away)
        assert not any(secret in said for secret in (CERTIFICATE.number, "林停机"))

    def test_asking_twice_gives_the_same_answer(self, verifier: Verifier) -> None:
        assert answer(verifier, "林木棉") is answer(verifier, "林木棉")


def test_a_question_is_signed_and_dated(bureau: Bureau, http: HttpVerifier) -> None:
    assert answer(http, "林木棉") is Outcome.MATCHED
    (asked,) = bureau.asked
    assert (asked["name"], asked["cert_no"], asked["application"]) == ("林木棉", CERTIFICATE.number, "zhiyuan")
    assert abs(time.time() - int(asked["timestamp"])) < 60
    assert answer(HttpVerifier(bureau.url, "zhiyuan", b"another secret"), "林木棉") is None


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"result": "perhaps"}', b'{"result": null}', b'"matched"'])
def test_an_answer_that_cannot_be_read_is_none(bureau: Bureau, http: HttpVerifier, body: bytes) -> None:
    bureau.body = body
    assert answer(http, "林木棉") is None


def test_a_certificate_without_records_is_left_to_the_reviewer(bureau: Bureau, http: HttpVerifier) -> None:
    bureau.body = b'{"result": "unknown"}'
    assert answer(http, "林木棉") is Outcome.NOT_CHECKED


def test_a_redirect_is_not_followed_with_a_certificate_number(bureau: Bureau, http: HttpVerifier) -> None:
    bureau.status = 307
    assert answer(http, "林木棉") is None
    assert len(bureau.asked) == 1


def test_nobody_listening_is_away() -> None:
    assert answer(HttpVerifier("http://127.0.0.1:1/check", "zhiyuan", SECRET), "林木棉") is None
