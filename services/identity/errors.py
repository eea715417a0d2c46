"""What identity refuses, beside fields that break a rule."""

from __future__ import annotations

from services.chassis.errors import AppError, Conflict


class BadCredentials(AppError):
    """Account and password do not fit. The same whether or not there is such an account."""

    code = "bad_credentials"
    status = 401
    title_zh, title_en = "账号或密码不正确", "Account or password is wrong"
    detail_zh, detail_en = "账号或密码不正确。", "Account or password is wrong."


class BadRefreshToken(AppError):
    """The refresh token is unknown, spent or over. A spent one that comes again ends its whole session."""

    code = "bad_refresh_token"
    status = 401
    title_zh, title_en = "登录已失效", "The session is over"
    detail_zh, detail_en = "请重新登录。", "Sign in again."


class LoginLocked(AppError):
    """Too many wrong passwords for this name; ``retry_after`` tells in how many seconds the next try is taken."""

    code = "login_locked"
    status = 429
    title_zh, title_en = "登录尝试过多", "Too many wrong passwords"
    detail_zh, detail_en = "请在 {retry_after} 秒后重试。", "Try again in {retry_after} seconds."


class TotpRequired(AppError):
    """The password was right; the account also has a second factor, and the request had no ``totp``."""

    code = "totp_required"
    status = 401
    title_zh, title_en = "需要动态验证码", "The second factor is needed"
    detail_zh, detail_en = "请输入身份验证器中的 6 位动态验证码。", "Enter the six digits of your authenticator app."


class BadTotp(AppError):
    """The password was right; the code was wrong, or of a time step that was used before."""

    code = "bad_totp"
    status = 401
    title_zh, title_en = "动态验证码不正确", "The second factor is wrong"
    detail_zh, detail_en = (
        "动态验证码不正确或已使用，请等待下一个。",
        "The code is wrong or was used. Wait for the next one.",
    )


class TotpAlreadyEnrolled(Conflict):
    """The account has a confirmed second factor; it is taken off before another is enrolled."""

    code = "totp_already_enrolled"
    title_zh, title_en = "已启用动态验证码", "There is a second factor already"
    detail_zh, detail_en = "请先停用现有的动态验证码。", "Remove the present one first."


class ProviderNotConfigured(AppError):
    """The platform was not given an account at this provider."""

    code = "provider_not_configured"
    status = 503
    title_zh, title_en = "未开通此登录方式", "This provider is not set up"
    detail_zh, detail_en = "平台尚未接入 {provider}。", "The platform runs without {provider}."


class BadAuthorizationCode(AppError):
    """The provider does not know the OAuth code, or it was used."""

    code = "bad_authorization_code"
    status = 401
    title_zh, title_en = "授权码无效", "The authorization code is not good"
    detail_zh, detail_en = "授权码无效或已使用，请重新授权。", "It is unknown or was used. Ask for consent again."


class NotBound(AppError):
    """Nobody has bound this account of the provider: sign in by password, then bind."""

    code = "not_bound"
    status = 401
    title_zh, title_en = "尚未绑定账号", "Not bound to an account"
    detail_zh, detail_en = "请先用密码登录后再绑定。", "Sign in by password first, then bind it."


class AlreadyBound(Conflict):
    """The account has a binding at this provider, or theirs is bound to another account of ours."""

    code = "already_bound"
    title_zh, title_en = "已存在绑定关系", "There is a binding already"
    detail_zh, detail_en = "请先解除现有的 {provider} 绑定。", "Remove the present binding of {provider} first."


class PushRefused(AppError):
    """The signature of a push does not fit, or its time is long past."""

    code = "push_refused"
    status = 403
    title_zh, title_en = "推送签名无效", "The push is not signed"
    detail_zh, detail_en = "签名不正确或已过期。", "The signature is wrong, or too old."


class AlreadyVerifiedInPerson(Conflict):
    """Some organization has seen the person and the certificate; once is enough (notice, attachment 2)."""

    code = "already_verified_in_person"
    title_zh, title_en = "已完成面验", "Already verified in person"
    detail_zh = "该志愿者已于 {verified_at} 完成面验。"
    detail_en = "This volunteer was verified in person on {verified_at}."


class NotVerifiedNow(Conflict):
    """There is no verification in person that could be revoked."""

    code = "not_verified_now"
    title_zh, title_en = "当前没有有效的面验", "Not verified in person now"
    detail_zh, detail_en = "该志愿者当前没有可以撤销的面验。", "There is no verification of this volunteer to revoke."


class PhoneTakenMeanwhile(Conflict):
    """The phone that an account was to be given belongs to another volunteer by now."""

    code = "phone_taken_meanwhile"
    title_zh, title_en = "手机号已被使用", "The phone is in use"
    detail_zh = "该手机号已属于其他志愿者账号，请驳回此申请。"
    detail_en = "The phone belongs to another volunteer's account; reject this request."


class VerifierNotActive(Conflict):
    """The organization in whose name a volunteer would be verified in person is not active."""

    code = "verifying_organization_not_active"
    title_zh, title_en = "组织未处于启用状态", "The organization is not active"
    detail_zh = "只有启用状态的组织可以进行面验。"
    detail_en = "Only an active organization may verify people in person."


class StillAdministrator(Conflict):
    """An account that holds a role at an organization cannot be erased before the role has been given up."""

    code = "still_administrator"
    title_zh, title_en = "账号仍担任组织管理员", "The account still administers an organization"
    detail_zh = "请先移交并解除管理员身份，再注销账号。"
    detail_en = "Give up the role first, then erase the account."


class UnknownPartner(AppError):
    """There is no public key for this bank."""

    code = "unknown_partner"
    status = 404
    title_zh, title_en = "未知的合作银行", "Unknown partner"
    detail_zh, detail_en = "没有 {partner} 的公钥。", "There is no public key of {partner}."


class ImportNotReceiving(Conflict):
    """Rows were sent for an import whose file has arrived completely, or that was cancelled."""

    code = "import_not_receiving"
    title_zh, title_en = "导入已不再接收数据", "The import takes no more rows"
    detail_zh = "该导入的文件已接收完毕或已取消（{status}）。"
    detail_en = "The file of this import has arrived, or it was cancelled ({status})."


class ImportFileDiffers(Conflict):
    """An interrupted upload can only be gone on with by the very same file."""

    code = "import_file_differs"
    title_zh, title_en = "文件不同", "Another file"
    detail_zh = "续传须使用同一文件；如文件已修改，请重新导入。"
    detail_en = "Only the same file can go on with this import; begin a new one with a changed file."


class ImportIncomplete(Conflict):
    """The file was said to have ended, and not all of its rows are there."""

    code = "import_incomplete"
    title_zh, title_en = "文件未完整接收", "The file is not complete"
    detail_zh = "应有 {expected} 行，已收到 {received} 行，请重新上传同一文件。"
    detail_en = "{received} of {expected} rows have arrived; send the same file again."


class ImportHasErrors(Conflict):
    """All rows were asked to be imported, and some have errors: correct the file, or import the good rows only."""

    code = "import_has_errors"
    title_zh, title_en = "文件中有错误", "The file has errors"
    detail_zh = "有 {bad} 行存在错误。请修改后重新导入，或选择仅导入正确的行。"
    detail_en = "{bad} rows have errors. Correct them and import again, or import only the good rows."


class ImportingOrganizationNotActive(Conflict):
    """Only an active organization takes in people and organizations."""

    code = "importing_organization_not_active"
    title_zh, title_en = "组织未处于启用状态", "The organization is not active"
    detail_zh = "只有启用状态的组织可以导入。"
    detail_en = "Only an active organization may import."


class ConsentNeeded(Conflict):
    """A consent that the account itself rests on cannot be taken back alone: erasing the account takes it back."""

    code = "consent_needed"
    title_zh, title_en = "该同意不能单独撤回", "This consent cannot be withdrawn alone"
    detail_zh = "账号以此同意为基础；如需撤回，请注销账号。"
    detail_en = "The account rests on it. To take it back, erase the account."
