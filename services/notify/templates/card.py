"""The volunteer card on its way, alone or with a group, and what comes with it."""

from __future__ import annotations

from services.notify.domain import Priority
from services.notify.templates.template import Template

TEMPLATES = (
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
