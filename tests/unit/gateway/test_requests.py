"""Whatever a client sends, the answer is a problem it can understand, and never a 500."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request as HttpRequest

from gateway.app import Gateway
from gateway.routing import AllOf, OneOf, Route, Who
from services.chassis.context import Caller
from services.chassis.errors import Conflict, DeadlineExceeded, TooMany, Unavailable
from services.chassis.ids import new_id
from services.chassis.schema import Answer, Id, Request, Text, Timestamp, list_of, whole_number
from tests.unit.gateway.conftest import Site, bearer


class Write(Request):
    """A body with a bit of everything, below a path parameter."""

    book_id = Id(required=True)
    text = Text(max=20, required=True)
    copies = whole_number(min=1, max=9, load_default=1)
    at = Timestamp(load_default=None)
    tags = list_of(Text(max=5), max=3)


class Find(Request):
    """A query."""

    q = Text(max=20, load_default=None)
    limit = whole_number(min=1, max=100, load_default=20)


class Supplement(Request):
    """What the service wants."""

    evidence = list_of(Text(max=100), max=3, required=True)
    host = Text(max=50, required=True)


class SupplementOverHttp(Request):
    """What a client sends."""

    evidence = list_of(Id(), max=3, required=True)


class Webhook(Request):
    """A signed body."""

    number = Text(max=20, required=True)
    body_base64 = Text(max=2000, min=0, required=True)
    signature = Text(max=50, required=True)


async def add_host(_r: HttpRequest, _c: Caller, payload: dict[str, Any], _g: Gateway) -> dict[str, Any]:
    return {"evidence": [f"file {name}" for name in payload["evidence"]], "host": "a.example"}


async def add_signature(request: HttpRequest, _c: Caller, payload: dict[str, Any], _g: Gateway) -> dict[str, Any]:
    return {**payload, "signature": request.headers.get("webhook-signature", "none")}


ROUTES = [
    Route("POST", "/books/{book_id}/notes", "sample.write", request=Write, answer=Answer, who=Who.PUBLIC, status=201),
    Route("GET", "/books", "sample.find", request=Find, answer=Answer, who=Who.PUBLIC),
    Route("PUT", "/books", "sample.put", request=Find, answer=Answer, who=Who.PUBLIC),
    Route("DELETE", "/books/{book_id}", "sample.delete", request=Write, who=Who.VOLUNTEER, status=204),
    Route("GET", "/books/latest", "sample.latest", who=Who.PUBLIC),
    Route("GET", "/strict", "sample.find", request=Find, who=Who.PUBLIC, strict=True),
    Route("GET", "/admin", "sample.find", who=Who.ADMINISTRATOR),
    Route("GET", "/platform", "sample.find", who=Who.PLATFORM),
    Route("GET", "/all", AllOf(("a.count", "b.count")), who=Who.PUBLIC),
    Route("GET", "/kinds/{q}", OneOf("q", {"a": "a.list", "b": "b.list"}), request=Find, who=Who.PUBLIC),
    Route(
        "POST", "/supplements", "sample.supplement", who=Who.PUBLIC,
        from_client=SupplementOverHttp, request=Supplement, prepare=add_host,
    ),
    Route(
        "POST", "/hooks/{number}", "sample.hook", who=Who.PARTNER,
        request=Webhook, raw_body=True, prepare=add_signature,
    ),
]  # fmt: skip
NOTES = f"/v1/books/{new_id()}/notes"


@pytest.fixture
def books(site: Any) -> Site:
    return site(ROUTES, ZHIYUAN_MAX_JSON_BYTES="50000")  # type: ignore[no-any-return]


def check_problem(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert {"type", "title", "detail", "code"} <= body.keys()
    assert code is None or body["code"] == code
    return body


def test_a_good_request_reaches_its_service_as_one_payload(books: Site) -> None:
    books.rpc.answers["sample.write"] = {"id": 7}
    answer = books.http.post(NOTES, json={"text": "hello"}, headers={"X-Request-Id": "r-1"})
    assert (answer.status_code, answer.json()) == (201, {"id": 7})
    ((target, payload, caller),) = books.rpc.asked
    assert target == "sample.write"
    assert payload == {"text": "hello", "book_id": NOTES.split("/")[3]}
    assert (caller.kind, caller.request_id) == ("anonymous", "r-1")
    assert answer.headers["x-request-id"] == "r-1"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_clients_trace_goes_on(books: Site) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = books.http.get("/v1/books", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.headers["traceparent"].split("-")[1] == trace
    assert books.rpc.asked[0][2].traceparent.split("-")[1] == trace


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b'{"text": NaN}', "application/json", 400),
        (b'{"text": 1e999}', "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b'{"text": "\xff"}', "application/json", 400),
        (b'{"text": "a\\u0000b"}', "application/json", 422),
        (b"[" * 20_000, "application/json", 400),
        (b'{"text":' * 5_000, "application/json", 400),
        (b'{"text": ' + b"[" * 900 + b"]" * 900 + b"}", "application/json", 422),
        (b'{"text": "x", "copies": 123456789012345678901234567890}', "application/json", 422),
        (b'{"text": "x", "text": 5}', "application/json", 422),
        (b'{"text": "x"}', "text/plain", 415),
        (b'{"text": "x"}', "application/json; charset=gbk", 415),
        (b'{"text": "x"}', "application/json; charset=UTF-8", 201),
        (b'{"text": "x"}', 'Application/JSON; Charset="utf-8"', 201),
        (b'{"text": "x"}', "", 415),
        (b'{"text": "' + b"x" * 50_000 + b'"}', "application/json", 413),
    ],
)
def test_a_broken_body_is_refused_for_what_is_wrong_with_it(
    books: Site, body: bytes, content_type: str, status: int
) -> None:
    answer = books.http.post(NOTES, content=body, headers={"Content-Type": content_type})
    if status < 400:
        assert answer.status_code == status
    else:
        check_problem(answer, status)
        assert books.rpc.asked == []


def test_a_chunked_body_is_cut_off_at_the_limit_too(books: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 10_000

    answer = books.http.post(NOTES, content=endless(), headers={"Content-Type": "application/json"})
    check_problem(answer, 413, "too_large")


def test_all_bad_fields_stand_in_one_answer(books: Site) -> None:
    answer = books.http.post(NOTES.replace(NOTES[-12:-6], "zzzzzz"), json={"copies": 0, "at": "now", "more": 1})
    errors = check_problem(answer, 422, "invalid_fields")["errors"]
    assert {e["field"]: e["code"] for e in errors} == {
        "book_id": "bad_id",
        "text": "required",
        "copies": "out_of_range",
        "at": "bad_time",
        "more": "unknown_field",
    }


def test_a_path_parameter_cannot_be_given_a_second_time(books: Site) -> None:
    answer = books.http.post(NOTES, json={"text": "x", "book_id": new_id()})
    assert check_problem(answer, 422)["errors"][0]["field"] == "book_id"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=%ff", 400),
        ("%ff=1", 400),
        ("q=%00", 422),
        ("q=a&q=b", 422),
        ("limit=x", 422),
        ("more=1", 422),
        ("q=%E5%BF%97", 200),
    ],
)
def test_a_broken_query_is_refused(books: Site, query: str, status: int) -> None:
    answer = books.http.get(f"/v1/books?{query}")
    assert answer.status_code == status
    if status >= 400:
        check_problem(answer, status)


def test_an_unknown_path_and_an_unknown_method_are_told_apart(books: Site) -> None:
    check_problem(books.http.get("/v1/nothing"), 404, "unknown_path")
    check_problem(books.http.get("/v1/books/"), 404, "unknown_path")
    check_problem(books.http.get("/nothing"), 404, "unknown_path")
    answer = books.http.patch("/v1/books", json={})
    check_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, PUT"


def test_a_literal_path_wins_over_a_parameter(books: Site) -> None:
    books.http.get("/v1/books/latest")
    assert books.rpc.asked[0][0] == "sample.latest"
    check_problem(books.http.delete("/v1/books/latest"), 405)


def test_head_is_answered_like_get_without_a_body(books: Site) -> None:
    answer = books.http.head("/v1/books")
    assert answer.status_code == 200


def test_who_may_call_is_checked_before_anything_is_read(books: Site) -> None:
    path = f"/v1/books/{new_id()}"
    check_problem(books.http.delete(path), 401, "not_authenticated")
    assert books.http.delete(path).headers["www-authenticate"] == "Bearer"
    check_problem(books.http.delete(path, headers={"Authorization": "Bearer x"}), 401)
    check_problem(books.http.delete(path, headers=bearer("platform")), 403, "forbidden")


@pytest.mark.parametrize(
    ("path", "kind", "roles", "status"),
    [
        ("/v1/admin", "administrator", [], 200),
        ("/v1/admin", "platform", [], 200),
        ("/v1/admin", "volunteer", [], 403),
        ("/v1/admin", "volunteer", [["org", "recorder"]], 200),
        ("/v1/platform", "platform", [], 200),
        ("/v1/platform", "administrator", [["org", "owner"]], 403),
    ],
)
def test_each_kind_of_caller_gets_what_is_theirs(
    books: Site, path: str, kind: str, roles: list[list[str]], status: int
) -> None:
    assert books.http.get(path, headers=bearer(kind, roles=roles)).status_code == status


def test_a_bad_token_is_refused_even_where_none_is_needed(books: Site) -> None:
    check_problem(books.http.get("/v1/books", headers={"Authorization": "Bearer x"}), 401)


@pytest.mark.parametrize(
    ("refusal", "status", "retry_after"),
    [
        (Conflict(), 409, None),
        (Unavailable(), 503, "1"),
        (DeadlineExceeded(), 504, None),
        (TooMany(retry_after=30), 429, "30"),
    ],
)
def test_a_services_refusal_arrives_as_a_problem(
    books: Site, refusal: Exception, status: int, retry_after: str | None
) -> None:
    books.rpc.answers["sample.find"] = refusal
    answer = books.http.get("/v1/books")
    check_problem(answer, status)
    assert answer.headers.get("retry-after") == retry_after


def test_a_fault_of_our_own_is_a_500_that_tells_nothing(books: Site) -> None:
    books.rpc.answers["sample.find"] = RuntimeError("secret detail")
    answer = books.http.get("/v1/books")
    check_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("zh-CN,en;q=0.8", "zh"), ("en;q=x", "zh"), ("fr", "zh")],
)
def test_refusals_speak_the_clients_language(books: Site, header: str, language: str) -> None:
    answer = books.http.get("/v1/nothing", headers={"Accept-Language": header})
    assert answer.headers["content-language"] == language
    assert (answer.json()["title"] == "No such address") == (language == "en")


def test_the_strict_limit_counts_an_address_and_says_when_to_come_back(site: Any) -> None:
    books = site(ROUTES, ZHIYUAN_STRICT_RATE_LIMIT="2/minute")
    assert [books.http.get("/v1/strict").status_code for _ in range(2)] == [200, 200]
    answer = books.http.get("/v1/strict")
    check_problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert books.http.get("/v1/books").status_code == 200


def test_the_general_limit_counts_accounts_apart(site: Any) -> None:
    books = site(ROUTES, ZHIYUAN_RATE_LIMIT="1/minute")
    one, other = bearer("platform"), bearer("platform")
    assert [books.http.get("/v1/platform", headers=h).status_code for h in (one, other, one)] == [200, 200, 429]


def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only(site: Any) -> None:
    forwarded = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
    for trusted, address in (("testclient", "203.0.113.9"), ("10.0.0.1", "testclient")):
        books = site(ROUTES, ZHIYUAN_TRUSTED_PROXIES=trusted)
        books.http.get("/v1/books", headers=forwarded)
        assert books.rpc.asked[-1][2].remote_address == address


def test_what_the_client_calls_itself_travels_as_one_short_printable_line(books: Site) -> None:
    for said, heard in (("Kapok/1.0  (Linux)\t", "Kapok/1.0 (Linux)"), ("x" * 500, "x" * 200), ("\xe6\x9c", None)):
        books.http.get("/v1/books", headers={"User-Agent": said.encode("latin-1")})
        assert books.rpc.asked[-1][2].user_agent == heard


def test_an_idempotency_key_travels_with_a_post_and_must_make_sense(books: Site) -> None:
    books.http.post(NOTES, json={"text": "x"}, headers={"Idempotency-Key": "abc"})
    assert books.rpc.asked[0][2].idempotency_key == "abc"
    answer = books.http.post(NOTES, json={"text": "x"}, headers={"Idempotency-Key": "a b"})
    assert check_problem(answer, 422)["errors"][0]["field"] == "Idempotency-Key"


def test_several_services_answer_as_one(books: Site) -> None:
    books.rpc.answers |= {"a.count": {"a": 1}, "b.count": {"b": 2}}
    assert books.http.get("/v1/all").json() == {"a": 1, "b": 2}


def test_what_several_services_say_under_one_name_is_one_object(books: Site) -> None:
    books.rpc.answers |= {"a.count": {"a": 1, "since": {"a": "today"}}, "b.count": {"b": 2, "since": {"b": None}}}
    assert books.http.get("/v1/all").json() == {"a": 1, "b": 2, "since": {"a": "today", "b": None}}


def test_a_parameter_chooses_the_service_and_an_unknown_one_is_404(books: Site) -> None:
    books.http.get("/v1/kinds/b")
    assert books.rpc.asked[0][0] == "b.list"
    check_problem(books.http.get("/v1/kinds/c"), 404)


def test_prepare_gets_what_the_client_may_send_and_makes_the_rpcs_payload_of_it(books: Site) -> None:
    upload_id = new_id()
    books.http.post("/v1/supplements", json={"evidence": [upload_id]})
    assert books.rpc.asked[0][1] == {"evidence": [f"file {upload_id}"], "host": "a.example"}
    answer = books.http.post("/v1/supplements", json={"evidence": 5, "host": "evil.example"})
    errors = {e["field"]: e["code"] for e in check_problem(answer, 422)["errors"]}
    assert errors == {"evidence": "wrong_type", "host": "unknown_field"}


def test_a_webhook_arrives_with_its_very_bytes_and_headers(books: Site) -> None:
    body = b'{"b": 1,\n "a": 2}\xff'
    answer = books.http.post("/v1/hooks/n1", content=body, headers={"webhook-signature": "s", "Content-Type": "x/y"})
    assert answer.status_code == 200
    payload = books.rpc.asked[0][1]
    assert (b64decode(payload["body_base64"]), payload["number"], payload["signature"]) == (body, "n1", "s")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
_FIELDS = st.dictionaries(st.sampled_from(["text", "copies", "at", "tags", "book_id", "x"]), _JSON, max_size=5)


@given(body=st.binary() | _JSON.map(lambda v: json.dumps(v).encode()) | _FIELDS.map(lambda v: json.dumps(v).encode()))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_at_all_ends_in_a_500(books: Site, body: bytes) -> None:
    answer = books.http.post(NOTES, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {201, 400, 422}
    if answer.status_code != 201:
        check_problem(answer, answer.status_code)


@given(query=st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=60))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_at_all_ends_in_a_500(books: Site, query: str) -> None:
    assert books.http.get(f"/v1/books?{query}").status_code in {200, 400, 422}


def test_a_frontend_on_another_host_is_let_in_only_if_it_is_named(site: Any) -> None:
    books = site(ROUTES, ZHIYUAN_ALLOWED_ORIGINS="https://app.example")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}
    for origin, status in (("https://app.example", 200), ("https://evil.example", 400)):
        answer = books.http.options(NOTES, headers={"Origin": origin, **asked})
        assert (answer.status_code, answer.headers.get("access-control-allow-origin") == origin) == (
            status,
            status == 200,
        )
