"""The history of verifications in person: for the person, and for who answers for them; nobody else learns of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.audit import AUDIT_LOG
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.schemas import in_person as schemas
from services.identity.use_cases import erasing, in_person_history
from tests.service.identity.conftest import Identity
from tests.service.identity.test_in_person import revoke, verify


def history(identity: Identity, caller: Caller, volunteer_id: str, valid_days: int = 0) -> list[dict[str, Any]]:
    command = commands.ListInPersonVerifications(volunteer_id=volunteer_id)
    with identity.uow(caller) as uow:
        uow.settings = replace(uow.settings, in_person_valid_days=valid_days)
        return list(schemas.Verifications().dump(in_person_history.list_of_volunteer(command, uow))["items"])


def own(identity: Identity, volunteer: Any) -> list[dict[str, Any]]:
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        listed = in_person_history.list_own(commands.ListMyInPersonVerifications(), uow)
        return list(schemas.MyVerifications().dump(listed)["items"])


def looks(identity: Identity) -> int:
    read = AUDIT_LOG.c.action == "volunteer.in_person_history_read"
    with identity.uow() as uow:
        return int(uow.session.scalar(sa.select(sa.func.count()).where(read)) or 0)


def colleague(identity: Identity, organization_id: str) -> Caller:
    """Somebody with a name who holds a role."""
    person = identity.register(name="陈小燕")
    return replace(identity.administrator(organization_id, "reviewer"), account_id=person.account_id)


def test_who_verified_and_why_it_was_revoked_stands_in_the_history(identity: Identity) -> None:
    volunteer, here = identity.register(), identity.organization_exists(new_id())
    caller = colleague(identity, here)
    verify(identity, caller, volunteer.id, here)
    identity.clock.advance(days=1)
    revoke(identity, caller, volunteer.id, here)
    identity.clock.advance(days=1)
    verify(identity, identity.administrator(here), volunteer.id, here)
    now, past = history(identity, caller, volunteer.id, valid_days=30)
    assert datetime.fromisoformat(now["expires_at"]) == identity.clock.now() + timedelta(days=30)
    assert (now["verified_by_name"], now["ended_at"]) == ("", None)
    assert (past["organization_name"], past["verified_by_name"], past["ended_by_name"]) == (
        "越秀区义工联", "陈小燕", "陈小燕",
    )  # fmt: skip
    assert (past["cause"], past["reason"], past["expires_at"]) == ("revoked", "冒用他人证件", None)
    assert looks(identity) == 1


def test_the_volunteer_sees_all_of_them_with_the_names_of_those_at_work_masked(identity: Identity) -> None:
    volunteer, here = identity.register(), identity.organization_exists(new_id())
    assert own(identity, volunteer) == []
    caller = colleague(identity, here)
    verify(identity, caller, volunteer.id, here)
    revoke(identity, caller, volunteer.id, here)
    (shown,) = own(identity, volunteer)
    assert (shown["verified_by_masked"], shown["reason"]) == ("陈*燕", "冒用他人证件")
    assert "verified_by_name" not in shown
    assert looks(identity) == 0


def test_only_who_verified_or_stands_above_sees_it_and_each_no_more_than_that(identity: Identity) -> None:
    volunteer = identity.register()
    above, beside = identity.organization_exists(new_id()), identity.organization_exists(new_id())
    here = identity.organization_exists(new_id(), above)
    below = identity.organization_exists(new_id(), above, here)
    for organization_id in (here, beside):
        verify(identity, identity.administrator(organization_id), volunteer.id, organization_id)
        revoke(identity, identity.administrator(organization_id, "owner"), volunteer.id, organization_id)
    for place, seen in ((above, here), (here, here), (beside, beside)):
        rows = history(identity, identity.administrator(place, "recorder"), volunteer.id)
        assert [row["organization_id"] for row in rows] == [seen]
    with pytest.raises(NotFound):
        history(identity, identity.administrator(below, "owner"), volunteer.id)
    with pytest.raises(Forbidden):
        history(identity, identity.administrator(here, "viewer"), volunteer.id)
    with pytest.raises(NotFound):
        history(identity, identity.administrator(here), new_id())


def test_the_history_of_an_erased_person_is_nobodys(identity: Identity) -> None:
    volunteer, here = identity.register(), identity.organization_exists(new_id())
    verify(identity, identity.administrator(here), volunteer.id, here)
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    with pytest.raises(NotFound):
        history(identity, identity.administrator(here), volunteer.id)
