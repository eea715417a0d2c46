"""``GET /me/export``: how one can sign in, and from where one does, is part of what is held of a person."""

from __future__ import annotations

from typing import Any

from services.identity import commands
from services.identity.domain.bindings import Provider
from services.identity.models import Totp
from services.identity.schemas import answers
from services.identity.use_cases import profile
from tests.service.identity.conftest import ADDRESS, Identity

OPENID = "2088000000000123456"


def exported(identity: Identity, volunteer: Any) -> dict[str, Any]:
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        return dict(answers.Export().dump(profile.export_me(commands.ExportMe(), uow)))


def test_the_export_names_devices_bindings_and_the_second_factor_without_their_secrets(identity: Identity) -> None:
    body = identity.registration()
    volunteer = identity.register(dict(body))
    identity.client = "Kapok/1.0 (Linux)"
    identity.sign_in(body["phone"])
    now, account_id = identity.clock.now(), volunteer.account_id
    with identity.uow() as uow:
        assert uow.bindings.add(account_id, Provider.ALIPAY, OPENID)
        secret = uow.vault.seal("totp.secret", account_id, "a secret")
        uow.session.add(
            Totp(account_id=account_id, secret_sealed=secret, created_at=now, confirmed_at=now, last_step=0)
        )
        uow.session.flush()
        uow.second_factors.save_recovery_codes(account_id, [b"one", b"two"])
    document = exported(identity, volunteer)
    (session,), (binding,) = document["sessions"], document["bindings"]
    assert (session["device"], session["address"]) == ("Kapok/1.0 (Linux)", ADDRESS)
    assert (binding["provider"], binding["openid_masked"]) == ("alipay", "208************3456")
    assert document["second_factor"] == {
        "created_at": session["created_at"], "confirmed_at": session["created_at"], "recovery_codes_left": 2,
    }  # fmt: skip


def test_who_has_none_of_it_reads_that(identity: Identity) -> None:
    document = exported(identity, identity.register())
    assert (document["sessions"], document["bindings"], document["second_factor"]) == ([], [], None)
