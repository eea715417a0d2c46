"""From a queued message to a provider that has taken it.

Why this module exists: no transaction is open while a provider is asked. So it goes in three steps: take due messages
(``sending``), hand them over, mark them, each for a whole batch. A process that dies in between leaves ``sending``
rows; they are queued again after a minute, under the same id, by which a provider recognises them: at least once, and
in practice once. Each channel has a lane of its own, and codes have one before all others, so that nobody who waits
with the phone in hand waits for a hundred thousand invitations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from services.notify import metrics
from services.notify.domain import (
    CODES,
    OTHERS,
    Channel,
    Priority,
    Status,
    delay_before_attempt,
    is_final,
    masked_recipient,
)
from services.notify.due_messages import DueMessage, Lane
from services.notify.events import MessageFailed
from services.notify.providers.base import Refused
from services.notify.repository import NotifyUnitOfWork
from services.notify.use_cases.falling_back import send_by_sms_instead
from services.notify.use_cases.handing_over import Desk, Handed, Outgoing
from services.notify.use_cases.preparing import Refusal, prepare

SMS_CODES = Lane(Channel.SMS, Priority.CODE, Priority.CODE, CODES)
SMS = Lane(Channel.SMS, Priority.RESULT, Priority.NEWS, OTHERS)
EMAIL_CODES = Lane(Channel.EMAIL, Priority.CODE, Priority.CODE, CODES)
EMAIL = Lane(Channel.EMAIL, Priority.RESULT, Priority.NEWS, OTHERS)
WECHAT = Lane(Channel.WECHAT, Priority.CODE, Priority.NEWS, OTHERS)

# As many messages are taken at once as a provider takes: more would keep others waiting, fewer would split its batches.
TAKEN_AT_ONCE = 1000
# After this long a message that is being sent is taken to have been abandoned by a dead process …
ABANDONED_AFTER = timedelta(seconds=60)
# … so whoever is slower puts back what it has not handed over by then; one batch takes half a minute at the most.
_HANDS_OVER_FOR = timedelta(seconds=25)


def deliver_all_due(units: Any, lane: Lane, desk: Desk) -> None:
    """Send until nothing is due any more, or no provider may be asked."""
    while deliver_due(units, lane, desk):
        pass


def queue_abandoned(uow: NotifyUnitOfWork) -> None:
    """Put back what somebody had taken who died before marking it."""
    uow.due.queue_abandoned(uow.clock.now() - ABANDONED_AFTER)


def deliver_due(units: Any, lane: Lane, desk: Desk) -> bool:
    """Send one helping of what is due; answers whether there may be more."""
    limit = desk.capacity(TAKEN_AT_ONCE, units.clock.now())
    if limit == 0:
        return False
    with units() as uow:
        due = uow.due.take(lane, uow.clock.now(), limit)
        if not due:
            return False
        outgoing = _start(uow, lane, due)
    deadline = units.clock.now() + _HANDS_OVER_FOR
    waiting = {item.due.id for item in outgoing}
    for handed in desk.hand_over(outgoing, units.clock):
        with units() as uow:
            _mark(uow, handed)
        waiting -= {item.due.id for item, _ in handed.answers}
        if units.clock.now() > deadline:
            break
    if waiting:
        with units() as uow:
            uow.due.put_back(list(waiting), uow.clock.now())
    return len(due) == limit


def _start(uow: NotifyUnitOfWork, lane: Lane, due: Sequence[DueMessage]) -> list[Outgoing]:
    """Those that go out now are ``sending``; the others are where they belong."""
    prepared = prepare(uow, due)
    for (reason, until), ids in prepared.held.items():
        uow.due.hold(ids, until)
        metrics.MESSAGES_HELD.labels(lane.channel.value, reason).inc(len(ids))
    uow.due.suppress(prepared.unwanted)
    _refused(uow, prepared.refusals, Status.QUEUED)
    uow.due.start_sending(
        [(item.due.id, masked_recipient(item.address), item.words.segments) for item in prepared.outgoing],
        uow.clock.now(),
    )
    return prepared.outgoing


def _mark(uow: NotifyUnitOfWork, handed: Handed) -> None:
    taken = [(item, answer) for item, answer in handed.answers if not isinstance(answer, Refused)]
    if taken:
        words = taken[0][0].words
        cost = uow.settings.sms_prices.cost(handed.provider, words.segments)
        numbers = [(item.due.id, answer.provider_id) for item, answer in taken]
        shortened = taken[0][1].shortened
        sent = set(uow.due.mark_sent(numbers, handed.provider, cost, shortened, uow.clock.now()))
        _count(uow, [item for item, _ in taken if item.due.id in sent], handed.provider, cost)
    refusals = [
        Refusal(item.due, answer.error_class, answer.reason)
        for item, answer in handed.answers
        if isinstance(answer, Refused)
    ]
    _refused(uow, refusals, Status.SENDING)


def _count(uow: NotifyUnitOfWork, sent: Sequence[Outgoing], provider: str, cost: Decimal | None) -> None:
    now = uow.clock.now()
    for item in sent:
        metrics.MESSAGES_SENT.labels(item.due.template, item.due.channel).inc()
        metrics.WAIT_SECONDS.labels(item.due.template).observe(max((now - item.due.created_at).total_seconds(), 0.0))
        metrics.SMS_SEGMENTS.labels(provider).inc(item.words.segments or 0)
        metrics.SMS_COST.labels(provider).inc(float(cost or 0))


def _refused(uow: NotifyUnitOfWork, refusals: Iterable[Refusal], held_by: Status) -> None:
    """Later, or never; those of whom the same is true together."""
    alike: dict[Any, list[DueMessage]] = defaultdict(list)
    for refusal in refusals:
        priority = Priority(refusal.due.priority)
        alike[(refusal.error_class, refusal.reason, refusal.due.attempts + 1, priority)].append(refusal.due)
    for (error_class, reason, attempts, priority), messages in alike.items():
        ids = [message.id for message in messages]
        if is_final(error_class, attempts, priority):
            given_up = set(uow.due.give_up(ids, held_by, reason))
            _tell_of_failure(uow, [message for message in messages if message.id in given_up], reason)
        else:
            delay = delay_before_attempt(error_class, attempts, priority)
            uow.due.try_again(ids, held_by, uow.clock.now() + delay)


def _tell_of_failure(uow: NotifyUnitOfWork, messages: Sequence[DueMessage], reason: str) -> None:
    for message in messages:
        metrics.MESSAGES_FAILED.labels(message.channel, reason).inc()
    send_by_sms_instead(uow, [message.id for message in messages if message.channel == Channel.WECHAT])
    uow.publish_many(
        [
            (
                MessageFailed(message_id=message.id, template=message.template, channel=message.channel, reason=reason),
                message.version + 1,
            )
            for message in messages
        ]
    )
