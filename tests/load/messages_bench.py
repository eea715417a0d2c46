"""``./dev bench messages [--invitations N] [--down SECONDS] [--json]``: invitations to a crowd, codes meanwhile.

Every invitation is an event on the broker, as activity's relay would publish it; notify writes it down, and hands it to
the simulator of an SMS provider in batches. All the while two people a second ask for a code. In the middle the
provider is down: its table is away. What notify has heard of the volunteers is copied into its tables; see
``tests/load/house.py``. 0 if every invitation was handed over exactly once, and a code waited less than two seconds
(19 of 20, of those asked for while the provider was well).
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pika

from services.activity.events import InvitationSent
from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.events import CONTENT_TYPE, Event, envelope
from services.chassis.ids import new_id
from services.chassis.testing.units import test_key
from services.identity.events import CodeRequested
from tests.load.house import Service, lone_service

MESSAGE_KEYS = test_key("m")
CIPHER = FieldCipher(KeyRing.parse(MESSAGE_KEYS))
CODE_EVERY = 0.5
CODE_WAITS_AT_MOST = 2.0
PATIENCE = 1800
"""Seconds after which the bench no longer believes that everything will arrive."""


@dataclass(frozen=True)
class Outage:
    """When the provider was down, by the bench's clock."""

    began: datetime
    ended: datetime

    def concerns(self, moment: datetime) -> bool:
        """Whether a code asked for at ``moment`` could not go out at once."""
        return self.began - timedelta(seconds=CODE_WAITS_AT_MOST) <= moment < self.ended


def main(arguments: list[str]) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="dev bench messages")
    parser.add_argument("--invitations", type=int, default=100_000)
    parser.add_argument("--down", type=float, default=60, help="seconds for which the provider is away in the middle")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the lines")
    options = parser.parse_args(arguments)
    figures = run(options.invitations, options.down)
    lines = (f"{name:32}{value}" for name, value in figures.items())
    print(json.dumps(figures) if options.json else "\n".join(lines))
    kept = (
        figures["handed_over"] == figures["people_reached"] == options.invitations
        and figures["duplicates"] == figures["not_sent"] == figures["codes_lost"] == 0
        and figures["code_wait_p95_s"] < CODE_WAITS_AT_MOST
    )
    return 0 if kept else 1


def run(invitations: int, down: float) -> dict[str, Any]:
    """The figures, with everything started for it and stopped afterwards."""
    settings = {
        "ZHIYUAN_MESSAGE_KEYS": MESSAGE_KEYS,
        "ZHIYUAN_SMS_PROVIDERS": "simulator",
        "ZHIYUAN_SMS_PRICES": "simulator:0.045",
        "ZHIYUAN_QUIET_HOURS": "none",
    }
    with lone_service("notify", settings) as notify:
        people = prepare(notify, invitations)
        with codes_asked_for(notify) as codes:
            began = time.perf_counter()
            publish(notify, invitations_to(people))
            published = time.perf_counter() - began
            wait_until_sent(notify, invitations // 3)
            outage = take_the_provider_away(notify, down)
            wait_until(lambda: count(notify, _WRITTEN_DOWN) == invitations, PATIENCE)
            written_down = time.perf_counter() - began
            wait_until_sent(notify, invitations)
            seconds = time.perf_counter() - began
        return {
            "invitations": invitations,
            "published_after_s": round(published, 1),
            "written_down_after_s": round(written_down, 1),
            "at_the_provider_after_s": round(seconds, 1),
            "provider_was_down_s": down,
            "per_second": round(invitations / (seconds - down)),
            "cpu_ms_of_notify_each": round(1000 * notify.process.metric("process_cpu_seconds_total") / invitations, 1),
            **what_became_of(notify),
            **codes.figures(notify, outage),
        }


def prepare(notify: Service, count: int) -> list[str]:
    """Volunteers whose contacts have arrived."""
    people = [(new_id(), new_id(), f"138{n:08}") for n in range(count)]
    notify.fill(
        "contact_point",
        ("account_id", "volunteer_id", "phone_sealed", "locale", "version"),
        ((account, one, CIPHER.encrypt(phone, f"contact:{account}"), "zh", 1) for account, one, phone in people),
    )
    return [one for _, one, _ in people]


def invitations_to(people: Iterable[str]) -> Iterator[InvitationSent]:
    """One organization invites them all to one activity."""
    activity_id, organization_id, starts_at = new_id(), new_id(), datetime.now(UTC) + timedelta(days=7)
    for volunteer_id in people:
        yield InvitationSent(
            invitation_id=new_id(), activity_id=activity_id, volunteer_id=volunteer_id, organization_id=organization_id,
            organization_name="示例省志愿者联合会", title="万人植树", starts_at=starts_at,
        )  # fmt: skip


def publish(notify: Service, events: Iterable[Event]) -> None:
    """As a relay does, but for its outbox."""
    with pika.BlockingConnection(pika.URLParameters(notify.environment["ZHIYUAN_AMQP_URL"])) as connection:
        channel = connection.channel()
        for event in events:
            document = envelope(event, version=1, time=datetime.now(UTC), traceparent="")
            properties = pika.BasicProperties(content_type=CONTENT_TYPE, message_id=document["id"], delivery_mode=2)
            channel.basic_publish(event.exchange(), event.wire_type(), orjson.dumps(document), properties)


class codes_asked_for:  # noqa: N801  # reads as what it is: `with codes_asked_for(notify) as codes`
    """Somebody asks for a code every half second, until the block ends."""

    def __init__(self, notify: Service) -> None:
        self._notify = notify
        self._asked: dict[str, datetime] = {}
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> codes_asked_for:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()

    def _ask(self) -> None:
        publish(self._notify, self._requests())

    def _requests(self) -> Iterator[CodeRequested]:
        while not self._enough.wait(CODE_EVERY):
            now, code_id, recipient = datetime.now(UTC), new_id(), f"139{len(self._asked):08}"
            self._asked[recipient] = now
            context = f"code:{code_id}"
            yield CodeRequested(
                code_id=code_id, channel="sms", purpose="register", expires_at=now + timedelta(minutes=5),
                recipient_sealed=CIPHER.encrypt(recipient, context), code_sealed=CIPHER.encrypt("246810", context),
            )  # fmt: skip

    def figures(self, notify: Service, outage: Outage) -> dict[str, Any]:
        """How long they waited; those that could not go out at once because the provider was down stand apart."""
        wait_until(lambda: count(notify, _CODES) == len(self._asked), patience=90)
        sent = notify.ask(
            "SELECT recipient, created_at, at FROM simulated_message JOIN message USING (id, template)"
            " WHERE template = 'verification_code'"
        )
        waits: dict[bool, list[float]] = {True: [], False: []}
        written_down = []
        for recipient, created_at, at in sent:
            asked = self._asked[recipient]
            written_down.append((created_at - asked).total_seconds())
            waits[outage.concerns(asked)].append((at - asked).total_seconds())
        return {
            "codes": len(self._asked),
            "codes_lost": len(self._asked) - len(sent),
            "code_written_down_p95_s": percentile(written_down, 0.95),
            "code_wait_p50_s": percentile(waits[False], 0.5),
            "code_wait_p95_s": percentile(waits[False], 0.95),
            "code_wait_longest_s": percentile(waits[False], 1),
            "code_wait_longest_while_down_s": percentile(waits[True], 1),
        }


def take_the_provider_away(notify: Service, seconds: float) -> Outage:
    """For so long; whatever is handed over meanwhile fails."""
    began = datetime.now(UTC)
    notify.change("ALTER TABLE simulated_message RENAME TO simulated_message_away")
    time.sleep(seconds)
    notify.change("ALTER TABLE simulated_message_away RENAME TO simulated_message")
    return Outage(began, datetime.now(UTC))


_INVITATIONS = "simulated_message WHERE template = 'activity_invitation'"
_WRITTEN_DOWN = "message WHERE template = 'activity_invitation' AND channel = 'sms'"
_CODES = "simulated_message WHERE template = 'verification_code'"


def count(notify: Service, what: str) -> int:
    """The rows of a table."""
    return int(notify.ask(f"SELECT count(*) FROM {what}")[0][0])


def wait_until_sent(notify: Service, invitations: int) -> None:
    """Until the provider has so many of them."""
    wait_until(lambda: count(notify, _INVITATIONS) >= invitations, patience=PATIENCE)


def wait_until(true: Any, patience: float) -> None:
    """Look twice a second; what has not happened after ``patience`` the figures will show."""
    deadline = time.perf_counter() + patience
    while not true() and time.perf_counter() < deadline:
        time.sleep(0.5)


def what_became_of(notify: Service) -> dict[str, Any]:
    """What the provider was given, and what notify says of it."""
    ((handed, people, times),) = notify.ask(
        f"SELECT count(*), count(DISTINCT recipient), sum(times) FROM {_INVITATIONS}"
    )
    ((not_sent, attempts, cost),) = notify.ask(
        "SELECT count(*) FILTER (WHERE status <> 'sent'), max(attempts), sum(cost)"
        " FROM message WHERE channel = 'sms' AND template = 'activity_invitation'"
    )
    return {
        "handed_over": handed,
        "people_reached": people,
        "duplicates": times - people,
        "not_sent": not_sent,
        "most_failed_attempts": attempts,
        "cost_yuan": float(cost),
    }


def percentile(values: Sequence[float], part: float) -> float:
    """The value that ``part`` of them do not exceed; 0 if there are none."""
    ordered = sorted(values)
    return round(ordered[min(int(part * len(ordered)), len(ordered) - 1)], 2) if ordered else 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
