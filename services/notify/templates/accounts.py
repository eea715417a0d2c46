"""Codes, and what touches the locks of an account."""

from __future__ import annotations

from services.notify.domain import Priority
from services.notify.templates.template import Template

TEMPLATES = (
    Template(
        "verification_code",
        "您的验证码是{code}，{minutes}分钟内有效，请勿告诉他人。",
        "Your verification code is {code}, valid for {minutes} minutes. Tell it to nobody.",
        "notice, attachment 2: registration and 找回密码",
        Priority.CODE,
    ),
    Template(
        "security_login_locked",
        "您的账号于{happened_at}因多次输入错误密码被暂时锁定。如非本人操作，请尽快修改密码。",
        "Too many wrong passwords locked your account for a while ({happened_at}). If it was not you, change yours.",
        "等保三级: lockout, with notice",
    ),
    Template(
        "security_password_reset",
        "您的账号密码已于{happened_at}重置，所有设备均已退出登录。如非本人操作，请立即联系客服。",
        "Your password was reset ({happened_at}) and every session ended. If it was not you, call the support desk.",
        "等保三级",
    ),
    Template(
        "security_totp_enrolled",
        "您的账号已于{happened_at}启用动态验证码。如非本人操作，请立即联系客服。",
        "A second factor was set up for your account ({happened_at}). If it was not you, call the support desk.",
        "等保三级: second factor",
    ),
    Template(
        "security_totp_removed",
        "您的账号已于{happened_at}停用动态验证码。如非本人操作，请立即修改密码。",
        "The second factor of your account was removed ({happened_at}). If it was not you, change your password.",
        "等保三级: second factor",
    ),
    Template(
        "security_recovery_code_used",
        "您的账号于{happened_at}使用了一个恢复码。如非本人操作，请立即修改密码。",
        "A recovery code of your account was used ({happened_at}). If it was not you, change your password.",
        "等保三级: second factor",
    ),
    Template(
        "security_bound",
        "您的账号已于{happened_at}绑定第三方登录。如非本人操作，请立即解绑并修改密码。",
        "Another way to sign in was bound to your account ({happened_at}). If it was not you, remove it at once.",
        "API.md: binding of WeChat",
    ),
    Template(
        "security_unbound",
        "您的账号已于{happened_at}解除第三方登录绑定。如非本人操作，请立即修改密码。",
        "A way to sign in was removed from your account ({happened_at}). If it was not you, change your password.",
        "API.md: binding of WeChat",
    ),
    Template(
        "contact_replaced",
        "您的账号已于{happened_at}更换联系方式。如非本人操作，请立即联系归属组织或客服。",
        "Your account was given another contact ({happened_at}). If it was not you, call the support desk at once.",
        "等保三级",
    ),
    Template(
        "recovery_requested",
        "有人于{happened_at}申请将您的账号换绑到新手机号。如非本人操作，请立即联系归属组织。",
        "Somebody asked for another phone for your account ({happened_at}). If it was not you, tell your organization.",
        "docs/adr/0015",
    ),
    Template(
        "recovery_approved",
        "您的账号已换绑到本手机号，请通过“找回密码”设置新密码后登录。",
        "Your account now has this phone. Reset the password to sign in.",
        "docs/adr/0015",
    ),
    Template(
        "recovery_rejected",
        "您的账号找回申请未通过，原因：{reason}。",
        "Your request for your account was refused: {reason}.",
        "docs/adr/0015",
    ),
)
