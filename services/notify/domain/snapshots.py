"""How far somebody has seen: a snapshot of PostgreSQL, as text.

Why this module exists: whoever asks for what is newer than a time or an id misses what commits late. A snapshot names
the transactions that were over when it was taken; what is visible now and was not then is exactly what is new, once.
Its text comes back from clients (``Last-Event-ID``), so it is read here and not trusted to the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

MAX_CHARACTERS = 8000
"""Room for as many transactions under way as a server has connections."""

_TEXT = re.compile(r"(\d{1,18}):(\d{1,18}):((?:\d{1,18}(?:,\d{1,18})*)?)")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was over: all before ``oldest``, nothing from ``following`` on, and between them not ``under_way``."""

    oldest: int
    following: int
    under_way: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the text of one; raises ``ValueError``."""
        found = _TEXT.fullmatch(text)
        if found is not None:
            oldest, following = int(found[1]), int(found[2])
            under_way = tuple(map(int, filter(None, found[3].split(","))))
            in_order = list(under_way) == sorted(set(under_way))
            if 0 < oldest <= following and in_order and all(oldest <= each < following for each in under_way):
                return cls(oldest, following, under_way)
        raise ValueError("is no snapshot")

    def __str__(self) -> str:
        return f"{self.oldest}:{self.following}:{','.join(map(str, self.under_way))}"
