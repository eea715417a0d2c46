"""What card refuses, and why."""

from __future__ import annotations

from services.chassis.errors import AppError, Conflict


class NoBranchInCity(Conflict):
    """No branch of that bank issues that card in that city (attachment 3: Shenzhen has none). ``data.possible`` says
    where it can be had, ``data.hotlines`` whom to ask."""

    code = "no_branch_in_city"
    title_zh, title_en = "该城市暂无制证网点", "No branch issues this card in this city"
    detail_zh = "{city_name}暂不能办理所选银行和卡种，请选择其他可办理的城市或银行，或拨打银行客服热线咨询。"
    detail_en = "Choose one of the cities and banks in `possible`, or call the bank's hotline."


class ConsentRequired(AppError):
    """Personal data go to a bank only with a separate consent that names this bank (PIPL 23)."""

    code = "consent_required"
    status = 422
    title_zh, title_en = "需要单独同意", "A separate consent is required"
    detail_zh = "向{bank_name}提供个人信息须取得您的单独同意，请阅读并确认版本为 {version}、接收方为该银行的同意书。"
    detail_en = "Agree to consent text {version}, which names {bank} as the recipient."


class VolunteerNotActive(Conflict):
    """Only a volunteer who was approved can have the card."""

    code = "volunteer_not_active"
    title_zh, title_en = "尚未成为正式注册志愿者", "Not an active volunteer"
    detail_zh = "只有审核通过的注册志愿者可以申办注册志愿者证。"
    detail_en = "Only volunteers whose registration was approved can apply for the card."


class AdultRequired(Conflict):
    """A credit card is for adults."""

    code = "adult_required"
    title_zh, title_en = "未达到办理年龄", "Not old enough for this card"
    detail_zh = "贷记卡须年满 {min_age} 周岁方可申办，可改选借记卡。"
    detail_en = "A credit card needs an age of {min_age}; a debit card may be possible."


class GuardianRequired(Conflict):
    """A young applicant's guardian has to agree, and goes to the branch along (docs/adr/0035)."""

    code = "guardian_required"
    title_zh, title_en = "须经监护人同意", "A guardian's consent is needed"
    detail_zh = "未满 {below} 周岁的志愿者须由监护人同意并填写监护人姓名和手机号码，之后由监护人陪同到网点办理。"
    detail_en = "Below {below} a guardian has to consent, with name and phone, and to come to the branch along."


class BirthDateRequired(Conflict):
    """Without a birth date nobody can tell whether the applicant is old enough."""

    code = "birth_date_required"
    title_zh, title_en = "请先补充出生日期", "A birth date is needed"
    detail_zh = "您的资料中没有出生日期，无法确认办理年龄，请先完善资料。"
    detail_en = "The profile holds no birth date, so the age cannot be told. Complete it first."


class ApplicationOpen(Conflict):
    """One application at a time."""

    code = "application_open"
    title_zh, title_en = "已有办理中的申请", "An application is under way"
    detail_zh = "您的申请 {application_no} 正在办理中，完结或取消后方可再次申请。"
    detail_en = "Application {application_no} is under way; wait for its end, or cancel it."


class GroupTooSmall(AppError):
    """The bank comes to a unit for 30 people or more (notice, 一.3); below that each applies alone. ``data.excluded``
    names who does not count, and why."""

    code = "group_too_small"
    status = 422
    title_zh, title_en = "人数不足，不能集中申办", "Too few people for a group application"
    detail_zh = "集中申办须有 {minimum} 名以上可申办的志愿者，本次为 {given} 名；人数不足时请各自网上申办或到网点办理。"
    detail_en = "A group application needs {minimum} volunteers, this one has {given}; let each apply online."


class GroupClosed(Conflict):
    """A group takes answers while consents are collected, until its deadline."""

    code = "group_closed"
    title_zh, title_en = "集中申办已截止", "The group takes no more answers"
    detail_zh = "该集中申办（{status}）已截止，不再接受同意或拒绝；您仍可自行网上申办。"
    detail_en = "The group ({status}) takes no more answers; you can still apply by yourself."


class ClothingAlreadyOrdered(Conflict):
    """The size can be changed until the clothing is ordered."""

    code = "clothing_already_ordered"
    title_zh, title_en = "服装已下单", "The clothing is ordered"
    detail_zh = "您的志愿者服装已按所选尺码下单，不能再更改尺码。"
    detail_en = "Your clothing was ordered in the size chosen; it cannot be changed any more."


class CardNotInHand(Conflict):
    """The public page is the front of a card, so there is none before the bank has reported its activation."""

    code = "card_not_in_hand"
    title_zh, title_en = "尚未持有已激活的注册志愿者证", "No activated volunteer card"
    detail_zh = "只有持有已激活注册志愿者证的正式志愿者可以开通公开页面。"
    detail_en = "The public page is for active volunteers whose card the bank has activated."


class ContactsChanged(Conflict):
    """The contacts that were previewed are not those that are there now."""

    code = "branch_contacts_changed"
    title_zh, title_en = "联系人已有变动", "The branch contacts have changed"
    detail_zh = "预览之后，联系人或导入内容已有变动，请重新预览后再导入。"
    detail_en = "Since the preview the contacts or the text have changed; preview it again."


class PeriodsOverlap(Conflict):
    """A product has one period at a time in each city."""

    code = "product_periods_overlap"
    title_zh, title_en = "办理期间重叠", "The periods overlap"
    detail_zh = "该城市、银行和卡种在 {offered_from} 起已有办理期间，请先结束该期间。"
    detail_en = "This card already has a period there that begins on {offered_from}; end that one first."


class SignatureRefused(AppError):
    """The callback is not signed with a secret of any bank."""

    code = "bad_signature"
    status = 401
    title_zh, title_en = "签名校验未通过", "The signature does not verify"
    detail_zh = "请检查 webhook-id、webhook-timestamp、webhook-signature 与原始请求体。"
    detail_en = "Check webhook-id, webhook-timestamp, webhook-signature and the raw body."


class TimestampOutOfTolerance(AppError):
    """The callback was signed too long ago, or in the future."""

    code = "timestamp_out_of_tolerance"
    status = 401
    title_zh, title_en = "时间戳超出允许范围", "The timestamp is out of tolerance"
    detail_zh = "webhook-timestamp 与平台时间相差不得超过 {tolerance_seconds} 秒，请校准时钟并重新签名。"
    detail_en = "It may differ from the platform's clock by {tolerance_seconds} s; sign again."


class MessageAlreadyTaken(Conflict):
    """A refused message was tried again, and was taken then: it is done with."""

    code = "message_already_taken"
    title_zh, title_en = "该消息已处理", "This message was taken already"
    detail_zh = "该银行消息已重新处理成功（结果：{outcome}），不能再次处理。"
    detail_en = "This bank's message was tried again and taken ({outcome}); it cannot be taken twice."


class MessageNotWhole(Conflict):
    """Of a refused message only a part was kept, and a part is not what the bank has said."""

    code = "message_not_whole"
    title_zh, title_en = "该消息未完整保存", "This message was not kept whole"
    detail_zh = "该银行消息过长、编号含不可打印字符，或保存于旧版本，不能原样重新处理，请银行重发。"
    detail_en = (
        "It was too long, its id has characters that cannot be kept, or a former version kept it. Ask the bank to send"
        " it again."
    )


class WebhookIdReused(Conflict):
    """A webhook-id came again with another content."""

    code = "webhook_id_reused"
    title_zh, title_en = "webhook-id 已用于其他内容", "This webhook-id belongs to another message"
    detail_zh = "重发须使用完全相同的内容；新的状态请使用新的 webhook-id。"
    detail_en = "A retry repeats the very same content; another report has an id of its own."
