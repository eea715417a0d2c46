"""What is sealed for a bank, loaded at the start, told again, and forgotten in time."""

from __future__ import annotations

import orjson
import pytest
import sqlalchemy as sa
from joserfc import jwe

from services.chassis.context import Caller
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.chassis.masking import masked_name
from services.identity import commands
from services.identity.errors import BadCredentials, UnknownPartner
from services.identity.models import Account, Captcha, LoginFailure, LoginSession, VerificationCode, Volunteer
from services.identity.use_cases import erasing, housekeeping, reference_data, sealing, showing_masked
from services.identity.use_cases.republishing import STATE_EVENTS
from tests.service.identity.conftest import BANK_KEY, Identity

CARD = Caller(kind="service", account_id="card")
PLATFORM = Caller(kind="platform", account_id=new_id())


def seal(identity: Identity, volunteer_id: str, partner: str = "boc", caller: Caller = CARD) -> str:
    command = commands.SealForPartner(partner=partner, volunteer_id=volunteer_id, document={"application_no": "GZ-1"})
    with identity.uow(caller) as uow:
        return sealing.seal_for_partner(command, uow)["jwe"]


def test_the_bank_alone_reads_the_applicant(identity: Identity) -> None:
    body = identity.registration()
    volunteer = identity.register(dict(body))
    sealed = seal(identity, volunteer.id)
    opened = jwe.decrypt_compact(sealed, BANK_KEY, algorithms=["ECDH-ES+A256KW", "A256GCM"])
    assert opened.protected["kid"] == "boc-1"
    assert orjson.loads(opened.plaintext or b"") == {
        "application_no": "GZ-1",
        "applicant": {
            "name": body["name"],
            "cert_type": "resident_id",
            "cert_no": body["cert_no"],
            "phone": body["phone"],
            "birth_date": "1995-03-07",
        },
    }


def test_only_card_may_ask_and_only_for_a_known_bank_and_a_living_account(identity: Identity) -> None:
    volunteer = identity.register()
    for caller in (Caller(kind="service", account_id="notify"), Caller(kind="platform", account_id=new_id())):
        with pytest.raises(Forbidden):
            seal(identity, volunteer.id, caller=caller)
    with pytest.raises(UnknownPartner):
        seal(identity, volunteer.id, "nobank")
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    for volunteer_id in (volunteer.id, new_id()):
        with pytest.raises(NotFound):
            seal(identity, volunteer_id)


def shown_of(identity: Identity, volunteer_id: str, caller: Caller = CARD) -> dict[str, str]:
    with identity.uow(caller) as uow:
        return showing_masked.show_masked_volunteer(commands.ShowMaskedVolunteer(volunteer_id=volunteer_id), uow)


def test_a_public_page_gets_the_number_and_the_masked_name_of_who_is_active_and_nothing_else(
    identity: Identity,
) -> None:
    body = identity.registration()
    volunteer = identity.register(dict(body))
    with pytest.raises(NotFound):  # nobody has reviewed them yet
        shown_of(identity, volunteer.id)
    with identity.uow() as uow:
        uow.session.get_one(Volunteer, volunteer.id).status = "active"
    shown = shown_of(identity, volunteer.id)
    assert shown == {"volunteer_no": volunteer.volunteer_no, "name_masked": masked_name(body["name"])}
    assert body["name"] not in shown["name_masked"]
    for caller in (Caller(kind="service", account_id="notify"), identity.as_volunteer(volunteer), PLATFORM):
        with pytest.raises(Forbidden):
            shown_of(identity, volunteer.id, caller)
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    for volunteer_id in (volunteer.id, new_id()):
        with pytest.raises(NotFound):
            shown_of(identity, volunteer_id)


def load(identity: Identity) -> None:
    with identity.uow() as uow:
        reference_data.load(uow)


def test_the_platform_administrator_is_made_once_and_signs_in(identity: Identity) -> None:
    load(identity)
    load(identity)
    assert identity.sign_in("platform-admin", "a platform secret")["account"]["kind"] == "platform"
    with identity.uow() as uow:
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_another_password_in_the_setting_takes_effect(identity: Identity) -> None:
    load(identity)
    settings = identity.units.runtime.settings
    object.__setattr__(settings, "platform_admin_password", type(settings.platform_admin_password)("another secret"))  # type: ignore[attr-defined]
    load(identity)
    with pytest.raises(BadCredentials):
        identity.sign_in("platform-admin", "a platform secret")
    assert identity.sign_in("platform-admin", "another secret")


def test_state_is_told_again_under_its_present_version(identity: Identity) -> None:
    volunteer, gone = identity.register(), identity.register()
    with identity.uow(identity.as_volunteer(gone)) as uow:
        erasing.erase_me(commands.EraseMe(), uow)
    with identity.uow() as uow:
        volunteers = {event.volunteer_id: (event, version) for event, version in STATE_EVENTS["volunteer"](uow)}  # type: ignore[attr-defined]
        contacts = [event.account_id for event, _ in STATE_EVENTS["contact"](uow)]  # type: ignore[attr-defined]
    assert volunteers[volunteer.id][1] == 1
    assert (volunteers[gone.id][0].status, volunteers[gone.id][1]) == ("erased", 2)
    assert contacts == [volunteer.account_id]


def test_what_has_had_its_time_is_forgotten(identity: Identity) -> None:
    body = identity.registration()
    identity.register(dict(body))
    identity.sign_in(body["phone"])
    identity.captcha()
    with pytest.raises(BadCredentials):
        identity.sign_in("13700009999", "wrong-password-1")
    identity.clock.advance(days=1)
    remaining(identity, captchas=0, codes=1, failures=2, sessions=1)
    identity.clock.advance(days=40)
    remaining(identity, captchas=0, codes=0, failures=0, sessions=0)


def remaining(identity: Identity, *, captchas: int, codes: int, failures: int, sessions: int) -> None:
    with identity.uow() as uow:
        housekeeping.purge(uow)
        counts = [
            uow.session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (Captcha, VerificationCode, LoginFailure, LoginSession)
        ]
    assert counts == [captchas, codes, failures, sessions]
