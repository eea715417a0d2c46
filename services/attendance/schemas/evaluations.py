"""Evaluations, trainings and awards, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.domain.evaluation import MOST_STARS, AttainmentKind, Grade
from services.chassis.schema import (
    Answer,
    Day,
    Id,
    PageRequest,
    Request,
    Text,
    Timestamp,
    one_of,
    page_of,
    whole_number,
)

_MINUTES_OF_A_YEAR = 366 * 24 * 60


class EvaluateActivity(Request):
    """``POST /activities/{activity_id}/evaluations``: once, and final."""

    class Meta:
        command = commands.EvaluateActivity

    activity_id = Id(required=True)
    stars = whole_number(min=1, max=MOST_STARS, required=True)
    text = Text(max=500, multiline=True, load_default=None, allow_none=True)


class ActivityEvaluation(Answer):
    """What somebody said of an activity; whose words they are is not shown."""

    evaluation_id = Id(attribute="id")
    stars = fields.Integer()
    text = fields.String(allow_none=True)
    evaluated_at = Timestamp()


class GetRating(Request):
    """``GET /activities/{activity_id}/rating``."""

    class Meta:
        command = commands.GetRating

    activity_id = Id(required=True)


class Rating(Answer):
    """``stars``: the mean, with one decimal; null while there are too few to hide in."""

    activity_id = Id()
    evaluations = fields.Integer()
    stars = fields.Float(allow_none=True)


class ListActivityEvaluations(PageRequest):
    """``GET /activities/{activity_id}/evaluations``."""

    class Meta:
        command = commands.ListActivityEvaluations

    activity_id = Id(required=True)


ActivityEvaluationPage = page_of(ActivityEvaluation)


class EvaluateService(Request):
    """``POST /service-records/{record_id}/evaluation``: once, and final."""

    class Meta:
        command = commands.EvaluateService

    record_id = Id(required=True)
    grade = one_of(Grade, required=True)
    text = Text(max=500, multiline=True, load_default=None, allow_none=True)


class ServiceEvaluation(Answer):
    """What the recording organization said of one service."""

    record_id = Id()
    grade = fields.String()
    text = fields.String(allow_none=True)
    evaluated_at = Timestamp()


class ListMyEvaluations(PageRequest):
    """``GET /me/evaluations``."""

    class Meta:
        command = commands.ListMyEvaluations


class MyEvaluation(ServiceEvaluation):
    """With what it was about."""

    activity_id = Id()
    title = fields.String()
    date = Day()


MyEvaluationPage = page_of(MyEvaluation)


class RecordTraining(Request):
    """``POST /volunteers/{volunteer_id}/trainings``."""

    class Meta:
        command = commands.RecordTraining

    volunteer_id = Id(required=True)
    name = Text(max=100, required=True)
    issuer = Text(max=100, required=True)
    day = Day(data_key="date", required=True)
    minutes = whole_number(min=1, max=_MINUTES_OF_A_YEAR, load_default=None, allow_none=True)


class RecordAward(Request):
    """``POST /volunteers/{volunteer_id}/awards``."""

    class Meta:
        command = commands.RecordAward

    volunteer_id = Id(required=True)
    name = Text(max=100, required=True)
    issuer = Text(max=100, required=True)
    day = Day(data_key="date", required=True)


class Attainment(Answer):
    """A training or an award; ``revoked`` ones stay to be read, with the reason."""

    attainment_id = Id(attribute="id")
    volunteer_id = Id()
    organization_id = Id()
    kind = fields.String()
    name = fields.String()
    issuer = fields.String()
    day = Day(data_key="date")
    minutes = fields.Integer(allow_none=True)
    status = fields.String()
    recorded_at = Timestamp()
    revoked_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)


class RevokeAttainment(Request):
    """``POST /attainments/{attainment_id}/revocation``."""

    class Meta:
        command = commands.RevokeAttainment

    attainment_id = Id(required=True)
    reason = Text(max=200, required=True)


class ListAttainments(PageRequest):
    """``GET /me/attainments``; with ``volunteer_id``: ``GET /volunteers/{volunteer_id}/attainments``."""

    class Meta:
        command = commands.ListAttainments

    volunteer_id = Id(load_default=None)
    kind = one_of(AttainmentKind, load_default=None)


class ListMyAttainments(PageRequest):
    """``GET /me/attainments``: what a client may send."""

    kind = one_of(AttainmentKind, load_default=None)


AttainmentPage = page_of(Attainment)
