"""The gateway, the broker, and what happens when one of them or a service is away."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from services.chassis.ids import new_id
from services.chassis.testing.processes import eventually
from tests.service.gateway.conftest import House


@pytest.fixture
def whole(house: House) -> Iterator[House]:
    """The house with everything in place, before and after the test."""
    assert house.get("/readyz").status_code == 200
    yield house
    if not house.service.running:
        house.service.start()
    house.service.wait_until_ready()
    if house.get("/readyz").status_code != 200:
        house.wire.mend()
    eventually(lambda: house.get("/readyz").status_code == 200)


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def test_a_request_goes_all_the_way_and_back(whole: House) -> None:
    written = whole.http.post("/v1/notes", json={"text": "hello"})
    assert written.status_code == 201
    read = whole.get(f"/v1/notes/{written.json()['note_id']}")
    assert (read.status_code, read.json()["text"]) == (200, "hello")


def test_the_services_refusals_come_back_with_their_code(whole: House) -> None:
    assert problem(whole.get(f"/v1/notes/{new_id()}")) == (404, "not_found")
    assert problem(whole.get("/v1/nothing")) == (404, "not_found")


def test_a_repeated_key_is_answered_from_memory(whole: House) -> None:
    headers = {"Idempotency-Key": new_id()}
    first, again = (whole.http.post("/v1/notes", json={"text": "once"}, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = whole.http.post("/v1/notes", json={"text": "twice"}, headers=headers)
    assert problem(other) == (422, "idempotency_key_reused")


def test_a_service_that_was_never_there_is_503_at_once(whole: House) -> None:
    assert problem(whole.get("/v1/nowhere")) == (503, "unavailable")  # had it waited, it would be 504


def test_an_answer_after_the_deadline_is_504(whole: House) -> None:
    started = time.monotonic()
    assert problem(whole.get("/v1/wait?tenths=30")) == (504, "deadline_exceeded")
    assert time.monotonic() - started > 0.9


def test_a_dead_service_is_504_within_the_deadline_and_a_restarted_one_does_not_do_what_is_stale(whole: House) -> None:
    whole.service.kill()
    assert problem(whole.get("/v1/wait?tenths=0")) == (504, "deadline_exceeded")
    whole.service.start()
    whole.service.wait_until_ready()
    assert whole.service.metric("zhiyuan_rpc_server_seconds_count", method="wait") == 0
    assert whole.get("/v1/wait?tenths=0").status_code == 204


def test_a_cut_connection_fails_what_is_under_way_at_once_and_heals_by_itself(whole: House) -> None:
    answers: list[tuple[int, str]] = []
    waiting = threading.Thread(target=lambda: answers.append(problem(whole.get("/v1/patience?tenths=100"))))
    waiting.start()
    eventually(lambda: whole.gateway.metric("zhiyuan_gateway_rpc_pending") == 1)
    whole.wire.cut()
    waiting.join(8)  # it would have taken ten seconds
    assert answers == [(503, "unavailable")]

    eventually(lambda: whole.get("/readyz").status_code == 503)
    for _ in range(5):
        answer = whole.get("/v1/wait?tenths=0")
        assert problem(answer) == (503, "unavailable")
        assert answer.headers["retry-after"] == "1"
    assert whole.get("/livez").status_code == 200
    eventually(lambda: whole.gateway.metric("zhiyuan_gateway_broker_connected") == 0)

    whole.wire.mend()
    eventually(lambda: whole.get("/v1/wait?tenths=0").status_code == 204, seconds=10)
    eventually(lambda: whole.gateway.metric("zhiyuan_gateway_broker_connected") == 1)
    eventually(lambda: whole.gateway.metric("zhiyuan_gateway_rpc_pending") == 0)


def test_many_requests_at_once_get_each_their_own_answer(whole: House) -> None:
    written = [whole.http.post("/v1/notes", json={"text": f"note {n}"}) for n in range(40)]
    assert {answer.status_code for answer in written} == {201}, [answer.text for answer in written]
    ids = [answer.json()["note_id"] for answer in written]
    answers: dict[str, str] = {}

    def read(note_id: str) -> None:
        answers[note_id] = whole.get(f"/v1/notes/{note_id}").json()["text"]

    threads = [threading.Thread(target=read, args=(note_id,)) for note_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {note_id: f"note {n}" for n, note_id in enumerate(ids)}


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /v1/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
        b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"nonsense\r\n\r\n",
        b"GET /v1/notes/%00%ff%2e%2e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/wait?%ff=%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_bytes_that_are_no_good_http_are_refused_and_harm_nobody(whole: House, request_bytes: bytes) -> None:
    address = (whole.http.base_url.host, whole.http.base_url.port)
    with socket.create_connection(address, timeout=5) as raw:
        raw.sendall(request_bytes)
        assert raw.recv(12).startswith(b"HTTP/1.1 4")
    assert whole.get("/livez").status_code == 200


def test_five_megabytes_are_refused_without_being_read(whole: House) -> None:
    answer = whole.http.post("/v1/notes", content=b"x" * 5_000_000, headers={"Content-Type": "application/json"})
    assert problem(answer) == (413, "too_large")


def test_the_ops_port_shows_health_and_figures(whole: House) -> None:
    whole.get("/v1/wait?tenths=0")
    assert whole.gateway.ops("/livez")[0] == whole.gateway.ops("/readyz")[0] == 200
    eventually(lambda: whole.gateway.metric("zhiyuan_http_request_seconds_count", route="GET /wait", status="2xx") >= 1)
    eventually(
        lambda: whole.gateway.metric("zhiyuan_gateway_rpc_seconds_count", target="sample.wait", outcome="ok") >= 1
    )


def test_a_stop_lets_the_requests_under_way_end(whole: House) -> None:
    statuses: list[int] = []
    url = f"{whole.http.base_url}/v1/patience?tenths=10"
    slow = threading.Thread(target=lambda: statuses.append(httpx.get(url).status_code))
    slow.start()
    eventually(lambda: whole.gateway.metric("zhiyuan_gateway_rpc_pending") == 1)
    assert whole.gateway.stop(signal.SIGTERM) == 0
    slow.join(5)
    assert statuses == [204]
    whole.gateway.start()
    whole.gateway.wait_until_ready()


def test_a_gateway_that_starts_before_the_broker_waits_for_it(whole: House) -> None:
    whole.gateway.stop()
    whole.wire.cut()
    whole.gateway.start()
    eventually(lambda: whole.gateway.ops("/livez")[0] == 200)
    assert whole.gateway.ops("/readyz")[0] == 503
    whole.wire.mend()
    whole.gateway.wait_until_ready()
    assert whole.get("/v1/wait?tenths=0").status_code == 204


def test_bad_settings_are_all_named_at_once(whole: House) -> None:
    broken = type(whole.gateway)(
        "gateway", environment={"ZHIYUAN_AMQP_URL": "", "ZHIYUAN_TOKEN_PUBLIC_KEYS": "x", "ZHIYUAN_CONTEXT_KEYS": "x"}
    )
    broken.start()
    eventually(lambda: not broken.running)
    assert broken.stop() == 2
    said = broken.log()
    assert all(name in said for name in ("ZHIYUAN_AMQP_URL", "ZHIYUAN_TOKEN_PUBLIC_KEYS", "ZHIYUAN_CONTEXT_KEYS"))
    assert "Traceback" not in said
