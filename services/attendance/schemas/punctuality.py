"""Who was there and when, for RPC and HTTP alike. What each word means: ``domain/punctuality.py``."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.attendance import commands
from services.chassis.schema import Answer, Day, Id, PageRequest, Timestamp, page_of, rule

MAX_DAYS = 92
"""What one request for sums takes in: a quarter."""


class ListPunctuality(PageRequest):
    """``GET /activities/{activity_id}/punctuality``: shifts that are over, of an activity that was not revoked."""

    class Meta:
        command = commands.ListPunctuality

    activity_id = Id(required=True)


class Attendee(Answer):
    """Somebody who was accepted for a shift, and what is said of them; the name is masked for who only looks.

    ``lapses``: ``late`` (the first minute that counts begins more than the grace after the shift's start),
    ``left_early`` (the last one ends more than the grace before its end), ``forced`` (the organizer entered the
    sign-out), ``open`` (nobody knows yet when they left), ``absent`` (no time counts, nor is anything open). Minutes
    are whole ones, 0 within the grace; ``ZHIYUAN_PUNCTUALITY_GRACE_MINUTES`` says how much that is. ``came_at`` and
    ``left_at``: the first and the last moment that counts; for ``open``, the sign-in and null.
    """

    shift_id = Id()
    shift_starts_at = Timestamp()
    shift_ends_at = Timestamp()
    volunteer_id = Id()
    name = fields.String()
    lapses = fields.List(fields.String())
    came_at = Timestamp(allow_none=True)
    left_at = Timestamp(allow_none=True)
    late_minutes = fields.Integer()
    early_minutes = fields.Integer()


AttendeePage = page_of(Attendee)


class SumPunctuality(PageRequest):
    """``GET /organizations/{organization_id}/punctuality``: sums for it and for each organization below it.

    ``from`` and ``to`` are days on which shifts begin, both included, 92 of them at most. Shifts that are not over, and
    those of revoked activities, are left out.
    """

    class Meta:
        command = commands.SumPunctuality

    organization_id = Id(required=True)
    from_day = Day(data_key="from", required=True)
    to_day = Day(data_key="to", required=True)

    @ma.validates_schema
    def _a_quarter_at_most(self, data: dict[str, Any], **_: Any) -> None:
        days = (data["to_day"] - data["from_day"]).days + 1
        if days < 1:
            raise ma.ValidationError(rule("before_from", "不能早于起始日期", "must not be before `from`"), "to")
        if days > MAX_DAYS:
            zh, en = f"一次最多统计 {MAX_DAYS} 天", f"must not be more than {MAX_DAYS} days with `from`"
            raise ma.ValidationError(rule("period_too_long", zh, en), "to")


class PunctualitySums(Answer):
    """How many people, counted once a shift, of an organization's own activities, not of those below it.

    ``accepted``: had a place; ``attended``: those who are not absent. ``late`` to ``absent``: how many of each lapse,
    of which somebody may have several; ``late_minutes`` and ``early_minutes``: theirs altogether.
    """

    organization_id = Id()
    name = fields.String()
    accepted = fields.Integer()
    attended = fields.Integer()
    late = fields.Integer()
    late_minutes = fields.Integer()
    left_early = fields.Integer()
    early_minutes = fields.Integer()
    forced = fields.Integer()
    open = fields.Integer()
    absent = fields.Integer()


PunctualitySumsPage = page_of(PunctualitySums)
