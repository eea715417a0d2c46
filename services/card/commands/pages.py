"""What is asked of the public page behind the QR on a card's front."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MakeCardPage:
    """A new address of one's own page; the one before leads nowhere from then on."""


@dataclass(frozen=True, kw_only=True)
class ShowOwnCardPage:
    """The address of one's own page."""


@dataclass(frozen=True, kw_only=True)
class CloseCardPage:
    """Let the address lead nowhere."""


@dataclass(frozen=True, kw_only=True)
class OpenCardPage:
    """The page at an address, for anybody."""

    token: str
