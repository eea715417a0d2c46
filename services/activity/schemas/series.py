"""Activities that come again."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from services.activity import commands
from services.activity.domain.repeating import Scope
from services.chassis.schema import Answer, Day, Id, PageRequest, Request, Text, list_of, one_of


class Repeat(Request):
    """``FREQ=WEEKLY;BYDAY=SA;COUNT=10``: daily, weekly or monthly, ended by ``COUNT`` or ``UNTIL=YYYYMMDD``.

    Its days are days in Guangdong, the first of them that of the first shift; ``except`` are days left out.
    """

    class Meta:
        command = commands.Repeat

    rule = Text(max=200, required=True)
    excluded = list_of(Day(), max=104, data_key="except", load_default=list)


def scope_field() -> fields.String:
    """``one`` (the activity named), ``following`` (it and the later ones of its series) or ``all`` of the series.

    What was changed for one alone stays as it is there; what has begun, was revoked or is over stays as it is, too.
    """
    words: dict[str, Any] = {"description": (scope_field.__doc__ or "").strip()}
    return one_of(Scope, load_default=Scope.ONE.value, metadata=words)


class SeriesOfActivity(Answer):
    """What an activity that comes again belongs to. ``own_fields`` were changed for it alone, and stay so."""

    series_id = Id()
    rule = fields.String()
    occurs_on = Day()
    own_fields = fields.List(fields.String())


class ListOccurrences(PageRequest):
    """``GET /activities/{activity_id}/occurrences``."""

    class Meta:
        command = commands.ListOccurrences

    activity_id = Id(required=True)
