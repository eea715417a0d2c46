"""How long a provider lets what fills a gap be, and how it is cut: visibly.

Why this module exists: a title with one character too many is refused, and with it the message, for good. So it is cut,
with ``…`` in the place of what is missing; the whole of it is in the in-app inbox. Which length that is differs by
provider, by contract and, at WeChat, by the kind of variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# The characters that the provider's variable of this name takes; None: any number.
Longest = Callable[[str], int | None]

# By the letters of the variable's name (公众号, "模板消息 / 参数值内容限制").
LONGEST_AT_WECHAT: Mapping[str, int] = {
    "thing": 20, "character_string": 32, "number": 32, "letter": 32, "phrase": 5, "name": 10, "const": 20,
    "phone_number": 17, "car_number": 8, "symbol": 5,
}  # fmt: skip
_KIND = re.compile(r"([a-z_]+?)\d*")
# A code of six digits is never cut: what is left of it opens nothing.
LEAST = 6


def shortened(words: str, longest: int | None) -> str:
    """``words`` in so many characters; what was cut shows as ``…``."""
    return words if longest is None or len(words) <= longest else words[: longest - 1] + "…"


def longest_at_wechat(name: str) -> int | None:
    """How many characters WeChat takes in the variable ``name``: ``thing1``, ``time2`` …"""
    kind = _KIND.fullmatch(name)
    return LONGEST_AT_WECHAT.get(kind[1]) if kind else None


def any_length(_name: str) -> int | None:
    """For whoever takes everything."""
    return None


@dataclass(frozen=True)
class ParameterLengths:
    """How many characters a parameter may have, by provider; those that are not named take any number."""

    by_provider: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> ParameterLengths:
        """``tencent:12,aliyun:35``, or ``none``; raises ``ValueError``."""
        if text == "none":
            return cls()
        lengths = []
        for part in text.split(","):
            name, _, longest = part.strip().partition(":")
            if not name or not longest.isdecimal() or int(longest) < LEAST:
                raise ValueError(f"must be none, or names with lengths of {LEAST} and more, as in aliyun:35")
            lengths.append((name, int(longest)))
        return cls(tuple(lengths))

    def at(self, provider: str) -> Longest:
        """What each of the provider's variables takes."""
        longest = dict(self.by_provider).get(provider)
        return lambda _name: longest
