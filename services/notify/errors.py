"""What notify refuses."""

from __future__ import annotations

from services.chassis.errors import AppError


class CallbackRefused(AppError):
    """What came as a provider's receipt did not come from where the provider was told to send it."""

    code = "callback_refused"
    status = 403
    title_zh, title_en = "回执来源不可信", "Not a provider's receipt"
    detail_zh, detail_en = "回调地址中的密钥不正确。", "The secret in the address is not right."


class PreferenceFixed(AppError):
    """A message that the notice demands, or that comes over no channel one could do without, stays on."""

    code = "preference_fixed"
    status = 409
    title_zh, title_en = "此类通知不能关闭", "This message cannot be switched off"
    detail_zh = "“{template}”必须经 {channel} 发送，或不经该渠道发送。"
    detail_en = "“{template}” has to be sent by {channel}, or never is."


class MessageNotResendable(AppError):
    """A message is sent again once, if it has failed and somebody can still use it; a code never is."""

    code = "message_not_resendable"
    status = 409
    title_zh, title_en = "消息不能重发", "The message cannot be sent again"
    detail_zh, detail_en = "不能重发：{reason_zh}。", "It cannot be sent again: {reason_en}."
