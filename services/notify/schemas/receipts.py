"""What providers push, and what they read as taken."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Request, SecretText, Text
from services.notify import commands

MAX_RECEIPTS_BYTES = 1_000_000


class TakeReceipts(Request):
    """``POST /callbacks/sms/tencent`` and ``/aliyun``: JSON of at most 1 MB, with the address's secret in the query."""

    class Meta:
        command = commands.TakeReceipts

    secret = SecretText(max=100, load_default="")
    body_base64 = Text(max=MAX_RECEIPTS_BYTES * 4 // 3 + 4, required=True)


class TencentReceiptsTaken(Answer):
    """What Tencent reads as taken; anything else it sends again."""

    result = fields.Integer()
    errmsg = fields.String()


class AliyunReceiptsTaken(Answer):
    """What Aliyun reads as taken; anything else it sends again."""

    code = fields.Integer()
    msg = fields.String()
