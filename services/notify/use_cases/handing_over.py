"""Which provider gets which messages, and who gets them if it does not take them.

Why this module exists: a provider takes hundreds of numbers at once if the words are the same, may be one of several,
and may be down. :class:`Desk` puts messages together, chooses by the settings' shares, leaves alone whoever keeps
failing, and turns to the next. No transaction is open here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.clock import Clock
from services.chassis.logs import get_logger
from services.notify import metrics
from services.notify.domain import OTHERS, Breaker, BreakerState, Channel, ErrorClass, Patience, Share, in_order
from services.notify.due_messages import DueMessage
from services.notify.providers.base import Batch, Provider, Recipient, Refused, Taken

log = get_logger(__name__)

# What another provider may take: the fault lies with this one, not with the number or the words.
_ANOTHER_MAY = frozenset({ErrorClass.TEMPORARY, ErrorClass.THROTTLED, ErrorClass.ACCOUNT})


@dataclass(frozen=True)
class Words:
    """What a message says; those that say the same go together. ``parameters`` are as people read them."""

    template: str
    locale: str
    parameters: tuple[tuple[str, str], ...] = field(repr=False)
    text: str = field(repr=False)
    segments: int | None


@dataclass(frozen=True)
class Outgoing:
    """A message that is ready to go."""

    due: DueMessage
    address: str = field(repr=False)
    words: Words


@dataclass(frozen=True)
class Handed:
    """What became of some messages: the provider that was asked last, and its answer for each."""

    provider: str
    answers: Sequence[tuple[Outgoing, Taken | Refused]]


class Breakers:
    """How each provider is doing, as this process has seen it: for each kind of messages by its own failures.

    Whoever takes a batch of one kind is back for all of them. Failures are not shared: a template that is not approved
    for codes must not hold up invitations.
    """

    def __init__(self) -> None:
        self._breakers: dict[tuple[str, Channel], dict[str, Breaker]] = defaultdict(dict)

    def state(self, provider: Provider, kind: str, now: datetime, patience: Patience) -> BreakerState:
        """Whether it may be asked to take messages of this kind by whoever has this patience."""
        state = self._of(provider).get(kind, Breaker()).state(now, patience)
        metrics.PROVIDER_BREAKER.labels(provider.name, provider.channel.value, kind).set(state)
        return state

    def saw(self, provider: Provider, kind: str, *, well: bool, now: datetime) -> None:
        """Whether it took a batch of this kind."""
        breakers = self._of(provider)
        if well:
            breakers.clear()
        else:
            breakers[kind] = breakers.get(kind, Breaker()).after(well=False, now=now)

    def _of(self, provider: Provider) -> dict[str, Breaker]:
        return self._breakers[(provider.name, provider.channel)]


class Desk:
    """Hands the messages of one lane to its channel's providers; ``patience`` is the lane's, while nobody is well.

    While somebody is, whoever is not rests as long for codes as for the others: to ask it would only cost time.
    """

    def __init__(self, providers: Mapping[Share, Provider], breakers: Breakers, patience: Patience) -> None:
        self._shares = tuple(providers)
        self._providers = {share.name: provider for share, provider in providers.items()}
        self._breakers = breakers
        self._patience = patience

    def capacity(self, wanted: int, now: datetime) -> int:
        """How many messages to bring: none while no provider may be asked, few while all that may are being tried."""
        states = set(self._states(now).values())
        if BreakerState.CLOSED in states:
            return wanted
        return min(wanted, self._patience.probe) if BreakerState.HALF_OPEN in states else 0

    def hand_over(self, outgoing: Sequence[Outgoing], clock: Clock) -> Iterator[Handed]:
        """Everything, in batches of the same words; whoever stops listening leaves the rest where it is."""
        groups: dict[Words, list[Outgoing]] = defaultdict(list)
        for item in outgoing:
            groups[item.words].append(item)
        for group in groups.values():
            while group:
                names = in_order(self._shares, group[0].due.id)
                some, group = self._split(group, names, clock)
                yield from self._offer(some, names, clock)

    def _split(
        self, group: list[Outgoing], names: Sequence[str], clock: Clock
    ) -> tuple[list[Outgoing], list[Outgoing]]:
        name = next((name for name in names if self._may_be_asked(name, clock)), names[0])
        limit = self._providers[name].batch_limit
        return group[:limit], group[limit:]

    def _may_be_asked(self, name: str, clock: Clock) -> bool:
        return self._states(clock.now())[name] is not BreakerState.OPEN

    def _states(self, now: datetime) -> dict[str, BreakerState]:
        states = self._states_for(now, OTHERS)
        return states if BreakerState.CLOSED in states.values() else self._states_for(now, self._patience)

    def _states_for(self, now: datetime, patience: Patience) -> dict[str, BreakerState]:
        kind = self._patience.name
        return {name: self._breakers.state(one, kind, now, patience) for name, one in self._providers.items()}

    def _offer(self, items: Sequence[Outgoing], names: Sequence[str], clock: Clock) -> Iterator[Handed]:
        """To the first of ``names`` that may be asked; what it does not take for its own reasons, to the next."""
        for position, name in enumerate(names):
            provider = self._providers[name]
            if not self._may_be_asked(name, clock):
                continue
            for start in range(0, len(items), provider.batch_limit):
                answers = self._send(provider, items[start : start + provider.batch_limit], clock)
                others = [other for other in names[position + 1 :] if self._may_be_asked(other, clock)]
                again = [item for item, answer in answers if others and _another_may_take(answer)]
                again_ids = {item.due.id for item in again}
                yield Handed(name, [(item, answer) for item, answer in answers if item.due.id not in again_ids])
                if again:
                    yield from self._offer(again, others, clock)
            return
        yield Handed(names[0], [(item, Refused(item.due.id, ErrorClass.TEMPORARY, "breaker_open")) for item in items])

    def _send(
        self, provider: Provider, items: Sequence[Outgoing], clock: Clock
    ) -> list[tuple[Outgoing, Taken | Refused]]:
        words = items[0].words
        recipients = tuple(Recipient(item.due.id, item.address) for item in items)
        batch = Batch(words.template, words.locale, dict(words.parameters), words.text, recipients)
        try:
            answers = {answer.message_id: answer for answer in provider.send(batch, clock.now())}
        except Exception:  # a fault of ours in one batch must not hold up those behind it
            log.error("provider_broke", provider=provider.name, template=batch.template, exc_info=True)
            answers = {}
        found = [
            (item, answers.get(item.due.id) or Refused(item.due.id, ErrorClass.TEMPORARY, "no_answer"))
            for item in items
        ]
        well = any(not _another_may_take(answer) for _, answer in found)
        self._breakers.saw(provider, self._patience.name, well=well, now=clock.now())
        for _, answer in found:
            outcome = answer.error_class.value if isinstance(answer, Refused) else "taken"
            metrics.PROVIDER_ANSWERS.labels(provider.name, provider.channel.value, outcome).inc()
        return found


def _another_may_take(answer: Taken | Refused) -> bool:
    return isinstance(answer, Refused) and answer.error_class in _ANOTHER_MAY
