"""Spreadsheets of organizations: asked about together, then registered one by one, each once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.context import Caller
from services.chassis.errors import FieldError, Invalid, Unavailable
from services.identity import commands
from services.identity.models import Account, Principal
from services.identity.schemas import imports as schemas
from services.identity.use_cases import imports
from tests.service.identity.conftest import Identity, resident_id
from tests.service.identity.test_imports import Office


def a_team(serial: int, **changes: str) -> dict[str, str]:
    cells = {
        "name": f"木棉服务队{serial}",
        "kind": "团体",
        "region": "440104",
        "principal_name": "陈紫荆",
        "principal_cert_type": "居民身份证",
        "principal_cert_no": resident_id(1),
        "principal_phone": "13700000001",
        "account": f"mumian-{serial}",
    }
    return {**cells, **changes}


class TeamOffice(Office):
    def hand_in(self, *teams: dict[str, str]) -> str:
        said = {"organization_id": self.home, "kind": "organizations", "sha256": "c" * 64}
        import_id = str(self.ask(imports.start_import, schemas.StartImport().parse(said)).id)
        self.stage(import_id, dict(enumerate(teams, start=3)))
        self.finish(import_id, len(teams))
        self.work()
        return import_id

    def registered(self) -> list[dict[str, Any]]:
        return [request for method, request in self.identity.organization.asked if method == "register_organization"]

    def accounts(self) -> list[str | None]:
        with self.identity.uow() as uow:
            return list(uow.session.scalars(sa.select(Account.account_name).order_by(Account.account_name)))


@pytest.fixture
def office(identity: Identity) -> TeamOffice:
    return TeamOffice(identity)


def test_good_rows_are_registered_below_their_parent_and_approved(office: TeamOffice) -> None:
    import_id = office.hand_in(a_team(1), a_team(2))
    assert office.registered() == []
    office.execute(import_id)
    office.work()
    done = office.look(import_id)
    assert (done.status, done.imported, done.failed) == ("done", 2, 0)
    first = office.registered()[0]
    assert (first["parent_id"], first["approved_by"]) == (office.home, office.caller.account_id)
    with office.identity.uow() as uow:
        account = uow.accounts.with_name("mumian-1")
        assert account.password_hash is None
        assert uow.session.get(Principal, account.id).confirmed_at is not None
        assert uow.roles.of(account.id)[0].role == "owner"


def test_what_stands_twice_or_is_taken_is_an_error_with_its_column(office: TeamOffice) -> None:
    import_id = office.hand_in(
        a_team(1), a_team(2, account="Mumian-1"), a_team(3, name="木棉服务队1"), a_team(4, account="1", kind="部门"),
        a_team(5, parent="没有的单位"),
    )  # fmt: skip
    assert office.faults(import_id) == {
        4: {("account", "repeated_in_file")},
        5: {("name", "repeated_in_file")},
        6: {("kind", "not_a_choice")},
        7: {("parent", "unknown_parent")},
    }


def test_what_organization_refuses_at_import_fails_and_leaves_no_account(office: TeamOffice) -> None:
    import_id = office.hand_in(a_team(1))
    taken = FieldError("parent_id", "unknown_parent", "没有这个上级组织", "is no active organization")
    office.identity.organization.refusals["register_organization"] = Invalid(taken)
    office.execute(import_id)
    office.work()
    assert office.faults(import_id) == {3: {("parent", "unknown_parent")}}
    assert office.accounts() == []


def test_while_organization_is_away_the_row_waits_and_the_same_organization_is_asked_for_again(
    office: TeamOffice,
) -> None:
    import_id = office.hand_in(a_team(1))
    office.execute(import_id)
    office.identity.organization.refusals["register_organization"] = Unavailable()
    office.work()
    assert office.look(import_id).status == "importing"
    office.identity.organization.refusals.clear()
    office.work()
    assert office.look(import_id).imported == 1
    assert len({request["organization_id"] for request in office.registered()}) == 1
    assert office.accounts() == ["mumian-1"]


def test_a_cancelled_import_registers_nothing(office: TeamOffice) -> None:
    import_id = office.hand_in(a_team(1))
    office.ask(imports.cancel_import, commands.ImportById(import_id=import_id), Caller(kind="platform", account_id="x"))
    assert office.work() == 0
    assert office.registered() == []
