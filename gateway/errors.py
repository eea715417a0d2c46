"""What the gateway itself refuses, before any service is asked."""

from __future__ import annotations

from services.chassis.errors import AppError, NotFound


class MethodNotAllowed(AppError):
    """The path is known, and does not know this method; ``Allow`` says which it knows."""

    code = "method_not_allowed"
    status = 405
    title_zh, title_en = "不支持的方法", "Method not allowed"
    detail_zh, detail_en = "此地址不支持该方法。", "This address does not know that method."


class TooLarge(AppError):
    """The body is larger than this route takes."""

    code = "too_large"
    status = 413
    title_zh, title_en = "内容过大", "Too large"
    detail_zh, detail_en = "内容不得超过 {max_bytes} 字节。", "At most {max_bytes} bytes are taken."


class UnsupportedMediaType(AppError):
    """The body has a type that this route does not take."""

    code = "unsupported_media_type"
    status = 415
    title_zh, title_en = "不支持的内容类型", "Unsupported media type"
    detail_zh, detail_en = "此处接受 {accepted}。", "This takes {accepted}."


class UnknownPath(NotFound):
    """There is nothing at this address."""

    code = "unknown_path"
    title_zh, title_en = "地址不存在", "No such address"
    detail_zh, detail_en = "此地址不存在，请查阅 /docs。", "There is nothing here; see /docs."


class TooManyStreams(AppError):
    """The account has as many streams open as one may have; closing one makes room."""

    code = "too_many_streams"
    status = 429
    title_zh, title_en = "打开的实时画面过多", "Too many open streams"
    detail_zh = "每个账号最多同时打开 {limit} 个实时画面，请先关闭其他页面。"
    detail_en = "At most {limit} streams are open for an account at once; close another page first."


class StreamsFull(AppError):
    """The gateway has as many streams open as it takes; what they show can be asked for without one, too."""

    code = "streams_full"
    status = 503
    title_zh, title_en = "实时画面已满", "No room for another stream"
    detail_zh = "请稍后再试，或使用不带实时更新的页面。"
    detail_en = "Try again later, or go without live updates."


class EnrollmentRequired(AppError):
    """The caller administers something and has no second factor yet: nothing is open but to enroll one."""

    code = "totp_enrollment_required"
    status = 403
    title_zh, title_en = "请先启用动态验证码", "Set up the second factor first"
    detail_zh = "您的管理员身份要求启用动态验证码，启用后请刷新令牌。"
    detail_en = "Your role needs a second factor. Enroll one at /me/totp, then refresh the session."
