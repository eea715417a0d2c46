"""What notify refuses."""

from __future__ import annotations

from services.chassis.errors import AppError


class PreferenceFixed(AppError):
    """A message that the notice demands cannot be switched off."""

    code = "preference_fixed"
    status = 409
    title_zh, title_en = "此类通知不能关闭", "This message cannot be switched off"
    detail_zh = "“{template}”是通知要求必须发送的短信。"
    detail_en = "“{template}” is demanded by the notice."
