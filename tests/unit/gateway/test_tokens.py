"""Whose tokens are believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import KeySet, OctKey, OKPKey

from gateway.tokens import TokenVerifier
from services.chassis.clock import FixedClock
from services.chassis.errors import NotAuthenticated
from tests.unit.gateway.conftest import KEY, claims, token


@pytest.fixture
def verifier() -> TokenVerifier:
    return TokenVerifier(KeySet([KEY]), FixedClock(datetime.now(UTC)))


def test_a_good_token_says_who_is_calling(verifier: TokenVerifier) -> None:
    given = claims(roles=[["org-1", "owner"], ["org-2", "recorder"]])
    identity = verifier.identify(f"Bearer {token(given)}")
    assert (identity.account_id, identity.volunteer_id) == (given["sub"], given["vid"])
    assert [(r.organization_id, r.role) for r in identity.roles] == [("org-1", "owner"), ("org-2", "recorder")]


@pytest.mark.parametrize(
    "broken",
    [
        {"iss": "somebody else"},
        {"kind": "service"},
        {"kind": ["volunteer"]},
        {"exp": 1},
        {"exp": "never"},
        {"exp": None},
        {"roles": 5},
        {"roles": [["only one"]]},
        {"roles": None},
    ],
)
def test_a_signed_token_that_does_not_make_sense_is_refused(verifier: TokenVerifier, broken: dict[str, Any]) -> None:
    assert verifier.identify(f"Bearer {token(claims())}")
    with pytest.raises(NotAuthenticated):
        verifier.identify(f"Bearer {token(claims(**broken))}")


@pytest.mark.parametrize("missing", ["iss", "sub", "kind", "exp"])
def test_a_token_that_leaves_something_out_is_refused(verifier: TokenVerifier, missing: str) -> None:
    given = claims()
    del given[missing]
    with pytest.raises(NotAuthenticated):
        verifier.identify(f"Bearer {token(given)}")


def test_a_token_signed_by_somebody_else_is_refused(verifier: TokenVerifier) -> None:
    stranger = OKPKey.generate_key("Ed25519", {"kid": "test"})
    with pytest.raises(NotAuthenticated):
        verifier.identify(f"Bearer {token(claims(), stranger)}")


def test_the_public_key_is_no_shared_secret(verifier: TokenVerifier) -> None:
    public = OctKey.import_key(KEY.as_dict(private=False)["x"])
    forged = token(claims(), public, {"alg": "HS256", "kid": "test"})
    with pytest.raises(NotAuthenticated):
        verifier.identify(f"Bearer {forged}")


def test_a_token_without_a_signature_is_refused(verifier: TokenVerifier) -> None:
    head, body, _ = token(claims()).split(".")
    with pytest.raises(NotAuthenticated):
        verifier.identify(f"Bearer {head}.{body}.")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer é", "a b c"])
def test_what_is_no_token_at_all_is_refused(verifier: TokenVerifier, header: str) -> None:
    with pytest.raises(NotAuthenticated):
        verifier.identify(header)


def test_a_remembered_token_ends_when_it_says_so() -> None:
    clock = FixedClock(datetime.now(UTC))
    verifier = TokenVerifier(KeySet([KEY]), clock)
    header = f"Bearer {token(claims())}"
    assert verifier.identify(header) is verifier.identify(header)
    clock.advance(minutes=15)
    with pytest.raises(NotAuthenticated):
        verifier.identify(header)


def test_after_a_rotation_tokens_of_both_keys_are_believed() -> None:
    newer = OKPKey.generate_key("Ed25519", {"kid": "newer", "use": "sig", "alg": "Ed25519"})
    verifier = TokenVerifier(KeySet([newer, KEY]), FixedClock(datetime.now(UTC)))
    assert verifier.identify(f"Bearer {token(claims())}")
    assert verifier.identify(f"Bearer {token(claims(), newer, {'alg': 'Ed25519', 'kid': 'newer'})}")
