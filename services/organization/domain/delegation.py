"""How long somebody may review in another's place (docs/adr/0021)."""

from __future__ import annotations

from datetime import date

from services.chassis.errors import FieldError, Invalid

MAX_DELEGATED_DAYS = 90


def check_period(starts_on: date, ends_on: date, today: date) -> None:
    """Both days are included; raises ``Invalid`` for a period that is over, ends before it begins, or is too long."""
    faults = []
    if starts_on < today:
        faults.append(FieldError("starts_on", "in_the_past", "不能早于今天", "must not be in the past"))
    if ends_on < starts_on:
        faults.append(FieldError("ends_on", "before_start", "不能早于开始日期", "must not be before starts_on"))
    elif (ends_on - starts_on).days >= MAX_DELEGATED_DAYS:
        faults.append(
            FieldError(
                "ends_on",
                "too_long",
                f"委托最长 {MAX_DELEGATED_DAYS} 天",
                f"a delegation lasts {MAX_DELEGATED_DAYS} days at most",
            )
        )
    if faults:
        raise Invalid(*faults)
