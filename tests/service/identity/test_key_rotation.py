"""A new key while people go on changing their data: every row opens afterwards, and none is under the old key."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from services.chassis import rotation, sealed_events
from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.ids import new_id
from services.chassis.tables import OUTBOX
from services.chassis.testing.units import Units, test_key
from services.identity.models import Account
from services.identity.repository import UNIT_OF_WORK
from services.identity.sealed_columns import SEALED_COLUMNS
from services.identity.settings import SETTINGS
from tests.service.identity.conftest import ENVIRONMENT, Identity, resident_id

PHONE = SEALED_COLUMNS[0]
OLD, NEW = test_key("f"), test_key("g", "new")


@pytest.fixture
def rotated(identity: Identity) -> Iterator[Units]:
    """The same database, in the eyes of a process that has the new key first."""
    environment = {**ENVIRONMENT, "ZHIYUAN_FIELD_KEYS": f"{NEW},{OLD}"}
    url = identity.units.runtime.settings.database_url.reveal()
    units = Units("identity", UNIT_OF_WORK, SETTINGS, url, identity.clock, environment)
    yield units
    units.close()


def add_accounts(identity: Identity, count: int) -> list[str]:
    """People with phones, sealed under the old key."""
    ids = [new_id() for _ in range(count)]
    with identity.uow() as uow:
        for n, account_id in enumerate(ids):
            account = Account(
                id=account_id, kind="volunteer", name="林木棉", locale="zh", created_at=uow.clock.now(), version=1
            )
            uow.vault.set_phone(account, f"1390000{n:04}")
            uow.session.add(account)
    return ids


def phones(units: Units, keys: str) -> dict[str, str]:
    """Every phone by account, opened with ``keys`` alone."""
    cipher = FieldCipher(KeyRing.parse(keys))
    with units() as uow:
        rows = uow.session.execute(sa.select(Account.id, Account.phone_sealed)).all()
        return {account_id: cipher.decrypt(token, f"account.phone:{account_id}") for account_id, token in rows}


def test_every_row_comes_under_the_new_key_while_somebody_changes_rows(identity: Identity, rotated: Units) -> None:
    ids = add_accounts(identity, 3 * rotation.BATCH)
    expected = phones(identity.units, OLD)
    done = threading.Event()

    def change_until_done() -> int:
        changes = 0
        while not done.is_set() or changes < 50:
            account_id = ids[(changes * 37) % len(ids)]
            with rotated() as uow:
                account = uow.accounts.lock(account_id)
                expected[account_id] = f"1380000{changes % 10000:04}"
                uow.vault.set_phone(account, expected[account_id])
                account.phone_digest = None  # phones are unique, which is not what this is about
            changes += 1
        return changes

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(change_until_done)
        outcome = rotation.rotate(rotated.factory(), PHONE)
        done.set()
        assert writer.result() >= 50
    assert (outcome.left, outcome.unreadable) == (0, 0)
    assert outcome.rewritten > 0
    assert rotation.rows_by_key(rotated.factory(), PHONE) == {"new": len(ids)}
    assert phones(rotated, NEW) == expected


def test_a_row_that_somebody_holds_is_passed_over_and_done_by_the_next_run(
    identity: Identity, rotated: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_PAUSE_SECONDS", 0)
    held, *_ = add_accounts(identity, 3)
    with identity.uow() as uow:
        uow.accounts.lock(held)
        outcome = rotation.rotate(rotated.factory(), PHONE, patience=2)
    assert (outcome.rewritten, outcome.left) == (2, 1)
    assert rotation.rotate(rotated.factory(), PHONE).rewritten == 1
    assert rotation.rows_by_key(rotated.factory(), PHONE) == {"new": 3}


def test_a_row_under_a_key_that_is_not_there_is_counted_and_kept(identity: Identity, rotated: Units) -> None:
    add_accounts(identity, 1)
    with identity.uow() as uow:
        uow.session.execute(sa.update(Account).values(phone_sealed="v1.lost.AAAA"))
    outcome = rotation.rotate(rotated.factory(), PHONE)
    assert (outcome.rewritten, outcome.unreadable, outcome.left) == (0, 1, 0)
    assert rotation.rows_by_key(rotated.factory(), PHONE) == {"lost": 1}


def test_every_sealed_column_of_a_registered_minor_is_rotated(identity: Identity, rotated: Units) -> None:
    guardian = {"name": "林父", "phone": "13700000000", "consent": True}
    identity.register(cert_no=resident_id(1, "20120307"), email="mumian@example.org", guardian=guardian)
    for sealed in SEALED_COLUMNS:
        rotation.rotate(rotated.factory(), sealed)
        assert set(rotation.rows_by_key(rotated.factory(), sealed)) <= {"new"}, sealed.name


def test_an_event_needs_the_key_that_sealed_it_until_the_outbox_forgets_it(identity: Identity) -> None:
    units = identity.units.factory()
    assert sealed_events.events_under(units, "test") == sealed_events.StillNeeded(0, 0, None)
    identity.code("13900000001")  # its event carries the phone and the code, sealed

    waiting = sealed_events.events_under(units, "test")
    assert (waiting.unsent, waiting.sent, waiting.until) == (1, 0, None)
    assert sealed_events.events_under(units, "tes") == sealed_events.StillNeeded(0, 0, None), "another key"
    for hours, sent in ((71, 1), (73, 0)):
        with identity.uow() as uow:
            ago = sa.func.now() - sa.func.make_interval(0, 0, 0, 0, hours)
            uow.session.execute(sa.update(OUTBOX).values(sent_at=ago))
        found = sealed_events.events_under(units, "test")
        assert (found.unsent, found.sent, found.until is not None) == (0, sent, bool(sent))
