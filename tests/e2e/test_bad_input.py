"""Whatever a client sends, to whichever route, as whomever: a problem document with a request id, and never a 5xx.

The routes are read from the running platform's own ``/openapi.json``, so a new one is tested the day it is added.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import httpx
import pytest

from demo.client import Client
from demo.figures import Figures
from demo.world import Organization, World
from deploy.local.platform import Platform
from gateway.routes import ALL_ROUTES
from tests.e2e.bodies import Body, hostile_bodies, properties_of
from tests.live import active_volunteers, team

PROBLEM_MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}
# the very bytes count, so any body is read
RAW_BODIES = frozenset(f"/v1{route.path}" for route in ALL_ROUTES if route.raw_body)
BODIED = frozenset({"POST", "PUT", "PATCH"})
HEAVY = 100_000  # bytes
UPLOADS = "/v1/uploads"
FORMS = (UPLOADS, "/v1/organizations/{organization_id}/imports")


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    method: str
    path: str  # with placeholders
    who: str
    properties: tuple[str, ...]

    def with_parameter(self, value: str) -> str:
        """With ``value`` in the place of every id."""
        chosen = self.path.replace("{kind}", "memberships").replace("{indicator}", "card_holders")
        return re.sub(r"\{[^}]*\}", value, chosen)

    def addresses(self, organization_id: str) -> set[str]:
        """With ids that belong to nothing, and with those of an organization that is there."""
        own = replace(self, path=self.path.replace("{organization_id}", organization_id))
        nothing = str(uuid.uuid4())
        return {self.with_parameter(nothing), own.with_parameter(nothing)}


@pytest.fixture(scope="module")
def http(platform: Platform) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=platform.base_url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def operations(http: httpx.Client) -> list[Operation]:
    document = http.get("/openapi.json").json()
    return [
        Operation(method.upper(), path, operation["x-who"], tuple(properties_of(document, operation)))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


@pytest.fixture(scope="module")
def organization(world: World) -> Organization:
    return team(world, "输入测试志愿服务队")


@pytest.fixture(scope="module")
def callers(world: World, organization: Organization) -> dict[str, Client | None]:
    """One of each kind; None is nobody."""
    (volunteer,) = active_volunteers(world, organization, 1)
    return {
        "volunteer": volunteer.client,
        "administrator": organization.owner,
        "platform": world.platform,
        "nobody": None,
    }


def headers_of(caller: Client | None) -> dict[str, str]:
    if caller is None:
        return {}
    caller.get("/me")  # a token that has run out is refreshed
    return {"Authorization": f"Bearer {caller.access_token()}"}


def fault_of(answer: httpx.Response, expected: frozenset[int] | None = None) -> str | None:
    """What is wrong with an answer; None if nothing is."""
    request_id = answer.headers.get("x-request-id")
    if not request_id:
        return f"{answer.status_code} without a request id"
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:300]}"
    if expected is not None and answer.status_code not in expected:
        return f"{answer.status_code}, expected one of {sorted(expected)}: {answer.text[:300]}"
    if answer.status_code < 400:
        return None
    if answer.headers.get("content-type") != "application/problem+json":
        return f"{answer.status_code} as {answer.headers.get('content-type')}"
    problem = answer.json()
    if not problem.keys() >= PROBLEM_MEMBERS or problem["request_id"] != request_id:
        return f"{answer.status_code} with {sorted(problem)}"
    return None


def send_all(http: httpx.Client, requests: list[tuple[str, httpx.Request, frozenset[int] | None]]) -> list[str]:
    """Send many at a time; the faults, each with the request that showed it."""

    def send(item: tuple[str, httpx.Request, frozenset[int] | None]) -> str | None:
        what, request, expected = item
        fault = fault_of(_answered(http, request), expected)
        return fault and f"{request.method} {request.url.raw_path.decode()}, {what}: {fault}"

    with ThreadPoolExecutor(8) as pool:
        return [fault for fault in pool.map(send, requests) if fault is not None]


def _answered(http: httpx.Client, request: httpx.Request) -> httpx.Response:
    """The whole answer, or the head of one that has no end."""
    answer = http.send(request, stream=True)
    try:
        if answer.headers.get("content-type", "").partition(";")[0] != "text/event-stream":
            answer.read()
    finally:
        answer.close()
    return answer


@pytest.mark.parametrize("who", ["nobody", "volunteer", "administrator", "platform"])
def test_a_hostile_body_is_refused_wherever_it_is_sent(
    who: str,
    http: httpx.Client,
    operations: list[Operation],
    organization: Organization,
    callers: dict[str, Client | None],
) -> None:
    headers = headers_of(callers[who])
    requests = [
        (f"as {who}, {body.what}", _request(http, operation, body, headers, address), _expected(operation, who, body))
        for operation in operations
        for body, address in _sent(operation, who, organization.id)
    ]
    assert len(requests) > 500
    assert send_all(http, requests) == []


def _sent(operation: Operation, who: str, organization_id: str) -> Iterator[tuple[Body, str]]:
    """Where a body is read, all of them to every address, the heavy ones to one; elsewhere three show it is not."""
    bodies = hostile_bodies(list(operation.properties))
    read = operation.method in BODIED and _may(operation, who)
    for body in bodies if read else islice(bodies, 3):
        addresses = sorted(operation.addresses(organization_id))
        yield from ((body, address) for address in (addresses[:1] if len(body.content) > HEAVY else addresses))


def _may(operation: Operation, who: str) -> bool:
    return operation.who in ({"public", "partner"} if who == "nobody" else {"public", "signed_in", who})


def _request(
    http: httpx.Client, operation: Operation, body: Body, headers: dict[str, str], address: str
) -> httpx.Request:
    # a DELETE that is understood takes effect: whatever the body, the query makes it one that is not
    query = {"no_such_parameter": "1"} if operation.method in {"GET", "DELETE"} else None
    sent = {**headers, "Content-Type": body.content_type}
    return http.build_request(operation.method, address, params=query, content=body.content, headers=sent)


def _expected(operation: Operation, who: str, body: Body) -> frozenset[int] | None:
    if operation.who == "signed_in" and who == "nobody":
        return frozenset({401})
    if operation.method not in BODIED or operation.path in {*RAW_BODIES, *FORMS} or not _may(operation, who):
        return None
    return body.expected


def test_hostile_addresses_queries_and_headers_are_refused_too(
    http: httpx.Client, operations: list[Operation], callers: dict[str, Client | None]
) -> None:
    base, requests = str(http.base_url).rstrip("/"), []
    for who, caller in callers.items():
        headers = headers_of(caller)
        for operation in operations:
            if operation.method == "DELETE" and "{" not in operation.path:
                continue  # it would be understood
            for value in ("%00", "%ff", "x" * 5000, "..%2f..%2fetc", "1'--", "%F0%9F%92%A9", "0" * 36):
                request = http.build_request(operation.method, base + operation.with_parameter(value), headers=headers)
                if "{" in operation.path:
                    requests.append((f"as {who}", request, None))
            if operation.method != "GET":
                continue
            address = base + operation.with_parameter(str(uuid.uuid4()))
            for query in (
                "limit=-1", "limit=1e9", "limit=" + "9" * 400, "cursor=AAAA", "cursor=%00", "cursor=%ff%fe", "q=%00",
                "q=" + "x" * 9000, "limit=1&limit=2", "from=9999-99-99", "near=nan,nan,nan", "=", "&&&", "%ff=%ff",
            ):  # fmt: skip
                requests.append((f"as {who}", http.build_request("GET", f"{address}?{query}", headers=headers), None))
    assert send_all(http, requests) == []


def test_headers_that_make_no_sense_do_no_harm(http: httpx.Client) -> None:
    nonsense: list[tuple[str, bytes]] = [
        ("Authorization", b"Bearer"),
        ("Authorization", b"Bearer a.b.c"),
        ("Authorization", b"Bearer \xff\xfe"),
        ("Authorization", b"Basic eDp5"),
        ("X-Request-Id", b"a b\xff" * 50),
        ("traceparent", b"00-zz"),
        ("Accept-Language", b"\xff;q=x,en;q=,;;"),
        ("Idempotency-Key", b"\xff"),
        ("Idempotency-Key", b"k" * 1000),
        ("Content-Length", b"0"),
    ]
    requests = [
        (name, http.build_request("POST", "/v1/captchas", headers=[(name.encode(), value)]), None)
        for name, value in nonsense
    ]
    assert send_all(http, requests) == []


def test_an_upload_that_is_none_is_refused(http: httpx.Client, callers: dict[str, Client | None]) -> None:
    headers = headers_of(callers["volunteer"])
    broken = {**headers, "Content-Type": "multipart/form-data; boundary=x"}

    def file(name: str, content: bytes) -> httpx.Request:
        return http.build_request("POST", UPLOADS, files={"file": (name, content, "image/png")}, headers=headers)

    requests = [
        ("JSON", http.build_request("POST", UPLOADS, json={}, headers=headers), frozenset({415})),
        ("no boundary", http.build_request("POST", UPLOADS, content=b"--", headers=broken), frozenset({422})),
        ("cut off", http.build_request("POST", UPLOADS, content=b"--x\r\nContent-D", headers=broken), frozenset({422})),
        ("no file", http.build_request("POST", UPLOADS, files={"other": b"x"}, headers=headers), frozenset({422})),
        ("a program", file("a.png", b"\x7fELF" + b"\0" * 200), frozenset({415, 422})),
        ("nothing", file("a.png", b""), frozenset({415, 422})),
        ("a name that leads away", file("../../../etc/passwd\x00.png", b"x"), frozenset({415, 422})),
        ("50 MB", file("a.png", b"\x89PNG" * 13_000_000), frozenset({413})),
    ]  # fmt: skip
    assert send_all(http, requests) == []


def test_none_of_it_left_a_trace_in_what_operators_look_at(platform: Platform, http: httpx.Client) -> None:
    figures = Figures.read(platform.access()["metrics"])
    assert sorted(figures.samples) == sorted(platform.access()["metrics"]), "every process is alive"
    assert figures.total("gateway", "zhiyuan_http_refusals_total", code="internal_error") == 0
    assert not any(figures.processes_with("zhiyuan_parked_messages_total").values())
    assert http.get("/v1/organizations").status_code == 200


def test_the_refusal_is_in_the_language_that_was_asked_for(http: httpx.Client) -> None:
    def title(language: str) -> Any:
        return http.post("/v1/captchas", content=b"{", headers={"Content-Type": "application/json",
                         "Accept-Language": language}).json()["title"]  # fmt: skip

    assert (title("zh-CN"), title("en")) == ("请求无法解析", "The request cannot be read")
