"""What a bank sent and could not be taken when it came is taken again, once, when what was wrong is mended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.card import commands
from services.card.errors import MessageAlreadyTaken, MessageNotWhole
from services.card.models import Base
from services.card.partner_exchange import VISIT_TYPE
from services.card.use_cases import amqp_reports, reading, refused_messages
from services.chassis.audit import AUDIT_LOG
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, NotAuthenticated, NotFound
from services.chassis.ids import new_id
from services.chassis.testing.processes import eventually
from tests.service.card.conftest import PLATFORM, Card, administrator, message
from tests.service.card.unit import Unit


@pytest.fixture
def number(card: Card) -> str:
    """An application at the Bank of China."""
    return str(card.apply(card.volunteer())["application_no"])


@contextmanager
def failing(fault: Exception | None = None) -> Iterator[None]:
    """A fault of ours strikes when all that a report changes has been written."""

    def after(whole: Callable[..., Any]) -> Callable[..., Any]:
        def take(uow: Any, *said: Any) -> Any:
            whole(uow, *said)
            uow.session.flush()
            raise fault or ZeroDivisionError

        return take

    with pytest.MonkeyPatch.context() as broken:
        for name in ("take", "take_visit"):
            broken.setattr(amqp_reports, name, after(getattr(amqp_reports, name)))
        yield


def refused_by_a_fault(card: Card, given: commands.BankMessage) -> str:
    """The message in the list; answers its id there."""
    before = listed_ids(card)
    with failing():
        assert card.take(given) == "failed"
    (refused_id,) = listed_ids(card) - before
    return refused_id


def listed_ids(card: Card, state: str | None = None) -> set[str]:
    """The ids in the list."""
    return {one["refused_id"] for one in card.refused(state)}


def statuses(card: Card) -> list[str]:
    """What was told of the application after it went to the bank."""
    return [event["data"]["status"] for event in card.units.published("card.status_changed")][1:]


def all_else(card: Card) -> dict[str, list[str]]:
    """Every row that a retry may change only when it takes the message."""
    noted = {"refused_message", "audit_log", "audit_head"}
    with card.units() as uow:
        return {
            name: sorted(uow.session.scalars(sa.text(f"SELECT row::text FROM {name} AS row")))
            for name in Base.metadata.tables
            if name not in noted
        }


def audited(card: Card) -> list[tuple[str, str]]:
    """Who has done what."""
    with card.units() as uow:
        log = uow.session.execute(sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.id)).all()
    return [(f"{row.actor_kind}:{row.actor_id}", row.action) for row in log]


def test_what_a_fault_refused_is_taken_exactly_once_when_the_fault_is_mended(card: Card, number: str) -> None:
    given = message("boc", "m1", {"application_no": number, "status": "contacted"})
    refused_id = refused_by_a_fault(card, given)
    (listed,) = card.refused()
    assert (listed["code"], listed["state"], listed["last_try"]) == ("internal_error", "refused", None)
    before = all_else(card)

    with failing():
        failed = card.retry(refused_id)
    assert (failed["state"], failed["last_try"]["outcome"]) == ("refused", "failed")
    assert failed["last_try"]["code"] == "internal_error"
    assert all_else(card) == before

    card.clock.advance(minutes=5)
    taken = card.retry(refused_id)
    assert (taken["state"], taken["code"]) == ("taken", "internal_error")
    assert taken["last_try"] == {
        "at": card.clock.now(),
        "by": PLATFORM.account_id,
        "outcome": "changed",
        "code": None,
        "why": None,
    }
    assert card.refused() == [taken]
    assert statuses(card) == ["contacted"]

    after = all_else(card)
    with pytest.raises(MessageAlreadyTaken):
        card.retry(refused_id)
    assert all_else(card) == after
    assert card.take(given) == "unchanged"  # the bank says it again after all
    assert card.refused() == [taken]
    assert statuses(card) == ["contacted"]


def test_two_administrators_at_the_same_moment_take_it_once(card: Card, number: str) -> None:
    refused_id = refused_by_a_fault(card, message("boc", "m1", {"application_no": number, "status": "contacted"}))
    other = Caller(kind="platform", account_id=new_id())
    command = commands.RetryRefusedMessage(refused_id=refused_id)
    with ThreadPoolExecutor(1) as pool:
        with card.units(PLATFORM) as uow:
            refused_messages.retry_refused_message(command, uow)
            uow.session.flush()
            second = pool.submit(card.retry, refused_id, other)
            eventually(lambda: waits_for_a_lock(card))
        with pytest.raises(MessageAlreadyTaken):
            second.result()
    assert statuses(card) == ["contacted"]
    (listed,) = card.refused()
    assert (listed["last_try"]["by"], listed["last_try"]["outcome"]) == (PLATFORM.account_id, "changed")


def test_a_retry_and_the_bank_itself_at_the_same_moment_take_it_once(card: Card, number: str) -> None:
    given = message("boc", "m1", {"application_no": number, "status": "contacted"})
    refused_id = refused_by_a_fault(card, given)
    with ThreadPoolExecutor(1) as pool:
        with card.units(PLATFORM) as uow:
            refused_messages.retry_refused_message(commands.RetryRefusedMessage(refused_id=refused_id), uow)
            uow.session.flush()
            again = pool.submit(card.take, given)
            eventually(lambda: waits_for_a_lock(card))
        assert again.result() == "unchanged"
    assert statuses(card) == ["contacted"]


def waits_for_a_lock(card: Card) -> bool:
    """Whether some transaction of this database waits for another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with card.units() as uow:
        return bool(uow.session.scalar(sa.text(waiting)))


def test_a_refusal_that_was_right_is_none_when_the_application_has_gone_on(card: Card, number: str) -> None:
    assert card.take(message("boc", "m1", {"application_no": number, "status": "first_spend"})) == "refused"
    (listed,) = card.refused()
    before = all_else(card)

    again = card.retry(listed["refused_id"])
    assert (again["state"], again["last_try"]["outcome"]) == ("refused", "refused")
    assert (again["code"], again["last_try"]["code"]) == ("illegal_transition", "illegal_transition")
    assert all_else(card) == before

    card.take(message("boc", "m2", {"application_no": number, "status": "activated"}))
    assert card.retry(listed["refused_id"])["last_try"]["outcome"] == "changed"
    assert len(card.units.published("card.clothing_ordered")) == 1


def test_a_retry_is_told_the_present_refusal_and_the_first_one_stays(card: Card, number: str) -> None:
    refused_id = refused_by_a_fault(card, message("boc", "m1", {"application_no": number, "status": "approved"}))
    card.take(message("boc", "m1", {"application_no": number, "status": "contacted"}))  # under the id that it had
    before = all_else(card)

    again = card.retry(refused_id)
    assert (again["code"], again["last_try"]["code"]) == ("internal_error", "webhook_id_reused")
    assert again["last_try"]["why"].startswith("webhook_id_reused: ")
    assert all_else(card) == before
    assert statuses(card) == ["contacted"]


def test_what_has_been_overtaken_is_taken_and_changes_nothing(card: Card, number: str) -> None:
    refused_id = refused_by_a_fault(card, message("boc", "m1", {"application_no": number, "status": "contacted"}))
    card.take(message("boc", "m2", {"application_no": number, "status": "approved"}))

    taken = card.retry(refused_id)
    assert (taken["state"], taken["last_try"]["outcome"]) == ("taken", "unchanged")
    assert statuses(card) == ["approved"]


@pytest.mark.parametrize("order", [("m2", "m1"), ("m1", "m2")])
@pytest.mark.parametrize("later_is_refused", [True, False])
def test_of_two_days_for_a_visit_the_one_that_was_said_last_is_in_force(
    card: Card, order: tuple[str, str], later_is_refused: bool
) -> None:
    unit = Unit(card)
    group_id = unit.propose()["group_id"]
    for member in unit.members[:30]:
        unit.consent(member, group_id)

    def scheduled(message_id: str, day: str) -> commands.BankMessage:
        body = {"group_id": group_id, "status": "scheduled", "visit_on": day}
        return message("boc", message_id, body, type=VISIT_TYPE)

    refused = {"m1": refused_by_a_fault(card, scheduled("m1", "2026-03-09"))}
    card.clock.advance(hours=1)
    later = scheduled("m2", "2026-03-10")
    if later_is_refused:
        refused["m2"] = refused_by_a_fault(card, later)
    else:
        assert card.take(later) == "changed"
    card.clock.advance(hours=1)

    assert {card.retry(refused[name])["state"] for name in order if name in refused} == {"taken"}
    (group,) = unit.groups()
    assert (group["status"], group["visit_on"]) == ("scheduled", date(2026, 3, 10))


@pytest.mark.parametrize("at", [None, "2020-01-01T08:00:00+08:00"])
def test_it_counts_from_when_the_bank_says_or_else_from_when_it_came(card: Card, number: str, at: str | None) -> None:
    came = card.clock.now()
    refused_id = refused_by_a_fault(
        card, message("boc", "m1", {"application_no": number, "status": "activated", "at": at})
    )
    card.clock.advance(days=3)

    card.retry(refused_id)
    (started,) = card.units.published("card.insurance_started")
    assert started["data"]["started_at"] == ("2020-01-01T00:00:00+00:00" if at else came.isoformat())


def test_a_report_on_what_the_bank_was_never_given_goes_to_the_list_of_those(card: Card) -> None:
    reports = [
        message("boc", "m1", {"application_no": "ZY2026000000000", "status": "contacted"}),
        message("boc", "m2", {"group_id": new_id(), "status": "done"}, type=VISIT_TYPE),
    ]
    tried = [card.retry(refused_by_a_fault(card, given)) for given in reports]
    assert [(one["state"], one["last_try"]["outcome"]) for one in tried] == [("taken", "unknown")] * 2
    with card.units.factory(PLATFORM).reading() as uow:
        unknown = reading.list_unknown_reports(commands.ListUnknownReports(limit=20, cursor=None), uow)["items"]
    assert len(unknown) == 2


def test_what_came_over_no_banks_exchange_is_never_taken(card: Card, number: str) -> None:
    given = message("boc", "m1", {"application_no": number, "status": "contacted"})
    assert card.take(replace(given, exchange="")) == "refused"
    (listed,) = card.refused()
    before = all_else(card)

    again = card.retry(listed["refused_id"])
    assert (again["state"], again["last_try"]["code"]) == ("refused", "malformed_request")
    assert all_else(card) == before


def test_what_was_not_kept_as_it_came_is_not_tried(card: Card, number: str) -> None:
    good = json.dumps({"application_no": number, "status": "contacted"}).encode()
    assert card.take(message("boc", "m1", good + b" " * amqp_reports.MAX_BODY)) == "refused"
    (too_long,) = listed_ids(card)
    unprintable = refused_by_a_fault(card, message("boc", "m\u200b2", good))
    former = new_id()
    with card.units() as uow:  # as a former version has written it
        uow.session.execute(
            sa.text(
                "INSERT INTO refused_message (id, bank, message_id, code, why, body_sealed, received_at)"
                " SELECT :id, bank, 'm3', code, why, body_sealed, received_at FROM refused_message WHERE id = :like"
            ),
            {"id": former, "like": unprintable},
        )
    for refused_id in (too_long, unprintable, former):
        with pytest.raises(MessageNotWhole):
            card.retry(refused_id)
    assert statuses(card) == []


def test_the_same_report_of_another_type_is_another_message(card: Card, number: str) -> None:
    given = message("boc", "m1", {"application_no": number, "status": "contacted"})
    assert card.take(replace(given, type="")) == "refused"
    refused_by_a_fault(card, given)

    tried = {one["type"]: card.retry(one["refused_id"])["state"] for one in card.refused()}
    assert tried == {"": "refused", "card.status.v1": "taken"}


def test_while_the_database_is_away_a_try_is_none(card: Card, number: str) -> None:
    refused_id = refused_by_a_fault(card, message("boc", "m1", {"application_no": number, "status": "contacted"}))
    before = card.refused()
    with failing(sa.exc.OperationalError("", {}, Exception())), pytest.raises(sa.exc.OperationalError):
        card.retry(refused_id)
    assert card.refused() == before
    assert card.retry(refused_id)["state"] == "taken"


def test_the_list_shows_the_state_and_can_be_of_one(card: Card, number: str) -> None:
    taken = refused_by_a_fault(card, message("boc", "m1", {"application_no": number, "status": "contacted"}))
    card.retry(taken)
    assert card.take(message("boc", "m2", b"{}")) == "refused"
    (left,) = listed_ids(card) - {taken}

    assert listed_ids(card, "taken") == {taken}
    assert listed_ids(card, "refused") == {left}


def test_every_try_is_in_the_audit_log_and_what_the_report_did_is_the_banks(card: Card, number: str) -> None:
    refused_id = refused_by_a_fault(card, message("boc", "m1", {"application_no": number, "status": "contacted"}))
    before = len(audited(card))
    with failing():
        card.retry(refused_id)
    card.retry(refused_id)
    by_administrator = (PLATFORM.label, "card.refused_message_retried")
    assert audited(card)[before:] == [by_administrator, ("bank:boc", "card.status_reported"), by_administrator]


def test_it_is_for_platform_administrators(card: Card, number: str) -> None:
    refused_id = refused_by_a_fault(card, message("boc", "m1", {"application_no": number, "status": "contacted"}))
    for caller in (card.volunteer(), administrator(card.organization()), Caller(kind="bank", account_id="boc")):
        with pytest.raises(Forbidden):
            card.retry(refused_id, caller)
    with pytest.raises(NotAuthenticated):
        card.retry(refused_id, Caller())
    with pytest.raises(NotFound):
        card.retry(new_id())
    assert [one["last_try"] for one in card.refused()] == [None]
