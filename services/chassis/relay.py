"""The relay: takes committed events from one service's outbox to the broker. ``python -m services.chassis.relay card``.

Why this module exists: an event is saved with the state it tells of; something else has to publish it, for as long as
it takes. That is this process: no eventlet, psycopg 3 and pika on asyncio. It is woken by NOTIFY, with a poll behind
it; sends a batch, then collects the confirms; and marks a row sent only after its own confirm. A crash in between sends
again: consumers have an inbox.

Order: rows of one aggregate go out in the order of their ids. When one of them cannot go yet, those behind it wait.
A row is found by being unsent, never by ``id > last seen``: ids are given at insert, and commit in any order.

One relay a database works at a time (advisory lock); a second one stands by.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from dataclasses import dataclass
from typing import Any

import orjson
import pika
import psycopg
from psycopg.rows import namedtuple_row

from services.chassis import logs, metrics
from services.chassis.confirms import BrokerLost, ConfirmingChannel, Outcome
from services.chassis.events import CONTENT_TYPE, OUTBOX_CHANNEL, exchange_of
from services.chassis.health import serve_ops
from services.chassis.settings import Secret, Settings, SettingsError, setting

log = logs.get_logger(__name__)

BATCH = 500
POLL_SECONDS = 2.0  # behind NOTIFY; also how often figures are measured
UNROUTABLE_RETRY_SECONDS = 5
KEEP_SENT_HOURS = 72
PURGE_EVERY_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class RelaySettings(Settings):
    """What the relay reads."""

    amqp_url: Secret = setting("ZHIYUAN_AMQP_URL", "The broker, with the services' vhost.", parse=Secret)
    database_url: Secret = setting("ZHIYUAN_DATABASE_URL", "The service's own PostgreSQL database.", parse=Secret)
    partner_amqp_url: Secret | None = setting(
        "ZHIYUAN_PARTNER_AMQP_URL",
        "The broker, with the banks' vhost (card only).",
        parse=Secret,
        default=None,
    )


# A row is due when neither it nor an earlier row of its aggregate is waiting for its next attempt.
_DUE = """
SELECT id, event_id, destination, exchange, routing_key, mandatory, body
FROM outbox AS row
WHERE sent_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.sent_at IS NULL AND earlier.aggregate = row.aggregate
      AND earlier.id <= row.id AND earlier.next_attempt_at > clock_timestamp())
ORDER BY id
LIMIT %(limit)s
"""


class Relay:
    """One database, its lock, and its connections to the broker."""

    def __init__(self, service: str, settings: RelaySettings) -> None:
        self._service = service
        self._settings = settings
        self._stopping = asyncio.Event()
        self._channels: dict[str, ConfirmingChannel] = {}
        self._next_purge = 0.0
        self.fault: str | None = "starting"

    def stop(self) -> None:
        """Finish the batch at hand, then end."""
        self._stopping.set()

    async def run(self) -> None:
        """Relay until stopped; whatever breaks is connected again after a moment."""
        while not self._stopping.is_set():
            try:
                await self._work()
            except (
                psycopg.OperationalError,
                psycopg.InterfaceError,
                BrokerLost,
                OSError,
                TimeoutError,
            ) as error:
                self.fault = f"{type(error).__name__}: {error}"
                log.warning("relay_interrupted", error=self.fault)
                await self._pause(1.0)
            finally:
                metrics.RELAY_LEADER.labels(self._service).set(0)
                for channel in self._channels.values():
                    await channel.close()
                self._channels.clear()

    async def _work(self) -> None:
        url = self._settings.database_url.reveal()
        async with await psycopg.AsyncConnection.connect(
            url,
            autocommit=True,
            row_factory=namedtuple_row,
            application_name=f"zhiyuan-{self._service}-relay",
        ) as connection:
            await self._become_leader(connection)
            await self._connect_broker()
            await connection.execute(f"LISTEN {OUTBOX_CHANNEL}")
            self.fault = None
            while not self._stopping.is_set():
                handled = await self._relay_batch(connection)
                if handled < BATCH:
                    await self._measure(connection)
                    await self._wait_for_notification(connection)
                for channel in self._channels.values():
                    if channel.lost is not None:
                        raise BrokerLost(channel.lost)

    async def _become_leader(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while not self._stopping.is_set():
            cursor = await connection.execute(
                "SELECT pg_try_advisory_lock(hashtextextended('zhiyuan:relay', 0)) AS won"
            )
            row = await cursor.fetchone()
            if row is not None and row.won:
                metrics.RELAY_LEADER.labels(self._service).set(1)
                return
            self.fault = None  # standing by is a healthy state
            await self._pause(1.0)

    async def _connect_broker(self) -> None:
        urls = {"events": self._settings.amqp_url}
        if self._settings.partner_amqp_url is not None:
            urls["partner"] = self._settings.partner_amqp_url
        for destination, url in urls.items():
            channel = ConfirmingChannel(url.reveal())
            await channel.connect()
            self._channels[destination] = channel
        await self._channels["events"].declare_topic_exchange(exchange_of(self._service))

    async def _relay_batch(self, connection: psycopg.AsyncConnection[Any]) -> int:
        rows = await (await connection.execute(_DUE, {"limit": BATCH})).fetchall()
        if not rows:
            return 0
        answers = [self._send(row) for row in rows]
        outcomes = await asyncio.wait_for(asyncio.gather(*answers, return_exceptions=True), 30)
        sent = [row.id for row, outcome in zip(rows, outcomes, strict=True) if outcome is Outcome.CONFIRMED]
        refused = {Outcome.UNROUTABLE, Outcome.REFUSED}
        later = [row.id for row, outcome in zip(rows, outcomes, strict=True) if outcome in refused]
        if sent:
            await connection.execute("UPDATE outbox SET sent_at = clock_timestamp() WHERE id = ANY(%s)", (sent,))
        if later:
            await connection.execute(
                "UPDATE outbox SET next_attempt_at = clock_timestamp() + make_interval(secs => %s) WHERE id = ANY(%s)",
                (UNROUTABLE_RETRY_SECONDS, later),
            )
        self._count(rows, outcomes)
        lost = next((outcome for outcome in outcomes if isinstance(outcome, BrokerLost)), None)
        if lost is not None:
            raise lost
        return len(rows)

    def _send(self, row: Any) -> asyncio.Future[Outcome]:
        channel = self._channels.get(row.destination)
        if channel is None:
            raise BrokerLost(f"no broker is set for destination {row.destination!r}")
        properties = pika.BasicProperties(
            message_id=str(row.event_id),
            type=row.routing_key,
            content_type=CONTENT_TYPE if row.destination == "events" else "application/json",
            content_encoding="utf-8",
            delivery_mode=2,
            app_id=f"zhiyuan-{self._service}",
        )
        return channel.publish(
            orjson.dumps(row.body),
            exchange=row.exchange,
            routing_key=row.routing_key,
            mandatory=row.mandatory,
            properties=properties,
        )

    def _count(self, rows: list[Any], outcomes: list[Any]) -> None:
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome is Outcome.CONFIRMED:
                metrics.OUTBOX_PUBLISHED.labels(self._service, row.routing_key).inc()
            elif outcome is Outcome.UNROUTABLE:
                metrics.OUTBOX_UNROUTABLE.labels(self._service, row.routing_key).inc()
                log.warning("event_unroutable", routing_key=row.routing_key)

    async def _measure(self, connection: psycopg.AsyncConnection[Any]) -> None:
        cursor = await connection.execute(
            "SELECT count(*) AS pending, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS age"
            " FROM outbox WHERE sent_at IS NULL"
        )
        row = await cursor.fetchone()
        assert row is not None  # an aggregate always answers one row
        metrics.OUTBOX_PENDING.labels(self._service).set(row.pending)
        metrics.OUTBOX_AGE_SECONDS.labels(self._service).set(float(row.age))
        if time.monotonic() >= self._next_purge:
            self._next_purge = time.monotonic() + PURGE_EVERY_SECONDS
            await connection.execute(
                "DELETE FROM outbox WHERE sent_at < clock_timestamp() - make_interval(hours => %s)",
                (KEEP_SENT_HOURS,),
            )

    async def _wait_for_notification(self, connection: psycopg.AsyncConnection[Any]) -> None:
        # a generator of its own in a task, so that a stop need not wait for the poll
        waiting = asyncio.ensure_future(anext(connection.notifies(timeout=POLL_SECONDS, stop_after=1), None))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not waiting.done():
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waiting
        else:
            waiting.result()  # a lost connection shows here

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


async def main(service: str) -> int:
    """Start, serve the ops port from a thread, and relay until SIGTERM."""
    try:
        settings = RelaySettings.from_environment()
    except SettingsError as error:
        sys.stderr.write(f"zhiyuan-{service}-relay cannot start:\n{error}\n")
        return 2
    logs.configure(f"{service}-relay", settings.log_level)
    relay = Relay(service, settings)
    ops = serve_ops(settings.ops_host, settings.ops_port, {"relay": lambda: relay.fault})
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, relay.stop)
    log.info("relay_started")
    await relay.run()
    ops.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
