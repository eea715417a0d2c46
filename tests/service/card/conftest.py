"""Card on a scratch database: volunteers and a tree as events bring them, an identity that can be away, a bank that
signs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pika
import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from deploy.local.topology import STATUSES_QUEUE, applications_queue, statuses_exchange
from deploy.partner import bank_reports
from services.card import commands
from services.card.domain import Bank, CardType
from services.card.partner_exchange import STATUS_TYPE
from services.card.repository import UNIT_OF_WORK, CardUnitOfWork
from services.card.settings import SETTINGS, IntakeSettings
from services.card.use_cases import (
    amqp_reports,
    applying,
    copies,
    reading,
    reference_data,
    refused_messages,
    routing,
    signed_reports,
    withdrawing,
)
from services.chassis.clock import FixedClock
from services.chassis.context import Caller, Role
from services.chassis.errors import AppError
from services.chassis.events import Event, Received
from services.chassis.ids import new_id
from services.chassis.recipients import RecipientKeys
from services.chassis.testing.units import ENVIRONMENT as COMMON
from services.chassis.testing.units import Units, test_key
from services.chassis.unit_of_work import in_transaction
from services.identity.events import VolunteerChanged, VolunteerErased
from services.organization.events import OrganizationChanged
from tests.conftest import PartnerBroker

BANK_KEYS = {bank: ECKey.generate_key("P-256", {"kid": f"{bank}-test"}) for bank in Bank}
SECRETS = {bank.value: "whsec_" + base64.b64encode(bank.value.encode() * 11).decode() for bank in Bank}
ENVIRONMENT = {
    "ZHIYUAN_CARD_KEYS": test_key("a"),
    "ZHIYUAN_PARTNER_WEBHOOK_SECRETS": json.dumps(SECRETS),
    "ZHIYUAN_PARTNER_PUBLIC_KEYS": json.dumps(
        {bank.value: key.as_dict(private=False) for bank, key in BANK_KEYS.items()}
    ),
}
CURRENT_VERSION = "2"  # of the consent texts, on the day of the tests
BANKS_SEAL = RecipientKeys.parse(ENVIRONMENT["ZHIYUAN_PARTNER_PUBLIC_KEYS"])
GUANGZHOU, SHENZHEN, SHAOGUAN = "440100", "440300", "440200"
PLATFORM = Caller(kind="platform", account_id=new_id())


@dataclass
class Identity:
    """Identity as card sees it: seals, unless it is arranged to fail."""

    failures: list[AppError] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, request: dict[str, Any], *, deadline: float) -> Any:
        """Seal; never inside a transaction."""
        assert method == "seal_for_partner"
        assert deadline > 0
        assert not in_transaction()
        if self.failures:
            raise self.failures.pop(0)
        self.requests.append(request)
        return {"jwe": f"sealed:{request['document']['application_no']}"}


class Card:
    """A card without Nameko: what its service class would do with each request and event."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.clock = units.clock
        self.identity = Identity()

    def receive(self, event: Event, *, version: int = 1) -> None:
        """Handle ``event``."""
        received = Received(
            new_id(), event.source(), event.wire_type(), event.subject, self.clock.now(), version, "", event
        )
        handlers: dict[type[Event], Callable[[Any, Any], None]] = {
            OrganizationChanged: lambda event, uow: uow.organizations.take_over(event.data, event.aggregate_version),
            VolunteerChanged: copies.copy_volunteer,
            VolunteerErased: copies.erase_volunteer,
        }
        with self.units() as uow:
            handlers[type(event)](received, uow)

    def volunteer(self, organization_id: str | None = None, *, version: int = 1, **changed: Any) -> Caller:
        """A volunteer whose event has arrived, signed in."""
        volunteer_id = changed.pop("volunteer_id", new_id())
        values: dict[str, Any] = {
            "volunteer_id": volunteer_id,
            "account_id": new_id(),
            "volunteer_no": "440000000001",
            "name": "测试者",
            "status": "active",
            "birth_date": date(1990, 1, 1),
            "region": "440106",
            "organization_id": organization_id or new_id(),
            "verified_in_person": False,
            "clothing_size": "L",
            **changed,
        }
        self.receive(VolunteerChanged(**values), version=version)
        return Caller(kind="volunteer", account_id=values["account_id"], volunteer_id=volunteer_id)

    def organization(self, *above: str, status: str = "active") -> str:
        """An organization below ``above`` (root first); answers its id."""
        organization_id = new_id()
        self.receive(
            OrganizationChanged(
                organization_id=organization_id,
                name="测试单位",
                kind="unit",
                region=GUANGZHOU,
                status=status,
                path=[*above, organization_id],
            )
        )
        return organization_id

    def apply(self, caller: Caller, **changed: Any) -> dict[str, Any]:
        """POST /card/applications."""
        return applying.apply(application(**changed), self.units.factory(caller), self.identity)

    def take(self, message: commands.BankMessage) -> str:
        """What comes over AMQP, as the intake takes it: in a process that reads less than the service does."""
        settings = IntakeSettings.from_environment(
            {
                **COMMON,
                **ENVIRONMENT,
                "ZHIYUAN_DATABASE_URL": "postgresql://nowhere",
                "ZHIYUAN_PARTNER_AMQP_URL": "amqp://",
            }
        )
        intake: Any = replace(self.units.runtime, settings=settings)  # type: ignore[arg-type]
        return amqp_reports.take_message(message, intake.units(CardUnitOfWork, Caller(kind="service")))

    def refused(self, state: str | None = None) -> list[dict[str, Any]]:
        """GET /card/refused-messages."""
        with self.units.factory(PLATFORM).reading() as uow:
            query = commands.ListRefusedMessages(state=state, limit=50, cursor=None)
            return list(refused_messages.list_refused_messages(query, uow)["items"])

    def retry(self, refused_id: str, caller: Caller = PLATFORM) -> dict[str, Any]:
        """POST /card/refused-messages/{id}/retry."""
        with self.units(caller) as uow:
            command = commands.RetryRefusedMessage(refused_id=refused_id)
            return refused_messages.retry_refused_message(command, uow)

    def seal_waiting(self) -> int:
        """The sweep that tries again."""
        return routing.seal_waiting(self.units.factory(), self.identity)

    def mine(self, caller: Caller) -> list[dict[str, Any]]:
        """GET /me/card-applications."""
        with self.units.factory(caller).reading() as uow:
            query = commands.ListMyApplications(limit=20, cursor=None)
            return list(reading.list_my_applications(query, uow)["items"])

    def cancel(self, caller: Caller, application_id: str) -> dict[str, Any]:
        """POST /card/applications/{id}/cancellation."""
        with self.units(caller) as uow:
            return withdrawing.cancel_application(commands.CancelApplication(application_id=application_id), uow)

    def report(self, report: commands.ReportStatus) -> dict[str, Any]:
        """POST /partner/card/applications/{no}/status."""
        return signed_reports.report_status(report, self.units.factory(), self.units.runtime.settings)  # type: ignore[arg-type]

    def signed(
        self, bank: str, application_no: str, body: dict[str, Any], *, webhook_id: str | None = None
    ) -> commands.ReportStatus:
        """A report as a bank sends it."""
        return self.signed_bytes(bank, application_no, json.dumps(body).encode(), webhook_id=webhook_id)

    def signed_bytes(
        self, bank: str, application_no: str, raw: bytes, *, webhook_id: str | None = None
    ) -> commands.ReportStatus:
        """These very bytes, signed."""
        return commands.ReportStatus(
            application_no=application_no,
            body_base64=base64.b64encode(raw).decode(),
            **self.headers(bank, raw, webhook_id=webhook_id),
        )

    def headers(self, bank: str, signed: bytes, *, webhook_id: str | None = None) -> dict[str, str]:
        """The three headers of a bank's request, as the gateway passes them on."""
        webhook_id = webhook_id or f"msg_{new_id()}"
        headers = bank_reports.sign(SECRETS[bank], webhook_id, int(self.clock.now().timestamp()), signed)
        return {name.replace("-", "_"): value for name, value in headers.items()}

    def at_bank(self, bank: Bank = Bank.BOC) -> list[dict[str, Any]]:
        """The messages on their way to a bank, oldest first."""
        return [body for body in self.units.published() if body.get("bank") == bank and "source" not in body]


def application(**changed: Any) -> commands.Apply:
    """A debit card of the Bank of China in Guangzhou, with everything it needs."""
    bank = changed.get("bank", Bank.BOC)
    values: dict[str, Any] = {
        "bank": bank,
        "card_type": CardType.DEBIT,
        "region": "440106",
        "address": "天河区示例路1号",
        "clothing_size": None,
        "consent": commands.GivenConsent(version=CURRENT_VERSION, recipient=bank.value),
        "guardian": None,
        **changed,
    }
    return commands.Apply(**values)


def message(bank: str, message_id: str, body: Any, *, type: str = STATUS_TYPE) -> commands.BankMessage:
    """What a bank publishes to its own exchange."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return commands.BankMessage(exchange=statuses_exchange(bank), message_id=message_id, type=type, body=raw)


def administrator(organization_id: str, role: str = "owner") -> Caller:
    """Somebody with a role at an organization."""
    return Caller(kind="administrator", account_id=new_id(), roles=(Role(organization_id, role),))


def opened(bank: Bank, token: str) -> dict[str, Any]:
    """What the bank reads."""
    return dict(json.loads(jwe.decrypt_compact(token, BANK_KEYS[bank]).plaintext))  # type: ignore[arg-type]


@pytest.fixture
def empty_bank_queues(partner_broker: PartnerBroker) -> Iterator[None]:
    """Nothing lies in the banks' queues and in that of their reports, before and after."""
    connection = pika.BlockingConnection(pika.URLParameters(partner_broker.admin_url))
    channel = connection.channel()
    queues = [*(applications_queue(bank) for bank in Bank), STATUSES_QUEUE]
    for queue in queues:
        channel.queue_purge(queue)
    yield
    for queue in queues:
        channel.queue_purge(queue)
    connection.close()


@pytest.fixture
def card(scratch_database: Callable[[str], str], clock: FixedClock) -> Iterator[Card]:
    """Card with the shipped branches."""
    units = Units("card", UNIT_OF_WORK, SETTINGS, scratch_database("card"), clock, ENVIRONMENT)
    with units() as uow:
        reference_data.load(uow)
    yield Card(units)
    units.close()
