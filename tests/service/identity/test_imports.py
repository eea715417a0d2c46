"""Spreadsheets of volunteers: staged, checked row by row, imported when asked to, resumed where they were cut off."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.context import Caller
from services.chassis.errors import Forbidden, IllegalTransition, NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.errors import (
    BadCredentials,
    ImportFileDiffers,
    ImportHasErrors,
    ImportIncomplete,
    ImportNotReceiving,
)
from services.identity.models import Account, ImportRow, Volunteer
from services.identity.schemas import imports as schemas
from services.identity.schemas import requests
from services.identity.use_cases import housekeeping, imports, password_resets, profile, working_imports
from tests.service.identity.conftest import Identity, resident_id

SHA = "a" * 64


def person(serial: int, **changes: str) -> dict[str, str]:
    """The cells of somebody invented, as a spreadsheet has them."""
    cells = {
        "name": f"林木棉{serial}",
        "cert_type": "居民身份证",
        "cert_no": resident_id(serial),
        "phone": f"1370000{serial:04}",
        "region": "440104",
        "political_status": "共青团员",
        "skills": "医疗、翻译",
    }
    return {**cells, **changes}


class Office:
    """A reviewer of an organization with a file in the hand."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.home = identity.organization_exists(new_id())
        self.caller = identity.administrator(self.home, "reviewer")

    def ask(self, use_case: Any, command: Any, caller: Caller | None = None) -> Any:
        with self.identity.uow(caller or self.caller) as uow:
            return use_case(command, uow)

    def start(self, sha256: str = SHA, import_id: str | None = None, caller: Caller | None = None) -> Any:
        said = {"organization_id": self.home, "kind": "volunteers", "sha256": sha256, "import_id": import_id}
        return self.ask(imports.start_import, schemas.StartImport().parse(said), caller)

    def stage(self, import_id: str, rows: dict[int, dict[str, str]]) -> Any:
        said = {"import_id": import_id, "rows": [{"row": row, "values": values} for row, values in rows.items()]}
        return self.ask(imports.stage_rows, schemas.StageImportRows().parse(said))

    def finish(self, import_id: str, rows: int) -> Any:
        return self.ask(imports.finish_staging, commands.FinishStaging(import_id=import_id, rows=rows))

    def work(self, batches: int = 50) -> int:
        """Let the service work; answers how many batches there were to do."""
        units = self.identity.units.factory(Caller(kind="service", account_id="identity"))
        for done in range(batches):
            if not working_imports.work_on_one_batch(units, self.identity.organization):
                return done
        return batches

    def hand_in(self, *people: dict[str, str]) -> str:
        """A whole file, checked."""
        import_id = str(self.start().id)
        self.stage(import_id, dict(enumerate(people, start=3)))
        self.finish(import_id, len(people))
        self.work()
        return import_id

    def execute(self, import_id: str, *, only_good: bool = False) -> Any:
        return self.ask(imports.execute_import, commands.ExecuteImport(import_id=import_id, only_good=only_good))

    def look(self, import_id: str, caller: Caller | None = None) -> Any:
        return self.ask(imports.get_import, commands.ImportById(import_id=import_id), caller)

    def errors(self, import_id: str, limit: int = 100, cursor: str | None = None) -> Any:
        query = commands.ListImportErrors(import_id=import_id, limit=limit, cursor=cursor)
        return self.ask(imports.list_errors, query)

    def faults(self, import_id: str) -> dict[int, set[tuple[str, str]]]:
        """Column and code of everything that is wrong, by row."""
        items = self.errors(import_id).items
        return {item["row"]: {(error["column"], error["code"]) for error in item["errors"]} for item in items}

    def volunteers(self) -> list[Volunteer]:
        with self.identity.uow() as uow:
            return list(uow.session.scalars(sa.select(Volunteer).order_by(Volunteer.id)))


@pytest.fixture
def office(identity: Identity) -> Office:
    return Office(identity)


def test_good_rows_become_volunteers_whom_their_organization_has_approved(office: Office) -> None:
    import_id = office.hand_in(person(1), person(2, cert_no=resident_id(2).lower(), birth_date="1995/3/7"))
    checked = office.look(import_id)
    assert (checked.status, checked.rows, checked.good, checked.bad) == ("checked", 2, 2, 0)
    assert office.volunteers() == []  # nothing before somebody asks for it
    office.execute(import_id)
    office.work()
    done = office.look(import_id)
    assert (done.status, done.imported, done.failed) == ("done", 2, 0)
    first, second = office.volunteers()
    assert first.skills == ["医疗", "翻译"]
    assert first.political_status == "league_member"
    assert first.organization_id == second.organization_id == office.home
    told = office.identity.units.published("volunteer.registered", "volunteer.changed", "account.contact_changed")
    assert len(told) == 6
    registered = office.identity.units.published("volunteer.registered")
    assert {each["data"]["approved_by"] for each in registered} == {office.caller.account_id}
    assert registered[0]["data"]["cert_no_masked"].startswith("440***")


def test_every_error_of_a_row_is_told_with_its_column(office: Office) -> None:
    minor = resident_id(9, born="20150101")
    import_id = office.hand_in(
        person(1, name="", phone="12345", region="44"),
        person(2, cert_no=resident_id(2)[:-1] + ("1" if resident_id(2)[-1] != "1" else "2"), cert_type="身份证明"),
        person(3, cert_no=minor),
        person(4, birth_date="1990-01-01", organization="没有的组织"),
        person(5),
    )
    assert office.faults(import_id) == {
        3: {("name", "required"), ("phone", "bad_mobile"), ("region", "bad_region")},
        4: {("cert_type", "not_a_choice")},
        5: {("cert_no", "register_singly")},
        6: {("birth_date", "contradicts_certificate"), ("organization", "unknown_organization")},
    }
    looked = office.look(import_id)
    assert (looked.checked, looked.good, looked.bad) == (5, 1, 4)
    error = office.errors(import_id).items[1]["errors"][0]
    assert error["heading"] == "证件类型"
    assert "身份证明" not in error["message"]


def test_a_certificate_or_phone_that_stands_twice_in_the_file_is_an_error_of_the_later_row(office: Office) -> None:
    import_id = office.hand_in(person(1), person(2, cert_no=resident_id(1)), person(3, phone="13700000001"))
    assert office.faults(import_id) == {4: {("cert_no", "repeated_in_file")}, 5: {("phone", "repeated_in_file")}}
    assert office.errors(import_id).items[0]["errors"][0]["message"] == "与第 3 行重复"


def test_repetitions_are_found_across_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_imports, "CHECKED_AT_ONCE", 1)
    import_id = office.hand_in(person(1), person(2), person(3, cert_no=resident_id(1)))
    assert office.faults(import_id) == {5: {("cert_no", "repeated_in_file")}}


def test_who_is_registered_already_is_an_error(office: Office) -> None:
    office.identity.register(cert_no=resident_id(500), phone="13700000501")
    import_id = office.hand_in(person(500), person(501))
    assert office.faults(import_id) == {3: {("cert_no", "already_registered")}, 4: {("phone", "already_in_use")}}


def test_all_or_nothing_unless_the_good_rows_alone_are_asked_for(office: Office) -> None:
    import_id = office.hand_in(person(1), person(2, phone="1"))
    with pytest.raises(ImportHasErrors):
        office.execute(import_id)
    office.work()
    assert office.volunteers() == []
    office.execute(import_id, only_good=True)
    office.work()
    assert len(office.volunteers()) == 1
    with pytest.raises(IllegalTransition):
        office.execute(import_id, only_good=True)


def test_who_registered_between_check_and_import_fails_and_the_others_do_not(office: Office) -> None:
    import_id = office.hand_in(person(600), person(601))
    office.identity.register(cert_no=resident_id(600))
    office.execute(import_id)
    office.work()
    done = office.look(import_id)
    assert (done.status, done.imported, done.failed) == ("done", 1, 1)
    assert office.faults(import_id) == {3: {("cert_no", "already_registered")}}


def test_a_home_below_the_importing_organization_is_named_by_its_path(office: Office) -> None:
    below = office.identity.organization_exists(new_id(), office.home)
    import_id = office.hand_in(person(1, organization="越秀区义工联"), person(2))
    office.execute(import_id)
    office.work()
    assert {volunteer.organization_id for volunteer in office.volunteers()} == {below, office.home}


def test_a_file_that_is_sent_again_goes_on_where_it_was_cut_off(office: Office) -> None:
    import_id = office.start().id
    office.stage(import_id, {3: person(1), 4: person(2)})
    again = office.start()
    assert (again.id, again.last_row, again.rows) == (import_id, 4, 2)
    office.stage(import_id, {4: person(2), 5: person(3)})  # a batch whose answer was lost comes twice
    assert office.look(import_id).rows == 3
    with pytest.raises(ImportIncomplete):
        office.finish(import_id, 4)
    office.finish(import_id, 3)
    with pytest.raises(ImportNotReceiving):
        office.stage(import_id, {9: person(9)})
    with pytest.raises(ImportFileDiffers):
        office.start(sha256="b" * 64, import_id=import_id)


def test_a_process_that_dies_loses_one_batch_and_imports_nobody_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_imports, "CHECKED_AT_ONCE", 2)
    monkeypatch.setattr(working_imports, "IMPORTED_AT_ONCE", 2)
    import_id = office.start().id
    office.stage(import_id, {row: person(row) for row in range(3, 10)})
    office.finish(import_id, 7)
    office.work(batches=2)
    assert office.look(import_id).checked == 4
    office.work()
    office.execute(import_id)
    office.work(batches=1)
    settle = working_imports.settle_imported

    def die(*_: Any) -> int:
        raise RuntimeError("killed")

    monkeypatch.setattr(working_imports, "settle_imported", die)
    office.work()
    assert office.look(import_id).imported == 2  # what the dying process had begun is as if it had not been
    assert len(office.volunteers()) == 2
    monkeypatch.setattr(working_imports, "settle_imported", settle)
    office.work()
    assert office.look(import_id).imported == 7
    assert len(office.volunteers()) == 7


def test_the_first_login_is_confirmed_by_sms(office: Office) -> None:
    import_id = office.hand_in(person(1))
    office.execute(import_id)
    office.work()
    identity, phone = office.identity, "13700000001"
    with pytest.raises(BadCredentials):
        identity.sign_in(phone)
    asked = requests.RequestPasswordReset().parse({"account": phone, "channel": "sms"})
    office.ask(password_resets.request_password_reset, asked, identity.stranger())
    identity.clock.advance(minutes=1)
    chosen = {"account": phone, "code": identity.last_code(), "new_password": "Kapok-2026"}
    password_resets.reset_password(identity.units.factory(identity.stranger()), requests.ResetPassword().parse(chosen))
    assert identity.sign_in(phone)["access_token"]
    volunteer = office.volunteers()[0]
    me = office.ask(profile.get_me, commands.GetMe(), identity.as_volunteer(volunteer))
    assert me["confirmed_at"] == identity.clock.now()
    assert identity.stored(Account, volunteer.account_id).confirmed_at == identity.clock.now()


def test_a_stranger_does_not_learn_of_an_import_and_a_lesser_role_may_not_touch_it(office: Office) -> None:
    import_id = office.hand_in(person(1))
    sibling = office.identity.organization_exists(new_id())
    with pytest.raises(NotFound):
        office.look(import_id, office.identity.administrator(sibling, "owner"))
    with pytest.raises(Forbidden):
        office.look(import_id, office.identity.administrator(office.home, "viewer"))
    with pytest.raises(Forbidden):
        office.start(caller=office.identity.administrator(office.home, "organizer"))


def test_what_is_not_needed_any_more_is_not_kept(office: Office) -> None:
    def kept() -> list[str | None]:
        with office.identity.uow() as uow:
            return list(uow.session.scalars(sa.select(ImportRow.payload_sealed)))

    imported = office.hand_in(person(1))
    office.execute(imported)
    office.work()
    assert kept() == [None]
    cancelled = office.hand_in(person(2))
    office.ask(imports.cancel_import, commands.ImportById(import_id=cancelled))
    assert kept() == [None, None]
    forgotten = office.hand_in(person(3))
    office.identity.clock.advance(days=8)
    with office.identity.uow() as uow:
        housekeeping.purge(uow)
    assert kept() == [None]
    assert office.look(forgotten).status == "cancelled"


def test_errors_come_in_pages(office: Office) -> None:
    import_id = office.hand_in(*(person(serial, phone="1") for serial in range(1, 6)))
    first = office.errors(import_id, limit=3)
    rest = office.errors(import_id, limit=3, cursor=first.next_cursor)
    assert [item["row"] for item in (*first.items, *rest.items)] == [3, 4, 5, 6, 7]
