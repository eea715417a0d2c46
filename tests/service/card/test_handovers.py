"""What a bank was handed: handed over again on request, and compared with the bank's own account every day."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.card import commands
from services.card.domain import Bank
from services.card.errors import SignatureRefused
from services.card.models import HandOver
from services.card.use_cases import handing_over, reconciling, replaying
from services.chassis.clock import local_day
from services.chassis.context import Caller
from services.chassis.errors import DeadlineExceeded, Forbidden, Invalid
from services.chassis.tables import OUTBOX
from tests.service.card.conftest import PLATFORM, Card


def today(card: Card) -> date:
    return local_day(card.clock.now())


def ask(card: Card, day: date, *, caller: Caller = PLATFORM) -> dict[str, Any]:
    with card.units(caller) as uow:
        return replaying.request_replay(commands.RequestReplay(bank=Bank.BOC, day=day), uow)


def all_sent(card: Card) -> None:
    with card.units.runtime.engine.begin() as connection:
        connection.execute(sa.update(OUTBOX).values(sent_at=card.clock.now()))


def unsent(card: Card) -> list[dict[str, Any]]:
    with card.units.runtime.engine.connect() as connection:
        statement = sa.select(OUTBOX.c.body).where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.destination == "partner")
        return list(connection.scalars(statement.order_by(OUTBOX.c.id)))


def records(card: Card) -> list[HandOver]:
    with card.units() as uow:
        return list(uow.session.scalars(sa.select(HandOver).order_by(HandOver.handed_at, HandOver.id)))


def signed_body(card: Card, bank: str, document: Any, **ids: Any) -> dict[str, Any]:
    raw = json.dumps(document).encode()
    return {"body_base64": base64.b64encode(raw).decode(), **card.headers(bank, raw, **ids)}


def fetch(card: Card, bank: str) -> dict[str, Any]:
    path = f"/v1/partner/card/reconciliations/{today(card)}"
    query = commands.FetchStatement(day=today(card), path=path, **card.headers(bank, path.encode()))
    return reconciling.fetch_statement(query, card.units.factory(), card.units.runtime.settings)  # type: ignore[arg-type]


def hand_in(card: Card, bank: str, document: dict[str, Any]) -> dict[str, Any]:
    command = commands.HandInStatement(day=today(card), **signed_body(card, bank, document))
    return reconciling.hand_in_statement(command, card.units.factory(), card.units.runtime.settings)  # type: ignore[arg-type]


def as_the_bank_sends_it(card: Card, statement: dict[str, Any]) -> dict[str, Any]:
    manifest = statement["manifest"]
    return {
        "manifest": {**manifest, "day": manifest["day"].isoformat(), "made_at": manifest["made_at"].isoformat()},
        "csv": statement["csv"],
    }


def test_a_day_is_handed_over_again_under_the_same_ids_except_for_what_has_ended(card: Card) -> None:
    open_one = card.apply(card.volunteer())
    ended = card.apply(card.volunteer())
    applicant = card.volunteer()
    card.cancel(applicant, card.apply(applicant)["application_id"])
    card.report(card.signed("boc", ended["application_no"], {"status": "rejected", "reason": "资料不全"}))
    first = {message["id"]: message for message in card.at_bank()}
    all_sent(card)
    card.clock.advance(seconds=3600)

    asked = ask(card, today(card))
    assert (asked["messages"], asked["waiting"]) == (4, 4)
    card.identity.failures.append(DeadlineExceeded())
    replaying.replay_waiting(card.units.factory(), card.identity)  # identity is away: it waits
    card.clock.advance(seconds=31)
    replaying.replay_waiting(card.units.factory(), card.identity)

    again = unsent(card)
    assert [message["type"] for message in again] == ["card.application.v1", "card.cancellation.v1"]
    assert again[0]["application_no"] == open_one["application_no"]
    assert again == [first[message["id"]] for message in again]  # the very same, its time included
    assert [record.times for record in records(card)] == [2, 1, 1, 2]
    with card.units(PLATFORM) as uow:
        (listed,) = replaying.list_replays(commands.ListReplays(limit=20, cursor=None), uow)["items"]
    assert (listed["messages"], listed["waiting"]) == (4, 0)


def test_a_bank_asks_for_its_own_day_once_for_each_signed_request(card: Card) -> None:
    card.apply(card.volunteer())
    card.apply(card.volunteer(), bank=Bank.CEB)
    body = {"day": today(card).isoformat()}

    def asked(**changed: Any) -> dict[str, Any]:
        command = commands.RequestOwnReplay(**{**signed_body(card, "boc", body, webhook_id="msg_r"), **changed})
        return replaying.request_own_replay(command, card.units.factory(), card.units.runtime.settings)  # type: ignore[arg-type]

    once, twice = asked(), asked()
    assert once["messages"] == 1
    assert once["replay_id"] == twice["replay_id"]
    with pytest.raises(SignatureRefused):
        asked(webhook_id="msg_other")
    with pytest.raises(Forbidden):
        ask(card, today(card), caller=card.volunteer())


def test_equal_accounts_leave_an_empty_list_and_what_differs_is_named(card: Card) -> None:
    numbers = sorted(card.apply(card.volunteer())["application_no"] for _ in range(3))
    card.apply(card.volunteer(), bank=Bank.CEB)
    card.report(card.signed("boc", numbers[1], {"status": "approved"}))
    ours = fetch(card, "boc")
    assert [line.split(",")[:2] for line in ours["csv"].splitlines()[1:]] == [
        [numbers[0], "routed"],
        [numbers[1], "approved"],
        [numbers[2], "routed"],
    ]

    assert hand_in(card, "boc", as_the_bank_sends_it(card, ours))["differences"] == 0

    card.report(card.signed("boc", numbers[2], {"status": "activated"}))
    changed = hand_in(card, "boc", as_the_bank_sends_it(card, ours))
    assert [(one.application_no, one.ours, one.theirs) for one in changed["items"]] == [
        (numbers[2], "activated", "routed")
    ]
    with card.units(PLATFORM) as uow:
        query = commands.ListDifferences(bank="boc", day=today(card), limit=20, cursor=None)
        (listed,) = reconciling.list_differences(query, uow)["items"]
        assert (listed.application_no, listed.why) == (numbers[2], "status_differs")
        (one,) = reconciling.list_reconciliations(commands.ListReconciliations(limit=20, cursor=None), uow)["items"]
        assert (one.bank, one.rows, one.differences) == ("boc", 3, 1)

    assert hand_in(card, "boc", as_the_bank_sends_it(card, fetch(card, "boc")))["differences"] == 0
    with card.units(PLATFORM) as uow:
        query = commands.ListDifferences(bank=None, day=None, limit=20, cursor=None)
        assert reconciling.list_differences(query, uow)["items"] == []


def test_a_bank_cannot_hand_in_for_another_and_a_signature_is_good_for_its_path_only(card: Card) -> None:
    ours = as_the_bank_sends_it(card, fetch(card, "boc"))
    with pytest.raises(Invalid, match="manifest"):
        hand_in(card, "ceb", ours)

    headers = card.headers("boc", b"/v1/partner/card/reconciliations/2026-01-01")
    query = commands.FetchStatement(day=today(card), path=f"/v1/partner/card/reconciliations/{today(card)}", **headers)
    with pytest.raises(SignatureRefused):
        reconciling.fetch_statement(query, card.units.factory(), card.units.runtime.settings)  # type: ignore[arg-type]


def test_a_record_of_what_was_provided_is_kept_for_three_years(card: Card) -> None:
    card.apply(card.volunteer())
    kept = timedelta(days=card.units.runtime.settings.records_kept_days)  # type: ignore[attr-defined]
    assert kept >= timedelta(days=3 * 365)
    card.clock.advance(seconds=kept.total_seconds())
    with card.units() as uow:
        handing_over.forget_old_hand_overs(uow)
    assert len(records(card)) == 1

    card.clock.advance(seconds=1)
    with card.units() as uow:
        handing_over.forget_old_hand_overs(uow)
    assert records(card) == []
