"""Codes prove shift, direction and moment by themselves."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attendance.codes import AttendanceCodes
from services.attendance.domain import Direction
from services.attendance.errors import CodeExpired, CodeInvalid
from services.chassis.crypto import KeyRing, Signer
from services.chassis.ids import new_id

OLD, NEW, FOREIGN = ({kid: letter * 32} for kid, letter in (("code-1", b"a"), ("code-2", b"b"), ("code-1", b"x")))
CODES = AttendanceCodes(KeyRing(OLD), 30)
SHIFT = new_id()
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # the first moment of a step

directions = st.sampled_from(Direction)
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


@given(shift=st.uuids().map(str), direction=directions, shown_at=moments)
def test_a_code_says_the_shift_and_the_direction_it_was_shown_for(
    shift: str, direction: Direction, shown_at: datetime
) -> None:
    code = CODES.read(CODES.show(shift, direction, shown_at).token)

    assert (code.shift_id, code.direction) == (shift, direction)
    CODES.require_fresh(code, shown_at)


@given(shown_at=moments, later=st.integers(-10_000, 10_000))
def test_a_code_is_good_in_its_step_and_the_two_beside_it(shown_at: datetime, later: int) -> None:
    code = CODES.read(CODES.show(SHIFT, Direction.SIGN_IN, shown_at).token)
    scanned_at = shown_at + timedelta(seconds=later)
    steps_apart = int(scanned_at.timestamp()) // 30 - int(shown_at.timestamp()) // 30

    if abs(steps_apart) <= 1:
        CODES.require_fresh(code, scanned_at)
    else:
        with pytest.raises(CodeExpired):
            CODES.require_fresh(code, scanned_at)


def test_within_a_step_the_code_is_the_same_and_the_next_step_has_another() -> None:
    first = CODES.show(SHIFT, Direction.SIGN_IN, NOON)

    assert CODES.show(SHIFT, Direction.SIGN_IN, NOON + timedelta(seconds=29)) == first
    assert first.valid_until == NOON + timedelta(seconds=30)
    assert CODES.show(SHIFT, Direction.SIGN_IN, first.valid_until).token != first.token
    assert CODES.show(SHIFT, Direction.SIGN_OUT, NOON).token != first.token


@given(position=st.integers(0, 200), replacement=st.sampled_from("ABCxyz019-_."))
def test_a_code_that_was_changed_anywhere_is_invalid(position: int, replacement: str) -> None:
    token = CODES.show(SHIFT, Direction.SIGN_IN, NOON).token
    position %= len(token)
    changed = token[:position] + replacement + token[position + 1 :]
    if changed != token:
        with pytest.raises(CodeInvalid):
            CODES.read(changed)


@given(st.text(max_size=100))
def test_whatever_else_is_scanned_is_invalid(text: str) -> None:
    with pytest.raises(CodeInvalid):
        CODES.read(text)


def test_another_platforms_code_is_invalid() -> None:
    with pytest.raises(CodeInvalid):
        CODES.read(AttendanceCodes(KeyRing(FOREIGN), 30).show(SHIFT, Direction.SIGN_IN, NOON).token)


def test_a_new_key_in_front_leaves_the_codes_on_the_screens_good() -> None:
    shown_before = CODES.show(SHIFT, Direction.SIGN_IN, NOON).token
    rotated = AttendanceCodes(KeyRing({**NEW, **OLD}), 30)

    assert rotated.read(shown_before).shift_id == SHIFT
    assert rotated.show(SHIFT, Direction.SIGN_IN, NOON).token.startswith("code-2.")


@given(shift=st.uuids().map(str), direction=directions, scanned_at=moments)
def test_a_printed_code_says_shift_and_direction_is_always_the_same_and_never_old(
    shift: str, direction: Direction, scanned_at: datetime
) -> None:
    token = CODES.print(shift, direction)
    code = CODES.read(token)

    assert (code.shift_id, code.direction, code.printed) == (shift, direction, True)
    assert CODES.print(shift, direction) == token
    CODES.require_fresh(code, scanned_at)


def test_neither_kind_of_code_can_be_made_into_the_other() -> None:
    keyring = KeyRing(OLD)
    shown, printed = CODES.show(SHIFT, Direction.SIGN_IN, NOON).token, CODES.print(SHIFT, Direction.SIGN_IN)
    mac = {name: token.rpartition(".")[2] for name, token in (("shown", shown), ("printed", printed))}

    for body, foreign in ((shown, mac["printed"]), (printed, mac["shown"])):
        with pytest.raises(CodeInvalid):
            CODES.read(f"{body.rpartition('.')[0]}.{foreign}")
    for purpose in ("printed attendance code v1", "attendance code v1"):
        with pytest.raises(CodeInvalid):  # signed for one purpose, with the other's content
            CODES.read(Signer(keyring).sign(b"x" * (21 if purpose.startswith("printed") else 17), purpose))


def test_a_code_is_short_enough_for_a_qr_that_an_old_phone_reads() -> None:
    token = CODES.show(SHIFT, Direction.SIGN_OUT, NOON).token

    assert len(token) <= 64
    assert len(base64.urlsafe_b64decode(token.split(".")[1] + "==")) == 21
