"""Bodies that no client should send, made for each operation from what the OpenAPI document says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
FIVE_MEGABYTES = b'{"name": "' + b"x" * (5 * 1024 * 1024) + b'"}'

_WRONG_VALUES: Mapping[str, str] = {
    "an object": '{"a": {"b": []}}',
    "a list": '[[], {}, "x"]',
    "a number": "-12345678901234567890",
    "a huge number": "1e400",
    "more digits than a number has": "1" * 400,
    "true": "true",
    "null": "null",
    "an empty text": '""',
    "a long text": json.dumps("长" * 20_000),
    "a NUL": '"a\\u0000b"',
    "control characters": '"a\\u0007\\u001bb"',
    "a bidirectional override": '"a\\u202eb"',
    "text that looks like SQL": json.dumps("'; DROP TABLE volunteer; --"),
    "a moment beyond the calendar": '"0001-01-01T00:00:00+23:59"',
    "digits of another script": '"١٢٣٤٥٦"',
}


@dataclass(frozen=True)
class Body:
    """One body. ``expected``: the statuses that its reader may answer it with, or None for any but a 5xx."""

    what: str
    content: bytes
    content_type: str = JSON
    expected: frozenset[int] | None = None


def hostile_bodies(properties: list[str]) -> Iterator[Body]:
    """For an operation whose body has these properties."""
    malformed = frozenset({400, 422})
    yield Body("not JSON", b"{nor is this", expected=frozenset({400}))
    yield Body("raw NUL bytes", b'{"name": "a\x00b"}', expected=frozenset({400}))
    yield Body("not UTF-8", b'{"name": "\xff\xfe"}', expected=frozenset({400}))
    yield Body("a lone surrogate", b'{"name": "\\ud800"}', expected=malformed)
    yield Body("a lone surrogate as a name", b'{"\\udfff": 1}', expected=malformed)
    yield Body("NaN", b'{"name": NaN}', expected=frozenset({400}))
    yield Body("5 MB", FIVE_MEGABYTES, expected=frozenset({413}))
    yield Body("deep nesting", b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", expected=malformed | {413})
    yield Body("nesting that a parser still takes", b'{"name": ' + b"[" * 400 + b"]" * 400 + b"}", expected=malformed)
    yield Body("another media type", b"<name/>", "application/xml", frozenset({415}))
    yield Body("another charset", b"{}x", "application/json; charset=gbk", frozenset({415}))
    yield Body("unknown fields", b'{"no_such_field": 1, "__proto__": {}}', expected=frozenset({422}))
    for what, content in (("a list", b"[]"), ("a text", b'"x"'), ("a number", b"7"), ("null", b"null")):
        yield Body(f"{what} instead of an object", content, expected=frozenset({422}))
    if properties:
        for what, value in _WRONG_VALUES.items():
            fields = ", ".join(f"{json.dumps(name)}: {value}" for name in properties)
            yield Body(f"every field is {what}", f"{{{fields}}}".encode())


def properties_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[str]:
    """The names of the fields that an operation's JSON body has."""
    schema = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(schema.get("properties", {}))
