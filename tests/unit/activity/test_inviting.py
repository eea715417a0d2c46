"""Ages turned into birth dates."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from services.activity.domain.inviting import born_by
from services.chassis.clock import age_on

days = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@given(days, st.dates(date(1860, 1, 1), date(2019, 12, 31)), st.integers(0, 150))
@example(date(2028, 2, 29), date(2010, 3, 1), 18)
@example(date(2028, 2, 29), date(2010, 2, 28), 18)
@example(date(2027, 2, 28), date(2008, 2, 29), 19)
@example(date(2028, 2, 29), date(2008, 2, 29), 20)
def test_who_was_born_by_that_day_is_of_that_age_and_nobody_else(day: date, birth_date: date, age: int) -> None:
    assert (birth_date <= born_by(day, age)) == (age_on(day, birth_date) >= age)
