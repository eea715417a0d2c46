"""What delivery builds on: every provider passes this one class, real or not.

A module beside it says who is asked (:class:`Stage`), and which moods of an address mean what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from deploy.simulators.moods import Mood
from services.chassis.ids import new_id
from services.notify.domain import ErrorClass
from services.notify.providers.base import Batch, Provider, Recipient, Refused, Taken
from services.notify.templates import TEMPLATES

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WORDS = {
    "title": "社区清洁日", "starts_at": "3月5日 14:30", "address": "越秀区示例路1号",
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A provider, and the other side of it: what has arrived there, as (address, words)."""

    provider: Provider
    arrived: Callable[[], Sequence[tuple[str, str]]]
    address: Callable[[int], str]
    with_mood: Callable[[Mood], str]


def batch(addresses: Sequence[str], template: str = "enrollment_accepted") -> Batch:
    """That template for them, with ids of their own."""
    names = TEMPLATES[template].parameters
    words = {name: WORDS.get(name, "246810" if name == "code" else "5") for name in names}
    text = TEMPLATES[template].render("zh", {})
    return Batch(template, "zh", words, text, tuple(Recipient(new_id(), address) for address in addresses))


class EveryProvider:
    """Those that take everything pass this, too; ``refusals``: which moods are refused, and how."""

    refusals: ClassVar[Mapping[Mood, ErrorClass]] = {}

    @pytest.fixture
    def stage(self) -> Stage:
        """Whom the tests ask."""
        raise NotImplementedError

    def test_a_full_batch_is_taken_and_each_gets_an_answer_of_their_own(self, stage: Stage) -> None:
        sent = batch([stage.address(n) for n in range(stage.provider.batch_limit)])
        answers = stage.provider.send(sent, NOW)
        assert [answer.message_id for answer in answers] == [to.message_id for to in sent.recipients]
        assert [answer for answer in answers if not isinstance(answer, Taken)] == []
        assert sorted(address for address, _ in stage.arrived()) == sorted(to.address for to in sent.recipients)

    def test_what_is_refused_says_whether_another_attempt_makes_sense_and_names_nobody(self, stage: Stage) -> None:
        for mood, expected in self.refusals.items():
            address = stage.with_mood(mood)
            (answer,) = stage.provider.send(batch([address]), NOW)
            assert isinstance(answer, Refused), mood
            assert (mood, answer.error_class) == (mood, expected)
            assert address not in answer.reason
            assert answer.reason.replace(".", "_").replace("_", "").isalnum()
        assert stage.arrived() == []

    def test_one_that_is_refused_holds_nobody_else_back(self, stage: Stage) -> None:
        fine = [stage.address(n) for n in range(min(stage.provider.batch_limit, 40) - 1)]
        for mood in self.refusals.keys() & {Mood.BAD, Mood.BLACKLISTED}:
            sent = batch([stage.with_mood(mood), *fine])
            outcomes = {type(answer) for answer in stage.provider.send(sent, NOW)[1:]}
            assert outcomes <= {Taken}

    def test_a_receipt_can_be_found_by_what_the_provider_has_answered(self, stage: Stage) -> None:
        (answer,) = stage.provider.send(batch([stage.address(1)]), NOW)
        assert isinstance(answer, Taken)
        assert answer.provider_id is None or 0 < len(answer.provider_id) <= 100
