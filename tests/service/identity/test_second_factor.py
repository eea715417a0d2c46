"""The second factor: enrolled with the password, each step once, guesses counted, and nothing open without it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from joserfc import jwt

from services.chassis.audit import AUDIT_LOG
from services.chassis.context import Caller
from services.chassis.errors import AppError, Invalid
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.errors import BadCredentials, BadTotp, LoginLocked, TotpAlreadyEnrolled, TotpRequired
from services.identity.models import RecoveryCode, Totp
from services.identity.use_cases import erasing, password_resets, profile, reviews, second_factors
from services.organization.events import AdministratorChanged
from tests.service.identity.conftest import PASSWORD, TOKEN_KEY, Identity


class Somebody:
    """A volunteer, perhaps with a role, and the app on their phone."""

    def __init__(self, identity: Identity) -> None:
        body = identity.registration()
        self.identity = identity
        self.phone = body["phone"]
        self.volunteer = identity.register(dict(body))
        self.caller = identity.as_volunteer(self.volunteer)
        self.secret = ""
        self.recovery_codes: list[str] = []

    @property
    def units(self) -> Any:
        return self.identity.units.factory(self.caller)

    def code(self, steps: int = 0) -> str:
        """What the app shows now, or so many steps later."""
        return pyotp.TOTP(self.secret).at(int(self.identity.clock.now().timestamp()) + 30 * steps)

    def ask(self, password: str = PASSWORD) -> dict[str, str]:
        made = second_factors.enroll_totp(self.units, commands.EnrollTotp(password=password))
        self.secret = made["secret"]
        return made

    def confirm(self, code: str | None = None) -> None:
        command = commands.ConfirmTotp(code=code or self.code())
        self.recovery_codes = second_factors.confirm_totp(self.units, command)["recovery_codes"]

    def enroll(self) -> Somebody:
        self.ask()
        self.confirm()
        self.identity.clock.advance(seconds=90)
        return self

    def remove(self, code: str, password: str = PASSWORD) -> None:
        second_factors.remove_totp(self.units, commands.RemoveTotp(password=password, code=code))

    def sign_in(self, totp: str | None = None, password: str = PASSWORD) -> dict[str, Any]:
        return self.identity.sign_in(self.phone, password, totp=totp)

    def becomes(self, role: str) -> None:
        event = AdministratorChanged(
            administrator_id=new_id(), account_id=self.volunteer.account_id, organization_id=self.identity.home,
            role=role, active=True,
        )  # fmt: skip
        self.identity.handle(reviews.take_over_administrator, event)


@pytest.fixture
def somebody(identity: Identity) -> Somebody:
    return Somebody(identity)


def notices(identity: Identity) -> list[str]:
    return [event["data"]["notice"] for event in identity.units.published("account.security_notice")]


def refused(attempt: Any, *arguments: Any) -> AppError:
    with pytest.raises(AppError) as refusal:
        attempt(*arguments)
    return refusal.value


def test_the_code_is_asked_for_after_the_right_password_only(somebody: Somebody) -> None:
    somebody.enroll()
    assert isinstance(refused(somebody.sign_in, None, "wrong-password-1"), BadCredentials)
    assert isinstance(refused(somebody.sign_in, somebody.code(), "wrong-password-1"), BadCredentials)
    assert isinstance(refused(somebody.sign_in), TotpRequired)
    assert isinstance(refused(somebody.sign_in, "000000"), BadTotp)
    assert somebody.sign_in(somebody.code())["access_token"]


def test_a_secret_is_good_only_once_it_is_confirmed(somebody: Somebody) -> None:
    made = somebody.ask()
    assert made["otpauth_uri"].startswith("otpauth://totp/")
    assert made["qr"].startswith("data:image/svg+xml;base64,")
    assert somebody.sign_in()
    wrong = f"{(int(somebody.code()) + 1) % 10**6:06}"
    assert isinstance(refused(somebody.confirm, wrong), Invalid)
    somebody.confirm()
    assert isinstance(refused(somebody.sign_in), TotpRequired)
    assert isinstance(refused(somebody.ask), TotpAlreadyEnrolled)
    assert isinstance(refused(somebody.confirm), TotpAlreadyEnrolled)


def test_each_step_is_good_once_and_only_near_its_time(somebody: Somebody) -> None:
    somebody.ask()
    shown = somebody.code()
    somebody.confirm(shown)
    assert isinstance(refused(somebody.sign_in, shown), BadTotp)
    assert somebody.sign_in(somebody.code(1))
    assert isinstance(refused(somebody.sign_in, somebody.code(1)), BadTotp)
    assert isinstance(refused(somebody.sign_in, somebody.code(2)), BadTotp)
    somebody.identity.clock.advance(seconds=60)
    assert somebody.sign_in(somebody.code())


def test_of_two_sign_ins_with_one_code_one_gets_in(somebody: Somebody) -> None:
    somebody.enroll()
    code = somebody.code()

    def attempt(_: int) -> str:
        try:
            return "in" if somebody.sign_in(code) else ""
        except BadTotp as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["bad_totp", "in"]


def test_wrong_codes_lock_the_account_under_whatever_name_it_is_called(identity: Identity) -> None:
    somebody = Somebody(identity).enroll()
    with identity.uow() as uow:
        number = uow.vault.cert_no_of(uow.volunteers.get(somebody.volunteer.id))
    for n in range(5):
        name = number if n % 2 else somebody.phone
        assert isinstance(refused(identity.sign_in, name, PASSWORD, "192.0.2.7", "000000"), BadTotp)
    locked = refused(identity.sign_in, number, PASSWORD, "192.0.2.7", somebody.code())
    assert isinstance(locked, LoginLocked)
    identity.clock.advance(seconds=31)
    assert identity.sign_in(number, totp=somebody.code())
    assert somebody.sign_in(somebody.code(1))


def test_a_recovery_code_stands_in_once_however_it_is_typed(somebody: Somebody) -> None:
    somebody.enroll()
    first, second = somebody.recovery_codes[:2]
    assert len(set(somebody.recovery_codes)) == 10
    assert somebody.sign_in(first.upper().replace("-", " "))
    assert isinstance(refused(somebody.sign_in, first), BadTotp)
    assert somebody.sign_in(second)
    assert notices(somebody.identity) == ["totp_enrolled", "recovery_code_used", "recovery_code_used"]


def test_neither_secret_nor_recovery_code_stands_in_the_database_or_the_log(somebody: Somebody) -> None:
    somebody.enroll()
    with somebody.identity.uow() as uow:
        rows = [
            *uow.session.execute(sa.select(Totp.__table__)),
            *uow.session.execute(sa.select(RecoveryCode.__table__)),
        ]
        rows += uow.session.execute(sa.select(AUDIT_LOG)).all()
    text = str(rows)
    assert len(rows) > 11
    assert not any(hidden in text for hidden in (somebody.secret, *somebody.recovery_codes))


def test_it_is_taken_off_with_password_and_code(somebody: Somebody) -> None:
    somebody.enroll()
    wrong_password = refused(somebody.remove, somebody.code(), "wrong-password-1")
    assert isinstance(wrong_password, Invalid)
    assert [(f.field, f.code) for f in wrong_password.errors] == [("password", "wrong_password")]
    wrong_code = refused(somebody.remove, "000000")
    assert isinstance(wrong_code, Invalid)
    assert [(f.field, f.code) for f in wrong_code.errors] == [("code", "bad_totp")]
    somebody.remove(somebody.code())
    assert somebody.sign_in()
    assert notices(somebody.identity) == ["totp_enrolled", "totp_removed"]


def test_a_found_token_does_not_let_passwords_be_guessed(somebody: Somebody) -> None:
    for _ in range(5):
        assert isinstance(refused(somebody.ask, "wrong-password-1"), Invalid)
    assert isinstance(refused(somebody.ask), LoginLocked)


def token_says(signed_in: dict[str, Any]) -> tuple[Any, Any]:
    claims = jwt.decode(signed_in["access_token"], TOKEN_KEY, algorithms=["Ed25519"]).claims
    return claims["kind"], claims["roles"]


def test_an_administrator_without_the_required_factor_gets_a_token_to_enroll_with_and_no_other(
    somebody: Somebody,
) -> None:
    identity = somebody.identity
    object.__setattr__(identity.units.runtime.settings, "totp_required_roles", frozenset({"owner", "platform"}))
    assert token_says(somebody.sign_in())[0] == "volunteer"
    somebody.becomes("recorder")
    assert token_says(somebody.sign_in()) == ("volunteer", [[identity.home, "recorder"]])
    somebody.becomes("owner")
    signed_in = somebody.sign_in()
    assert signed_in["totp_enrollment_required"]
    assert token_says(signed_in) == ("enrolling", [])
    somebody.enroll()
    refreshed = identity.refresh(signed_in["refresh_token"])
    assert not refreshed["totp_enrollment_required"]
    assert token_says(refreshed) == ("volunteer", [[identity.home, "owner"], [identity.home, "recorder"]])


def test_a_role_that_comes_later_counts_from_the_next_refresh(somebody: Somebody) -> None:
    identity = somebody.identity
    object.__setattr__(identity.units.runtime.settings, "totp_required_roles", frozenset({"reviewer"}))
    signed_in = somebody.sign_in()
    somebody.becomes("reviewer")
    assert token_says(identity.refresh(signed_in["refresh_token"])) == ("enrolling", [])


def test_a_new_password_does_not_take_the_second_factor_off(somebody: Somebody) -> None:
    identity = somebody.enroll().identity
    with identity.uow() as uow:
        password_resets.request_password_reset(
            commands.RequestPasswordReset(account=somebody.phone, channel="sms"), uow
        )
    command = commands.ResetPassword(account=somebody.phone, code=identity.last_code(), new_password="Banyan-2027")
    password_resets.reset_password(identity.units.factory(identity.stranger()), command)
    assert isinstance(refused(somebody.sign_in, None, "Banyan-2027"), TotpRequired)
    assert notices(identity) == ["totp_enrolled", "password_reset"]


def test_an_erased_account_leaves_no_secret(somebody: Somebody) -> None:
    somebody.enroll()
    with somebody.identity.uow(somebody.caller) as uow:
        assert profile.get_me(commands.GetMe(), uow)["totp_enrolled"]
        erasing.erase_me(commands.EraseMe(), uow)
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(Totp)) == 0
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 0


def test_nobody_enrolls_for_somebody_else(somebody: Somebody) -> None:
    stranger = somebody.identity.units.factory(Caller())
    assert refused(second_factors.enroll_totp, stranger, commands.EnrollTotp(password=PASSWORD)).status == 401
    assert refused(second_factors.confirm_totp, stranger, commands.ConfirmTotp(code="000000")).status == 401
