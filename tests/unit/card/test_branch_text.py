"""Attachment 3 as text: every row is read, every broken row is named, nothing is half read."""

from __future__ import annotations

import pytest

from services.card.branch_text import CSV_COLUMNS, parse_csv, parse_notice
from services.card.domain import Bank, CardType
from services.card.use_cases.reference_data import BRANCHES
from services.chassis.errors import FieldError, Invalid
from tests.unit.card.notice_text import CITIES_SERVED, TWO_BANKS, line_of, notice_text


def faults(parse: object, text: str) -> list[FieldError]:
    with pytest.raises(Invalid) as refusal:
        parse(text)  # type: ignore[operator]
    return list(refusal.value.errors)


def test_the_notice_holds_58_contacts_in_20_cities() -> None:
    rows = parse_notice(notice_text())

    assert len(rows) == 58
    assert {row.city for row in rows} == set(CITIES_SERVED)
    assert {row.city for row in rows if row.bank is Bank.CEB} == TWO_BANKS


def test_a_row_is_read_cell_by_cell_and_padding_is_taken_out_of_names() -> None:
    text = notice_text()

    first = parse_notice(text)[0]

    assert (first.city, first.bank, first.card_type) == ("440100", Bank.BOC, CardType.DEBIT)
    assert (first.branch, first.contact, first.phone) == ("中国银行广州分行", "甲乙", "13900000000")
    assert first.line == line_of(text, "中国银行广州分行（借记卡）")


def test_windows_line_ends_and_full_width_digits_are_read_the_same() -> None:
    text = notice_text()

    assert parse_notice(text.replace("\n", "\r\n")) == parse_notice(text)
    assert parse_notice(text.replace("13900000000", "１３９００００００００")) == parse_notice(text)


@pytest.mark.parametrize(
    ("broken", "mended", "code"),
    [
        ("\t13900000005", "\t139000", "bad_phone"),
        ("\t中国银行珠海分行（借记卡）", "\t中国银行珠海分行", "bad_branch"),
        ("\t中国银行珠海分行（借记卡）", "\t中国银行珠海分行（储值卡）", "unknown_card_type"),
        ("\t中国银行珠海分行（借记卡）", "\t某某银行珠海分行（借记卡）", "unknown_bank"),
        ("\t珠海\n", "\t某市\n", "unknown_city"),
        ("\t中国银行珠海分行（借记卡）", "\t中国银行珠海分行（贷记卡）", "repeated_row"),
    ],
)
def test_a_broken_row_is_named_by_its_line(broken: str, mended: str, code: str) -> None:
    text = notice_text().replace(broken, mended)
    wrong = line_of(notice_text(), broken.strip())
    # of two rows for the same card, the second is the one too many
    expected = wrong + 5 if code == "repeated_row" else wrong

    (fault,) = faults(parse_notice, text)

    assert (fault.field, fault.code) == (f"text.line.{expected}", code)
    assert str(expected) in fault.zh


def test_a_missing_cell_is_named_by_the_line_of_its_row() -> None:
    text = notice_text().replace("\t13900000005\n", "")

    (fault,) = faults(parse_notice, text)

    assert fault.code == "missing_cell"
    assert fault.field == f"text.line.{line_of(text, '中国银行韶关分行（贷记卡）')}"
    assert "联系电话" in fault.zh


def test_all_broken_rows_are_named_at_once() -> None:
    text = notice_text().replace("\t13900000005", "\t1").replace("\t13900000009", "\t2").replace("\t云浮", "\t某市")

    assert [fault.code for fault in faults(parse_notice, text)] == ["bad_phone", "bad_phone", "unknown_city"]


def test_no_message_shows_a_name_or_a_number() -> None:
    text = notice_text().replace("\t13900000005", "\t139000A5")

    (fault,) = faults(parse_notice, text)

    assert "139000" not in fault.zh + fault.en
    assert "丙丁戊" not in fault.zh + fault.en


@pytest.mark.parametrize("text", ["", "\n\n", "联系电话\n", "something else entirely"])
def test_a_text_without_the_table_says_so(text: str) -> None:
    assert [fault.code for fault in faults(parse_notice, text)] == ["no_contact_table"]


def test_a_next_attachment_is_not_read_as_rows() -> None:
    assert len(parse_notice(notice_text() + "\n附件4\n\n平台操作手册\n")) == 58


def test_csv_takes_codes_and_chinese_names_alike() -> None:
    heading = ",".join(CSV_COLUMNS)
    rows_of_csv = "广州市,光大银行,借记卡,某支行,张三,020-12345678\n\n440300,boc,credit,某支行,李四,13900000000\n"
    text = f"\ufeff{heading}\n{rows_of_csv}"

    rows = parse_csv(text)

    assert [(row.city, row.bank, row.card_type, row.line) for row in rows] == [
        ("440100", Bank.CEB, CardType.DEBIT, 2),
        ("440300", Bank.BOC, CardType.CREDIT, 4),
    ]


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("a,b\n", "text.line.1", "bad_heading"),
        (",".join(CSV_COLUMNS), "text", "no_contact_table"),
        (f"{','.join(CSV_COLUMNS)}\n广州,boc,debit,某支行,张三\n", "text.line.2", "broken_row"),
        (f"{','.join(CSV_COLUMNS)}\n\n广州,boc,debit,某支行,张三,1\n", "text.line.3", "bad_phone"),
        (f'{",".join(CSV_COLUMNS)}\n"广州,boc\n', "text.line.2", "bad_csv"),
    ],
)
def test_a_broken_csv_is_named_by_its_line(text: str, field: str, code: str) -> None:
    assert [(fault.field, fault.code) for fault in faults(parse_csv, text)] == [(field, code)]


def test_the_shipped_branches_are_complete_and_name_nobody() -> None:
    rows = parse_csv(BRANCHES.read_text(encoding="utf-8"))

    assert len(rows) == 58
    assert {row.city for row in rows} == set(CITIES_SERVED)
    assert {row.city for row in rows if row.bank is Bank.CEB} == TWO_BANKS
    assert {(row.bank.value, row.contact, row.phone) for row in rows} == {
        ("boc", "客服热线", "95566"),
        ("ceb", "客服热线", "95595"),
    }
