"""Evaluations each way, trainings and awards: attendance's."""

from __future__ import annotations

from gateway.routing import Route, Who
from services.attendance import errors
from services.attendance.schemas import evaluations as schemas
from services.chassis.errors import IllegalTransition, NotFound

_EVALUATIONS, _ATTAINMENTS = ("evaluations",), ("trainings and awards",)

ROUTES = [
    Route(
        "POST", "/activities/{activity_id}/evaluations", "attendance.evaluate_activity",
        request=schemas.EvaluateActivity, answer=schemas.ActivityEvaluation, who=Who.VOLUNTEER, status=201,
        tags=_EVALUATIONS, errors=(errors.NotServed, errors.ShiftsNotEnded, errors.AlreadyEvaluated),
        zh="评价活动", en="One to five stars for an activity at which one has served; once",
    ),
    Route(
        "GET", "/activities/{activity_id}/evaluations", "attendance.list_activity_evaluations",
        request=schemas.ListActivityEvaluations, answer=schemas.ActivityEvaluationPage, who=Who.ADMINISTRATOR,
        tags=_EVALUATIONS, zh="活动收到的评价", en="What was said of an activity, for who runs it; without names",
    ),
    Route(
        "GET", "/activities/{activity_id}/rating", "attendance.get_rating",
        request=schemas.GetRating, answer=schemas.Rating, who=Who.PUBLIC, tags=_EVALUATIONS,
        zh="活动评分", en="The mean of an activity's stars, once there are enough of them",
    ),
    Route(
        "POST", "/service-records/{record_id}/evaluation", "attendance.evaluate_service",
        request=schemas.EvaluateService, answer=schemas.ServiceEvaluation, who=Who.ADMINISTRATOR, status=201,
        tags=_EVALUATIONS,
        errors=(errors.NotServed, errors.ShiftsNotEnded, errors.AlreadyEvaluated, errors.AboutOneself),
        zh="评价志愿者的服务", en="A grade for a volunteer's service; once",
    ),
    Route(
        "GET", "/me/evaluations", "attendance.list_my_evaluations",
        request=schemas.ListMyEvaluations, answer=schemas.MyEvaluationPage, who=Who.VOLUNTEER, tags=_EVALUATIONS,
        zh="我收到的评价", en="What was said of one's own services, newest first",
    ),
    Route(
        "POST", "/volunteers/{volunteer_id}/trainings", "attendance.record_training",
        request=schemas.RecordTraining, answer=schemas.Attainment, who=Who.ADMINISTRATOR, status=201,
        tags=_ATTAINMENTS, errors=(NotFound, errors.AboutOneself),
        zh="登记培训", en="Enter a training of a volunteer of one's own organization or below",
    ),
    Route(
        "POST", "/volunteers/{volunteer_id}/awards", "attendance.record_award",
        request=schemas.RecordAward, answer=schemas.Attainment, who=Who.ADMINISTRATOR, status=201,
        tags=_ATTAINMENTS, errors=(NotFound, errors.AboutOneself),
        zh="登记表彰奖励", en="Enter an award of a volunteer of one's own organization or below",
    ),
    Route(
        "GET", "/volunteers/{volunteer_id}/attainments", "attendance.list_attainments",
        request=schemas.ListAttainments, answer=schemas.AttainmentPage, who=Who.ADMINISTRATOR, tags=_ATTAINMENTS,
        errors=(NotFound,), zh="志愿者的培训与表彰", en="A volunteer's trainings and awards, newest first",
    ),
    Route(
        "GET", "/me/attainments", "attendance.list_attainments",
        from_client=schemas.ListMyAttainments, request=schemas.ListAttainments, answer=schemas.AttainmentPage,
        who=Who.VOLUNTEER, tags=_ATTAINMENTS, zh="我的培训与表彰", en="One's own trainings and awards, newest first",
    ),
    Route(
        "POST", "/attainments/{attainment_id}/revocation", "attendance.revoke_attainment",
        request=schemas.RevokeAttainment, answer=schemas.Attainment, who=Who.ADMINISTRATOR, tags=_ATTAINMENTS,
        errors=(NotFound, IllegalTransition),
        zh="撤销登记", en="A training or award was entered by mistake; it stays to be read, with the reason",
    ),
]  # fmt: skip
