"""Every message the platform sends, in Chinese and English, with the parameters it needs.

Why this module exists: a volunteer reads these words; an auditor compares them with the notice. One entry a message.
A parameter that a template names and an event does not fill is found by a test, not by a reader.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.chassis.clock import SHANGHAI
from services.notify.domain import Priority

SIGNATURE_ZH = "【i志愿】"
SIGNATURE_EN = "[iZhiyuan] "


@dataclass(frozen=True)
class Template:
    """One message. ``source`` says which line of the notice or which rule demands it."""

    key: str
    zh: str
    en: str
    source: str
    priority: Priority = Priority.RESULT

    @property
    def parameters(self) -> frozenset[str]:
        """The names between braces, of both languages. Those that end in ``_at`` are moments."""
        parsed = (*string.Formatter().parse(self.zh), *string.Formatter().parse(self.en))
        return frozenset(name for _, name, _, _ in parsed if name)

    def words(self, locale: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """The parameters as they are read; what is missing (an erased person's) shows as ``***``."""
        return {name: _in_words(locale, name, parameters.get(name)) for name in self.parameters}

    def render(self, locale: str, parameters: Mapping[str, str]) -> str:
        """The words with the signature in front, as one SMS."""
        words = self.words(locale, parameters)
        if locale == "en":
            return SIGNATURE_EN + self.en.format(**words)
        return SIGNATURE_ZH + self.zh.format(**words)


def _in_words(locale: str, name: str, value: str | None) -> str:
    """A parameter as it is read: a moment as ``3月5日 14:30``, or ``5 March 14:30``."""
    if value is None:
        return "***"
    if not name.endswith("_at"):
        return value
    local = datetime.fromisoformat(value).astimezone(SHANGHAI)
    return f"{local.day} {local:%B %H:%M}" if locale == "en" else f"{local.month}月{local.day}日 {local:%H:%M}"


_ALL = (
    Template(
        "verification_code",
        "您的验证码是{code}，{minutes}分钟内有效，请勿告诉他人。",
        "Your verification code is {code}, valid for {minutes} minutes. Tell it to nobody.",
        "notice, attachment 2: registration and 找回密码",
        Priority.CODE,
    ),
    Template(
        "security_login_locked",
        "您的账号于{happened_at}因多次输入错误密码被暂时锁定。如非本人操作，请尽快修改密码。",
        "Too many wrong passwords locked your account for a while ({happened_at}). If it was not you, change yours.",
        "等保三级: lockout, with notice",
    ),
    Template(
        "security_password_reset",
        "您的账号密码已于{happened_at}重置，所有设备均已退出登录。如非本人操作，请立即联系客服。",
        "Your password was reset ({happened_at}) and every session ended. If it was not you, call the support desk.",
        "等保三级",
    ),
    Template(
        "security_totp_enrolled",
        "您的账号已于{happened_at}启用动态验证码。如非本人操作，请立即联系客服。",
        "A second factor was set up for your account ({happened_at}). If it was not you, call the support desk.",
        "等保三级: second factor",
    ),
    Template(
        "security_totp_removed",
        "您的账号已于{happened_at}停用动态验证码。如非本人操作，请立即修改密码。",
        "The second factor of your account was removed ({happened_at}). If it was not you, change your password.",
        "等保三级: second factor",
    ),
    Template(
        "security_recovery_code_used",
        "您的账号于{happened_at}使用了一个恢复码。如非本人操作，请立即修改密码。",
        "A recovery code of your account was used ({happened_at}). If it was not you, change your password.",
        "等保三级: second factor",
    ),
    Template(
        "security_bound",
        "您的账号已于{happened_at}绑定第三方登录。如非本人操作，请立即解绑并修改密码。",
        "Another way to sign in was bound to your account ({happened_at}). If it was not you, remove it at once.",
        "API.md: binding of WeChat",
    ),
    Template(
        "security_unbound",
        "您的账号已于{happened_at}解除第三方登录绑定。如非本人操作，请立即修改密码。",
        "A way to sign in was removed from your account ({happened_at}). If it was not you, change your password.",
        "API.md: binding of WeChat",
    ),
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
        "contact_replaced",
        "您的账号已于{happened_at}更换联系方式。如非本人操作，请立即联系归属组织或客服。",
        "Your account was given another contact ({happened_at}). If it was not you, call the support desk at once.",
        "等保三级",
    ),
    Template(
        "recovery_requested",
        "有人于{happened_at}申请将您的账号换绑到新手机号。如非本人操作，请立即联系归属组织。",
        "Somebody asked for another phone for your account ({happened_at}). If it was not you, tell your organization.",
        "docs/adr/0015",
    ),
    Template(
        "recovery_approved",
        "您的账号已换绑到本手机号，请通过“找回密码”设置新密码后登录。",
        "Your account now has this phone. Reset the password to sign in.",
        "docs/adr/0015",
    ),
    Template(
        "recovery_rejected",
        "您的账号找回申请未通过，原因：{reason}。",
        "Your request for your account was refused: {reason}.",
        "docs/adr/0015",
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
    Template(
        "supplement_approved",
        "您在“{title}”的服务时长补录已通过审核。",
        "The supplement of your service hours at “{title}” was approved.",
        "notice, attachment 2, 三.9",
        Priority.NEWS,
    ),
    Template(
        "supplement_rejected",
        "您在“{title}”的服务时长补录未通过审核，原因：{reason}。",
        "The supplement of your service hours at “{title}” was rejected: {reason}.",
        "notice, attachment 2, 三.9",
        Priority.NEWS,
    ),
    Template(
        "hours_held",
        "您在“{title}”的服务时长中有{minutes}分钟超过单日可直接计入的时长，待上级组织审核后计入。",
        "{minutes} minutes of service at “{title}” go beyond what a day counts at once; "
        "an organization above decides about them.",
        "FACTS.md, practice on i志愿: 8 hours a day count at once",
        Priority.NEWS,
    ),
    Template(
        "held_hours_refused",
        "您在“{title}”超过单日时长的{minutes}分钟未通过审核，原因：{reason}。",
        "{minutes} minutes of service at “{title}” beyond a day's hours were refused: {reason}.",
        "FACTS.md, practice on i志愿: 8 hours a day count at once",
        Priority.NEWS,
    ),
    Template(
        "scan_dismissed",
        "您补传的“{title}”扫码经组织核实不予计入，原因：{reason}。",
        "A scan at “{title}” that you handed in later was not counted: {reason}.",
        "FACTS.md, pretix: conflicts surface, and are not dropped",
        Priority.NEWS,
    ),
    Template(
        "missing_entry_confirmed",
        "您申报的“{title}”漏记时长已经组织核实，正由上级组织审核。",
        "The hours that you miss at “{title}” were confirmed by the organizer; the organization above decides.",
        "notice, attachment 2, 三.9",
        Priority.NEWS,
    ),
    Template(
        "missing_entry_rejected",
        "您申报的“{title}”漏记时长经组织核实不予补录，原因：{reason}。",
        "The hours that you miss at “{title}” were not confirmed by the organizer: {reason}.",
        "notice, attachment 2, 三.9",
        Priority.NEWS,
    ),
    Template(
        "correction_granted",
        "您申请的“{title}”服务记录更正已同意，现计{minutes}分钟。",
        "The correction of your record at “{title}” was granted; it counts {minutes} minutes now.",
        "民政部令67号: errors corrected on request",
        Priority.NEWS,
    ),
    Template(
        "correction_refused",
        "您申请的“{title}”服务记录更正未获同意，原因：{reason}。",
        "The correction of your record at “{title}” was refused: {reason}.",
        "民政部令67号: errors corrected on request",
        Priority.NEWS,
    ),
    Template(
        "record_amended",
        "组织更正了您在“{title}”的服务记录，现计{minutes}分钟。说明：{reason}。如有不符，请申请更正。",
        "Your record at “{title}” was corrected by the organizer; it counts {minutes} minutes now: {reason}. "
        "If that is not so, ask for a correction.",
        "民政部令67号: errors are corrected, and not in silence",
        Priority.NEWS,
    ),
    Template(
        "sign_out_entered",
        "您在“{title}”未扫码签退，组织已补记签退时间{signed_out_at}，共计{minutes}分钟。说明：{reason}。如有不符，请提出更正。",
        "You did not sign out at “{title}”; the organizer entered {signed_out_at}, {minutes} minutes in all: {reason}. "
        "If that is not so, ask for a correction.",
        "民政部令67号: real time served, and errors corrected on request",
        Priority.NEWS,
    ),
    Template(
        "objection_upheld",
        "您提出的时长异议经核实成立，记录已更正。说明：{reason}。",
        "Your objection was upheld and the record corrected. {reason}.",
        "notice, attachment 2, 二.8",
    ),
    Template(
        "objection_dismissed",
        "您提出的时长异议经核实不成立。说明：{reason}。",
        "Your objection was dismissed. {reason}.",
        "notice, attachment 2, 二.8",
    ),
    Template(
        "appeal_upheld",
        "您就“{title}”时长异议提出的申诉经上级组织核实成立，记录已更正。说明：{reason}。",
        "Your appeal about hours at “{title}” was upheld and the record corrected. {reason}.",
        "notice, attachment 2, 二.8; DESIGN.md, 6: one appeal a level up",
    ),
    Template(
        "appeal_dismissed",
        "您就“{title}”时长异议提出的申诉经上级组织核实不成立。说明：{reason}。",
        "Your appeal about hours at “{title}” was dismissed. {reason}.",
        "notice, attachment 2, 二.8; DESIGN.md, 6: one appeal a level up",
    ),
    Template(
        "hours_recorded",
        "您在“{title}”的服务时长{minutes}分钟已记录。",
        "{minutes} minutes of service at “{title}” were recorded for you.",
        "notice, attachment 2, 二.7",
        Priority.NEWS,
    ),
    Template(
        "hours_corrected",
        "您在“{title}”的服务时长已更正，核减{minutes}分钟。如有异议，请登录平台提出。",
        "{minutes} minutes of service at “{title}” were taken back in a correction. You may object to it.",
        "FACTS.md: errors are corrected, and the person is told",
        Priority.NEWS,
    ),
    Template(
        "star_awarded",
        "恭喜您获评{stars}星志愿者，累计服务{hours}小时。",
        "You are now a {stars}-star volunteer with {hours} hours of service. Congratulations.",
        "FACTS.md, Stars",
        Priority.NEWS,
    ),
    Template(
        "card_routed",
        "您的注册志愿者证申请{application_no}已转交{branch}办理。",
        "Your volunteer card application {application_no} was handed to {branch}.",
        "notice, 一.3 and attachment 3",
    ),
    Template(
        "card_status_changed",
        "您的注册志愿者证申请{application_no}进度更新：{status_zh}。",
        "Your volunteer card application {application_no} is now: {status}.",
        "notice, attachment 3",
    ),
    Template(
        "card_rejected",
        "您的注册志愿者证申请{application_no}未通过，原因：{reason}。",
        "Your volunteer card application {application_no} was rejected: {reason}.",
        "notice, attachment 3",
    ),
    Template(
        "card_insurance_started",
        "您的注册志愿者证已激活，志愿者保险自{started_at}起生效，最高保额{up_to_yuan}元。",
        "Your volunteer card is active, and with it your insurance, up to {up_to_yuan} yuan, from {started_at} on.",
        "notice, attachment 3: insurance up to 100,000 yuan",
        Priority.NEWS,
    ),
    Template(
        "card_clothing_ordered",
        "您已首次使用注册志愿者证消费，免费志愿者服装（{clothing_size}码）已下单。",
        "You paid with your volunteer card for the first time; your free clothing, size {clothing_size}, is ordered.",
        "notice, attachment 3: clothing in the volunteer's size, free",
        Priority.NEWS,
    ),
    Template(
        "card_clothing_size_needed",
        "您已首次使用注册志愿者证消费，可免费领取志愿者服装，请登录平台填写尺码。",
        "You paid with your volunteer card for the first time; your free clothing is ordered once you give your size.",
        "notice, attachment 3: clothing in the volunteer's size, free",
    ),
    Template(
        "card_group_visit_requested",
        "已有{member_count}人同意集中申办，已预约银行上门服务，银行将与您联系。",
        "{member_count} members have consented, and an on-site visit was requested. The bank will contact you.",
        "notice, 一.3: 30 people or more",
    ),
    Template(
        "card_group_proposed",
        "{organization_name}邀您集中申办{bank_name}注册志愿者证。未经您本人同意，信息不会提供给银行；请于{until_at}前登录平台答复。",
        "{organization_name} proposes that you get your volunteer card with a group ({bank_name}). Nothing of yours "
        "goes to the bank unless you consent; please answer by {until_at}.",
        "notice, 一.3; PIPL 23: a consent of one's own",
    ),
    Template(
        "card_group_lapsed",
        "集中申办至截止时仅{consented}人同意，不足{minimum}人，未能预约银行上门；已同意者可一键转为个人申办。",
        "{consented} members had consented where {minimum} are needed, so the bank was not asked to come. "
        "Those who had can apply alone by one click.",
        "notice, 一.3: below 30 each applies alone",
    ),
    Template(
        "card_single_way_offered",
        "{organization_name}的集中申办未能成行。您可于{until_at}前在平台一键转为个人申办注册志愿者证。",
        "The group of {organization_name} came to nothing. One click until {until_at} makes it your own application.",
        "notice, 一.3: below 30 each applies alone",
    ),
    Template(
        "card_group_visit_scheduled",
        "银行上门办理注册志愿者证的日期已定：{visit_on}，请通知本单位申办人员。",
        "The bank comes on {visit_on} for the volunteer cards. Please tell the applicants of your unit.",
        "notice, 一.3: the bank comes to the unit",
    ),
    Template(
        "card_group_visit_done",
        "银行上门办理注册志愿者证已完成，各人进度可在“我的办证申请”查看。",
        "The bank's visit for the volunteer cards is done. Everybody sees the progress of their own application.",
        "notice, 一.3: the bank comes to the unit",
        Priority.NEWS,
    ),
    Template(
        "card_group_visit_cancelled",
        "银行上门办理注册志愿者证已取消，原因：{reason}。已提交的申请继续由网点办理。",
        "The bank's visit for the volunteer cards was called off: {reason}. Applications go on at the branch.",
        "notice, 一.3: the bank comes to the unit",
    ),
)

TEMPLATES: dict[str, Template] = {template.key: template for template in _ALL}
