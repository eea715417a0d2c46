"""Finding activities."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.activity import commands
from services.activity.domain.places import Circle
from services.activity.domain.searching import LONGEST, Days
from services.activity.domain.states import ActivityStatus
from services.activity.schemas.activities import Activity
from services.chassis.schema import (
    Day,
    Id,
    PageRequest,
    RegionCode,
    Text,
    one_of,
    page_of,
    rule,
)


class Near(fields.String):
    """``latitude,longitude,kilometres``."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        try:
            latitude, longitude, km = map(float, text.split(","))
        except ValueError:
            latitude = longitude = km = float("nan")
        if -90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 < km <= 500:
            return Circle(latitude, longitude, km)
        raise ma.ValidationError(
            rule("bad_near", "应为 纬度,经度,公里数（至多 500）", "must be latitude,longitude,kilometres (at most 500)")
        )


class SearchActivities(PageRequest):
    """``GET /activities``. ``from`` and ``to`` are days, both included, at most a year of them; one alone stands for a
    year from it or up to it. Without them: what has not ended.

    ``organization_id`` takes in everything below it; ``status=draft`` shows the caller's own drafts. ``fits_me``, for a
    volunteer: what asks for no other age, skills or membership, at a time when they are free, with time left to enroll.
    """

    class Meta:
        command = commands.SearchActivities

    q = Text(max=100, load_default=None)
    region = RegionCode(load_default=None)
    category = Text(max=40, load_default=None)
    from_day = Day(data_key="from", load_default=None)
    to_day = Day(data_key="to", load_default=None)
    near = Near(load_default=None, metadata={"description": "latitude,longitude,kilometres"})
    open = fields.Boolean(load_default=None)
    fits_me = fields.Boolean(
        load_default=False, metadata={"description": "true: only what the signed-in volunteer can do"}
    )
    organization_id = Id(load_default=None)
    status = one_of(ActivityStatus, load_default=ActivityStatus.PUBLISHED.value)
    sort = one_of(("start", "distance", "newest"), load_default="start")

    @ma.validates_schema
    def _distance_needs_a_point(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("sort") == "distance" and data.get("near") is None:
            raise ma.ValidationError(rule("required", "按距离排序时必填", "is required to sort by distance"), "near")

    @ma.validates_schema
    def _a_year_at_most(self, data: dict[str, Any], **_: Any) -> None:
        days = Days.of(data.get("from_day"), data.get("to_day"))
        if days is not None and days.too_many:
            zh, en = f"一次最多查询 {LONGEST.days} 天", f"may be {LONGEST.days} days after the first at most"
            raise ma.ValidationError(rule("period_too_long", zh, en), "to")

    @ma.validates_schema
    def _only_what_is_public_fits(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("fits_me") and data.get("status") != ActivityStatus.PUBLISHED:
            zh, en = "仅适用于已发布的活动", "goes with published activities only"
            raise ma.ValidationError(rule("not_published", zh, en), "fits_me")


class FoundActivity(Activity):
    """An activity in a list; the distance is from ``near``."""

    distance_metres = fields.Integer(allow_none=True)


ActivityPage = page_of(FoundActivity)
