"""Takes what banks publish to their status exchanges: ``python -m services.card.partner_intake``.

Why this module exists: the banks' vhost is apart from the services' one, so Nameko, which knows one broker, cannot
consume there (docs/adr/0037). This is a process of its own: no eventlet, pika and psycopg 2, one message after the
other, acknowledged after its commit. It has card's database and no way into the services' vhost.

While the database is away it holds the message it has and tries again, with the broker's heartbeats answered: messages
wait in their queue, and their delivery counts do not grow. Several intakes may run; they share the queue.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

import pika
import sqlalchemy as sa
from pika.exceptions import AMQPError

from services.card import commands
from services.card.partner_exchange import STATUSES_QUEUE
from services.card.repository import CardUnitOfWork
from services.card.settings import IntakeSettings
from services.card.use_cases.amqp_reports import take_message
from services.chassis import logs, metrics
from services.chassis.context import Caller
from services.chassis.crypto import KeyRing, Signer
from services.chassis.database import create_engine, is_outage
from services.chassis.health import serve_ops
from services.chassis.settings import SettingsError
from services.chassis.unit_of_work import UnitOfWorkFactory

log = logs.get_logger(__name__)

_PREFETCH = 50
_IDLE_SECONDS = 0.5  # how long a stop may go unnoticed
_LONGEST_PAUSE = 30.0


class Stopped(Exception):
    """The process is to end; what it holds goes back to the queue."""


class Intake:
    """One connection to the banks' vhost, for as long as the process lives."""

    def __init__(self, settings: IntakeSettings, engine: sa.Engine) -> None:
        self._url = settings.partner_amqp_url.reveal()
        self._stopping = threading.Event()
        self._units = UnitOfWorkFactory(
            CardUnitOfWork,
            engine,
            caller=Caller(kind="service", account_id="card"),
            clock=settings.clock(),
            settings=settings,
            cursors=Signer(KeyRing.parse(settings.cursor_keys.reveal())),
        )
        self.fault: str | None = "starting"

    def stop(self, *_: Any) -> None:
        """Finish the message at hand, then end."""
        self._stopping.set()

    def run(self) -> None:
        """Consume until stopped; a lost connection is made anew, with a growing pause."""
        pause = 1.0
        while not self._stopping.is_set():
            try:
                self._consume()
            except Stopped:
                break
            except (AMQPError, OSError) as lost:
                pause = 1.0 if self.fault is None else min(2 * pause, _LONGEST_PAUSE)
                self.fault = f"{type(lost).__name__}: {lost}"
                metrics.BROKER_CONNECTED.set(0)
                log.warning("intake_interrupted", error=self.fault, retry_in=pause)
                self._stopping.wait(pause)

    def _consume(self) -> None:
        parameters = pika.URLParameters(self._url)
        parameters.socket_timeout, parameters.stack_timeout = 5, 10
        connection = pika.BlockingConnection(parameters)
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=_PREFETCH)
            for method, properties, body in channel.consume(STATUSES_QUEUE, inactivity_timeout=_IDLE_SECONDS):
                if self._stopping.is_set():
                    raise Stopped
                self.fault = None
                metrics.BROKER_CONNECTED.set(1)
                if method is not None:
                    self._take(connection, method.exchange, properties, body)
                    channel.basic_ack(method.delivery_tag)
        finally:
            if connection.is_open:
                connection.close()  # what was not acknowledged goes back

    def _take(self, connection: Any, exchange: str, properties: Any, body: bytes) -> None:
        """Until it is taken or listed; waits while the database is away."""
        message = commands.BankMessage(
            exchange=exchange,
            message_id=properties.message_id or "",
            type=properties.type or "",
            body=body,
        )
        pause = 1.0
        while True:
            try:
                take_message(message, self._units)
            except Exception as outage:
                if not is_outage(outage):
                    raise  # not even the list could be written: the supervisor starts anew, and somebody sees it
                self.fault = f"database: {type(outage).__name__}"
                log.warning("intake_waits_for_database", error=self.fault, retry_in=pause)
            else:
                return
            connection.sleep(pause)
            if self._stopping.is_set():
                raise Stopped
            pause = min(2 * pause, _LONGEST_PAUSE)


def main() -> int:
    """Start, and take messages until SIGTERM; 2 for bad settings."""
    try:
        settings = IntakeSettings.from_environment()
    except SettingsError as error:
        sys.stderr.write(f"zhiyuan-card-intake cannot start:\n{error}\n")
        return 2
    logs.configure("card-intake", settings.log_level)
    engine = create_engine(settings, "zhiyuan-card-intake")
    intake = Intake(settings, engine)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, intake.stop)
    ops = serve_ops(settings.ops_host, settings.ops_port, {"intake": lambda: intake.fault})
    log.info("intake_started")
    intake.run()
    ops.shutdown()
    engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
