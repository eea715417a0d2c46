"""Timers, for real: what a sweep finds is worked on outside of any transaction, in the service's own name."""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis.testing.processes import eventually
from tests.service.chassis.conftest import Sample


def rename(sample: Sample, table: str, new_name: str) -> None:
    with sample.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {table} RENAME TO {new_name}"))


def test_a_sweep_may_ask_another_service_between_its_transactions(sample: Sample) -> None:
    note = sample.call("sample.write_note", {"text": "unsigned"})

    eventually(
        lambda: sample.call("sample.get_note", {"note_id": note["note_id"]})["text"] == "signed by service sample"
    )


def test_a_sweep_that_fails_is_counted_and_comes_again(sample: Sample) -> None:
    rename(sample, "note", "note_away")
    eventually(lambda: sample.rise("zhiyuan_timer_runs_total", timer="sign_unsigned_notes", outcome="failed") >= 1)
    rename(sample, "note_away", "note")

    note = sample.call("sample.write_note", {"text": "unsigned"})

    eventually(
        lambda: sample.call("sample.get_note", {"note_id": note["note_id"]})["text"] == "signed by service sample"
    )
