"""What providers say later of what they took: their receipts, as they push them. No I/O.

Why this module exists: a body comes from the internet, and each provider has words of its own. Nothing of a receipt is
kept but which message it is about, whether that arrived, and the provider's code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.errors import BadRequest
from services.notify.providers.aliyun import receipt_id
from services.notify.providers.answer_codes import printable

MOST_RECEIPTS = 2000
WECHAT_SUCCESS = "success"


@dataclass(frozen=True)
class Receipt:
    """One message's end, by the provider's own number for it (``Taken.provider_id``)."""

    provider_id: str
    delivered: bool
    reason: str | None


def of_tencent(body: bytes) -> list[Receipt]:
    """``[{"sid": …, "report_status": "SUCCESS"|"FAIL", "errmsg": …, …}]``; raises ``BadRequest``."""
    return _each(
        body, lambda one: _receipt(str(one["sid"]), one["report_status"] == "SUCCESS", one.get("errmsg")),
    )  # fmt: skip


def of_aliyun(body: bytes, receipt_key: str) -> list[Receipt]:
    """``[{"biz_id": …, "phone_number": …, "success": …, "err_code": …, …}]``; raises ``BadRequest``."""
    return _each(
        body,
        lambda one: _receipt(
            receipt_id(receipt_key, str(one["biz_id"]), str(one["phone_number"])),
            one["success"] is True,
            one.get("err_code"),
        ),
    )


def of_wechat(msg_id: str, outcome: str) -> Receipt:
    """``success``, ``failed:user block`` or ``failed: system failed``."""
    return _receipt(msg_id, outcome == WECHAT_SUCCESS, outcome.replace(" ", "_"))


def _each(body: bytes, read: Callable[[Mapping[str, Any]], Receipt]) -> list[Receipt]:
    try:
        receipts = json.loads(body)
        if not isinstance(receipts, list) or len(receipts) > MOST_RECEIPTS:
            raise ValueError("no list of receipts")
        return [read(one) for one in receipts]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadRequest(why_zh="回执内容无法解析。", why_en="The receipts cannot be read.") from None


def _receipt(provider_id: str, delivered: bool, code: object) -> Receipt:
    return Receipt(provider_id, delivered, None if delivered else printable(code))
