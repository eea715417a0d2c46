"""Consents are written down and taken back; an export gathers what every service holds, and is gone after some days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.audit import AUDIT_LOG
from services.chassis.context import Caller
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.personal_data import seal
from services.identity import commands
from services.identity.domain.consents import TEXTS, Purpose
from services.identity.errors import ConsentNeeded
from services.identity.models import DataExport, DataExportPart, Volunteer
from services.identity.use_cases import consenting, erasing, exporting, housekeeping
from tests.service.identity.conftest import Identity, resident_id


def consents(identity: Identity, caller: Caller) -> list[dict[str, Any]]:
    with identity.uow(caller) as uow:
        items: list[dict[str, Any]] = consenting.list_consents(commands.ListConsents(), uow)["items"]
    return items


def withdraw(identity: Identity, caller: Caller, consent_id: str) -> dict[str, Any]:
    with identity.uow(caller) as uow:
        return consenting.withdraw_consent(commands.WithdrawConsent(consent_id=consent_id), uow)


def request_export(identity: Identity, caller: Caller, *uploads: commands.OwnUpload) -> dict[str, Any]:
    with identity.uow(caller) as uow:
        return exporting.request_export(commands.RequestExport(uploads=list(uploads)), uow)


def own_upload() -> commands.OwnUpload:
    """As the gateway tells of it."""
    upload_id = new_id()
    return commands.OwnUpload(
        upload_id=upload_id, name="证明.png", content_type="image/png", size=72, sha256="0" * 64,
        created_at=datetime(2026, 3, 5, tzinfo=UTC), fetch=f"/v1/uploads/{upload_id}",
    )  # fmt: skip


def get_export(identity: Identity, caller: Caller, export_id: str) -> dict[str, Any]:
    with identity.uow(caller) as uow:
        return exporting.get_export(commands.GetExport(export_id=export_id), uow)


def answer(identity: Identity, export_id: str, part: Any, document: dict[str, Any]) -> None:
    """Let a service hand over what it holds."""
    with identity.uow() as uow:
        sealed = seal(uow, part.source(), export_id, document)
    identity.handle(exporting.take_over_part, part(export_id=export_id, document_sealed=sealed))


def audited(identity: Identity) -> list[str]:
    with identity.uow() as uow:
        return list(uow.session.scalars(sa.select(AUDIT_LOG.c.action).order_by(AUDIT_LOG.c.id)))


class TestConsents:
    def test_a_registration_writes_down_which_words_were_agreed_to(self, identity: Identity) -> None:
        caller = identity.as_volunteer(identity.register())
        (record,) = consents(identity, caller)
        text = TEXTS[Purpose.REGISTRATION]
        assert (record["purpose"], record["version"], record["text_hash"]) == ("registration", text.version, text.hash)
        assert (record["given_by"], record["given_at"]) == ("oneself", identity.clock.now())

    def test_a_guardian_agrees_for_a_minor(self, identity: Identity) -> None:
        guardian = {"name": "林父", "phone": "13700000000", "consent": True}
        caller = identity.as_volunteer(identity.register(cert_no=resident_id(1, "20120307"), guardian=guardian))
        given = {record["purpose"]: record["given_by"] for record in consents(identity, caller)}
        assert given == {"registration": "oneself", "guardianship": "guardian"}

    def test_what_rested_on_a_consent_goes_when_it_is_taken_back(self, identity: Identity) -> None:
        volunteer = identity.register(political_status="league_member")
        caller = identity.as_volunteer(volunteer)
        optional = next(r for r in consents(identity, caller) if r["can_be_withdrawn"])
        taken_back = withdraw(identity, caller, optional["consent_id"])
        assert taken_back["withdrawn_at"] == identity.clock.now()
        assert withdraw(identity, caller, optional["consent_id"]) == taken_back
        stored = identity.stored(Volunteer, volunteer.id)
        assert (stored.political_status, stored.version) == (None, volunteer.version + 1)
        told = identity.units.published("volunteer.changed")[-1]
        assert (told["data"]["political_status"], told["aggregateversion"]) == (None, stored.version)
        assert audited(identity)[-1] == "consent.withdrawn"

    def test_what_the_account_rests_on_cannot_be_taken_back_alone(self, identity: Identity) -> None:
        caller = identity.as_volunteer(identity.register())
        (record,) = consents(identity, caller)
        with pytest.raises(ConsentNeeded):
            withdraw(identity, caller, record["consent_id"])

    def test_another_ones_consent_is_not_there(self, identity: Identity) -> None:
        (record,) = consents(identity, identity.as_volunteer(identity.register()))
        with pytest.raises(NotFound):
            withdraw(identity, identity.as_volunteer(identity.register()), record["consent_id"])


class TestExports:
    def test_it_is_complete_when_every_service_has_answered(self, identity: Identity) -> None:
        caller = identity.as_volunteer(identity.register())
        asked = request_export(identity, caller)
        assert (asked["status"], asked["missing"]) == ("collecting", list(exporting.ASKED))
        told = identity.units.published("account.export_requested")[-1]["data"]
        assert told == {
            "export_id": asked["export_id"], "account_id": caller.account_id, "volunteer_id": caller.volunteer_id
        }  # fmt: skip
        for part in exporting.PARTS[1:]:
            answer(identity, asked["export_id"], part, {"volunteer_copy": [{"name": "林木棉"}]})
        assert get_export(identity, caller, asked["export_id"])["missing"] == [exporting.ASKED[0]]
        answer(identity, asked["export_id"], exporting.PARTS[0], {})
        complete = get_export(identity, caller, asked["export_id"])
        assert (complete["status"], complete["missing"]) == ("complete", [])
        assert set(complete["data"]) == {"identity", "gateway", *exporting.ASKED}
        assert complete["data"]["identity"]["volunteer"]["cert_no"] == resident_id(1)
        assert complete["data"]["identity"]["rows"]["consent_record"][0]["purpose"] == "registration"
        assert complete["data"]["card"] == {"volunteer_copy": [{"name": "林木棉"}]}

    def test_the_files_that_one_has_handed_in_are_listed_with_where_to_fetch_them(self, identity: Identity) -> None:
        caller, upload = identity.as_volunteer(identity.register()), own_upload()
        asked = request_export(identity, caller, upload)
        (listed,) = get_export(identity, caller, asked["export_id"])["data"]["gateway"]["uploads"]
        assert datetime.fromisoformat(listed.pop("created_at")) == upload.created_at
        assert listed == {
            "upload_id": upload.upload_id, "name": "证明.png", "content_type": "image/png", "size": 72,
            "sha256": "0" * 64, "fetch": f"/v1/uploads/{upload.upload_id}",
        }  # fmt: skip

    def test_every_look_is_audited(self, identity: Identity) -> None:
        caller = identity.as_volunteer(identity.register())
        asked = request_export(identity, caller)
        get_export(identity, caller, asked["export_id"])
        assert audited(identity)[-2:] == ["account.exported", "account.export_read"]

    def test_what_is_kept_is_sealed(self, identity: Identity) -> None:
        asked = request_export(identity, identity.as_volunteer(identity.register()))
        with identity.uow() as uow:
            own = sa.select(DataExportPart.document_sealed).where(DataExportPart.service == exporting.OWN)
            (kept,) = uow.session.scalars(own).all()
        assert resident_id(1) not in kept
        assert kept.startswith("v1.test.")
        assert asked["export_id"] not in kept

    def test_asking_again_at_once_gives_the_same_one_and_later_another(self, identity: Identity) -> None:
        caller = identity.as_volunteer(identity.register())
        first = request_export(identity, caller)
        assert request_export(identity, caller) == first
        identity.clock.advance(hours=1)
        assert request_export(identity, caller)["export_id"] != first["export_id"]

    def test_nobody_elses_can_be_had_nor_one_that_has_expired(self, identity: Identity) -> None:
        caller = identity.as_volunteer(identity.register())
        asked = request_export(identity, caller)
        with pytest.raises(NotFound):
            get_export(identity, identity.as_volunteer(identity.register()), asked["export_id"])
        identity.clock.advance(days=7, seconds=1)
        with pytest.raises(NotFound):
            get_export(identity, caller, asked["export_id"])
        with identity.uow() as uow:
            housekeeping.purge(uow)
        assert identity.stored(DataExport, asked["export_id"]) is None

    def test_an_answer_that_comes_after_the_person_was_erased_is_dropped(self, identity: Identity) -> None:
        caller = identity.as_volunteer(identity.register())
        asked = request_export(identity, caller)
        with identity.uow(caller) as uow:
            erasing.erase_me(commands.EraseMe(), uow)
        answer(identity, asked["export_id"], exporting.PARTS[0], {"volunteer": [{"name": "林木棉"}]})
        with identity.uow() as uow:
            assert uow.session.scalars(sa.select(DataExportPart)).all() == []
