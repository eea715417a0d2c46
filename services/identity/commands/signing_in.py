"""Signing in and out, the second factor, other ways in, and a password that was lost."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Account name, phone, email or certificate number, and a password."""

    account: str
    password: str = field(repr=False)
    captcha_id: str
    captcha_answer: str
    totp: str | None = field(repr=False, default=None)


@dataclass(frozen=True, kw_only=True)
class EnrollTotp:
    """A secret for an authenticator app, please."""

    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ConfirmTotp:
    """The app shows this code."""

    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RemoveTotp:
    """No second factor any more."""

    password: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SignInByCode:
    """Whoever a provider's OAuth code names."""

    code: str = field(repr=False)
    totp: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ShowWechatScene:
    """A QR code to bind one's WeChat with."""


@dataclass(frozen=True, kw_only=True)
class UnbindWechat:
    """No WeChat any more."""


@dataclass(frozen=True, kw_only=True)
class BindAlipay:
    """This is who I am at Alipay."""

    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class UnbindAlipay:
    """No Alipay any more."""


@dataclass(frozen=True, kw_only=True)
class CheckWechatCallback:
    """WeChat asks whether we know the token."""

    signature: str
    timestamp: str
    nonce: str
    echostr: str


@dataclass(frozen=True, kw_only=True)
class TakeWechatPush:
    """WeChat tells what somebody did."""

    signature: str
    timestamp: str
    nonce: str
    body_base64: str


@dataclass(frozen=True, kw_only=True)
class RefreshSession:
    """A new access token for a refresh token, which is spent by it."""

    refresh_token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ListSessions:
    """Where one is signed in."""


@dataclass(frozen=True, kw_only=True)
class FindEndedSessions:
    """Which of these sessions are over."""

    session_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class EndSessions:
    """Sign out everywhere, or of one session."""

    session_id: str | None


@dataclass(frozen=True, kw_only=True)
class EndCurrentSession:
    """Sign out."""


@dataclass(frozen=True, kw_only=True)
class RequestPasswordReset:
    """Send a code to whoever owns the account."""

    account: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class ResetPassword:
    """A new password for whoever has the code."""

    account: str
    code: str
    new_password: str = field(repr=False)
