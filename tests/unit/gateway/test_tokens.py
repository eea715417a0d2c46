"""Whose tokens are believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from gateway.errors import EnrollmentRequired
from gateway.routes import ALL_ROUTES
from gateway.routing import Who
from gateway.tokens import TokenVerifier
from services.chassis.clock import FixedClock
from services.chassis.context import Caller
from services.chassis.errors import NotAuthenticated
from services.chassis.ids import new_id
from services.chassis.settings import SettingsError
from tests.unit.gateway.conftest import KEY, claims, settings_for, token


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


ALWAYS_OPEN = {"POST /me/totp", "POST /me/totp/confirmation", "DELETE /sessions/current"}


def test_whoever_must_enroll_a_second_factor_finds_nothing_else_open() -> None:
    caller = Caller(kind="enrolling", account_id=new_id())
    let_in = set()
    for route in ALL_ROUTES:
        if route.who in (Who.PUBLIC, Who.PARTNER):
            continue
        try:
            route.who.check(caller)
            let_in.add(f"{route.method} {route.path}")
        except EnrollmentRequired:
            continue
    assert let_in == ALWAYS_OPEN
    for route in ALL_ROUTES:
        if f"{route.method} {route.path}" in ALWAYS_OPEN:
            route.who.check(Caller(kind="volunteer", account_id=new_id()))
            with pytest.raises(NotAuthenticated):
                route.who.check(Caller())


def test_a_token_of_the_last_key_is_good_while_that_key_is_listed_and_an_unknown_kid_never_is() -> None:
    """A rotation (docs/runbooks/token-keys.md): both are listed, then the old one is dropped."""
    old, new = (OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}) for kid in ("token-1", "token-2"))
    clock = FixedClock(datetime.now(UTC))
    during = TokenVerifier(public(old, new), clock)
    for key in (old, new):
        assert during.identify(f"Bearer {signed(key)}")
    after = TokenVerifier(public(new), clock)
    assert after.identify(f"Bearer {signed(new)}")
    with pytest.raises(NotAuthenticated):
        after.identify(f"Bearer {signed(old)}")


def test_the_kid_decides_which_key_is_tried() -> None:
    """A listed key under another's kid, and no kid at all."""
    old, new = (OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}) for kid in ("token-1", "token-2"))
    verifier = TokenVerifier(public(old, new), FixedClock(datetime.now(UTC)))
    forged = jwt.encode({"alg": "Ed25519", "kid": "token-2"}, claims(), old, algorithms=["Ed25519"])
    nameless = jwt.encode({"alg": "Ed25519"}, claims(), old, algorithms=["Ed25519"])
    for refused in (forged, nameless):
        with pytest.raises(NotAuthenticated):
            verifier.identify(f"Bearer {refused}")


@pytest.mark.parametrize(
    "keys",
    [
        {"keys": []},
        {"keys": [KEY.as_dict(private=True)]},
        {"keys": [{k: v for k, v in KEY.as_dict(private=False).items() if k != "kid"}]},
        {"keys": [KEY.as_dict(private=False)] * 2},
    ],
    ids=["none", "private", "nameless", "one name twice"],
)
def test_the_gateway_does_not_start_with_keys_that_make_no_sense(tmp_path: Path, keys: dict[str, Any]) -> None:
    assert settings_for(tmp_path)
    with pytest.raises(SettingsError, match="ZHIYUAN_TOKEN_PUBLIC_KEYS"):
        settings_for(tmp_path, ZHIYUAN_TOKEN_PUBLIC_KEYS=json.dumps(keys))


def public(*keys: OKPKey) -> KeySet:
    return KeySet.import_key_set({"keys": [key.as_dict(private=False) for key in keys]})


def signed(key: OKPKey) -> str:
    return token(claims(), key, {"alg": "Ed25519", "kid": key.kid})
