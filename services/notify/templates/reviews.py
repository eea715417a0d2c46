"""Who has been reviewed, registered, invited to a role or verified in person."""

from __future__ import annotations

from services.notify.domain import Priority
from services.notify.templates.template import Template

TEMPLATES = (
    Template(
        "organization_approved",
        "“{name}”的注册审核已通过，您现在可以登录管理后台。",
        "The registration of “{name}” was approved. You can sign in to the back office now.",
        "notice, attachment 2, 三.5",
    ),
    Template(
        "organization_onboarded",
        "上级组织已登记“{name}”。首次登录管理后台请在登录页选择“忘记密码”，以短信验证码确认并设置密码。",
        "“{name}” was registered by its superior. To sign in first, reset your password by SMS code.",
        "notice, attachment 2, 三.5",
    ),
    Template(
        "organization_rejected",
        "“{name}”的注册审核未通过，原因：{reason}。请修改后重新提交。",
        "The registration of “{name}” was rejected: {reason}. Amend it and submit it again.",
        "notice, attachment 2, 三.5",
    ),
    Template(
        "reviews_escalated",
        "下级组织有超期未审的申请转至“{organization_name}”：成员{memberships}件，组织{organizations}件。请登录管理后台审核。",
        "Overdue reviews came up to “{organization_name}”: {memberships} members, {organizations} organizations.",
        "docs/adr/0021: escalation",
    ),
    Template(
        "records_overdue",
        "“{organization_name}”的活动“{title}”应于{due_on}前记录完服务时长，现已逾期。请登录管理后台补齐。",
        "The hours of “{title}” of “{organization_name}” had to be recorded by {due_on}, and are overdue.",
        "民政部令67号: recorded within 10 working days",
        Priority.NEWS,
    ),
    Template(
        "reviewing_lent",
        "“{organization_name}”的审核人委托您自{starts_on}至{ends_on}代为审核。请登录管理后台处理待审核的申请。",
        "A reviewer of “{organization_name}” asks you to review in their place from {starts_on} to {ends_on}.",
        "docs/adr/0021: delegation",
    ),
    Template(
        "reviewing_taken_back",
        "“{organization_name}”的审核人已撤回对您的代审委托（原定{starts_on}至{ends_on}）。",
        "Reviewing for “{organization_name}” in another's place ({starts_on} to {ends_on}) was taken back from you.",
        "docs/adr/0021: delegation",
        Priority.NEWS,
    ),
    Template(
        "in_person_revoked",
        "您的面验已被撤销，原因：{reason}。重新面验前不计服务时长。",
        "Your verification in person was revoked: {reason}. Hours are not counted until you are verified again.",
        "notice, attachment 2: 面验",
    ),
    Template(
        "in_person_expired",
        "您的面验已过有效期，请重新面验，此前不计服务时长。",
        "Your verification in person has expired. Hours are not counted until you are verified again.",
        "notice, attachment 2: 面验",
    ),
    Template(
        "realname_passed",
        "您的实名核验已完成，注册资料已提交归属组织审核。",
        "Your name was checked. Your registration is now before your home organization.",
        "FACTS.md, what users ask for: told at the end",
    ),
    Template(
        "realname_mismatched",
        "您的实名核验未通过，姓名与证件不一致。请登录平台修改后重新提交。",
        "Your name does not match your certificate. Correct it and submit your registration again.",
        "notice, attachment 2, 三.5",
    ),
    Template(
        "membership_approved",
        "您已成为“{organization_name}”的注册志愿者，欢迎参加志愿服务。",
        "You are now a registered volunteer of “{organization_name}”. Welcome.",
        "notice, attachment 2, 二.1",
    ),
    Template(
        "volunteer_onboarded",
        "您已由“{organization_name}”登记为注册志愿者。首次登录请在登录页选择“忘记密码”，以短信验证码确认并设置密码。",
        "“{organization_name}” has registered you as a volunteer. To sign in first, reset your password by SMS code.",
        "notice, attachment 2, 二.1",
    ),
    Template(
        "membership_rejected",
        "您在“{organization_name}”的注册审核未通过，原因：{reason}。请修改资料后重新提交。",
        "Your registration at “{organization_name}” was rejected: {reason}. Amend it and submit it again.",
        "notice, attachment 2, 二.1",
    ),
    Template(
        "administrator_invited",
        "“{organization_name}”邀请您担任{role_zh}，请在{expires_at}前登录平台接受或谢绝。",
        "“{organization_name}” invites you to be its {role}. Accept or decline before {expires_at}.",
        "notice, 一.2: organizations are managed by administrators",
    ),
    Template(
        "administrator_accepted",
        "您为“{organization_name}”发出的{role_zh}邀请已被接受。",
        "Your invitation to be {role} of “{organization_name}” was accepted.",
        "notice, 一.2: organizations are managed by administrators",
        Priority.NEWS,
    ),
    Template(
        "administrator_declined",
        "您为“{organization_name}”发出的{role_zh}邀请已被谢绝。",
        "Your invitation to be {role} of “{organization_name}” was declined.",
        "notice, 一.2: organizations are managed by administrators",
        Priority.NEWS,
    ),
)
