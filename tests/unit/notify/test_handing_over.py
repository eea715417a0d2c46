"""Which provider gets a batch, and what happens while one is down: without a database, on a clock that is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.notify.domain import (
    CODES,
    OTHERS,
    Breaker,
    BreakerState,
    Channel,
    ErrorClass,
    Patience,
    Share,
    breaker,
    in_order,
)
from services.notify.due_messages import DueMessage
from services.notify.providers.base import Batch, Provider, Refused, Taken
from services.notify.use_cases.handing_over import Breakers, Desk, Outgoing, Words

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
INVITATION = Words("activity_invitation", "zh", (("title", "植树"),), "【i志愿】植树", 1)


@dataclass
class Fake:
    """Takes everything, unless ``mood`` says how it refuses; keeps the size of each batch."""

    name: str
    mood: ErrorClass | None = None
    batch_limit: int = 200
    channel: Channel = Channel.SMS
    batches: list[int] = field(default_factory=list)

    def send(self, batch: Batch, now: datetime) -> list[Taken | Refused]:
        self.batches.append(len(batch.recipients))
        ids = [to.message_id for to in batch.recipients]
        return [Taken(one, None) if self.mood is None else Refused(one, self.mood, "said so") for one in ids]


def messages(count: int, words: Words = INVITATION) -> list[Outgoing]:
    return [Outgoing(a_message(new_id()), "13800000000", words) for _ in range(count)]


def a_message(message_id: str) -> DueMessage:
    return DueMessage(
        id=message_id, event_id=message_id, template="activity_invitation", channel="sms", account_id=None,
        volunteer_id=message_id, recipient_key=message_id, recipient_sealed=None, parameters={}, secrets_sealed=None,
        organization_id=None, priority=5, can_wait=True, attempts=0, expires_at=None, segments=None, created_at=NOW,
        version=1,
    )  # fmt: skip


def desk(*providers: tuple[Provider, int], breakers: Breakers | None = None, patience: Patience = OTHERS) -> Desk:
    return Desk({Share(one.name, weight): one for one, weight in providers}, breakers or Breakers(), patience)


def hand_over(
    outgoing: Sequence[Outgoing],
    *providers: tuple[Provider, int],
    breakers: Breakers | None = None,
    patience: Patience = OTHERS,
    now: datetime = NOW,
) -> dict:
    """(provider, outcome) of every message; a message has one."""
    found: dict[str, tuple[str, object]] = {}
    for handed in desk(*providers, breakers=breakers, patience=patience).hand_over(outgoing, FixedClock(now)):
        for item, answer in handed.answers:
            assert item.due.id not in found
            found[item.due.id] = (handed.provider, answer.error_class if isinstance(answer, Refused) else "taken")
    assert len(found) == len(outgoing)
    return Counter(found.values())


def test_the_same_words_go_together_up_to_what_the_provider_takes() -> None:
    provider = Fake("tencent")
    hand_over(messages(450), (provider, 1))
    assert provider.batches == [200, 200, 50]


def test_other_words_go_apart() -> None:
    provider = Fake("tencent")
    other = Words("activity_invitation", "en", (("title", "植树"),), "[iZhiyuan] 植树", 1)
    hand_over(messages(3) + messages(2, other), (provider, 1))
    assert provider.batches == [3, 2]


def test_each_provider_gets_its_share_and_whoever_has_none_only_takes_over() -> None:
    shares = (Share("tencent", 3), Share("aliyun", 1), Share("reserve", 0))
    first = Counter(in_order(shares, str(n))[0] for n in range(4000))
    assert 2800 < first["tencent"] < 3200
    assert first["reserve"] == 0
    assert all(in_order(shares, str(n))[2] == "reserve" for n in range(20))


@pytest.mark.parametrize("text", ["tencent:", "tencent:3,aliyun:1", "none"])
def test_shares_are_read_from_a_setting(text: str) -> None:
    assert [share.name for share in Share.parse_all(text)] == [part.partition(":")[0] for part in text.split(",")]


@pytest.mark.parametrize("text", ["", "tencent:much", "tencent:1,tencent:2"])
def test_shares_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names"):
        Share.parse_all(text)


@pytest.mark.parametrize("mood", [ErrorClass.TEMPORARY, ErrorClass.THROTTLED, ErrorClass.ACCOUNT])
def test_what_one_does_not_take_for_its_own_reasons_the_next_takes(mood: ErrorClass) -> None:
    first, second = Fake("tencent", mood), Fake("aliyun", batch_limit=30)
    assert hand_over(messages(100), (first, 1), (second, 0)) == {("aliyun", "taken"): 100}
    assert second.batches == [30, 30, 30, 10]


@pytest.mark.parametrize("mood", [ErrorClass.PERMANENT, ErrorClass.UNREACHABLE])
def test_what_lies_with_the_number_is_not_offered_to_another(mood: ErrorClass) -> None:
    first, second = Fake("tencent", mood), Fake("aliyun")
    assert hand_over(messages(3), (first, 1), (second, 0)) == {("tencent", mood): 3}
    assert second.batches == []


def test_a_message_that_a_provider_says_nothing_of_is_tried_again() -> None:
    class Silent(Fake):
        def send(self, batch: Batch, now: datetime) -> list[Taken | Refused]:
            return super().send(batch, now)[1:]

    assert hand_over(messages(3), (Silent("tencent"), 1))[("tencent", ErrorClass.TEMPORARY)] == 1


@pytest.mark.parametrize(("patience", "rests"), [(OTHERS, [5, 10, 15, 15, 15, 15]), (CODES, [1, 1, 1, 1, 1, 1])])
def test_a_breaker_opens_after_failures_in_a_row_rests_as_patience_says_and_closes_when_it_is_well(
    patience: Patience, rests: list[int]
) -> None:
    found, now = Breaker(), NOW
    for _ in range(breaker.FAILURES):
        assert found.state(now, patience) is BreakerState.CLOSED
        found = found.after(well=False, now=now)
    for seconds in rests:
        rested = now + timedelta(seconds=seconds)
        assert found.state(rested - timedelta(milliseconds=1), patience) is BreakerState.OPEN
        assert found.state(rested, patience) is BreakerState.HALF_OPEN
        now, found = rested, found.after(well=False, now=rested)
    assert found.after(well=True, now=now).state(now, patience) is BreakerState.CLOSED


def test_single_failures_between_what_goes_well_open_nothing() -> None:
    found = Breaker()
    for _ in range(20):
        found = found.after(well=False, now=NOW).after(well=True, now=NOW)
    assert found.state(NOW, OTHERS) is BreakerState.CLOSED


def test_nothing_is_brought_while_everybody_rests_and_little_when_somebody_may_be_back() -> None:
    down, breakers = Fake("tencent", ErrorClass.TEMPORARY, batch_limit=1), Breakers()
    alone = desk((down, 1), breakers=breakers)
    assert alone.capacity(1000, NOW) == 1000
    hand_over(messages(breaker.FAILURES), (down, 1), breakers=breakers)
    assert alone.capacity(1000, NOW) == 0
    assert alone.capacity(1000, NOW + timedelta(seconds=5)) == OTHERS.probe
    with_another = desk((down, 1), (Fake("aliyun"), 1), breakers=breakers)
    assert with_another.capacity(1000, NOW) == 1000


def test_while_a_provider_is_down_one_code_a_second_tries_and_the_first_that_goes_well_lets_everything_through() -> (
    None
):
    provider, breakers = Fake("tencent", ErrorClass.TEMPORARY, batch_limit=1), Breakers()
    codes, others = (desk((provider, 1), breakers=breakers, patience=patience) for patience in (CODES, OTHERS))
    for patience in (CODES, OTHERS):
        hand_over(messages(breaker.FAILURES), (provider, 1), breakers=breakers, patience=patience)
    second = NOW + timedelta(seconds=1)
    assert [(codes.capacity(1000, now), others.capacity(1000, now)) for now in (NOW, second)] == [(0, 0), (1, 0)]
    provider.mood = None
    hand_over(messages(1), (provider, 1), breakers=breakers, patience=CODES, now=second)
    assert (codes.capacity(1000, second), others.capacity(1000, second)) == (1000, 1000)


def test_what_is_wrong_with_codes_alone_holds_up_nothing_else() -> None:
    not_approved, breakers = Fake("tencent", ErrorClass.ACCOUNT, batch_limit=1), Breakers()
    hand_over(messages(breaker.FAILURES), (not_approved, 1), breakers=breakers, patience=CODES)
    assert desk((not_approved, 1), breakers=breakers, patience=CODES).capacity(1000, NOW) == 0
    assert desk((not_approved, 1), breakers=breakers).capacity(1000, NOW) == 1000


def test_while_another_takes_codes_whoever_is_down_is_asked_as_rarely_as_for_the_others() -> None:
    down, well, breakers = Fake("tencent", ErrorClass.TEMPORARY, batch_limit=1), Fake("aliyun"), Breakers()
    pair = ((down, 1), (well, 0))
    hand_over(messages(breaker.FAILURES), *pair, breakers=breakers, patience=CODES)
    asked = len(down.batches)
    for seconds, times in ((1, 0), (4, 0), (5, 1)):
        later = NOW + timedelta(seconds=seconds)
        taken = hand_over(messages(1), *pair, breakers=breakers, patience=CODES, now=later)
        assert taken == {("aliyun", "taken"): 1}
        assert len(down.batches) - asked == times


def test_whoever_rests_is_not_asked_and_the_other_takes_everything() -> None:
    down, well, breakers = Fake("tencent", ErrorClass.TEMPORARY, batch_limit=1), Fake("aliyun"), Breakers()
    hand_over(messages(breaker.FAILURES), (down, 1), breakers=breakers)
    asked = len(down.batches)
    assert hand_over(messages(50), (down, 1), (well, 0), breakers=breakers) == {("aliyun", "taken"): 50}
    assert len(down.batches) == asked
