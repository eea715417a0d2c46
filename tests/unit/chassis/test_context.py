"""The caller's context: only what was sealed with one of our keys is believed."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.context import Caller, ContextKeys, Role
from services.chassis.errors import Forbidden, NotAuthenticated

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()
KEYS = ContextKeys.parse(f"new:{NEW},old:{OLD}")
CALLER = Caller(
    kind="administrator",
    account_id="account-1",
    roles=(Role("organization-1", "owner"), Role("organization-2", "viewer")),
    locale="en",
    request_id="request-1",
    traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01",
    idempotency_key="key-1",
    remote_address="192.0.2.1",
    session_id="session-1",
    user_agent="Kapok/1.0 (Linux)",
)


def test_a_caller_arrives_as_it_was_sent() -> None:
    assert KEYS.open(KEYS.seal(CALLER)) == CALLER


def test_a_context_sealed_with_the_previous_key_is_still_good() -> None:
    assert KEYS.open(ContextKeys.parse(f"old:{OLD}").seal(CALLER)) == CALLER


def test_a_context_sealed_with_a_foreign_key_is_refused() -> None:
    foreign = ContextKeys.parse("new:" + base64.b64encode(b"x" * 32).decode())
    with pytest.raises(NotAuthenticated):
        KEYS.open(foreign.seal(CALLER))


@given(position=st.integers(min_value=0), replacement=st.characters())
def test_no_changed_character_goes_unnoticed(position: int, replacement: str) -> None:
    header = KEYS.seal(CALLER)
    position %= len(header)
    changed = header[:position] + replacement + header[position + 1 :]
    try:
        opened = KEYS.open(changed)
    except NotAuthenticated:
        return
    assert opened == CALLER  # only spare bits of base64 may differ


@given(st.text())
def test_whatever_stands_in_the_header_it_is_refused_and_nothing_breaks(header: str) -> None:
    with pytest.raises(NotAuthenticated):
        KEYS.open(header)


def test_short_keys_are_refused_at_start() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ContextKeys.parse("k:" + base64.b64encode(b"short").decode())


def test_a_further_hop_speaks_in_the_services_name_within_the_same_request() -> None:
    hop = CALLER.through_service("card")

    assert (hop.kind, hop.account_id, hop.roles, hop.idempotency_key) == ("service", "card", (), None)
    assert (hop.request_id, hop.traceparent) == (CALLER.request_id, CALLER.traceparent)


def test_only_the_named_services_pass() -> None:
    hop = CALLER.through_service("card")
    assert hop.require_service("card", "identity") is hop
    for stranger in (hop, CALLER, Caller()):
        with pytest.raises(Forbidden):
            stranger.require_service("identity")


def test_requirements_tell_a_stranger_from_the_wrong_person() -> None:
    with pytest.raises(NotAuthenticated):
        Caller().require_volunteer()
    with pytest.raises(Forbidden):
        CALLER.require_volunteer()
    assert Caller(kind="volunteer", volunteer_id="v").require_volunteer() == "v"
    with pytest.raises(Forbidden):
        CALLER.require_platform()


def test_roles_are_found_by_their_names() -> None:
    assert CALLER.organizations_as("owner", "reviewer") == ("organization-1",)
    assert CALLER.organizations_as("recorder") == ()
