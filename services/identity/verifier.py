"""The real-name check: do name and certificate belong together, says somebody who knows.

Why this module exists: who that is differs by place, costs money, and is asked outside of any transaction. With
``none`` nobody is asked, and the reviewing administrator is the only check.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from services.identity.domain.certificates import Certificate


class Outcome(StrEnum):
    """What the verifier says."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    NOT_CHECKED = "not_checked"


class Verifier(Protocol):
    """Somebody who compares names with certificates."""

    def check(self, name: str, certificate: Certificate) -> Outcome:
        """Whether ``name`` is the holder's."""
        ...


class NoVerifier:
    """Nobody is asked."""

    def check(self, name: str, certificate: Certificate) -> Outcome:
        """Always ``not_checked``."""
        return Outcome.NOT_CHECKED


class SimulatedVerifier:
    """Takes everybody at their word, but for names that say they do not fit: ``不符`` anywhere in them."""

    def check(self, name: str, certificate: Certificate) -> Outcome:
        """At once, and without asking anybody."""
        return Outcome.MISMATCHED if "不符" in name else Outcome.MATCHED


def verifier_called(name: str) -> Verifier:
    """The verifier that the setting names."""
    return SimulatedVerifier() if name == "simulator" else NoVerifier()
