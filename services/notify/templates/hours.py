"""Service hours: recorded, supplemented, objected to, corrected; stars."""

from __future__ import annotations

from services.notify.domain import Priority
from services.notify.templates.template import Template

TEMPLATES = (
    Template(
        "supplement_approved",
        "您在“{title}”的服务时长补录已通过审核。",
        "The supplement of your service hours at “{title}” was approved.",
        "notice, attachment 2, 三.9",
    ),
    Template(
        "supplement_rejected",
        "您在“{title}”的服务时长补录未通过审核，原因：{reason}。",
        "The supplement of your service hours at “{title}” was rejected: {reason}.",
        "notice, attachment 2, 三.9",
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
        "objection_dismissed_appealable",
        "您提出的时长异议经核实不成立。说明：{reason}。如不服，可在{until_at}前登录平台申诉一次。",
        "Your objection was dismissed. {reason}. You may appeal once until {until_at}.",
        "notice, attachment 2, 二.8; DESIGN.md, 6: one appeal a level up",
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
)
