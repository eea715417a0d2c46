"""What identity answers: registering, signing in, oneself, and the audit logs of all services."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway.routing import OneOf, Route, Who
from gateway.sites import RegisterVolunteerAtSite, home_by_site
from gateway.uploads import Upload
from services.chassis.audit_reading import AuditLogPage, ListAuditLog
from services.chassis.context import Caller
from services.chassis.errors import AlreadyDecided, NotFound
from services.chassis.schema import Request as EmptyRequest
from services.identity import errors
from services.identity.schemas import (
    answers,
    bindings,
    in_person,
    privacy,
    profiles,
    recoveries,
    requests,
    second_factor,
)

if TYPE_CHECKING:
    from gateway.app import Gateway

_SIGNING_IN = ("signing in",)
_REGISTERING = ("registering",)
_ME = ("me",)
_BY_CODE = (
    errors.BadAuthorizationCode, errors.TotpRequired, errors.BadTotp, errors.LoginLocked, errors.ProviderNotConfigured,
)  # fmt: skip
_SERVICES = ("identity", "organization", "activity", "attendance", "card", "notify")

_SIGNED = ("signature", "timestamp", "nonce", "body_base64")


async def only_what_is_signed(
    _request: Request, _caller: Caller, payload: dict[str, Any], _gateway: Gateway
) -> dict[str, Any]:
    """WeChat adds parameters as it likes (``openid``, ``encrypt_type``)."""
    return {name: payload[name] for name in _SIGNED if name in payload}


async def list_uploads(_request: Request, caller: Caller, payload: dict[str, Any], gateway: Gateway) -> dict[str, Any]:
    """What the gateway itself holds of somebody: the files that they have handed in, and where to fetch each."""
    kept = await asyncio.to_thread(gateway.uploads.of, caller.require_account())
    return {**payload, "uploads": [_shown(upload) for upload in kept]}


def _shown(upload: Upload) -> dict[str, Any]:
    known = {name: value for name, value in asdict(upload).items() if name != "owner"}
    return {**known, "fetch": f"/v1/uploads/{upload.upload_id}"}


async def as_text(_request: Request, answer: Any) -> Response:
    """WeChat reads the bare word."""
    return PlainTextResponse(answer["text"])


ROUTES: list[Route] = [
    Route(
        "POST", "/captchas", "identity.create_captcha",
        request=requests.CreateCaptcha, answer=answers.CaptchaAnswer, who=Who.PUBLIC, status=201, tags=_SIGNING_IN,
        zh="获取图片验证码", en="A picture to read, good once and for five minutes",
    ),
    Route(
        "POST", "/verification-codes", "identity.request_code",
        request=requests.RequestCode, answer=answers.CodeOnItsWay, who=Who.PUBLIC, status=202, tags=_REGISTERING,
        zh="发送验证码", en="Send a code by SMS or e-mail",
    ),
    Route(
        "POST", "/volunteers", "identity.register_volunteer",
        request=requests.RegisterVolunteer, answer=answers.RegisteredVolunteer, who=Who.PUBLIC, status=201,
        from_client=RegisterVolunteerAtSite, prepare=home_by_site,
        tags=_REGISTERING, zh="注册志愿者", en="Register as a volunteer of an organization",
    ),
    Route(
        "POST", "/organizations", "identity.register_organization",
        request=requests.RegisterOrganization, answer=answers.RegisteredOrganization, who=Who.PUBLIC, status=201,
        strict=True, tags=_REGISTERING, zh="注册组织", en="Register an organization and its principal's account",
    ),
    Route(
        "POST", "/volunteers/{volunteer_id}/in-person-verification", "identity.verify_in_person",
        request=requests.VerifyInPerson, answer=answers.VerifiedInPerson, who=Who.ADMINISTRATOR, status=201,
        errors=(errors.AlreadyVerifiedInPerson, errors.VerifierNotActive), tags=("volunteers",),
        zh="面验", en="Note that an organization has seen the volunteer and the certificate",
    ),
    Route(
        "POST", "/volunteers/{volunteer_id}/in-person-verification/revocation", "identity.revoke_in_person",
        request=requests.RevokeInPersonVerification, who=Who.ADMINISTRATOR, status=204, errors=(errors.NotVerifiedNow,),
        tags=("volunteers",), zh="撤销面验", en="Take a verification in person back, with the reason",
    ),
    Route(
        "GET", "/volunteers/{volunteer_id}/in-person-verifications", "identity.list_in_person_verifications",
        request=in_person.ListInPersonVerifications, answer=in_person.Verifications, who=Who.ADMINISTRATOR,
        tags=("volunteers",), zh="面验记录", en="Who has seen a volunteer, when, and how it ended",
    ),
    Route(
        "GET", "/me/in-person-verifications", "identity.list_my_in_person_verifications",
        request=in_person.ListMyInPersonVerifications, answer=in_person.MyVerifications, who=Who.VOLUNTEER, tags=_ME,
        zh="我的面验记录", en="Who has seen oneself in person, when, and how it ended",
    ),
    Route(
        "POST", "/account-recoveries", "identity.request_recovery",
        request=recoveries.RequestRecovery, answer=recoveries.RecoveryTaken, who=Who.PUBLIC, status=202, strict=True,
        tags=_SIGNING_IN, zh="申请找回账号", en="Ask for one's account when the registered phone is lost",
    ),
    Route(
        "GET", "/account-recoveries", "identity.list_recoveries",
        request=recoveries.ListRecoveries, answer=recoveries.RecoveryPage, who=Who.ADMINISTRATOR, tags=("volunteers",),
        zh="待处理的账号找回申请", en="Who waits for their account, oldest first",
    ),
    Route(
        "POST", "/account-recoveries/{recovery_id}/decision", "identity.decide_recovery",
        request=recoveries.DecideRecovery, answer=recoveries.RecoveryDecision, who=Who.ADMINISTRATOR,
        errors=(AlreadyDecided, errors.PhoneTakenMeanwhile), tags=("volunteers",),
        zh="处理账号找回申请", en="Give the account its new phone, or refuse",
    ),
    Route(
        "POST", "/sessions", "identity.sign_in",
        request=requests.SignIn, answer=answers.SignedIn, who=Who.PUBLIC, status=201,
        tags=_SIGNING_IN,
        errors=(errors.BadCredentials, errors.TotpRequired, errors.BadTotp, errors.LoginLocked),
        zh="登录", en="Sign in by phone, e-mail, certificate number or account name",
    ),
    Route(
        "POST", "/sessions/refresh", "identity.refresh_session",
        request=requests.RefreshSession, answer=answers.SignedIn, who=Who.PUBLIC, errors=(errors.BadRefreshToken,),
        tags=_SIGNING_IN, zh="刷新令牌", en="New tokens; the old refresh token is spent",
    ),
    Route(
        "DELETE", "/sessions/current", "identity.end_current_session",
        request=requests.EndCurrentSession, who=Who.ENROLLING, status=204, tags=_SIGNING_IN,
        zh="退出登录", en="Sign out",
    ),
    Route(
        "POST", "/sessions/wechat", "identity.sign_in_by_wechat",
        request=bindings.SignInByCode, answer=answers.SignedIn, who=Who.PUBLIC, status=201, strict=True,
        errors=(errors.NotBound, *_BY_CODE), tags=_SIGNING_IN,
        zh="微信登录", en="Sign in with a bound WeChat",
    ),
    Route(
        "POST", "/sessions/alipay", "identity.sign_in_by_alipay",
        request=bindings.SignInByCode, answer=answers.SignedIn, who=Who.PUBLIC, status=201, strict=True,
        errors=(errors.NotBound, *_BY_CODE), tags=_SIGNING_IN,
        zh="支付宝登录", en="Sign in with a bound Alipay",
    ),
    Route(
        "POST", "/me/wechat-binding", "identity.show_wechat_scene",
        request=bindings.ShowWechatScene, answer=bindings.WechatScene, status=201, tags=_SIGNING_IN, strict=True,
        errors=(errors.AlreadyBound, errors.ProviderNotConfigured),
        zh="绑定微信", en="A QR code to bind one's WeChat with",
    ),
    Route(
        "DELETE", "/me/wechat-binding", "identity.unbind_wechat",
        request=bindings.UnbindWechat, status=204, errors=(NotFound,), tags=_SIGNING_IN,
        zh="解除微信绑定", en="Take one's WeChat off",
    ),
    Route(
        "POST", "/me/alipay-binding", "identity.bind_alipay",
        request=bindings.BindAlipay, status=204, tags=_SIGNING_IN, strict=True,
        errors=(errors.AlreadyBound, errors.BadAuthorizationCode, errors.ProviderNotConfigured),
        zh="绑定支付宝", en="Bind one's Alipay by its authorization code",
    ),
    Route(
        "DELETE", "/me/alipay-binding", "identity.unbind_alipay",
        request=bindings.UnbindAlipay, status=204, errors=(NotFound,), tags=_SIGNING_IN,
        zh="解除支付宝绑定", en="Take one's Alipay off",
    ),
    Route(
        "GET", "/callbacks/wechat", "identity.answer_wechat_check",
        request=bindings.CheckWechatCallback, answer=bindings.PlainText, who=Who.PUBLIC, render=as_text,
        formats=("text/plain",), errors=(errors.PushRefused, errors.ProviderNotConfigured), tags=("callbacks",),
        zh="微信服务器验证", en="WeChat asks whether we know the token; answers `echostr`",
    ),
    Route(
        "POST", "/callbacks/wechat", "identity.take_wechat_push",
        request=bindings.TakeWechatPush, answer=bindings.PlainText, who=Who.PUBLIC, raw_body=True,
        prepare=only_what_is_signed, render=as_text, formats=("text/plain",), deadline=4.0, tags=("callbacks",),
        errors=(errors.PushRefused, errors.ProviderNotConfigured),
        zh="微信消息推送", en="WeChat tells that somebody scanned a code; answers `success`",
    ),
    Route(
        "POST", "/me/totp", "identity.enroll_totp",
        request=second_factor.EnrollTotp, answer=second_factor.NewTotp, who=Who.ENROLLING, status=201, tags=_SIGNING_IN,
        errors=(errors.TotpAlreadyEnrolled, errors.LoginLocked), strict=True,
        zh="申请启用动态验证码", en="A secret for an authenticator app; good once it is confirmed",
    ),
    Route(
        "POST", "/me/totp/confirmation", "identity.confirm_totp",
        request=second_factor.ConfirmTotp, answer=second_factor.RecoveryCodes, who=Who.ENROLLING, status=201,
        errors=(errors.TotpAlreadyEnrolled, errors.LoginLocked), tags=_SIGNING_IN, strict=True,
        zh="确认启用动态验证码", en="The app shows the right code; answers recovery codes, once",
    ),
    Route(
        "POST", "/me/totp/removal", "identity.remove_totp",
        request=second_factor.RemoveTotp, status=204, errors=(errors.LoginLocked,), tags=_SIGNING_IN, strict=True,
        zh="停用动态验证码", en="Take the second factor off, with password and code",
    ),
    Route(
        "POST", "/password-resets", "identity.request_password_reset",
        request=requests.RequestPasswordReset, answer=answers.CodeOnItsWay, who=Who.PUBLIC, status=202, strict=True,
        tags=_SIGNING_IN, zh="申请重置密码", en="Send a code to whoever owns the account, if there is one",
    ),
    Route(
        "PUT", "/password-resets", "identity.reset_password",
        request=requests.ResetPassword, who=Who.PUBLIC, status=204, strict=True, tags=_SIGNING_IN,
        zh="重置密码", en="Set a new password with the code; every session ends",
    ),
    Route(
        "GET", "/me", "identity.get_me",
        request=requests.GetMe, answer=answers.Me, tags=_ME, zh="我的信息", en="Oneself, masked",
    ),
    Route(
        "PATCH", "/me", "identity.update_me",
        request=requests.UpdateMe, answer=answers.Me, tags=_ME,
        zh="修改我的信息", en="Change oneself; a new name or certificate is reviewed again",
    ),
    Route(
        "DELETE", "/me", "identity.erase_me",
        request=requests.EraseMe, status=204, errors=(errors.StillAdministrator,), tags=_ME,
        zh="注销账号", en="Be forgotten",
    ),
    Route(
        "POST", "/me/resubmission", "identity.resubmit",
        request=requests.Resubmit, answer=answers.Me, who=Who.VOLUNTEER, tags=_ME,
        zh="重新提交审核", en="Ask for a review again after a rejection",
    ),
    Route(
        "GET", "/me/review-history", "identity.list_review_history",
        request=profiles.ListReviewHistory, answer=profiles.ReviewHistory, who=Who.VOLUNTEER, tags=_ME,
        zh="审核记录", en="Every step of one's registration: asked for, checked, decided",
    ),
    Route(
        "GET", "/me/export", "identity.export_me",
        request=requests.ExportMe, answer=answers.Export, tags=_ME,
        zh="导出我的数据", en="Everything identity holds of oneself, in clear",
    ),
    Route(
        "POST", "/me/exports", "identity.request_export",
        from_client=EmptyRequest, request=privacy.RequestExport, prepare=list_uploads, answer=privacy.ExportState,
        status=202, tags=_ME,
        zh="申请导出全部个人信息", en="Gather everything that all services hold of oneself",
    ),
    Route(
        "GET", "/me/exports/{export_id}", "identity.get_export",
        request=privacy.GetExport, answer=privacy.FullExport, tags=_ME,
        zh="查看导出结果", en="What has been gathered, in clear; complete when no service is missing",
    ),
    Route(
        "GET", "/me/consents", "identity.list_consents",
        request=privacy.ListConsents, answer=privacy.ConsentList, tags=_ME,
        zh="我的授权同意", en="What one has agreed to",
    ),
    Route(
        "POST", "/me/consents/{consent_id}/withdrawal", "identity.withdraw_consent",
        request=privacy.WithdrawConsent, answer=privacy.Consent, errors=(errors.ConsentNeeded,), tags=_ME,
        zh="撤回同意", en="Take a consent back, where the account does not rest on it",
    ),
    Route(
        "GET", "/me/sessions", "identity.list_sessions",
        request=requests.ListSessions, answer=answers.SessionList, tags=_ME,
        zh="我的登录设备", en="Where one is signed in",
    ),
    Route(
        "DELETE", "/me/sessions", "identity.end_sessions",
        request=requests.EndSessions, answer=answers.EndedSessions, tags=_ME,
        zh="退出所有设备", en="Sign out everywhere, or of one session",
    ),
    Route(
        "GET", "/audit-log", OneOf("service", {s: f"{s}.list_audit_log" for s in _SERVICES}, default="identity"),
        request=ListAuditLog, answer=AuditLogPage, who=Who.PLATFORM, tags=("operators",),
        zh="审计日志", en="Who did what, a service at a time",
    ),
]  # fmt: skip
