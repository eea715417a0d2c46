"""Every metric of the chassis, by name, with what it means. A service's own stand in its ``metrics.py``.

Why this module exists: an operator looks a metric up here and nowhere else; ``docs/metrics.md`` is made from it. Labels
never hold ids: their values come from the code (service, method, event type, error code), so their number is bounded.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_LATENCY = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

RPC_SECONDS = Histogram(
    "zhiyuan_rpc_server_seconds",
    "Time from taking an RPC off the queue to its answer; outcome is `ok` or the error's code",
    ["method", "outcome"],
    buckets=_LATENCY,
)
RPC_CLIENT_SECONDS = Histogram(
    "zhiyuan_rpc_client_seconds",
    "Time a service waited for another service's answer; outcome is `ok` or the error's code",
    ["target", "outcome"],
    buckets=_LATENCY,
)
EVENT_SECONDS = Histogram(
    "zhiyuan_event_handler_seconds",
    "Time to handle one event; outcome is `done`, `duplicate`, `retried` or `parked`",
    ["handler", "outcome"],
    buckets=_LATENCY,
)
EVENT_LAG_SECONDS = Histogram(
    "zhiyuan_event_lag_seconds",
    "Time between an event's commit at the owner and its handling here",
    ["handler"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300),
)
INBOX_DUPLICATES = Counter("zhiyuan_inbox_duplicates", "Events that came again and were recognised", ["handler"])
PARKED = Counter(
    "zhiyuan_parked_messages",
    "Messages put on the parking queue; reason is `undecodable`, `no_reply_to`, or `failed` (retries used up)",
    ["queue", "reason"],
)
TIMER_RUNS = Counter(
    "zhiyuan_timer_runs", "Runs of a timer; outcome is `done`, `elsewhere` or `failed`", ["timer", "outcome"]
)
IDEMPOTENT_REPLAYS = Counter(
    "zhiyuan_idempotent_replays", "Answers given again for a repeated Idempotency-Key", ["method"]
)
POOL_CHECKED_OUT = Gauge("zhiyuan_database_pool_in_use", "Database connections in use by this process")
POOL_SIZE = Gauge("zhiyuan_database_pool_size", "Database connections this process may use at most")
WORKERS_BUSY = Gauge("zhiyuan_workers_busy", "Requests and events being handled at this moment")
BROKER_CONNECTED = Gauge("zhiyuan_broker_connected", "1 while this process has its consumers on the broker, else 0")
RECIPIENT_KEYS_END = Gauge(
    "zhiyuan_recipient_keys_end_seconds",
    "When the last public key of somebody for whom documents are sealed ends, in seconds since 1970; +Inf: never",
    ["recipient"],
)

OUTBOX_PENDING = Gauge(
    "zhiyuan_outbox_pending", "Rows in the outbox that are not confirmed by the broker yet", ["service"]
)
OUTBOX_AGE_SECONDS = Gauge("zhiyuan_outbox_age_seconds", "Age of the oldest unconfirmed outbox row", ["service"])
OUTBOX_PUBLISHED = Counter("zhiyuan_outbox_published", "Events that the broker has confirmed", ["service", "event"])
OUTBOX_UNROUTABLE = Counter(
    "zhiyuan_outbox_unroutable",
    "Events that no queue wanted yet; they stay in the outbox",
    ["service", "event"],
)
RELAY_LEADER = Gauge("zhiyuan_relay_leader", "1 while this relay holds the lock of its database, else 0", ["service"])
