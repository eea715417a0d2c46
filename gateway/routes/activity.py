"""What activity answers."""

from __future__ import annotations

from gateway.routing import Route, Who
from gateway.sites import SearchActivitiesOfSite, filter_by_site
from services.activity import errors
from services.activity.schemas import activities, enrollments, invitations, search, series

_ACTIVITIES = ("activities",)
_ENROLLMENTS = ("enrollments",)
_NOT_NOW = (
    errors.EnrollmentNeedsActiveVolunteer, errors.EnrollmentClosed, errors.AlreadyEnrolled, errors.OverlappingShift,
    errors.RequirementsNotMet,
)  # fmt: skip

ROUTES: list[Route] = [
    Route(
        "POST", "/activities", "activity.create_activity",
        request=activities.CreateActivity, answer=activities.Activity, who=Who.ADMINISTRATOR, status=201,
        tags=_ACTIVITIES,
        errors=(errors.ActivityOrganizationNotActive,), zh="新建活动草稿",
        en="Draft an activity, once or again and again",
    ),
    Route(
        "GET", "/activities", "activity.search_activities",
        request=search.SearchActivities, answer=search.ActivityPage, who=Who.PUBLIC, tags=_ACTIVITIES,
        from_client=SearchActivitiesOfSite, prepare=filter_by_site,
        zh="搜索活动", en="Find activities by words, place, category and days",
    ),
    Route(
        "GET", "/activities/{activity_id}", "activity.get_activity",
        request=activities.GetActivity, answer=activities.Activity, who=Who.PUBLIC, tags=_ACTIVITIES,
        zh="活动详情", en="One activity; drafts only for their administrators",
    ),
    Route(
        "PATCH", "/activities/{activity_id}", "activity.edit_activity",
        request=activities.EditActivity, answer=activities.Activity, who=Who.ADMINISTRATOR, tags=_ACTIVITIES,
        deadline=15.0,  # everybody for whom something changed is told in the same transaction
        errors=(errors.ActivityNotEditable,), zh="修改活动",
        en="Change an activity, or its series, also after publication",
    ),
    Route(
        "GET", "/activities/{activity_id}/occurrences", "activity.list_occurrences",
        request=series.ListOccurrences, answer=activities.OccurrencePage, who=Who.PUBLIC, tags=_ACTIVITIES,
        zh="同一系列的各次活动", en="The activities of the same series, by day",
    ),
    Route(
        "POST", "/activities/{activity_id}/publication", "activity.publish_activity",
        request=activities.PublishActivity, answer=activities.Activity, who=Who.ADMINISTRATOR, tags=_ACTIVITIES,
        deadline=15.0,
        errors=(errors.ActivityOrganizationNotActive,), zh="发布活动", en="Publish a draft, or those of its series",
    ),
    Route(
        "POST", "/activities/{activity_id}/revocation", "activity.revoke_activity",
        request=activities.RevokeActivity, answer=activities.Activity, who=Who.ADMINISTRATOR, tags=_ACTIVITIES,
        deadline=15.0,  # everybody who enrolled is told in the same transaction
        zh="撤销活动（不可恢复）", en="Revoke an activity, for good",
    ),
    Route(
        "POST", "/activities/{activity_id}/copies", "activity.copy_activity",
        request=activities.CopyActivity, answer=activities.Activity, who=Who.ADMINISTRATOR, status=201,
        tags=_ACTIVITIES,
        zh="复制活动", en="A new draft like this activity",
    ),
    Route(
        "POST", "/activities/{activity_id}/invitations", "activity.invite_volunteers",
        request=invitations.InviteVolunteers, answer=invitations.Invitations, who=Who.ADMINISTRATOR, tags=_ACTIVITIES,
        errors=(errors.ActivityNotEditable,), zh="邀请志愿者", en="Invite volunteers of one's own subtree",
    ),
    Route(
        "POST", "/activities/{activity_id}/enrollments", "activity.enroll",
        request=enrollments.Enroll, answer=enrollments.Enrollment, who=Who.VOLUNTEER, status=201, tags=_ENROLLMENTS,
        errors=_NOT_NOW, zh="报名", en="Enroll for a shift",
    ),
    Route(
        "GET", "/activities/{activity_id}/enrollments", "activity.list_enrollments",
        request=enrollments.ListEnrollments, answer=enrollments.EnrollmentPage, who=Who.ADMINISTRATOR,
        tags=_ENROLLMENTS,
        zh="报名名单", en="Who enrolled",
    ),
    Route(
        "POST", "/activities/{activity_id}/enrollment-decisions", "activity.decide_enrollments",
        request=enrollments.DecideEnrollments, answer=enrollments.DecisionResults, who=Who.ADMINISTRATOR,
        tags=_ENROLLMENTS,
        zh="批量录用", en="Accept or reject many, each with its own result",
    ),
    Route(
        "POST", "/enrollments/{enrollment_id}/decision", "activity.decide_enrollment",
        request=enrollments.DecideEnrollment, answer=enrollments.Enrollment, who=Who.ADMINISTRATOR, tags=_ENROLLMENTS,
        errors=(errors.ShiftFull, errors.ShiftStarted), zh="录用或拒绝", en="Accept or reject one who applied",
    ),
    Route(
        "POST", "/enrollments/{enrollment_id}/offer-response", "activity.answer_offer",
        request=enrollments.AnswerOffer, answer=enrollments.Enrollment, who=Who.VOLUNTEER, tags=_ENROLLMENTS,
        errors=(errors.OfferExpired, errors.OverlappingShift),
        zh="接受或放弃候补名额", en="Take or decline an offered place",
    ),
    Route(
        "DELETE", "/enrollments/{enrollment_id}", "activity.withdraw_enrollment",
        request=enrollments.WithdrawEnrollment, answer=enrollments.Enrollment, who=Who.VOLUNTEER, tags=_ENROLLMENTS,
        errors=(errors.ShiftStarted,), zh="取消报名", en="Withdraw before the start",
    ),
    Route(
        "GET", "/me/activities", "activity.list_my_activities",
        request=enrollments.ListMyActivities, answer=enrollments.MyActivityPage, who=Who.VOLUNTEER, tags=_ENROLLMENTS,
        zh="我的活动", en="One's own activities: enrolled, accepted, ended",
    ),
]  # fmt: skip
