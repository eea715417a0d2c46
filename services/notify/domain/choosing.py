"""Which of several providers takes a batch, and who takes it if that one does not.

Why this module exists: the choice follows from the message alone, so every replica chooses alike and a test needs no
chance: rendezvous hashing with weights.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """A provider's part of the messages: ``tencent:3`` beside ``aliyun:1`` takes three quarters; 0 only takes over."""

    name: str
    weight: int

    @classmethod
    def parse_all(cls, text: str) -> tuple[Share, ...]:
        """``tencent:3,aliyun:1``, or a single name; raises ``ValueError``."""
        shares = []
        for part in text.split(","):
            name, _, weight = part.strip().partition(":")
            if not name or not (weight or "1").isdecimal():
                raise ValueError("must be names with weights, as in tencent:3,aliyun:1")
            shares.append(cls(name, int(weight or 1)))
        if len({share.name for share in shares}) < len(shares):
            raise ValueError("names a provider twice")
        return tuple(shares)


def in_order(shares: Sequence[Share], key: str) -> list[str]:
    """Whom to ask first, second …, for the batch that ``key`` stands for."""
    return [share.name for share in sorted(shares, key=lambda share: _distance(share, key))]


def _distance(share: Share, key: str) -> float:
    if share.weight == 0:
        return math.inf
    digest = hashlib.sha256(f"{share.name}:{key}".encode()).digest()
    return -math.log((int.from_bytes(digest[:8]) + 1) / 2**64) / share.weight
