"""The address of a card's public page, and whose page is shown."""

from __future__ import annotations

import pytest

from services.card.domain.pages import digest_of, is_shown, new_token


def test_no_two_addresses_are_alike_and_none_can_be_guessed() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}, "32 random bytes"


def test_an_address_is_found_by_a_digest_that_does_not_tell_it() -> None:
    token = new_token()
    assert digest_of(token) == digest_of(token)
    assert digest_of(token) != digest_of(token[:-1])
    assert token.encode() not in digest_of(token)


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("active", True), ("pending_review", False), ("verifying", False), ("rejected", False), ("suspended", False),
        ("erased", False), (None, False),
    ],
)  # fmt: skip
def test_only_an_active_volunteer_has_a_page(status: str | None, shown: bool) -> None:
    assert is_shown(status) is shown
