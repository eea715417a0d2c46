"""The statement of a day: what stands in it, what is refused, and how two of them differ."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest

from services.card.domain import Status
from services.card.statements import Difference, Row, Why, differences, read_statement, statement
from services.chassis.errors import Invalid

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
HEADER = "application_no,status,at\n"


def test_a_statement_says_number_status_and_since_when_and_carries_its_hash() -> None:
    made = statement("boc", date(2026, 3, 2), [Row("ZY1", "routed", AT), Row("ZY2", "expired", AT)], AT)

    assert made["csv"] == HEADER + (
        "ZY1,routed,2026-03-02T10:00:00+08:00\n"  # an expired one was told to the bank as a cancellation
        "ZY2,cancelled,2026-03-02T10:00:00+08:00\n"
    )
    assert made["manifest"]["rows"] == 2
    assert read_statement(made["csv"], 2, made["manifest"]["sha256"]) == {"ZY1": "routed", "ZY2": "cancelled"}


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("ZY1,routed,x\n", "csv.line.1"),
        (HEADER + "ZY1,routed\n", "csv.line.2"),
        (HEADER + "ZY1,lost,x\n", "csv.line.2"),
        (HEADER + "=ZY1,routed,x\n", "csv.line.2"),
        (HEADER + "ZY1,routed,x\nZY1,routed,x\n", "csv.line.3"),
        (HEADER, "manifest.rows"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_by_its_line(content: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_statement(content, 1, hashlib.sha256(content.encode()).hexdigest())
    assert [error.field for error in refused.value.errors] == [field]


def test_a_file_that_is_not_what_its_manifest_says_is_refused() -> None:
    with pytest.raises(Invalid, match="sha256"):
        read_statement(HEADER, 0, "0" * 64)


def test_two_statements_differ_by_what_one_lacks_and_by_status() -> None:
    ours = {"ZY1": "routed", "ZY2": "approved", "ZY3": "routed"}
    theirs = {"ZY2": "contacted", "ZY3": "routed", "ZY4": "routed"}

    assert list(differences(ours, theirs)) == [
        Difference("ZY1", Why.MISSING_AT_BANK, "routed", None),
        Difference("ZY2", Why.STATUS_DIFFERS, "approved", "contacted"),
        Difference("ZY4", Why.MISSING_HERE, None, "routed"),
    ]
    assert list(differences(ours, ours)) == []


def test_every_status_that_a_bank_can_know_may_stand_in_its_file() -> None:
    known = [status for status in Status if status not in (Status.SUBMITTED, Status.EXPIRED)]
    content = HEADER + "".join(f"ZY{number},{status},x\n" for number, status in enumerate(known))

    read = read_statement(content, len(known), hashlib.sha256(content.encode()).hexdigest())
    assert list(read.values()) == [status.value for status in known]
