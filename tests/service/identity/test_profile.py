"""Oneself: masked, corrected under review, exported, and forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.audit import AUDIT_LOG
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid, NotAuthenticated
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.errors import BadRefreshToken, StillAdministrator
from services.identity.models import Account, Volunteer
from services.identity.schemas import answers, requests
from services.identity.use_cases import changing, erasing, in_person, profile, reviews
from services.organization.events import AdministratorChanged
from tests.service.identity.conftest import Identity, resident_id
from tests.service.identity.test_reviews import decide, state


def change(identity: Identity, volunteer: Any, **changes: Any) -> dict[str, Any]:
    return changing.update_me(
        identity.units.factory(identity.as_volunteer(volunteer)),
        requests.UpdateMe().parse(changes),
        identity.verifier,
    )


def resubmit(identity: Identity, volunteer: Any) -> dict[str, Any]:
    units = identity.units.factory(identity.as_volunteer(volunteer))
    return profile.resubmit(units, commands.Resubmit(), identity.verifier)


def faults(refusal: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in refusal.value.errors}


def test_oneself_is_shown_masked(identity: Identity) -> None:
    body = identity.registration(email="kapok@example.org", skills=["急救"])
    volunteer = identity.register(dict(body))
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        me = answers.Me().dump(profile.get_me(commands.GetMe(), uow))
    assert me["phone_masked"] == f"139****{body['phone'][-4:]}"
    assert me["email_masked"] == "k***@example.org"
    assert me["volunteer"]["cert_no_masked"] == f"440***********{body['cert_no'][-4:]}"
    assert me["volunteer"]["skills"] == ["急救"]
    assert body["cert_no"] not in str(me)
    assert body["phone"] not in str(me)


def test_skills_are_changed_without_a_review(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer)
    me = change(identity, volunteer, skills=["急救", "手语"], political_status="league_member")
    assert me["volunteer"]["status"] == "active"
    changed = identity.units.published("volunteer.changed")[-1]["data"]
    assert (changed["skills"], changed["political_status"]) == (["急救", "手语"], "league_member")
    assert len(identity.units.published("volunteer.registered")) == 1


def test_a_new_name_is_reviewed_again_by_the_home_organization(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer)
    me = change(identity, volunteer, name="林榕")
    assert me["volunteer"]["status"] == "pending_review"
    assert identity.units.published("volunteer.registered")[-1]["data"]["name"] == "林榕"
    decide(identity, volunteer)
    assert state(identity, volunteer) == ("active", None)


def test_a_new_certificate_ends_the_verification_in_person(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer)
    identity.organization_exists(identity.home)
    with identity.uow(identity.administrator(identity.home)) as uow:
        in_person.verify_in_person(
            commands.VerifyInPerson(volunteer_id=volunteer.id, organization_id=identity.home, note=None), uow
        )
    me = change(identity, volunteer, cert_type="resident_id", cert_no=resident_id(777, "19940101"))
    assert (me["volunteer"]["status"], me["volunteer"]["verified_in_person"]) == ("pending_review", False)


def test_a_certificate_of_somebody_else_is_refused(identity: Identity) -> None:
    other = identity.registration()
    identity.register(dict(other))
    volunteer = identity.register()
    with pytest.raises(Invalid) as refusal:
        change(identity, volunteer, cert_type="resident_id", cert_no=other["cert_no"])
    assert faults(refusal) == {("cert_no", "already_registered")}
    with pytest.raises(Invalid) as refusal:
        change(identity, volunteer, cert_no=other["cert_no"])
    assert faults(refusal) == {("cert_type", "required")}


def test_a_rejected_volunteer_corrects_first_and_asks_then(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer, "姓名有误")
    assert change(identity, volunteer, name="林榕")["volunteer"]["status"] == "rejected"
    assert resubmit(identity, volunteer)["volunteer"]["status"] == "pending_review"


def test_a_new_phone_takes_the_code_that_was_sent_to_it(identity: Identity) -> None:
    volunteer = identity.register()
    digits = identity.code("13511112222", purpose="change_contact")
    with pytest.raises(Invalid) as refusal:
        change(identity, volunteer, phone="13511113333", phone_code=digits)
    assert faults(refusal) == {("phone_code", "wrong_code")}
    assert change(identity, volunteer, phone="13511112222", phone_code=digits)["phone_masked"] == "135****2222"
    assert identity.sign_in("13511112222")
    contact = identity.units.published("account.contact_changed")[-1]
    assert contact["aggregateversion"] == 2


def test_a_phone_of_somebody_else_is_refused(identity: Identity) -> None:
    other = identity.registration()
    identity.register(dict(other))
    volunteer = identity.register()
    identity.clock.advance(minutes=2)
    digits = identity.code(other["phone"], purpose="change_contact")
    with pytest.raises(Invalid) as refusal:
        change(identity, volunteer, phone=other["phone"], phone_code=digits)
    assert faults(refusal) == {("phone", "already_in_use")}


def test_the_export_holds_everything_in_clear_and_is_audited(identity: Identity) -> None:
    guardian = {"name": "林守护", "phone": "13711112222", "consent": True}
    body = identity.registration(cert_no=resident_id(3, "20120301"), guardian=guardian)
    volunteer = identity.register(dict(body))
    identity.sign_in(body["phone"])
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        export = answers.Export().dump(profile.export_me(commands.ExportMe(), uow))
    assert (export["phone"], export["volunteer"]["cert_no"]) == (body["phone"], body["cert_no"])
    assert export["volunteer"]["guardian"]["name"] == "林守护"
    assert len(export["sessions"]) == 1
    assert "password" not in str(export)
    with identity.uow() as uow:
        actions = list(uow.session.scalars(sa.select(AUDIT_LOG.c.action)))
    assert "account.exported" in actions


def test_the_gateway_is_told_who_was_erased_and_nobody_else_is(identity: Identity) -> None:
    gone, there = identity.register(), identity.register()
    with identity.uow(identity.as_volunteer(gone)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    query = commands.FindErasedAccounts(account_ids=[gone.account_id, there.account_id, new_id()])
    with identity.uow(Caller(kind="service", account_id="gateway")) as uow:
        assert erasing.find_erased_accounts(query, uow) == {"account_ids": [gone.account_id]}
    with pytest.raises(Forbidden), identity.uow(identity.as_volunteer(there)) as uow:
        erasing.find_erased_accounts(query, uow)


def test_an_erased_person_is_gone_and_the_row_stays(identity: Identity) -> None:
    body = identity.registration(email="kapok@example.org", political_status="league_member")
    volunteer = identity.register(dict(body))
    session = identity.sign_in(body["phone"])
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    row, account = identity.stored(Volunteer, volunteer.id), identity.stored(Account, volunteer.account_id)
    assert (row.status, row.volunteer_no) == ("erased", volunteer.volunteer_no)
    assert (row.cert_no_sealed, row.cert_no_digest, row.birth_date, row.political_status) == (None,) * 4
    assert (account.name, account.phone_sealed, account.email_digest, account.password_hash) == ("", None, None, None)
    assert (account.email_verified_at, account.email_verified_by) == (None, None)
    with pytest.raises(BadRefreshToken):
        identity.refresh(session["refresh_token"])
    with pytest.raises(NotAuthenticated), identity.uow(identity.as_volunteer(volunteer)) as uow:
        profile.get_me(commands.GetMe(), uow)
    (erased,) = identity.units.published("volunteer.erased")
    assert erased["data"] == {"volunteer_id": volunteer.id, "account_id": volunteer.account_id}
    assert identity.units.published("volunteer.changed")[-1]["data"]["name"] == ""
    decide(identity, volunteer)  # a decision that was on its way brings nobody back
    assert identity.stored(Volunteer, volunteer.id).status == "erased"
    again = identity.register({k: v for k, v in body.items() if k != "code"})
    assert again.volunteer_no != volunteer.volunteer_no


def test_whoever_administers_an_organization_gives_that_up_first(identity: Identity) -> None:
    volunteer = identity.register()
    role = {
        "administrator_id": new_id(), "organization_id": identity.home, "account_id": volunteer.account_id,
        "role": "recorder",
    }  # fmt: skip
    identity.handle(reviews.take_over_administrator, AdministratorChanged(active=True, **role))
    with pytest.raises(StillAdministrator), identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    identity.handle(reviews.take_over_administrator, AdministratorChanged(active=False, **role), 2)
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)


def test_whom_to_call_in_an_emergency_is_sealed_masked_and_exported(identity: Identity) -> None:
    volunteer = identity.register()
    me = change(identity, volunteer, emergency_contact={"name": "林家人", "phone": "13711112222"})
    assert answers.Me().dump(me)["volunteer"]["emergency_contact"] == {
        "name": "林家人",
        "phone_masked": "137****2222",
    }
    assert "13711112222" not in str(vars(identity.stored(Volunteer, volunteer.id)))
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        export = answers.Export().dump(profile.export_me(commands.ExportMe(), uow))
    assert export["volunteer"]["emergency_contact"] == {"name": "林家人", "phone": "13711112222"}
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    assert identity.stored(Volunteer, volunteer.id).emergency_phone_sealed is None


def test_a_mailbox_counts_as_ones_own_once_a_code_from_it_was_used(identity: Identity) -> None:
    volunteer = identity.register(identity.registration(email="kapok@example.org"))
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        me = answers.Me().dump(profile.get_me(commands.GetMe(), uow))
        assert (me["email_verified_at"], me["email_verified_by"]) == (None, None)
    code = identity.code("kapok@example.org", purpose="change_contact", channel="email")
    change(identity, volunteer, email="kapok@example.org", email_code=code)
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        export = answers.Export().dump(profile.export_me(commands.ExportMe(), uow))
    verified_at = identity.clock.now()
    assert datetime.fromisoformat(export["email_verified_at"]) == verified_at
    assert export["email_verified_by"] == "change_contact"
    identity.clock.advance(minutes=2)
    with pytest.raises(Invalid):
        change(identity, volunteer, email="other@example.org", email_code="000000")
    assert identity.stored(Account, volunteer.account_id).email_verified_at == verified_at


def test_the_old_phone_is_told_that_it_was_replaced(identity: Identity) -> None:
    body = identity.registration()
    volunteer = identity.register(dict(body))
    change(identity, volunteer, phone="13511112222", phone_code=identity.code("13511112222", purpose="change_contact"))
    (told,) = identity.units.published("account.contact_replaced")
    data = told["data"]
    cipher = identity.units.runtime.settings.message_cipher  # type: ignore[attr-defined]
    assert cipher.decrypt(data["old_sealed"], f"old_contact:{volunteer.account_id}") == body["phone"]
    assert data["channel"] == "sms"
    change(
        identity, volunteer, email="kapok@example.org",
        email_code=identity.code("kapok@example.org", purpose="change_contact", channel="email"),
    )  # fmt: skip
    assert len(identity.units.published("account.contact_replaced")) == 1  # there was no mailbox before
