"""What activity answers."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from gateway.routing import Route, Who
from gateway.sites import SearchActivitiesOfSite, filter_by_site
from services.activity import errors
from services.activity.schemas import activities, calendars, enrollments, invitations, presence, search, series
from services.chassis.errors import IllegalTransition, NotFound

_ACTIVITIES = ("activities",)
_ENROLLMENTS = ("enrollments",)
_NOT_NOW = (
    errors.EnrollmentNeedsActiveVolunteer, errors.EnrollmentClosed, errors.AlreadyEnrolled, errors.OverlappingShift,
    errors.RequirementsNotMet,
)  # fmt: skip

_CALENDAR = "text/calendar"


async def _as_calendar(_request: HttpRequest, answer: Any) -> Response:
    """The bare file, which is what calendars subscribe to."""
    disposition = {"Content-Disposition": 'inline; filename="zhiyuan.ics"'}
    return Response(answer["calendar"], media_type=_CALENDAR, headers=disposition)


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
        request=activities.EditActivity, answer=activities.EditedActivity, who=Who.ADMINISTRATOR, tags=_ACTIVITIES,
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
        deadline=15.0,  # up to ten thousand are invited in one transaction
        errors=(errors.ActivityNotEditable,), zh="邀请志愿者", en="Invite volunteers of one's own subtree",
    ),
    Route(
        "GET", "/activities/{activity_id}/invitations", "activity.list_invitations",
        request=invitations.ListInvitations, answer=invitations.InvitationPage, who=Who.ADMINISTRATOR,
        tags=_ACTIVITIES,
        zh="邀请名单及结果", en="Who was invited, and what became of it",
    ),
    Route(
        "POST", "/invitations/{invitation_id}/decline", "activity.decline_invitation",
        request=invitations.DeclineInvitation, answer=invitations.MyInvitation, who=Who.VOLUNTEER, tags=_ENROLLMENTS,
        errors=(IllegalTransition,), zh="谢绝邀请", en="Decline an invitation",
    ),
    Route(
        "GET", "/me/invitations", "activity.list_my_invitations",
        request=invitations.ListMyInvitations, answer=invitations.MyInvitationPage, who=Who.VOLUNTEER,
        tags=_ENROLLMENTS,
        zh="我收到的邀请", en="To what one was invited, and what became of it",
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
        "POST", "/me/calendar-token", "activity.create_calendar_token",
        request=calendars.CreateCalendarToken, answer=calendars.NewCalendarToken, who=Who.VOLUNTEER, status=201,
        tags=_ENROLLMENTS,
        zh="开通个人日历订阅", en="A new address of one's calendar, shown once; the one before leads nowhere",
    ),
    Route(
        "DELETE", "/me/calendar-token", "activity.revoke_calendar_token",
        request=calendars.RevokeCalendarToken, who=Who.VOLUNTEER, status=204, tags=_ENROLLMENTS,
        zh="关闭个人日历订阅", en="Let the address of one's calendar lead nowhere",
    ),
    # not `strict`: one address of a calendar provider asks for thousands, and a token of 256 bits is not guessed
    Route(
        "GET", "/me/calendar.ics", "activity.read_calendar",
        request=calendars.ReadCalendar, answer=calendars.CalendarFile, who=Who.PUBLIC, render=_as_calendar,
        formats=(_CALENDAR,), tags=_ENROLLMENTS, errors=(NotFound,),
        zh="个人日历（iCalendar）", en="One's shifts as a calendar to subscribe to; the token is all it takes",
    ),
    Route(
        "POST", "/activities/{activity_id}/walk-ins", "activity.admit_walk_in",
        request=presence.AdmitWalkIn, answer=enrollments.EnrollmentOfVolunteer, who=Who.ADMINISTRATOR, status=201,
        tags=_ENROLLMENTS,
        errors=(*_NOT_NOW, errors.ShiftFull, errors.WalkInOutsideShift, errors.VolunteerBusy),
        zh="现场报名", en="Let in somebody who just came",
    ),
    Route(
        "POST", "/enrollments/{enrollment_id}/absence", "activity.record_absence",
        request=presence.RecordAbsence, answer=enrollments.Enrollment, who=Who.ADMINISTRATOR, tags=_ENROLLMENTS,
        errors=(errors.ShiftNotOver, errors.VolunteerHasHours), zh="登记缺席", en="Somebody accepted did not come",
    ),
    Route(
        "DELETE", "/enrollments/{enrollment_id}/absence", "activity.revoke_absence",
        request=presence.RevokeAbsence, answer=enrollments.Enrollment, who=Who.ADMINISTRATOR, tags=_ENROLLMENTS,
        zh="撤销缺席登记", en="Somebody said to be absent was there",
    ),
    Route(
        "GET", "/me/activities", "activity.list_my_activities",
        request=enrollments.ListMyActivities, answer=enrollments.MyActivityPage, who=Who.VOLUNTEER, tags=_ENROLLMENTS,
        zh="我的活动", en="One's own activities: enrolled, accepted, ended",
    ),
]  # fmt: skip
