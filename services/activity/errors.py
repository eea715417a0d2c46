"""What activity refuses, and why."""

from __future__ import annotations

from services.chassis.errors import Conflict


class ActivityOrganizationNotActive(Conflict):
    """An activity is created or published for an organization that is not (or no longer) active."""

    code = "activity_organization_not_active"
    title_zh, title_en = "组织未处于正常状态", "The organization is not active"
    detail_zh, detail_en = "组织当前状态为 {status}，不能发布活动。", "Its state is {status}; it cannot run activities."


class ActivityNotEditable(Conflict):
    """An activity that was revoked or has ended is edited, or volunteers are invited to one that nobody can join.

    ``state``: draft, revoked or ended.
    """

    code = "activity_not_editable"
    title_zh, title_en = "活动当前状态不允许此操作", "The activity's state does not allow this"
    detail_zh, detail_en = "活动尚未发布、已撤销或已结束。", "It is {state}."


class EnrollmentNeedsActiveVolunteer(Conflict):
    """Only a volunteer whose registration was approved, and who is not suspended, takes part."""

    code = "enrollment_needs_active_volunteer"
    title_zh, title_en = "尚未成为正式注册志愿者", "Not an active volunteer"
    detail_zh = "注册审核通过且状态正常的志愿者才能报名。"
    detail_en = "Only volunteers whose registration was approved can take part."


class EnrollmentClosed(Conflict):
    """Enrollment for this shift is over: past its deadline or begun (``why``: over), or the activity is revoked."""

    code = "enrollment_closed"
    title_zh, title_en = "报名已结束", "Enrollment is closed"
    detail_zh = "报名已截止、班次已开始，或活动已撤销。"
    detail_en = "The deadline has passed, the shift has begun, or the activity was revoked."


class AlreadyEnrolled(Conflict):
    """The volunteer has an enrollment for this very shift."""

    code = "already_enrolled"
    title_zh, title_en = "已报名该班次", "Already enrolled for this shift"
    detail_zh, detail_en = "您已报名该班次，无需重复报名。", "There is an enrollment already; it is {status}."


class OverlappingShift(Conflict):
    """The volunteer has asked for, or been given, a place in another shift at the same time."""

    code = "overlapping_shift"
    title_zh, title_en = "与已报名的班次时间冲突", "Overlaps with another shift"
    detail_zh = "与您已报名的“{title}”时间冲突，请先取消其中一个。"
    detail_en = "It overlaps with “{title}”; withdraw from that one first."


class RequirementsNotMet(Conflict):
    """The volunteer does not meet what the activity asks for; ``unmet`` names the requirements."""

    code = "requirements_not_met"
    title_zh, title_en = "不符合报名要求", "Requirements are not met"
    detail_zh, detail_en = "不符合活动的以下要求：{unmet_zh}。", "Not met: {unmet_en}."


class ShiftFull(Conflict):
    """Somebody is to be accepted for a shift without a free place."""

    code = "shift_full"
    title_zh, title_en = "该班次已满员", "The shift is full"
    detail_zh, detail_en = "该班次 {capacity} 个名额已满。", "All {capacity} places are taken."


class ShiftStarted(Conflict):
    """A place is taken, given or given back after the shift has begun."""

    code = "shift_started"
    title_zh, title_en = "班次已开始", "The shift has begun"
    detail_zh, detail_en = "班次开始后不能再更改报名。", "Enrollments do not change once it has begun."


class OfferExpired(Conflict):
    """The offer of a free place was answered too late."""

    code = "offer_expired"
    title_zh, title_en = "候补名额已过期", "The offer has expired"
    detail_zh, detail_en = "请在通知的期限内确认，该名额已让给下一位。", "The place goes to the next in line."


class WalkInOutsideShift(Conflict):
    """Somebody is let in on the spot, but the shift is still far ahead, or over."""

    code = "walk_in_outside_shift"
    title_zh, title_en = "不在现场报名时间内", "Not the time for walk-ins"
    detail_zh = "现场报名自班次开始前 {minutes} 分钟起，至班次结束为止。"
    detail_en = "Walk-ins are taken from {minutes} minutes before the shift until its end."


class VolunteerBusy(Conflict):
    """Who is let in on the spot has a place elsewhere at the same time. Where is not the organizer's to know."""

    code = "volunteer_busy"
    title_zh, title_en = "该志愿者同一时间已被其他班次录用", "The volunteer has a place elsewhere at the same time"
    detail_zh = "该志愿者须先取消时间冲突的报名。"
    detail_en = "The volunteer has to withdraw from the other shift first."


class ShiftNotOver(Conflict):
    """Somebody is said to be absent from a shift that has not ended: they may still come."""

    code = "shift_not_over"
    title_zh, title_en = "班次尚未结束", "The shift is not over"
    detail_zh, detail_en = "班次结束后才能登记缺席。", "Absences are recorded once it has ended."


class VolunteerHasHours(Conflict):
    """Somebody is said to be absent who has recorded hours; an objection or a correction comes first."""

    code = "volunteer_has_hours"
    title_zh, title_en = "该志愿者已有服务时长记录", "The volunteer has recorded hours"
    detail_zh = "该班次已记录 {minutes} 分钟服务时长，不能登记为缺席。"
    detail_en = "{minutes} minutes are recorded for this shift."
