"""Signing in: by whatever name, with nothing to learn from a refusal, and a family of tokens that ends together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from gateway.tokens import TokenVerifier
from services.chassis.context import Caller
from services.chassis.errors import AppError, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.errors import BadCredentials, BadRefreshToken, LoginLocked
from services.identity.models import LoginSession, RefreshToken
from services.identity.passwords import Passwords
from services.identity.schemas import requests
from services.identity.use_cases import reviews, sessions
from services.organization.events import AdministratorChanged
from tests.service.identity.conftest import ADDRESS, TOKEN_KEY, Identity


def test_phone_email_and_certificate_number_all_lead_to_the_same_account(identity: Identity) -> None:
    body = identity.registration(email="Kapok@Example.org")
    volunteer = identity.register(dict(body))
    number = body["cert_no"]
    for login in (body["phone"], "kapok@example.ORG", number, f" {number[:6]} {number[6:]}", number.lower()):
        assert identity.sign_in(login)["account"]["account_id"] == volunteer.account_id


def test_the_gateway_reads_the_caller_out_of_the_access_token(identity: Identity) -> None:
    body = identity.registration()
    volunteer = identity.register(dict(body))
    role = {"administrator_id": new_id(), "organization_id": identity.home, "role": "recorder"}
    identity.handle(
        reviews.take_over_administrator, AdministratorChanged(account_id=volunteer.account_id, active=True, **role)
    )
    signed_in = identity.sign_in(body["phone"])
    assert signed_in["expires_in"] == 900
    verifier = TokenVerifier(KeySet([TOKEN_KEY]), identity.clock)
    caller = verifier.identify(f"Bearer {signed_in['access_token']}")
    assert (caller.kind, caller.account_id, caller.volunteer_id) == ("volunteer", volunteer.account_id, volunteer.id)
    assert [(r.organization_id, r.role) for r in caller.roles] == [(identity.home, "recorder")]
    assert jwt.decode(signed_in["access_token"], TOKEN_KEY, algorithms=["Ed25519"]).header["kid"] == "token-1"
    identity.clock.advance(minutes=15)
    with pytest.raises(AppError):
        verifier.identify(f"Bearer {signed_in['access_token']}")


def refusal(identity: Identity, account: str, password: str) -> AppError:
    with pytest.raises(AppError) as refused:
        identity.sign_in(account, password)
    return refused.value


def test_the_answer_does_not_tell_whether_the_account_exists(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same refusal, same number of hashes computed, same lockout after the same number of attempts."""
    body = identity.registration()
    identity.register(dict(body))
    hashed: list[str] = []
    verify = Passwords._verify

    def counted(self: Passwords, password: str, password_hash: str) -> bool:
        hashed.append(password_hash.rpartition("$")[0].rpartition("$")[0])  # algorithm and parameters
        return verify(self, password, password_hash)

    monkeypatch.setattr(Passwords, "_verify", counted)
    seen: dict[str, list[Any]] = {}
    for account in (body["phone"], "13700009999"):
        answers = [refusal(identity, account, "wrong-password-1").to_problem("zh", "r") for _ in range(7)]
        seen[account] = [answers, list(hashed)]
        hashed.clear()
    known, unknown = seen.values()
    assert known == unknown
    assert [answer["status"] for answer in known[0]] == [401] * 5 + [429] * 2
    assert len(known[1]) == 5


def test_a_name_waits_longer_after_each_wrong_password_and_the_right_one_ends_it(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    for _ in range(5):
        assert isinstance(refusal(identity, body["phone"], "wrong-password-1"), BadCredentials)
    locked = refusal(identity, body["phone"], body["password"])
    assert isinstance(locked, LoginLocked)
    assert locked.data["retry_after"] == 30
    identity.clock.advance(seconds=31)
    assert isinstance(refusal(identity, body["phone"], "wrong-password-1"), BadCredentials)
    assert refusal(identity, body["phone"], body["password"]).data["retry_after"] == 60
    identity.clock.advance(seconds=61)
    identity.sign_in(body["phone"])
    assert isinstance(refusal(identity, body["phone"], "wrong-password-1"), BadCredentials)


def test_guesses_at_the_same_moment_count_too(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    with ThreadPoolExecutor(12) as pool:
        refusals = list(pool.map(lambda _: refusal(identity, body["phone"], "wrong-password-1"), range(12)))
    assert sum(isinstance(r, BadCredentials) for r in refusals) == 5
    assert sum(isinstance(r, LoginLocked) for r in refusals) == 7


def test_an_attempt_that_began_before_somebody_elses_failure_ended_does_not_wait_for_it(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    assert isinstance(refusal(identity, body["phone"], "wrong-password-1"), BadCredentials)
    identity.clock.advance(seconds=-0.01)
    assert identity.sign_in(body["phone"])


def test_one_password_tried_on_many_names_locks_the_address(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    object.__setattr__(identity.units.runtime.settings, "login_free_failures_per_address", 10)
    for n in range(10):
        assert isinstance(refusal(identity, f"1370000{n:04}", "wrong-password-1"), BadCredentials)
    assert isinstance(refusal(identity, body["phone"], body["password"]), LoginLocked)
    assert identity.sign_in(body["phone"], address="198.51.100.4")


def test_a_captcha_is_good_once_and_for_five_minutes(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    captcha = identity.captcha()

    def sign_in(**changes: str) -> Any:
        given = {"account": body["phone"], "password": body["password"], **captcha, **changes}
        return sessions.sign_in(identity.units.factory(identity.stranger()), requests.SignIn().parse(given))

    assert sign_in()
    for changes in ({}, identity.captcha() | {"captcha_answer": "0001"}, {"captcha_id": new_id()}):
        with pytest.raises(Invalid) as refused:
            sign_in(**changes)
        assert [(f.field, f.code) for f in refused.value.errors] == [("captcha_answer", "wrong_captcha")]
    late = identity.captcha()
    identity.clock.advance(minutes=5)
    with pytest.raises(Invalid):
        sign_in(**late)


def test_a_refresh_token_is_spent_by_its_use(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    first = identity.sign_in(body["phone"])
    second = identity.refresh(first["refresh_token"])
    third = identity.refresh(second["refresh_token"])
    assert len({t["refresh_token"] for t in (first, second, third)}) == 3
    with identity.uow() as uow:
        digests = uow.session.query(RefreshToken).all()
    assert all(first["refresh_token"].encode() != token.digest for token in digests)


def test_a_spent_refresh_token_that_comes_again_ends_the_family(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    stolen = identity.sign_in(body["phone"])["refresh_token"]
    other_device = identity.sign_in(body["phone"])["refresh_token"]
    current = identity.refresh(stolen)["refresh_token"]
    for token in (stolen, current, "never-issued"):
        with pytest.raises(BadRefreshToken):
            identity.refresh(token)
    assert identity.refresh(other_device)


def test_of_two_refreshes_at_once_only_one_gets_tokens(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    token = identity.sign_in(body["phone"])["refresh_token"]

    def attempt(_: int) -> bool:
        try:
            return bool(identity.refresh(token))
        except BadRefreshToken:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]


def test_a_session_that_is_not_used_for_thirty_days_is_over(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    token = identity.sign_in(body["phone"])["refresh_token"]
    identity.clock.advance(days=29)
    token = identity.refresh(token)["refresh_token"]
    identity.clock.advance(days=30)
    with pytest.raises(BadRefreshToken):
        identity.refresh(token)


def test_sessions_are_listed_and_ended_by_their_owner_alone(identity: Identity) -> None:
    body, other = identity.registration(), identity.registration()
    volunteer, stranger = identity.register(dict(body)), identity.register(dict(other))
    tokens = [identity.sign_in(body["phone"]) for _ in range(3)]
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        listed = sessions.list_sessions(commands.ListSessions(), uow)["items"]
    assert len(listed) == 3
    with pytest.raises(NotFound), identity.uow(identity.as_volunteer(stranger)) as uow:
        sessions.end_sessions(commands.EndSessions(session_id=listed[0]["session_id"]), uow)
    with identity.uow(identity.as_volunteer(volunteer, listed[0]["session_id"])) as uow:
        sessions.end_current_session(commands.EndCurrentSession(), uow)
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        assert sessions.end_sessions(commands.EndSessions(session_id=None), uow) == {"ended": 2}
    for token in tokens:
        with pytest.raises(BadRefreshToken):
            identity.refresh(token["refresh_token"])


def test_the_gateway_alone_asks_which_sessions_are_over(identity: Identity) -> None:
    body = identity.registration()
    volunteer = identity.register(dict(body))
    identity.sign_in(body["phone"])
    identity.sign_in(body["phone"])
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        one, other = (item["session_id"] for item in sessions.list_sessions(commands.ListSessions(), uow)["items"])
    query, gateway = commands.FindEndedSessions(session_ids=[one, other]), Caller(kind="service", account_id="gateway")
    with identity.uow(gateway) as uow:
        assert sessions.find_ended_sessions(query, uow) == {"session_ids": []}
    with identity.uow(identity.as_volunteer(volunteer, one)) as uow:
        sessions.end_current_session(commands.EndCurrentSession(), uow)
    with identity.uow(gateway) as uow:
        assert sessions.find_ended_sessions(query, uow) == {"session_ids": [one]}
    with identity.uow(identity.as_volunteer(volunteer)) as uow, pytest.raises(Forbidden):
        sessions.find_ended_sessions(query, uow)


def test_the_list_of_sessions_says_from_what_and_from_where_each_was_used_last(identity: Identity) -> None:
    body = identity.registration()
    volunteer = identity.register(dict(body))
    identity.client = "Kapok/1.0 (Linux)"
    tokens = identity.sign_in(body["phone"])
    identity.clock.advance(minutes=5)
    (row,) = listed(identity, volunteer)
    assert (row["device"], row["address"]) == ("Kapok/1.0 (Linux)", ADDRESS)
    with identity.uow() as uow:
        assert ADDRESS not in uow.session.get_one(LoginSession, row["session_id"]).address_sealed
    identity.client = "Kapok/1.1 (Linux)"
    identity.refresh(tokens["refresh_token"])
    (row,) = listed(identity, volunteer)
    assert (row["device"], row["last_used_at"]) == ("Kapok/1.1 (Linux)", identity.clock.now())


def listed(identity: Identity, volunteer: Any) -> list[dict[str, Any]]:
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        return list(sessions.list_sessions(commands.ListSessions(), uow)["items"])
