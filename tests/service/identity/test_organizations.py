"""POST /organizations: two services, one outcome, however it is cut off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.errors import DeadlineExceeded, FieldError, Invalid
from services.identity.models import Account, RoleGrant
from services.identity.schemas import requests
from services.identity.use_cases import housekeeping, registering_organizations, reviews
from services.organization.events import AdministratorChanged
from tests.service.identity.conftest import PASSWORD, Identity, resident_id

PHONE = "13600001111"


def body(identity: Identity, **changes: Any) -> dict[str, Any]:
    return {
        "name": "越秀区义工联",
        "kind": "organization",
        "parent_id": identity.home,
        "region": "440104",
        "account": "Yuexiu-Youth",
        "password": PASSWORD,
        "principal": {
            "name": "陈榕树",
            "cert_type": "resident_id",
            "cert_no": resident_id(500, "19800101"),
            "phone": PHONE,
        },
        **changes,
    }


def register(identity: Identity, request: dict[str, Any]) -> dict[str, str]:
    return registering_organizations.register_organization(
        identity.units.factory(identity.stranger()),
        requests.RegisterOrganization().parse(request),
        identity.organization,
        identity.verifier,
    )


def accounts(identity: Identity) -> int:
    with identity.uow() as uow:
        return int(uow.session.scalar(sa.select(sa.func.count()).select_from(Account)))


def test_the_owner_signs_in_right_after_the_registration(identity: Identity) -> None:
    registered = register(identity, {**body(identity), "code": identity.code(PHONE)})
    assert registered["status"] == "pending"
    ((method, asked),) = identity.organization.asked
    assert (method, asked["organization_id"]) == ("register_organization", registered["organization_id"])
    assert set(asked) == {
        "organization_id", "name", "kind", "parent_id", "region", "uscc", "account_id", "principal_name",
    }  # fmt: skip
    account = identity.sign_in("yuexiu-youth")["account"]
    assert (account["kind"], account["name"], account["account_id"]) == ("administrator", "陈榕树", asked["account_id"])
    assert [(r.organization_id, r.role) for r in account["roles"]] == [(registered["organization_id"], "owner")]
    (contact,) = identity.units.published("account.contact_changed")
    assert (contact["data"]["account_id"], contact["data"]["volunteer_id"]) == (asked["account_id"], None)


def test_what_identity_can_see_is_refused_in_one_answer_before_organization_is_asked(identity: Identity) -> None:
    principal = {**body(identity)["principal"], "cert_no": resident_id(5, "20120101")}
    with pytest.raises(Invalid) as refusal:
        register(identity, body(identity, account="1x", password="12345678", principal=principal, code="000000"))
    assert {(f.field, f.code) for f in refusal.value.errors} == {
        ("account", "bad_account_name"),
        ("password", "weak_password"),
        ("principal.cert_no", "too_young"),
        ("code", "wrong_code"),
    }
    assert identity.organization.asked == []


def test_a_refusal_by_organization_leaves_no_account_and_the_code_good(identity: Identity) -> None:
    request = {**body(identity), "code": identity.code(PHONE)}
    identity.organization.refusals["register_organization"] = Invalid(FieldError("uscc", "bad_uscc", "错", "is wrong"))
    with pytest.raises(Invalid) as refusal:
        register(identity, request)
    assert [f.field for f in refusal.value.errors] == ["uscc"]
    assert accounts(identity) == 0
    identity.organization.refusals.clear()
    assert register(identity, request)["status"] == "pending"


def test_a_registration_without_an_answer_is_found_again_under_the_same_ids(identity: Identity) -> None:
    request = {**body(identity), "code": identity.code(PHONE)}
    identity.organization.refusals["register_organization"] = DeadlineExceeded()
    with pytest.raises(DeadlineExceeded):
        register(identity, request)
    identity.organization.refusals.clear()
    with pytest.raises(Invalid):  # somebody else, by the password, wants the same account name
        register(identity, {**request, "password": "Other-2026"})
    register(identity, request)
    first, second = (asked for _, asked in identity.organization.asked)
    assert first == second
    assert accounts(identity) == 1


def test_a_role_that_organization_granted_arrives_even_if_its_answer_was_lost(identity: Identity) -> None:
    identity.organization.refusals["register_organization"] = DeadlineExceeded()
    with pytest.raises(DeadlineExceeded):
        register(identity, {**body(identity), "code": identity.code(PHONE)})
    ((_, asked),) = identity.organization.asked
    granted = AdministratorChanged(
        administrator_id=asked["organization_id"], organization_id=asked["organization_id"],
        account_id=asked["account_id"], role="owner", active=True,
    )  # fmt: skip
    identity.handle(reviews.take_over_administrator, granted)
    identity.clock.advance(days=3)
    with identity.uow() as uow:
        housekeeping.purge(uow)
    assert [r.role for r in identity.sign_in("yuexiu-youth")["account"]["roles"]] == ["owner"]


def test_a_registration_that_was_cut_off_is_forgotten_after_a_day(identity: Identity) -> None:
    identity.organization.refusals["register_organization"] = DeadlineExceeded()
    with pytest.raises(DeadlineExceeded):
        register(identity, {**body(identity), "code": identity.code(PHONE)})
    for days, left in ((0, 1), (2, 0)):
        identity.clock.advance(days=days)
        with identity.uow() as uow:
            housekeeping.purge(uow)
        assert accounts(identity) == left


def test_an_account_name_belongs_to_one_however_it_is_written(identity: Identity) -> None:
    register(identity, {**body(identity), "code": identity.code(PHONE)})
    identity.clock.advance(minutes=2)
    with pytest.raises(Invalid) as refusal:
        register(identity, {**body(identity, account="YUEXIU-youth"), "code": identity.code(PHONE)})
    assert [(f.field, f.code) for f in refusal.value.errors] == [("account", "already_in_use")]


def test_of_two_who_want_one_account_name_at_once_one_gets_it(identity: Identity) -> None:
    requests_ = []
    for n in range(2):
        principal = {**body(identity)["principal"], "phone": f"1360000222{n}"}
        requests_.append({**body(identity, principal=principal), "code": identity.code(principal["phone"])})

    def attempt(request: dict[str, Any]) -> str:
        try:
            return register(identity, request)["status"]
        except Invalid as refusal:
            return refusal.errors[0].code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, requests_)) == ["already_in_use", "pending"]


def test_an_older_role_event_does_not_bring_back_a_role_that_was_taken_away(identity: Identity) -> None:
    role = {"administrator_id": identity.home, "organization_id": identity.home, "account_id": identity.home}
    for version, active in ((1, True), (3, False), (2, True), (3, False)):
        event = AdministratorChanged(role="owner", active=active, **role)
        identity.handle(reviews.take_over_administrator, event, version)
    assert identity.stored(RoleGrant, identity.home).active is False
