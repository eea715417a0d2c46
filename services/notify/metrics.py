"""Notify's figures."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

MESSAGES_QUEUED = Counter("zhiyuan_notify_messages_queued", "Messages written down to be sent", ["template", "channel"])
MESSAGES_SENT = Counter("zhiyuan_notify_messages_sent", "Messages that a provider has taken", ["template", "channel"])
MESSAGES_FAILED = Counter(
    "zhiyuan_notify_messages_failed",
    "Messages given up; the reason is the provider's or our own",
    ["channel", "reason"],
)
SMS_SEGMENTS = Counter("zhiyuan_notify_sms_segments", "SMS segments sent, which is what is paid for", ["provider"])
SMS_COST = Counter("zhiyuan_notify_sms_cost_yuan", "What they cost by the settings' prices", ["provider"])
MESSAGES_HELD = Counter(
    "zhiyuan_notify_messages_held",
    "Messages that wait for the morning (quiet_hours) or for tomorrow's budget (budget)",
    ["channel", "reason"],
)
PROVIDER_ANSWERS = Counter(
    "zhiyuan_notify_provider_answers",
    "What providers said, a message each: taken, or the class of the refusal; account wants somebody to act",
    ["provider", "channel", "outcome"],
)
PROVIDER_BREAKER = Gauge(
    "zhiyuan_notify_provider_breaker",
    "0 closed, 1 half open, 2 open: nothing is sent there; codes have breakers of their own",
    ["provider", "channel", "lane"],
)
RECEIPTS = Counter(
    "zhiyuan_notify_receipts",
    "Providers' receipts by what they did: delivered, failed, late (the message was final), unknown (nobody's)",
    ["provider", "outcome"],
)
WAIT_SECONDS = Histogram(
    "zhiyuan_notify_wait_seconds",
    "Time from queueing a message to the provider's having it",
    ["template"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800),
)
