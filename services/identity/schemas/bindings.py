"""WeChat and Alipay: what is asked and answered."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Request, SecretText, Text, Timestamp
from services.identity import commands
from services.identity.domain.bindings import MAX_PUSH_BYTES


class ShowWechatScene(Request):
    """``POST /me/wechat-binding``."""

    class Meta:
        command = commands.ShowWechatScene


class WechatScene(Answer):
    """A QR code to scan with WeChat. ``qr_url``: its picture; ``expires_in``: seconds."""

    scene = fields.String()
    qr_url = fields.String()
    expires_in = fields.Integer()


class UnbindWechat(Request):
    """``DELETE /me/wechat-binding``."""

    class Meta:
        command = commands.UnbindWechat


class BindAlipay(Request):
    """``POST /me/alipay-binding``. ``code``: ``auth_code`` of Alipay's consent page."""

    class Meta:
        command = commands.BindAlipay

    code = SecretText(max=200, required=True)


class UnbindAlipay(Request):
    """``DELETE /me/alipay-binding``."""

    class Meta:
        command = commands.UnbindAlipay


class SignInByCode(Request):
    """``POST /sessions/wechat`` and ``/sessions/alipay``. ``code``: of the provider's consent page, good once."""

    class Meta:
        command = commands.SignInByCode

    code = SecretText(max=200, required=True)
    totp = Text(max=20, load_default=None, allow_none=True)


class CheckWechatCallback(Request):
    """``GET /callbacks/wechat``."""

    class Meta:
        command = commands.CheckWechatCallback

    signature = Text(max=64, required=True)
    timestamp = Text(max=20, required=True)
    nonce = Text(max=64, required=True)
    echostr = Text(max=200, required=True)


class TakeWechatPush(Request):
    """``POST /callbacks/wechat``: XML of at most 20 kB, signed in the query."""

    class Meta:
        command = commands.TakeWechatPush

    signature = Text(max=64, required=True)
    timestamp = Text(max=20, required=True)
    nonce = Text(max=64, required=True)
    body_base64 = Text(max=MAX_PUSH_BYTES * 4 // 3 + 4, required=True)


class PlainText(Answer):
    """What the provider wants to read, as text."""

    text = fields.String()


class BindingSummary(Answer):
    """By whom else one can sign in."""

    provider = fields.String()
    bound_at = Timestamp()
