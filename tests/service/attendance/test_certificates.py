"""Certificates of service: what they count, who is told what of them, and when they are good no more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.attendance import commands, errors
from services.attendance.domain import Direction
from services.attendance.models import CertifiedService, ServiceCertificate
from services.attendance.use_cases import certificate_batches, certificates, copying, hours
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, IllegalTransition, NotFound, TooMany
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import SHIFT_STARTS, World, received

EVERYTHING = commands.IssueCertificate(from_day=None, to_day=None)
DAY = date(2026, 3, 7)


@pytest.fixture
def volunteer(world: World) -> str:
    """Somebody who has served an hour that is confirmed."""
    served = world.volunteer("张小丰")
    world.serve(served)
    confirm(world)
    return served


@pytest.fixture
def owner(world: World) -> Caller:
    """The owner of the activity's organization."""
    return world.administrator("owner", world.team)


def confirm(world: World) -> None:
    world.clock.advance(hours=4)
    world.disclose()
    world.clock.advance(days=8)
    world.confirm()


def issue(world: World, volunteer_id: str, command: commands.IssueCertificate = EVERYTHING) -> dict[str, Any]:
    answer: dict[str, Any] = world.do(certificates.issue_certificate, command, world.as_volunteer(volunteer_id))
    return answer


def verify(world: World, issued: dict[str, Any], code: str | None = None) -> dict[str, Any]:
    query = commands.VerifyCertificate(serial=issued["serial"], code=code or issued["code"])
    answer: dict[str, Any] = world.do(certificates.verify_certificate, query, Caller())
    return answer


def revoke(world: World, serial: str, caller: Caller) -> Any:
    return world.do(
        certificates.revoke_certificate, commands.RevokeCertificate(serial=serial, reason="名字写错"), caller
    )


def take_back(world: World, volunteer_id: str) -> None:
    """A correction of the volunteer's record."""
    with world.units() as uow:
        uow.copies.lock_volunteer(volunteer_id)
        hours.take_back(uow, uow.records.get(world.records(volunteer_id)[0]["record_id"]))


class TestIssuing:
    def test_it_freezes_what_is_confirmed_with_time_content_place_and_unit(self, world: World, volunteer: str) -> None:
        issued = issue(world, volunteer)
        assert (issued["name"], issued["volunteer_no"], issued["minutes"], issued["services"]) == (
            "张小丰", "4401000001", 60, 1,
        )  # fmt: skip
        (line,) = issued["items"]
        assert (line.title, line.address, line.organization_name, line.minutes) == ("春季植树", "人民公园", "组织", 60)
        assert line.starts_at == SHIFT_STARTS

    def test_hours_that_are_only_disclosed_are_not_certified(self, world: World) -> None:
        served = world.volunteer()
        world.serve(served)
        world.clock.advance(hours=4)
        world.disclose()
        with pytest.raises(errors.NothingToCertify):
            issue(world, served)
        world.clock.advance(days=8)
        world.confirm()
        assert issue(world, served)["minutes"] == 60

    @pytest.mark.parametrize(
        ("from_day", "to_day", "found"),
        [(DAY, DAY, True), (DAY + timedelta(days=1), None, False), (None, DAY - timedelta(days=1), False)],
    )
    def test_a_period_counts_the_days_of_service(
        self, world: World, volunteer: str, from_day: date | None, to_day: date | None, found: bool
    ) -> None:
        command = commands.IssueCertificate(from_day=from_day, to_day=to_day)
        if found:
            assert issue(world, volunteer, command)["services"] == 1
        else:
            with pytest.raises(errors.NothingToCertify):
                issue(world, volunteer, command)

    def test_one_that_is_read_again_is_the_same(self, world: World, volunteer: str) -> None:
        issued = issue(world, volunteer)
        query = commands.GetCertificate(serial=issued["serial"])
        again = world.do(certificates.get_certificate, query, world.as_volunteer(volunteer))
        assert (again["code"], again["minutes"], len(again["items"])) == (issued["code"], 60, 1)
        with pytest.raises(NotFound):
            world.do(certificates.get_certificate, query, world.as_volunteer(new_id()))

    def test_serials_and_codes_differ_and_no_code_is_kept_in_clear(self, world: World, volunteer: str) -> None:
        one, two = issue(world, volunteer), issue(world, volunteer)
        assert one["serial"] != two["serial"]
        assert one["code"] != two["code"]
        with world.units() as uow:
            kept = " ".join(uow.session.scalars(sa.text("SELECT c::text FROM service_certificate c")))
        assert one["code"] not in kept

    def test_somebody_gets_so_many_a_day(self, world: World, volunteer: str) -> None:
        for _ in range(10):
            issue(world, volunteer)
        world.clock.advance(hours=1)
        with pytest.raises(TooMany) as refusal:
            issue(world, volunteer)
        world.clock.advance(seconds=refusal.value.data["retry_after"])
        assert issue(world, volunteer)["serial"]

    def test_the_list_shows_ones_own(self, world: World, volunteer: str) -> None:
        issued = issue(world, volunteer)
        query = commands.ListCertificates(limit=10, cursor=None)
        listed = world.do(certificates.list_certificates, query, world.as_volunteer(volunteer))["items"]
        assert [item.serial for item in listed] == [issued["serial"]]
        assert world.do(certificates.list_certificates, query, world.as_volunteer(new_id()))["items"] == []


class TestVerifying:
    def test_whoever_holds_it_sees_a_masked_name_and_what_to_compare(self, world: World, volunteer: str) -> None:
        told = verify(world, issue(world, volunteer))
        assert (told["status"], told["name_masked"], told["minutes"], told["organizations"]) == (
            "valid", "张*丰", 60, ["组织"],
        )  # fmt: skip

    def test_a_wrong_code_and_an_unknown_serial_answer_alike(self, world: World, volunteer: str) -> None:
        issued = issue(world, volunteer)
        for serial, code in (
            (issued["serial"], "0" * 16),
            ("2026-0000-9999-0", issued["code"]),
            (issued["serial"], "é"),
        ):
            with pytest.raises(NotFound):
                verify(world, {"serial": serial, "code": code})


class TestGoodNoMore:
    def test_hours_that_are_taken_back_outdate_what_counts_them(self, world: World, volunteer: str) -> None:
        issued = issue(world, volunteer)
        take_back(world, volunteer)
        told = verify(world, issued)
        assert (told["status"], told["minutes"]) == ("outdated", 60)

    def test_other_certificates_stay_good(self, world: World) -> None:
        one, two = world.volunteer("张小丰"), world.volunteer("李雷")
        world.scan(one)
        world.serve(two)
        world.scan(one, Direction.SIGN_OUT)
        confirm(world)
        mine, theirs = issue(world, one), issue(world, two)
        take_back(world, one)
        assert (verify(world, mine)["status"], verify(world, theirs)["status"]) == ("outdated", "valid")

    def test_its_volunteer_and_the_platform_revoke_it_and_nobody_else(self, world: World, volunteer: str) -> None:
        mine, other = issue(world, volunteer), issue(world, volunteer)
        for stranger in (world.as_volunteer(new_id()), world.administrator("owner", world.province), Caller()):
            with pytest.raises(NotFound):
                revoke(world, mine["serial"], stranger)
        revoke(world, mine["serial"], world.as_volunteer(volunteer))
        revoke(world, other["serial"], Caller(kind="platform", account_id=new_id()))
        assert {verify(world, each)["status"] for each in (mine, other)} == {"revoked"}
        with pytest.raises(IllegalTransition):
            revoke(world, mine["serial"], world.as_volunteer(volunteer))

    def test_of_an_erased_person_nothing_is_left_but_that_it_is_not_good(self, world: World, volunteer: str) -> None:
        issued = issue(world, volunteer)
        erased = VolunteerErased(volunteer_id=volunteer, account_id=new_id())
        with world.units() as uow:
            copying.erase_volunteer(received(erased, 9), uow)
        told = verify(world, issued)
        assert (told["status"], told["name_masked"], told["organizations"]) == ("revoked", "*", [])
        with world.units() as uow:
            assert uow.session.scalars(sa.select(CertifiedService)).all() == []
            (kept,) = uow.session.scalars(sa.select(ServiceCertificate))
            assert (kept.name, kept.volunteer_no) == ("", "")


class TestBatches:
    def request(self, world: World, caller: Caller, **changes: Any) -> dict[str, Any]:
        asked = {
            "organization_id": world.team, "activity_id": None, "volunteer_ids": None, "from_day": None,
            "to_day": None, **changes,
        }  # fmt: skip
        answer: dict[str, Any] = world.do(certificate_batches.request_batch, commands.RequestBatch(**asked), caller)
        return answer

    def progress(self, world: World, batch: dict[str, Any], caller: Caller) -> dict[str, Any]:
        query = commands.GetBatch(batch_id=batch["batch_id"])
        answer: dict[str, Any] = world.do(certificate_batches.get_batch, query, caller)
        return answer

    def documents(self, world: World, batch: dict[str, Any], caller: Caller) -> list[dict[str, Any]]:
        query = commands.HandOutCertificates(batch_id=batch["batch_id"], limit=20, cursor=None)
        items: list[dict[str, Any]] = world.do(certificate_batches.hand_out_certificates, query, caller)["items"]
        return items

    def test_everybody_who_served_gets_one_that_they_see_among_their_own(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        batch = self.request(world, owner)
        assert (batch["status"], batch["members"]) == ("running", 1)
        with pytest.raises(errors.BatchStillRunning):
            self.documents(world, batch, owner)
        assert certificate_batches.work_on_batches(world.units.factory()) == 1
        assert certificate_batches.work_on_batches(world.units.factory()) == 0
        told = self.progress(world, batch, owner)
        assert (told["status"], told["issued"], told["nothing"]) == ("done", 1, 0)
        (document,) = self.documents(world, batch, owner)
        assert verify(world, document)["status"] == "valid"
        query = commands.ListCertificates(limit=10, cursor=None)
        (own,) = world.do(certificates.list_certificates, query, world.as_volunteer(volunteer))["items"]
        assert (own.serial, own.organization_id) == (document["serial"], world.team)

    def test_it_holds_only_what_was_served_for_that_organization(self, world: World, volunteer: str) -> None:
        elsewhere = world.administrator("owner", world.other_city)
        with pytest.raises(errors.NothingToCertify):
            self.request(world, elsewhere, organization_id=world.other_city)
        above = world.administrator("owner", world.city)
        assert self.request(world, above, organization_id=world.city)["members"] == 1

    def test_only_people_at_the_activity_or_those_named_are_meant(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        for nobody in ({"volunteer_ids": [new_id()]}, {"activity_id": new_id()}):
            with pytest.raises(errors.NothingToCertify):
                self.request(world, owner, **nobody)
        meant = self.request(world, owner, volunteer_ids=[volunteer, new_id()], activity_id=world.activity)
        assert meant["members"] == 1

    def test_whoever_has_no_such_role_there_neither_asks_nor_sees(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        batch = self.request(world, owner)
        viewer, stranger = world.administrator("viewer", world.team), world.administrator("owner", world.other_city)
        for caller in (viewer, stranger):
            with pytest.raises(Forbidden):
                self.request(world, caller)
            with pytest.raises(NotFound):
                self.progress(world, batch, caller)
            with pytest.raises(NotFound):
                self.documents(world, batch, caller)

    def test_what_was_taken_back_meanwhile_is_not_certified(self, world: World, volunteer: str, owner: Caller) -> None:
        batch = self.request(world, owner)
        take_back(world, volunteer)
        certificate_batches.work_on_batches(world.units.factory())
        told = self.progress(world, batch, owner)
        assert (told["status"], told["issued"], told["nothing"]) == ("done", 0, 1)

    def test_a_member_whose_process_died_is_taken_again_in_a_minute(
        self, world: World, volunteer: str, owner: Caller
    ) -> None:
        self.request(world, owner)
        with world.units() as uow:
            assert len(uow.batches.claim(world.clock.now(), 50, 60)) == 1
        assert certificate_batches.work_on_batches(world.units.factory()) == 0
        world.clock.advance(seconds=61)
        assert certificate_batches.work_on_batches(world.units.factory()) == 1

    def test_the_list_shows_the_newest_first(self, world: World, volunteer: str, owner: Caller) -> None:
        first = self.request(world, owner)
        world.clock.advance(minutes=1)
        second = self.request(world, owner)
        query = commands.ListBatches(organization_id=world.team, limit=10, cursor=None)
        listed = world.do(certificate_batches.list_batches, query, owner)["items"]
        assert [item["batch_id"] for item in listed] == [second["batch_id"], first["batch_id"]]
