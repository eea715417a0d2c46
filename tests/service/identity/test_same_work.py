"""What a stranger with a stopwatch learns: nothing. The same work is done whether or not there is an account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.errors import AppError
from services.identity import commands
from services.identity.passwords import Passwords
from services.identity.use_cases import notices, password_resets
from tests.service.identity.conftest import PASSWORD, Identity

NOBODY = "13700009999"


class Work:
    """SQL statements and argon2 calls, in their order."""

    def __init__(self, identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
        self._engine = identity.units.runtime.engine
        self.done: list[str] = []
        verify = Passwords._verify

        def counted(passwords: Passwords, password: str, password_hash: str) -> bool:
            self.done.append("argon2")
            return verify(passwords, password, password_hash)

        monkeypatch.setattr(Passwords, "_verify", counted)

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        self.done = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            # an UPDATE by its table: which columns it names beside others costs nothing
            self.done.append(statement.partition(" SET ")[0] if statement.startswith("UPDATE") else statement)

        sa.event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield self.done
        finally:
            sa.event.remove(self._engine, "before_cursor_execute", note)


@pytest.fixture
def work(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(identity, monkeypatch)


@pytest.fixture
def phone(identity: Identity) -> str:
    body = identity.registration()
    identity.register(dict(body))
    identity.clock.advance(minutes=2)
    return str(body["phone"])


def test_a_refused_sign_in_does_the_same_work_up_to_the_lock_and_after_it(
    identity: Identity, work: Work, phone: str
) -> None:
    seen = {}
    for account in (phone, NOBODY):
        with work.watched() as done:
            for _ in range(7):
                with pytest.raises(AppError):
                    identity.sign_in(account, "wrong-password-1")
        seen[account] = list(done)
    assert seen[phone] == seen[NOBODY]
    assert seen[phone].count("argon2") == 5


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_asking_for_a_reset_does_the_same_work_and_writes_the_same_rows(
    identity: Identity, work: Work, phone: str, channel: str
) -> None:
    seen = {}
    before = len(identity.units.published("code.requested"))
    for account in (phone, NOBODY):
        with work.watched() as done:
            for _ in range(2):  # the second is one too many
                with identity.uow() as uow:
                    password_resets.request_password_reset(
                        commands.RequestPasswordReset(account=account, channel=channel), uow
                    )
        seen[account] = list(done)
    assert seen[phone] == seen[NOBODY]
    assert len(identity.units.published("code.requested")) == before + 2


def test_a_wrong_reset_code_does_the_same_work(identity: Identity, work: Work, phone: str) -> None:
    seen = {}
    for account in (phone, NOBODY):
        with identity.uow() as uow:
            password_resets.request_password_reset(commands.RequestPasswordReset(account=account, channel="sms"), uow)
        wrong = commands.ResetPassword(account=account, code="none", new_password="Banyan-2027")
        with work.watched() as done:
            for _ in range(6):
                with pytest.raises(AppError):
                    password_resets.reset_password(identity.units.factory(identity.stranger()), wrong)
        seen[account] = list(done)
    assert seen[phone] == seen[NOBODY]


def lock_notices(identity: Identity) -> list[str]:
    with identity.uow() as uow:
        notices.tell_of_locks(uow)
    return [event["data"]["notice"] for event in identity.units.published("account.security_notice")]


def guess(identity: Identity, account: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(AppError):
            identity.sign_in(account, "wrong-password-1")


def test_the_owner_of_a_locked_name_is_told_once_in_a_spell(identity: Identity, phone: str) -> None:
    guess(identity, phone, 4)
    guess(identity, NOBODY, 5)
    identity.clock.advance(seconds=6)
    assert lock_notices(identity) == []
    guess(identity, phone, 1)
    assert lock_notices(identity) == []
    identity.clock.advance(seconds=31)
    assert lock_notices(identity) == ["login_locked"]
    guess(identity, phone, 1)
    identity.clock.advance(minutes=5)
    assert lock_notices(identity) == ["login_locked"]
    identity.clock.advance(days=2)
    guess(identity, phone, 5)
    identity.clock.advance(seconds=6)
    assert lock_notices(identity) == ["login_locked"] * 2


def test_whoever_gets_in_at_the_last_attempt_is_told_nothing(identity: Identity, phone: str) -> None:
    guess(identity, phone, 4)
    identity.sign_in(phone, PASSWORD)
    identity.clock.advance(seconds=6)
    assert lock_notices(identity) == []
