"""Keys of those for whom documents are sealed: the newest in force counts, and older ones still open."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey, KeySet

from services.chassis.errors import NoKeyInForce
from services.chassis.recipients import RecipientKeys

OLD, NEW = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("boc-1", "boc-2"))
CHANGE = "2026-04-01T00:00:00+08:00"
MARCH, APRIL, JUNE = (datetime(2026, month, 15, tzinfo=UTC) for month in (3, 4, 6))
CHANGING = json.dumps(
    {
        "boc": [
            {**NEW.as_dict(private=False), "valid_from": CHANGE, "valid_until": "2026-06-01T00:00:00+08:00"},
            OLD.as_dict(private=False),
        ]
    }
)


def sealed(at: datetime, given: str = CHANGING) -> str:
    return RecipientKeys.parse(given).seal("boc", {"a": "甲"}, at)


def test_a_new_key_is_sealed_for_from_its_day_on_and_not_before() -> None:
    opened = [jwe.decrypt_compact(sealed(at), KeySet([NEW, OLD])) for at in (MARCH, APRIL, JUNE)]

    assert [message.protected["kid"] for message in opened] == ["boc-1", "boc-2", "boc-1"]


def test_whoever_keeps_both_private_keys_opens_what_lies_in_the_queue_from_before() -> None:
    both = KeySet([NEW, OLD])

    assert [json.loads(jwe.decrypt_compact(sealed(at), both).plaintext or b"") for at in (MARCH, APRIL)] == [
        {"a": "甲"}
    ] * 2


def test_when_the_last_key_has_ended_nothing_is_sealed() -> None:
    ended = json.dumps({"boc": [{**NEW.as_dict(private=False), "valid_until": CHANGE}]})

    with pytest.raises(NoKeyInForce):
        sealed(APRIL, ended)
    assert sealed(MARCH, ended)


@pytest.mark.parametrize(
    "given",
    [
        "[]",
        '{"boc": []}',
        '{"boc": "key"}',
        json.dumps({"boc": OLD.as_dict(private=True)}),
        json.dumps({"boc": {name: value for name, value in OLD.as_dict(private=False).items() if name != "kid"}}),
        json.dumps({"boc": [OLD.as_dict(private=False)] * 2}),
        json.dumps({"boc": {**OLD.as_dict(private=False), "valid_from": "2026-04-01"}}),
        json.dumps({"boc": {**OLD.as_dict(private=False), "valid_from": CHANGE, "valid_until": CHANGE}}),
    ],
)
def test_keys_that_make_no_sense_stop_the_start(given: Any) -> None:
    with pytest.raises(ValueError, match="must"):
        RecipientKeys.parse(given)
