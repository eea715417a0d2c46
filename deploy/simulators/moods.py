"""Addresses that get another answer than others.

Why this module exists: how the platform meets a blacklist, a throttle or a receipt that never comes can be tried by
hand, by sending to one of these. A phone number has its mood by the table; a mailbox or an openid by its first word:
``blacklisted@example.org``, ``unreachable-1``.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Mood(StrEnum):
    """What happens to a message to such an address."""

    BAD = "bad"  # there is no such number, openid or mailbox
    BLACKLISTED = "blacklisted"
    DAILY = "daily"  # has had too many today
    THROTTLED = "throttled"
    ACCOUNT = "account"  # our balance or quota is used up
    DOWN = "down"  # the provider itself answers nothing that can be read
    UNREACHABLE = "unreachable"  # does not follow the service account
    UNDELIVERED = "undelivered"  # taken, and the receipt says that it did not arrive
    LATE = "late"  # taken, and the receipt takes its time
    SILENT = "silent"  # taken, and no receipt comes
    TWICE = "twice"  # taken, and the receipt comes twice
    FINE = "fine"


_PHONES = {f"199000000{number:02}": mood for number, mood in enumerate(Mood, start=1) if mood is not Mood.FINE}
_BY_WORD = {mood.value: mood for mood in Mood}
_FIRST_WORD = re.compile(r"[a-z]+(?=[@-])")


def mood_of(address: str) -> Mood:
    """The mood of a phone number (without country), mailbox or openid."""
    if address in _PHONES:
        return _PHONES[address]
    word = _FIRST_WORD.match(address)
    return _BY_WORD.get(word[0], Mood.FINE) if word else Mood.FINE


def phone_with(mood: Mood) -> str:
    """The number that has ``mood``."""
    return next((number for number, of_number in _PHONES.items() if of_number is mood), "13800000000")
