"""A volunteer's states, and the ages at which one may be a volunteer. No I/O.

Sources: DESIGN.md, 6 (states); FACTS.md, "Rules in force" (minors: PIPL 31; a child below eight has no capacity, Civil
Code 20). Ages vary by place and year, so they are a policy made from settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.chassis.clock import age_on
from services.chassis.errors import FieldError, IllegalTransition


class VolunteerStatus(StrEnum):
    """Where a volunteer stands."""

    VERIFYING = "verifying"
    PENDING_REVIEW = "pending_review"
    ACTIVE = "active"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    ERASED = "erased"


_S = VolunteerStatus
_NEXT: dict[VolunteerStatus, frozenset[VolunteerStatus]] = {
    # the same again: whoever corrects a name while it is being checked or reviewed is so under the new one;
    # verifying from anywhere: a new name or certificate that nobody can be asked about at the moment
    _S.VERIFYING: frozenset({_S.VERIFYING, _S.PENDING_REVIEW, _S.REJECTED, _S.ERASED}),
    _S.PENDING_REVIEW: frozenset({_S.VERIFYING, _S.PENDING_REVIEW, _S.ACTIVE, _S.REJECTED, _S.ERASED}),
    _S.ACTIVE: frozenset({_S.VERIFYING, _S.PENDING_REVIEW, _S.SUSPENDED, _S.ERASED}),
    _S.REJECTED: frozenset({_S.VERIFYING, _S.PENDING_REVIEW, _S.ACTIVE, _S.ERASED}),
    _S.SUSPENDED: frozenset({_S.ACTIVE, _S.ERASED}),
    _S.ERASED: frozenset(),
}


def change_status(current: VolunteerStatus, attempted: VolunteerStatus) -> VolunteerStatus:
    """``attempted``, if a volunteer may go there from ``current``; raises ``IllegalTransition``."""
    if attempted not in _NEXT[current]:
        raise IllegalTransition(current=current.value, attempted=attempted.value)
    return attempted


@dataclass(frozen=True, slots=True)
class AgePolicy:
    """Ages in full years. Below ``minimum`` nobody registers; below ``consent_below`` a guardian must have agreed.

    Below ``accompany_below`` an adult comes along to every shift; 0: to none (FACTS.md, "Minors").
    """

    minimum: int = 8
    consent_below: int = 18
    maximum: int = 120
    accompany_below: int = 14

    def accompanied_until(self, birth_date: date | None) -> date | None:
        """The first day on which somebody born then comes alone; None where nobody has to be accompanied."""
        if not self.accompany_below or birth_date is None:
            return None
        year = birth_date.year + self.accompany_below
        try:
            return birth_date.replace(year=year)
        except ValueError:  # 29 February in a common year: a year older on 1 March, as ``age_on`` says
            return date(year, 3, 1)

    def must_be_accompanied(self, birth_date: date | None, day: date) -> bool:
        """Whether somebody born then comes with an adult on ``day``."""
        until = self.accompanied_until(birth_date)
        return until is not None and day < until

    def faults(self, birth_date: date, today: date, *, guardian_consents: bool, field: str) -> Iterator[FieldError]:
        """What is wrong with somebody born on ``birth_date``; ``field`` is the one the date was read from."""
        age = age_on(today, birth_date)
        if birth_date > today or age > self.maximum:
            yield FieldError(field, "implausible_age", "出生日期不合理", "gives an age that is not plausible")
        elif age < self.minimum:
            yield FieldError(
                field, "too_young", f"未满 {self.minimum} 周岁不能注册", f"is of somebody younger than {self.minimum}"
            )
        elif age < self.consent_below and not guardian_consents:
            yield FieldError(
                "guardian",
                "guardian_required",
                f"未满 {self.consent_below} 周岁须由监护人同意",
                f"is needed, with consent, below the age of {self.consent_below}",
            )
