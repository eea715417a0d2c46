"""Identity on a scratch database: people to invent, an organization that answers, captchas that are always 0000."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey

from services.chassis.clock import FixedClock
from services.chassis.context import Caller, Role
from services.chassis.errors import AppError
from services.chassis.events import Event, Received
from services.chassis.ids import new_id
from services.chassis.testing.units import Units, test_key
from services.identity import commands
from services.identity.domain.certificates import check_character
from services.identity.repository import UNIT_OF_WORK, IdentityUnitOfWork
from services.identity.schemas import requests
from services.identity.settings import SETTINGS
from services.identity.use_cases import captchas, codes, registering_volunteers, sessions
from services.identity.verifier import SimulatedVerifier, Verifier
from services.organization.events import OrganizationChanged

TOKEN_KEY = OKPKey.generate_key("Ed25519", {"kid": "token-1", "use": "sig"})
BANK_KEY = ECKey.generate_key("P-256", {"kid": "boc-1", "use": "enc"})
ENVIRONMENT = {
    "ZHIYUAN_FIELD_KEYS": test_key("f"),
    "ZHIYUAN_BLIND_INDEX_KEY": test_key("b").partition(":")[2],
    "ZHIYUAN_MESSAGE_KEYS": test_key("m"),
    "ZHIYUAN_TOKEN_PRIVATE_KEY": json.dumps(TOKEN_KEY.as_dict(private=True)),
    "ZHIYUAN_PARTNER_PUBLIC_KEYS": json.dumps({"boc": BANK_KEY.as_dict(private=False)}),
    "ZHIYUAN_PLATFORM_ADMIN_ACCOUNT": "platform-admin",
    "ZHIYUAN_PLATFORM_ADMIN_PASSWORD": "a platform secret",
    "ZHIYUAN_CAPTCHA": "fixed",
    "ZHIYUAN_REALNAME_VERIFIER": "simulator",
    "ZHIYUAN_ARGON2": "1,8,1",
}
PASSWORD = "Kapok-2026"
ADDRESS = "192.0.2.7"


def resident_id(serial: int, born: str = "19950307") -> str:
    """An invented resident ID of Guangzhou with the right check digit."""
    digits = f"440106{born}{serial:03}"
    return digits + check_character(digits)


@dataclass
class Organization:
    """The service organization as identity sees it: refuses what it was told to, remembers what it was asked."""

    refusals: dict[str, AppError] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((method, request))
        if method in self.refusals:
            raise self.refusals[method]
        if method == "takes_members":
            return {"organization_id": request["organization_id"], "name": "越秀区义工联"}
        if method == "check_registrations":
            return {"items": [[] for _ in request["rows"]]}
        return {"organization_id": request["organization_id"], "status": "pending", "administrator_id": new_id()}


class Identity:
    """Everything a test wants of identity, in one sentence each."""

    def __init__(self, units: Units, organization: Organization) -> None:
        self.units = units
        self.clock = units.clock
        self.organization = organization
        self.verifier: Verifier = SimulatedVerifier()
        self.home = new_id()
        self.client: str | None = None  # what the device calls itself that a stranger uses
        self._serial = 0

    def uow(self, caller: Caller | None = None) -> Any:
        """A unit of work that commits."""
        return self.units(caller or self.stranger())

    def stranger(self, address: str = ADDRESS) -> Caller:
        """Nobody in particular."""
        return Caller(remote_address=address, user_agent=self.client)

    def captcha(self) -> dict[str, str]:
        """A fresh captcha with its answer."""
        made = captchas.create_captcha(self.units.factory(self.stranger()), commands.CreateCaptcha())
        return {"captcha_id": str(made["captcha_id"]), "captcha_answer": "0000"}

    def code(self, recipient: str, purpose: str = "register", channel: str = "sms") -> str:
        """Ask for a code and read it as notify would."""
        request = {"channel": channel, "recipient": recipient, "purpose": purpose, **self.captcha()}
        codes.request_code(self.units.factory(self.stranger()), requests.RequestCode().parse(request))
        return self.last_code()

    def codes_for_somebody(self) -> list[dict[str, Any]]:
        """The codes that notify will send; those for nobody are only work."""
        cipher = self.units.runtime.settings.message_cipher  # type: ignore[attr-defined]
        events = [event["data"] for event in self.units.published("code.requested")]
        return [data for data in events if cipher.decrypt(data["recipient_sealed"], f"code:{data['code_id']}")]

    def last_code(self) -> str:
        """The code that was sent last."""
        event = self.units.published("code.requested")[-1]["data"]
        cipher = self.units.runtime.settings.message_cipher  # type: ignore[attr-defined]
        return str(cipher.decrypt(event["code_sealed"], f"code:{event['code_id']}"))

    def registration(self, **changes: Any) -> dict[str, Any]:
        """A body of POST /volunteers without its code; everybody is somebody else."""
        self._serial += 1
        return {
            "name": f"林木棉{self._serial}",
            "cert_type": "resident_id",
            "cert_no": resident_id(self._serial),
            "phone": f"1390000{self._serial:04}",
            "password": PASSWORD,
            "region": "440104",
            "organization_id": self.home,
            **changes,
        }

    def register(self, body: dict[str, Any] | None = None, **changes: Any) -> Any:
        """Register somebody, with a code if none is given."""
        body = body or self.registration(**changes)
        body.setdefault("code", self.code(body["phone"]) if "code" not in body else "")
        return registering_volunteers.register_volunteer(
            self.units.factory(self.stranger()),
            requests.RegisterVolunteer().parse(body),
            self.organization,
            self.verifier,
        )

    def sign_in(
        self, account: str, password: str = PASSWORD, address: str = ADDRESS, totp: str | None = None
    ) -> dict[str, Any]:
        """Sign in with a captcha that was read."""
        command = requests.SignIn().parse({"account": account, "password": password, "totp": totp, **self.captcha()})
        return sessions.sign_in(self.units.factory(self.stranger(address)), command)

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        """Spend a refresh token."""
        command = commands.RefreshSession(refresh_token=refresh_token)
        return sessions.refresh(self.units.factory(self.stranger()), command)

    def as_volunteer(self, volunteer: Any, session_id: str | None = None) -> Caller:
        """The volunteer, signed in."""
        return Caller(
            kind="volunteer", account_id=volunteer.account_id, volunteer_id=volunteer.id, session_id=session_id,
            remote_address=ADDRESS,
        )  # fmt: skip

    def administrator(self, organization_id: str, role: str = "organizer") -> Caller:
        """Somebody with a role."""
        return Caller(kind="administrator", account_id=new_id(), roles=(Role(organization_id, role),))

    def organization_exists(self, organization_id: str, *above: str, status: str = "active") -> str:
        """Let the copy of the tree know an organization below ``above``."""
        data = OrganizationChanged(
            organization_id=organization_id, name="越秀区义工联", kind="organization", region="440104", status=status,
            path=[*above, organization_id],
        )  # fmt: skip
        self.handle(lambda event, uow: uow.organizations.take_over(event.data, event.aggregate_version), data)
        return organization_id

    def handle(self, use_case: Callable[[Any, IdentityUnitOfWork], None], data: Event, version: int = 1) -> None:
        """Let an event arrive that was published now."""
        event = Received(
            id=new_id(), source=data.source(), type=data.wire_type(), subject=data.subject, time=self.clock.now(),
            aggregate_version=version, traceparent="", data=data,
        )  # fmt: skip
        with self.uow(Caller(kind="service", account_id="identity")) as uow:
            use_case(event, uow)

    def stored(self, model: Any, key: Any) -> Any:
        """A row as it stands in the database."""
        with self.uow() as uow:
            return uow.session.get(model, key)


@pytest.fixture
def identity(scratch_database: Callable[[str], str], clock: FixedClock) -> Iterator[Identity]:
    """Identity, as new."""
    units = Units("identity", UNIT_OF_WORK, SETTINGS, scratch_database("identity"), clock, ENVIRONMENT)
    yield Identity(units, Organization())
    units.close()
