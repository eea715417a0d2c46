"""Which way an application goes, who may have a card, and the number it has."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.card.domain import (
    BANK_STATUSES,
    FINAL,
    HOTLINES,
    WITHDRAWABLE,
    Bank,
    CardType,
    Status,
    after_report,
    application_number,
    cancel,
    delay_before_sealing_again,
    expire,
    is_application_number,
    needs_guardian,
    require_consent,
    route,
)
from services.card.domain.clothing import size_called
from services.card.domain.waiting import Patience
from services.card.errors import AdultRequired, BirthDateRequired, ConsentRequired
from services.card.use_cases.consent_texts import shipped_texts
from services.chassis.clock import SHANGHAI
from services.chassis.errors import IllegalTransition

TODAY = date(2026, 3, 2)
STEPS = [Status.ROUTED, Status.CONTACTED, Status.APPROVED, Status.PRODUCED, Status.DELIVERED, Status.ACTIVATED]
reported = st.sampled_from(BANK_STATUSES)


@given(st.lists(reported, max_size=12))
def test_whatever_a_bank_reports_an_application_never_goes_backwards(reports: list[Status]) -> None:
    status = Status.ROUTED
    for report in reports:
        after = after_report(status, report)
        if status in FINAL:
            assert after is status
        elif after is not Status.REJECTED:
            assert STEPS.index(after) >= STEPS.index(status)
        status = after


@given(reported, st.sampled_from(list(Status)))
def test_a_report_that_is_repeated_changes_nothing(report: Status, current: Status) -> None:
    once = after_report(current, report)

    assert after_report(once, report) is once


def test_a_bank_may_skip_steps() -> None:
    assert after_report(Status.ROUTED, Status.DELIVERED) is Status.DELIVERED


def test_a_bank_cannot_report_what_is_ours_to_decide() -> None:
    with pytest.raises(IllegalTransition):
        after_report(Status.ROUTED, Status.CANCELLED)


def test_only_what_was_submitted_is_routed() -> None:
    assert route(Status.SUBMITTED) is Status.ROUTED
    with pytest.raises(IllegalTransition):
        route(Status.CANCELLED)


def test_an_application_can_be_withdrawn_until_the_card_is_made() -> None:
    assert cancel(Status.APPROVED) is Status.CANCELLED
    for too_late in (Status.PRODUCED, Status.ACTIVATED, Status.CANCELLED):
        with pytest.raises(IllegalTransition):
            cancel(too_late)


@given(st.integers(0, 10**9), st.data())
def test_one_wrong_digit_or_two_that_changed_places_are_found(serial: int, data: st.DataObject) -> None:
    number = application_number(2026, serial)
    assert is_application_number(number)
    place = data.draw(st.integers(2, len(number) - 2))
    wrong = str((int(number[place]) + data.draw(st.integers(1, 9))) % 10)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert not is_application_number(number[:place] + wrong + number[place + 1 :])
    assert swapped == number or not is_application_number(swapped)


@pytest.mark.parametrize("text", ["", "ZY", "ZY1", "XX20260000000152", "ZY2026000000015２", "20260000000152"])
def test_what_is_no_application_number_is_told(text: str) -> None:
    assert not is_application_number(text)


def asks_for_guardian(card_type: CardType, birth_date: date | None) -> bool:
    return needs_guardian(card_type, birth_date, TODAY, credit_from=18, guardian_below=16)


def test_credit_is_for_adults_and_no_guardian_helps_to_it() -> None:
    assert not asks_for_guardian(CardType.CREDIT, date(2008, 3, 2))
    with pytest.raises(AdultRequired):
        asks_for_guardian(CardType.CREDIT, date(2008, 3, 3))


def test_a_debit_card_under_16_needs_a_guardian() -> None:
    assert not asks_for_guardian(CardType.DEBIT, date(2010, 3, 2))
    assert asks_for_guardian(CardType.DEBIT, date(2010, 3, 3))


def test_without_a_birth_date_nobody_can_tell() -> None:
    with pytest.raises(BirthDateRequired):
        asks_for_guardian(CardType.DEBIT, None)


@pytest.mark.parametrize("recipient", ["ceb", "中国光大银行", "光大银行"])
def test_a_consent_names_the_bank_by_code_or_name(recipient: str) -> None:
    require_consent(Bank.CEB, "2", recipient, "2")


@pytest.mark.parametrize(("version", "recipient"), [(None, None), ("2", "boc"), ("2", "某银行"), ("1", "ceb")])
def test_a_consent_for_another_bank_or_text_does_not_count(version: str | None, recipient: str | None) -> None:
    with pytest.raises(ConsentRequired):
        require_consent(Bank.CEB, version, recipient, "2")


def test_every_consent_text_says_what_the_law_asks_for() -> None:
    texts = list(shipped_texts())

    assert {(text["recipient"], text["version"]) for text in texts} == {(bank, v) for bank in Bank for v in "12"}
    for text in texts:
        for part in (text["recipient_name"], text["purpose"], text["method"], *text["data"]):
            assert part in text["text"]
    assert all(HOTLINES[Bank(text["recipient"])] in text["text"] for text in texts if text["version"] == "2")


@pytest.mark.parametrize(
    ("written", "size"), [("xl", "XL"), (" ２ｘｌ ", "XXL"), ("XXXL", "XXXL"), ("大码", None), ("", None), (None, None)]
)
def test_a_size_is_read_as_people_write_it_and_what_is_none_is_no_size(written: str | None, size: str | None) -> None:
    assert size_called(written) == size


def test_sealing_is_tried_again_ever_more_seldom_and_never_given_up() -> None:
    delays = [delay_before_sealing_again(attempts).total_seconds() for attempts in (1, 2, 3, 50)]

    assert delays == [10, 20, 40, 600]


# what lies ---------------------------------------------------------------------------------------------------------

PATIENCE = Patience(bank_working_days=5, expiry_days=90)
MONDAY = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)


def test_the_bank_has_its_working_days_for_each_step_and_is_told_of_again_after_as_many() -> None:
    first, second = datetime(2026, 3, 10, tzinfo=SHANGHAI), datetime(2026, 3, 17, tzinfo=SHANGHAI)

    assert PATIENCE.look_at(Status.ROUTED, MONDAY, MONDAY) == first
    assert PATIENCE.level(Status.ROUTED, MONDAY, first - timedelta(seconds=1)) == 0
    assert PATIENCE.level(Status.ROUTED, MONDAY, first) == 1
    assert PATIENCE.look_at(Status.ROUTED, MONDAY, first) == second
    assert PATIENCE.level(Status.ROUTED, MONDAY, second) == 2


def test_a_delivered_card_waits_for_its_holder_and_for_nobody_else() -> None:
    assert PATIENCE.look_at(Status.DELIVERED, MONDAY, MONDAY) is None
    assert PATIENCE.level(Status.DELIVERED, MONDAY, MONDAY + timedelta(days=365)) == 0


@pytest.mark.parametrize("status", list(Status))
def test_an_application_expires_until_the_card_is_made_and_not_later(status: Status) -> None:
    last_day = MONDAY + timedelta(days=90)

    assert not PATIENCE.has_expired(status, MONDAY, last_day - timedelta(seconds=1))
    assert PATIENCE.has_expired(status, MONDAY, last_day) == (status in WITHDRAWABLE)
    if status in WITHDRAWABLE:
        assert expire(status) is Status.EXPIRED
        assert (PATIENCE.look_at(status, MONDAY, MONDAY) or last_day) <= last_day
    else:
        with pytest.raises(IllegalTransition):
            expire(status)
