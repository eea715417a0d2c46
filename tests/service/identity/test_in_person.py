"""In-person verification: once, by an organization that is active, by somebody with a fitting role there or above."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.errors import AlreadyVerifiedInPerson, NotVerifiedNow, VerifierNotActive
from services.identity.models import InPersonVerification, Volunteer
from services.identity.use_cases import in_person
from tests.service.identity.conftest import Identity


def verify(identity: Identity, caller: Caller, volunteer_id: str, organization_id: str) -> Any:
    command = commands.VerifyInPerson(volunteer_id=volunteer_id, organization_id=organization_id, note="已核对证件")
    with identity.uow(caller) as uow:
        return in_person.verify_in_person(command, uow)


def test_an_organizer_verifies_and_everybody_hears_of_it_once(identity: Identity) -> None:
    volunteer = identity.register()
    here = identity.organization_exists(new_id())
    caller = identity.administrator(here)
    assert verify(identity, caller, volunteer.id, here)["organization_id"] == here
    stored = identity.stored(Volunteer, volunteer.id)
    assert (stored.verified_in_person_by, stored.verified_in_person_organization_id) == (caller.account_id, here)
    assert len(identity.units.published("volunteer.verified_in_person")) == 1
    assert identity.units.published("volunteer.changed")[-1]["data"]["verified_in_person"] is True
    with pytest.raises(AlreadyVerifiedInPerson) as refusal:
        verify(identity, caller, volunteer.id, here)
    assert refusal.value.data == {"verified_at": "2026-03-02"}


@pytest.mark.parametrize(
    ("role", "may"),
    [("owner", True), ("reviewer", True), ("organizer", True), ("recorder", True), ("viewer", False)],
)
def test_the_role_decides_at_the_organization_and_above_it(identity: Identity, role: str, may: bool) -> None:
    above = identity.organization_exists(new_id())
    here = identity.organization_exists(new_id(), above)
    for held_at in (here, above):
        volunteer = identity.register()
        if may:
            assert verify(identity, identity.administrator(held_at, role), volunteer.id, here)
        else:
            with pytest.raises(Forbidden):
                verify(identity, identity.administrator(held_at, role), volunteer.id, here)


def test_a_role_beside_or_below_reaches_nobody(identity: Identity) -> None:
    volunteer = identity.register()
    here, beside = identity.organization_exists(new_id()), identity.organization_exists(new_id())
    below = identity.organization_exists(new_id(), here)
    for held_at in (beside, below):
        with pytest.raises(Forbidden):
            verify(identity, identity.administrator(held_at), volunteer.id, here)
    assert identity.stored(Volunteer, volunteer.id).verified_in_person_at is None


def test_an_organization_that_is_not_active_verifies_nobody(identity: Identity) -> None:
    volunteer = identity.register()
    above = identity.organization_exists(new_id())
    here = identity.organization_exists(new_id(), above, status="disabled")
    with pytest.raises(Forbidden):
        verify(identity, identity.administrator(here), volunteer.id, here)
    with pytest.raises(VerifierNotActive):
        verify(identity, identity.administrator(above), volunteer.id, here)


def test_unknown_organizations_and_volunteers_are_not_found(identity: Identity) -> None:
    volunteer, here = identity.register(), identity.organization_exists(new_id())
    with pytest.raises(NotFound):
        verify(identity, identity.administrator(here), new_id(), here)
    with pytest.raises(NotFound):
        verify(identity, identity.administrator(here), volunteer.id, new_id())


def test_nobody_is_a_witness_for_themselves(identity: Identity) -> None:
    volunteer, here = identity.register(), identity.organization_exists(new_id())
    roles = identity.administrator(here, "owner").roles
    oneself = Caller(kind="volunteer", account_id=volunteer.account_id, volunteer_id=volunteer.id, roles=roles)
    with pytest.raises(Forbidden):
        verify(identity, oneself, volunteer.id, here)


def revoke(identity: Identity, caller: Caller, volunteer_id: str, organization_id: str) -> None:
    command = commands.RevokeInPersonVerification(
        volunteer_id=volunteer_id, organization_id=organization_id, reason="冒用他人证件"
    )
    with identity.uow(caller) as uow:
        in_person.revoke(command, uow)


def verifications(identity: Identity, volunteer_id: str) -> list[tuple[str | None, str | None]]:
    with identity.uow() as uow:
        kept = uow.session.query(InPersonVerification).filter_by(volunteer_id=volunteer_id)
        return [(row.cause, row.reason) for row in kept.order_by(InPersonVerification.verified_at)]


def test_a_revoked_verification_counts_no_longer_and_its_history_stays(identity: Identity) -> None:
    volunteer = identity.register()
    above = identity.organization_exists(new_id())
    here = identity.organization_exists(new_id(), above)
    verify(identity, identity.administrator(here), volunteer.id, here)
    revoke(identity, identity.administrator(above, "reviewer"), volunteer.id, above)
    assert identity.units.published("volunteer.changed")[-1]["data"]["verified_in_person"] is False
    (ended,) = identity.units.published("volunteer.in_person_verification_ended")
    assert (ended["data"]["cause"], ended["data"]["reason"]) == ("revoked", "冒用他人证件")
    with pytest.raises(NotVerifiedNow):
        revoke(identity, identity.administrator(here, "owner"), volunteer.id, here)
    identity.clock.advance(days=1)
    verify(identity, identity.administrator(here), volunteer.id, here)
    assert verifications(identity, volunteer.id) == [("revoked", "冒用他人证件"), (None, None)]


def test_a_verification_is_revoked_by_who_made_it_or_stands_above_and_by_nobody_else(identity: Identity) -> None:
    volunteer = identity.register()
    here, beside = identity.organization_exists(new_id()), identity.organization_exists(new_id())
    below = identity.organization_exists(new_id(), here)
    verify(identity, identity.administrator(here), volunteer.id, here)
    for caller, named in (
        (identity.administrator(beside, "owner"), beside),
        (identity.administrator(below, "owner"), below),
        (identity.administrator(below, "owner"), here),
        (identity.administrator(here, "organizer"), here),
    ):
        with pytest.raises(Forbidden):
            revoke(identity, caller, volunteer.id, named)
    with pytest.raises(NotFound):
        revoke(identity, identity.administrator(here, "owner"), new_id(), here)
    assert identity.stored(Volunteer, volunteer.id).verified_in_person_at is not None


def expire(identity: Identity, valid_days: int) -> None:
    with identity.uow() as uow:
        uow.settings = replace(uow.settings, in_person_valid_days=valid_days)
        in_person.expire(uow)


def test_a_verification_ends_after_the_days_of_the_place_if_it_has_any(identity: Identity) -> None:
    volunteer, here = identity.register(), identity.organization_exists(new_id())
    verify(identity, identity.administrator(here), volunteer.id, here)
    identity.clock.advance(days=365)
    expire(identity, 0)
    expire(identity, 365)
    assert identity.stored(Volunteer, volunteer.id).verified_in_person_at is not None
    identity.clock.advance(days=1)
    expire(identity, 365)
    expire(identity, 365)
    assert verifications(identity, volunteer.id) == [("expired", None)]
    assert identity.units.published("volunteer.changed")[-1]["data"]["verified_in_person"] is False
    assert len(identity.units.published("volunteer.in_person_verification_ended")) == 1
