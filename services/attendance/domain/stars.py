"""What confirmed hours are honoured with."""

from __future__ import annotations

STAR_HOURS = (100, 300, 600, 1000, 1500)
"""Confirmed hours of each star (FACTS.md, Stars: the draft of 2012, used on Guangdong's card page)."""


def star_of(confirmed_minutes: int) -> int:
    """How many stars so many confirmed minutes are worth, 0 to 5."""
    return sum(confirmed_minutes >= hours * 60 for hours in STAR_HOURS)


def minutes_to_next_star(confirmed_minutes: int) -> int | None:
    """How many confirmed minutes are missing for the next star; None for who has them all."""
    star = star_of(confirmed_minutes)
    return None if star == len(STAR_HOURS) else STAR_HOURS[star] * 60 - confirmed_minutes
