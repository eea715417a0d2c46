"""What all simulated providers share: who may ask, what they were given, limits of a number, receipts that are due.

Why this module exists: the simulators are functions from a request to an answer over one :class:`World`; a test looks
into it, and the page shows it.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from deploy.simulators.moods import Mood
from services.notify.templates import TEMPLATES

KEPT = 20_000
_RECEIPT_AFTER, _LATE_AFTER = 2.0, 60.0


@dataclass(frozen=True)
class Accounts:
    """What the platform must know to be let in, as its settings have it."""

    key_id: str = "simulated"
    key_secret: str = field(default="simulated", repr=False)
    app_id: str = "simulated"
    sign_name: str = "i志愿"
    wechat_push_token: str = field(default="", repr=False)
    tencent_callback_secret: str = field(default="", repr=False)
    aliyun_callback_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Kept:
    """One message that a provider was given."""

    at: float
    provider: str
    recipient: str
    template: str
    text: str
    serial: str


@dataclass(frozen=True)
class Push:
    """A receipt on its way to the platform: after ``due``, to ``path``, answered with ``wanted`` or sent again."""

    due: float
    path: str
    body: bytes
    content_type: str
    wanted: str
    tries: int = 0


class Limit(Enum):
    """What a number has had too many of: (seconds, how many codes; FACTS.md, "Numbers and codes")."""

    MINUTE = (60.0, 1)
    HOUR = (3600.0, 5)
    DAY = (86400.0, 10)


# Of everything, codes or not.
A_DAY = 50


@dataclass
class World:
    """The simulators' memory. ``clock`` is the platform's, so that limits pass as its days do."""

    accounts: Accounts = field(default_factory=Accounts)
    clock: Callable[[], float] = time.time
    kept: deque[Kept] = field(default_factory=lambda: deque(maxlen=KEPT))
    pushes: list[Push] = field(default_factory=list)
    wechat_token: str = ""
    _times: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def limit_of(self, provider: str, number: str, template: str) -> Limit | None:
        """Which limit one more message would pass; counts it if none."""
        now = self.clock()
        everything = self._within_a_day(provider, number, now)
        if len(everything) >= A_DAY:
            return Limit.DAY
        if template == "verification_code":
            codes = self._within_a_day(f"{provider} code", number, now)
            for limit in Limit:
                seconds, allowed = limit.value
                if sum(at > now - seconds for at in codes) >= allowed:
                    return limit
            codes.append(now)
        everything.append(now)
        return None

    def keep(self, provider: str, recipient: str, template: str, text: str, serial: str) -> None:
        """Note a message that was taken."""
        self.kept.append(Kept(self.clock(), provider, recipient, template, text, serial))

    def push_later(self, mood: Mood, path: str, body: bytes, content_type: str, wanted: str) -> None:
        """Send a receipt, when and as often as the recipient's mood says."""
        if mood is Mood.SILENT:
            return
        due = time.time() + (_LATE_AFTER if mood is Mood.LATE else _RECEIPT_AFTER)
        push = Push(due, path, body, content_type, wanted)
        self.pushes += [push, push] if mood is Mood.TWICE else [push]

    def take_due(self, now: float) -> list[Push]:
        """Receipts whose time has come; they are no longer kept."""
        due = [push for push in self.pushes if push.due <= now]
        self.pushes = [push for push in self.pushes if push.due > now]
        return due

    def _within_a_day(self, kind: str, number: str, now: float) -> deque[float]:
        times = self._times[kind, number]
        while times and times[0] <= now - Limit.DAY.value[0]:
            times.popleft()
        return times


def words_of(template_id: str, values: Sequence[str]) -> tuple[str, str] | None:
    """(our template, the words) of an approved template and its values in order; None if nobody has approved that.

    Here every template of the platform is approved, under its own name (``providers/approved.py``).
    """
    key, _, locale = template_id.partition(":")
    template = TEMPLATES.get(key)
    if template is None or len(values) != len(template.parameters):
        return None
    words = dict(zip(sorted(template.parameters), values, strict=True))
    return key, (template.en if locale == "en" else template.zh).format(**words)
