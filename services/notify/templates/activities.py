"""Invitations, places in activities, and what changes about them."""

from __future__ import annotations

from services.notify.domain import Priority
from services.notify.templates.template import Template

TEMPLATES = (
    Template(
        "activity_invitation",
        "“{organization_name}”邀请您参加{starts_at}开始的“{title}”，请登录平台自愿报名。",
        "“{organization_name}” invites you to “{title}”, starting {starts_at}. Enroll if you wish.",
        "notice, attachment 2, 三.7",
    ),
    Template(
        "enrollment_accepted",
        "您已被录用参加“{title}”，{starts_at}开始，地点：{address}。请准时签到。",
        "You are accepted for “{title}”, starting {starts_at} at {address}. Please sign in on time.",
        "notice, attachment 2, 二.5 and 三.8",
    ),
    Template(
        "enrollment_rejected",
        "很遗憾，您未被录用参加“{title}”，原因：{reason}。",
        "You were not accepted for “{title}”: {reason}.",
        "notice, attachment 2, 二.5",
    ),
    Template(
        "enrollment_waitlisted",
        "“{title}”名额已满，您已进入候补名单，有空缺时将通知您。",
        "“{title}” is full. You are on the waiting list and will be told when a place is free.",
        "FACTS.md, what users ask for",
        Priority.NEWS,
    ),
    Template(
        "enrollment_marked_absent",
        "您未参加{starts_at}的“{title}”，已登记为缺席。如有误，请联系活动组织方更正。",
        "You are recorded as absent from “{title}” ({starts_at}). If that is wrong, ask its organizer to correct it.",
        "FACTS.md, what users ask for",
        Priority.NEWS,
    ),
    Template(
        "enrollment_offered",
        "“{title}”有空缺，请在{expires_at}前登录平台确认参加，逾期将顺延给下一位。",
        "A place at “{title}” is yours if you confirm it before {expires_at}.",
        "FACTS.md, what users ask for",
    ),
    Template(
        "activity_revoked",
        "原定{starts_at}在{address}举行的“{title}”已撤销，原因：{reason}。请勿前往。",
        "“{title}”, planned for {starts_at} at {address}, was revoked: {reason}. Please do not go there.",
        "notice, attachment 2, 三.6; FACTS.md: say what and where",
    ),
    Template(
        "shift_reminder",
        "提醒：您将参加{starts_at}至{ends_at}的“{title}”{role_zh}，地点{address}。不能参加请尽早取消报名。",
        "Reminder: you take part in “{title}”{role_en} from {starts_at} to {ends_at} at {address}. "
        "If you cannot come, please withdraw.",
        "FACTS.md, what users ask for",
    ),
    Template(
        "activity_moved",
        "您参加的“{title}”改期：原{old_starts_at}至{old_ends_at}，现{starts_at}至{ends_at}，地点{address}{more_zh}。不能参加请取消报名。",
        "“{title}” moved from {old_starts_at} - {old_ends_at} to {starts_at} - {ends_at}, at {address}{more_en}. "
        "If you cannot come, please withdraw.",
        "FACTS.md, what users ask for: say what and where",
    ),
    Template(
        "activity_relocated",
        "您参加的{starts_at}“{title}”更换地点：原{old_address}，现{address}{more_zh}。不能参加请取消报名。",
        "“{title}” of {starts_at} is no longer at {old_address} but at {address}{more_en}. "
        "If you cannot come, please withdraw.",
        "FACTS.md, what users ask for: say what and where",
    ),
    Template(
        "activity_moved_and_relocated",
        "您参加的“{title}”改期并更换地点：原{old_starts_at}至{old_ends_at}，{old_address}；现{starts_at}至{ends_at}，{address}{more_zh}。"
        "不能参加请取消报名。",
        "“{title}” moved from {old_starts_at} - {old_ends_at} at {old_address} to {starts_at} - {ends_at} at {address}"
        "{more_en}. If you cannot come, please withdraw.",
        "FACTS.md, what users ask for: say what and where",
    ),
)
