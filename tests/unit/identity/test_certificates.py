"""Certificates: the published vectors, and what must hold for every number there is."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.certificates import (
    UNKNOWN_REGION,
    BadNumber,
    CertType,
    check_character,
    masked_number,
    normalise,
    read_certificate,
)

TODAY = date(2026, 3, 2)


def refusal_of(cert_type: CertType, number: str) -> str:
    with pytest.raises(BadNumber) as refusal:
        read_certificate(cert_type, number, today=TODAY)
    assert not number or number not in str(refusal.value), "a refusal never shows the number"
    return refusal.value.error.code


def mod_11_2(digits: str) -> str:
    """ISO 7064 by its recursive definition, written independently of the weights of GB 11643."""
    remainder = 0
    for digit in digits:
        remainder = (remainder + int(digit)) * 2 % 11
    return "0123456789X"[(12 - remainder) % 11]


resident_ids = st.builds(
    lambda region, born, serial: f"{region}{born:%Y%m%d}{serial:03}",
    st.integers(100000, 999999),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
).map(lambda digits: digits + mod_11_2(digits))


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("11010519491231002X", date(1949, 12, 31)),
        ("440524188001010014", date(1880, 1, 1)),  # the number is right; the age rules refuse it
        ("440106199503070024", date(1995, 3, 7)),
        ("810000199408230021", date(1994, 8, 23)),
        ("820000199501020020", date(1995, 1, 2)),
        ("830000199201300022", date(1992, 1, 30)),
    ],
)
def test_published_resident_ids_are_read(number: str, born: date) -> None:
    certificate = read_certificate(CertType.RESIDENT_ID, number, today=TODAY)
    assert (certificate.number, certificate.birth_date, certificate.warnings) == (number, born, ())


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("440524188001010013", "bad_check_digit"),
        ("44052418800101001", "bad_cert_no"),
        ("440106950307002", "bad_cert_no"),  # fifteen digits: of the first generation, out of use since 2013
        ("X40106199503070024", "bad_cert_no"),
        ("", "bad_cert_no"),
        ("四四〇一〇六199503070024", "bad_cert_no"),
        ("٤٤٠١٠٦199503070024", "bad_cert_no"),
    ],
)
def test_what_is_no_resident_id_is_refused(number: str, code: str) -> None:
    assert refusal_of(CertType.RESIDENT_ID, number) == code


def test_a_birth_date_in_the_future_or_off_the_calendar_is_refused() -> None:
    for born in ("20260303", "20990101", "19950230", "19951301", "20230229", "00000101"):
        digits = f"440106{born}001"
        assert refusal_of(CertType.RESIDENT_ID, digits + check_character(digits)) == "bad_birth_date"


@given(resident_ids)
def test_every_number_made_by_the_standard_is_read_with_its_birth_date(number: str) -> None:
    certificate = read_certificate(CertType.RESIDENT_ID, number, today=TODAY)
    assert certificate.birth_date == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert certificate.birth_date <= TODAY


@given(resident_ids, st.integers(0, 16), st.integers(1, 9))
def test_no_single_wrong_digit_gets_through(number: str, place: int, offset: int) -> None:
    changed = (int(number[place]) + offset) % 10
    wrong = f"{number[:place]}{changed}{number[place + 1 :]}"
    with pytest.raises(BadNumber):
        read_certificate(CertType.RESIDENT_ID, wrong, today=TODAY)


@given(resident_ids, st.integers(0, 16))
def test_no_swap_of_neighbours_gets_through(number: str, place: int) -> None:
    a, b = number[place], number[place + 1]
    swapped = number[:place] + b + a + number[place + 2 :]
    if a != b:
        with pytest.raises(BadNumber):
            read_certificate(CertType.RESIDENT_ID, swapped, today=TODAY)


@given(resident_ids)
def test_full_width_blanks_and_a_small_x_make_no_difference(number: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number.lower())
    spaced = f" {number[:6]} {number[6:14]}　{number[14:].lower()}\t"
    assert normalise(wide) == normalise(spaced) == number


@given(st.text(max_size=40), st.sampled_from(list(CertType)))
def test_whatever_is_typed_is_read_or_refused(text: str, cert_type: CertType) -> None:
    try:
        certificate = read_certificate(cert_type, text, today=TODAY)
    except BadNumber:
        return
    assert certificate.number == normalise(certificate.number)


@given(st.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
def test_the_check_character_is_the_only_one_that_iso_7064_accepts(digits: str) -> None:
    """ISO 7064, 7.1: read to its end with X as ten, a number is right if the pure recursion leaves one."""
    right = []
    for candidate in "0123456789X":
        product = 0
        for character in digits + candidate:
            product = product * 2 + "0123456789X".index(character)
        if product % 11 == 1:
            right.append(candidate)
    assert right == [check_character(digits)] == [mod_11_2(digits)]


def test_an_unknown_region_is_a_warning() -> None:
    digits = "99010119900307001"
    certificate = read_certificate(CertType.RESIDENT_ID, digits + mod_11_2(digits), today=TODAY)
    assert certificate.warnings == (UNKNOWN_REGION,)


@pytest.mark.parametrize(
    ("cert_type", "good", "bad"),
    [
        (CertType.HK_MACAO_PERMIT, ["H12345678", "m1234567890"], ["H1234567", "A12345678", "H123456789"]),
        (CertType.TAIWAN_PERMIT, ["12345678"], ["1234567", "T2345678"]),
        (CertType.PASSPORT, ["E12345678", "EA1234567", "G12345678"], ["EI1234567", "EO1234567", "E1234567"]),
        (CertType.FOREIGN_PERMANENT_RESIDENT, ["USA110100000001"], ["US1110100000001", "USA11010000000"]),
    ],
)
def test_other_documents_go_by_their_form(cert_type: CertType, good: list[str], bad: list[str]) -> None:
    for number in good:
        certificate = read_certificate(cert_type, number, today=TODAY)
        assert (certificate.number, certificate.birth_date) == (number.upper(), None)
    for number in bad:
        assert refusal_of(cert_type, number) == "bad_cert_no"


def test_a_permanent_residents_new_number_has_the_same_check_digit_and_birth_date() -> None:
    digits = "91110519850714001"
    certificate = read_certificate(CertType.FOREIGN_PERMANENT_RESIDENT, digits + mod_11_2(digits), today=TODAY)
    assert (certificate.birth_date, certificate.warnings) == (date(1985, 7, 14), ())
    wrong = digits + ("1" if mod_11_2(digits) != "1" else "2")
    assert refusal_of(CertType.FOREIGN_PERMANENT_RESIDENT, wrong) == "bad_check_digit"


def test_a_place_may_have_patterns_of_its_own() -> None:
    patterns = {CertType.PASSPORT: r"[A-Z0-9]{5,17}"}
    assert read_certificate(CertType.PASSPORT, "L8NM1234", today=TODAY, patterns=patterns).number == "L8NM1234"


@given(st.from_regex(r"[A-Z0-9]{8,18}", fullmatch=True))
def test_a_masked_number_hides_at_least_half(number: str) -> None:
    masked = masked_number(number)
    assert len(masked) == len(number)
    assert masked.count("*") * 2 >= len(number)
    assert re.fullmatch(r"[A-Z0-9]{2,3}\*+[A-Z0-9]{2,4}", masked)


def test_somebody_born_today_has_a_past_birth_date_and_tomorrow_not() -> None:
    for born, fits in ((TODAY, True), (TODAY + timedelta(days=1), False)):
        digits = f"440106{born:%Y%m%d}001"
        number = digits + mod_11_2(digits)
        if fits:
            assert read_certificate(CertType.RESIDENT_ID, number, today=TODAY).birth_date == born
        else:
            assert refusal_of(CertType.RESIDENT_ID, number) == "bad_birth_date"
