"""Who else may vouch for somebody. No I/O."""

from __future__ import annotations

from enum import StrEnum

# A push of WeChat is some hundred bytes.
MAX_PUSH_BYTES = 20_000


class Provider(StrEnum):
    """Where people have accounts that can be bound to ours."""

    WECHAT = "wechat"
    ALIPAY = "alipay"
