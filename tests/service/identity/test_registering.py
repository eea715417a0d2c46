"""Registering volunteers: what is refused, what is saved, and who wins when two are at it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.errors import DeadlineExceeded, Invalid, NotFound, Unavailable
from services.identity import commands
from services.identity.domain.certificates import check_character
from services.identity.domain.volunteer_numbers import is_volunteer_no
from services.identity.models import Account, Volunteer
from services.identity.schemas import answers
from services.identity.use_cases import profile
from tests.service.identity.conftest import Identity, resident_id


def faults(refusal: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in refusal.value.errors}


def refused(identity: Identity, **changes: Any) -> set[tuple[str, str]]:
    """Register somebody for whom everything but ``changes`` is right."""
    with pytest.raises(Invalid) as refusal:
        identity.register(identity.registration(**changes))
    return faults(refusal)


def test_a_registration_waits_for_the_home_organization_and_everybody_is_told(identity: Identity) -> None:
    body = identity.registration()
    volunteer = identity.register(body)
    assert volunteer.status == "pending_review"
    assert is_volunteer_no(volunteer.volunteer_no)
    (registered,) = identity.units.published("volunteer.registered")
    assert registered["data"]["cert_no_masked"] == f"440***********{body['cert_no'][-4:]}"
    assert registered["data"]["phone_masked"] == f"139****{body['phone'][-4:]}"
    (changed,) = identity.units.published("volunteer.changed")
    assert (changed["data"]["status"], changed["data"]["birth_date"]) == ("pending_review", "1995-03-07")
    (contact,) = identity.units.published("account.contact_changed")
    cipher = identity.units.runtime.settings.message_cipher  # type: ignore[attr-defined]
    assert cipher.decrypt(contact["data"]["phone_sealed"], f"contact:{volunteer.account_id}") == body["phone"]


def test_neither_number_phone_nor_code_stands_in_the_database_in_clear(identity: Identity) -> None:
    body = identity.registration(guardian={"name": "林守护", "phone": "13711112222", "consent": True})
    code = identity.code(body["phone"])
    identity.register({**body, "code": code})
    with identity.units.runtime.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        everything = "\n".join(
            str(row) for table in tables for row in connection.execute(sa.text(f'SELECT t::text FROM "{table}" t'))
        )
    assert body["name"] in everything
    for secret in (body["cert_no"], body["phone"], "林守护", "13711112222", body["password"], f'"{code}"'):
        assert secret not in everything


def test_sixty_people_may_register_from_one_address(identity: Identity) -> None:
    for _ in range(60):
        identity.register()
    with identity.uow() as uow:
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(Volunteer)) == 60


@pytest.mark.parametrize(
    ("cert_no", "code"),
    [
        ("440106199503070025", "bad_check_digit"),
        (resident_id(1, "20991231"), "bad_birth_date"),
        (resident_id(1, "19950230"), "bad_birth_date"),
        ("440524188001010014", "implausible_age"),
        (resident_id(1, "20190301"), "too_young"),
        ("4401061995030700", "bad_cert_no"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(identity: Identity, cert_no: str, code: str) -> None:
    assert refused(identity, cert_no=cert_no) == {("cert_no", code)}


@pytest.mark.parametrize("cert_no", ["810000199408230021", "820000199501020020", "830000199201300022"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_taken(identity: Identity, cert_no: str) -> None:
    assert identity.register(cert_no=cert_no).status == "pending_review"


def test_an_unknown_region_is_only_a_warning(identity: Identity) -> None:
    digits = "99010119900307001"
    volunteer = identity.register(cert_no=digits + check_character(digits))
    assert volunteer.certificate_warnings == ["unknown_region"]


def test_a_minor_needs_a_guardian_who_consents(identity: Identity) -> None:
    minor = resident_id(7, "20120301")
    assert refused(identity, cert_no=minor) == {("guardian", "guardian_required")}
    unwilling = {"name": "林守护", "phone": "13711112222", "consent": False}
    assert refused(identity, cert_no=minor, guardian=unwilling) == {("guardian", "guardian_required")}
    assert identity.register(cert_no=minor, guardian={**unwilling, "consent": True}).guardian_consented_at


def test_whoever_is_below_fourteen_is_marked_and_the_others_hear_until_when(identity: Identity) -> None:
    consenting = {"name": "林守护", "phone": "13711112222", "consent": True}
    for born, marked in (("20120302", False), ("20120303", True)):  # today is 2 March 2026
        volunteer = identity.register(cert_no=resident_id(7, born), guardian=consenting)
        with identity.uow(identity.as_volunteer(volunteer)) as uow:
            shown = answers.Me().dump(profile.get_me(commands.GetMe(), uow))["volunteer"]
        assert shown["must_be_accompanied"] is marked
        told = identity.units.published("volunteer.changed")[-1]["data"]
        assert told["accompanied_until"] == f"2026-03-{born[-2:]}"


def test_a_document_without_birth_date_needs_one_beside_it(identity: Identity) -> None:
    passport = {"cert_type": "passport", "cert_no": "ｅ12345678"}
    assert refused(identity, **passport) == {("birth_date", "required")}
    volunteer = identity.register(**passport, birth_date="1990-05-06")
    assert volunteer.birth_date.isoformat() == "1990-05-06"


def test_all_bad_fields_stand_in_one_answer(identity: Identity) -> None:
    identity.organization.refusals["takes_members"] = NotFound(what="organization")
    wrong = refused(identity, cert_no="440106199503070025", password="12345678", code="000000")
    assert wrong == {
        ("cert_no", "bad_check_digit"),
        ("password", "weak_password"),
        ("code", "wrong_code"),
        ("organization_id", "unknown_organization"),
    }


def test_a_certificate_phone_or_email_in_use_is_told_to_whoever_has_the_code(identity: Identity) -> None:
    first = identity.registration(email="kapok@example.org")
    identity.register(dict(first))
    identity.clock.advance(minutes=2)
    again = {**first, "code": identity.code(first["phone"])}
    with pytest.raises(Invalid) as refusal:
        identity.register(again)
    assert faults(refusal) == {
        ("cert_no", "already_registered"), ("phone", "already_in_use"), ("email", "already_in_use"),
    }  # fmt: skip


def test_a_stranger_without_the_code_learns_nothing_about_a_certificate(identity: Identity) -> None:
    first = identity.registration()
    identity.register(dict(first))
    assert refused(identity, cert_no=first["cert_no"], code="000000") == {("code", "wrong_code")}


def test_a_name_that_is_not_the_holders_is_refused(identity: Identity) -> None:
    assert refused(identity, name="姓名不符") == {("name", "name_mismatch")}


@pytest.mark.parametrize("failure", [DeadlineExceeded(), Unavailable()])
def test_while_organization_is_away_nothing_is_saved_and_the_code_stays_good(
    identity: Identity, failure: Exception
) -> None:
    body = identity.registration()
    body["code"] = identity.code(body["phone"])
    identity.organization.refusals["takes_members"] = failure  # type: ignore[assignment]
    with pytest.raises(type(failure)):
        identity.register(dict(body))
    identity.organization.refusals.clear()
    assert identity.register(dict(body)).status == "pending_review"


def test_a_code_is_good_for_one_registration_only(identity: Identity) -> None:
    first = identity.registration()
    first["code"] = identity.code(first["phone"])
    identity.register(dict(first))
    second = identity.registration(phone=first["phone"], code=first["code"])
    with pytest.raises(Invalid) as refusal:
        identity.register(second)
    assert faults(refusal) == {("code", "wrong_code")}


def test_of_two_who_register_one_certificate_at_once_one_wins(identity: Identity) -> None:
    """Real transactions on two connections: both pass every check, the unique index decides."""
    cert_no = resident_id(99)
    bodies = [identity.registration(cert_no=cert_no) for _ in range(2)]
    for body in bodies:
        body["code"] = identity.code(body["phone"])
    both_checked = Barrier(2)
    ask = identity.organization.__call__

    class Together:
        def __call__(self, method: str, request: dict[str, Any]) -> Any:
            both_checked.wait(10)  # between the checks and the saving
            return ask(method, request)

    identity.organization = Together()  # type: ignore[assignment]

    def attempt(body: dict[str, Any]) -> Any:
        try:
            return identity.register(body)
        except Invalid as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, bodies))
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Invalid)]
    assert [[(f.field, f.code) for f in refusal.errors] for refusal in refusals] == [
        [("cert_no", "already_registered")]
    ]
    with identity.uow() as uow:
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1
