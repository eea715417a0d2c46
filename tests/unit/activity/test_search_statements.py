"""Statements of a search: one for each shape, and a value for each of their parameters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.activity.commands import SearchActivities
from services.activity.domain.places import Circle
from services.activity.repository.search import Myself, SearchRepository, Wanted
from services.chassis.ids import new_id
from services.chassis.pagination import After, Attempt

NOW = datetime(2026, 3, 2, tzinfo=UTC)
EVERYTHING = SearchActivities(
    q=None, region=None, category=None, from_day=None, to_day=None, near=None, open=None, fits_me=False,
    organization_id=None, status="published", sort="start", limit=20, cursor=None,
)  # fmt: skip
NEAR = Circle(23.13, 113.26, 5)
POLE = Circle(89.99, 0, 5)
MYSELF = Myself(volunteer_id=new_id(), birth_date=date(1990, 1, 1), skills=["first aid"], homes=[new_id()])


class EndOfAll:
    """A session that only knows when the last listing ends."""

    def scalar(self, _statement: object) -> datetime:
        return NOW + timedelta(days=90)


def attempts(wanted: Wanted, after: After) -> list[Attempt]:
    return list(SearchRepository(cast(Session, EndOfAll())).attempts(wanted, after))


def asked(**query: Any) -> Wanted:
    return Wanted(query=replace(EVERYTHING, **query), now=NOW)


QUERIES = st.fixed_dictionaries(
    {
        "q": st.sampled_from([None, "清洁", "环境 清洁"]),
        "region": st.sampled_from([None, "440103"]),
        "from_day": st.sampled_from([None, date(2026, 3, 4)]),
        "near": st.sampled_from([None, NEAR, POLE]),
        "open": st.sampled_from([None, True, False]),
        "sort": st.sampled_from(["start", "newest", "distance"]),
    }
)
WHO = st.sampled_from([None, MYSELF, replace(MYSELF, birth_date=None)])


@given(query=QUERIES, myself=WHO, later=st.sampled_from([None, timedelta(days=-30), timedelta(days=1)]))
@settings(max_examples=60, deadline=None)
def test_every_parameter_of_every_statement_is_given(
    query: dict[str, Any], myself: Myself | None, later: timedelta | None
) -> None:
    wanted = replace(asked(**query), myself=myself)
    by_distance = query["sort"] == "distance" and query["near"] is not None
    after = After(None if later is None else [400 if by_distance else NOW + later, new_id()])

    for ordered, parameters in attempts(wanted, after):
        statement = ordered.statement_of(after)
        compiled = statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
        missing = {name for name, parameter in compiled.binds.items() if parameter.required}
        assert missing <= {*parameters, *after.parameters, "_limit"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"limit": 5}),
        ({"q": "清洁"}, {"q": "龙舟 100%"}),
        ({"region": "440103"}, {"category": "animals"}),
        ({"near": NEAR, "sort": "distance"}, {"near": replace(NEAR, latitude=24.0), "sort": "distance"}),
        ({"from_day": date(2026, 3, 4)}, {"to_day": date(2026, 4, 4)}),
    ],
)
def test_searches_of_one_shape_have_their_statements_in_common(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = (attempts(asked(**query), After(None)) for query in (one, other))
    assert [ordered for ordered, _ in first] == [ordered for ordered, _ in second]
    assert one == {} or [given for _, given in first] != [given for _, given in second]


@pytest.mark.parametrize("word", ["100%", "a_b", "c:\\d"])
def test_a_word_is_looked_for_as_it_is_typed(word: str) -> None:
    (_, given), _ = attempts(asked(q=word), After(None))
    (pattern,) = given["patterns"]
    assert pattern.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == f"%{word}%"
