"""What the providers of the real world need to know of us: accounts, approved templates, where they are.

Why this module exists: a provider is chosen in ``services/notify/settings.py``, and asks for six more settings. One
that is not chosen needs none.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from services.chassis.settings import Secret, ServiceSettings, setting
from services.notify.providers.aliyun import AliyunAccount
from services.notify.providers.approved import ApprovedTemplates
from services.notify.providers.shortening import ParameterLengths, longest_at_wechat
from services.notify.providers.tencent import TencentAccount

_TEMPLATES_HELP = (
    'The templates that it has approved: {"template": {"id": "…", "parameters": ["…"]}, …};'
    " none: each under our own name, which only the simulator has."
)
_CALLBACK_HELP = "What stands as ?secret= in the address that it was told to push receipts to."


@dataclass(frozen=True, kw_only=True)
class ProviderSettings(ServiceSettings):
    """One paragraph a provider."""

    sms_sign_name: str = setting(
        "ZHIYUAN_SMS_SIGN_NAME", "The signature that the SMS providers have approved, without 【】.", default="i志愿"
    )
    sms_parameter_lengths: ParameterLengths = setting(
        "ZHIYUAN_SMS_PARAMETER_LENGTHS",
        "Characters that a parameter of an SMS may have, by provider, as in tencent:12,aliyun:35; longer ones are cut."
        " Those that are not named take any number. Or none.",
        parse=ParameterLengths.parse,
        default=ParameterLengths((("aliyun", 35),)),
    )
    tencent_secret_id: str = setting("ZHIYUAN_TENCENT_SECRET_ID", "SecretId at Tencent Cloud.", default="")
    tencent_secret_key: Secret = setting(
        "ZHIYUAN_TENCENT_SECRET_KEY", "SecretKey at Tencent Cloud.", parse=Secret, default=Secret("")
    )
    tencent_sms_app_id: str = setting("ZHIYUAN_TENCENT_SMS_APP_ID", "SmsSdkAppId of the application.", default="")
    tencent_sms_templates: ApprovedTemplates | None = setting(
        "ZHIYUAN_TENCENT_SMS_TEMPLATES", _TEMPLATES_HELP, parse=ApprovedTemplates.parse, default=None
    )
    tencent_sms_url: str = setting(
        "ZHIYUAN_TENCENT_SMS_URL", "Where Tencent's interface is.", default="https://sms.tencentcloudapi.com"
    )
    tencent_callback_secret: Secret = setting(
        "ZHIYUAN_TENCENT_CALLBACK_SECRET", _CALLBACK_HELP, parse=Secret, default=Secret("")
    )
    aliyun_key_id: str = setting("ZHIYUAN_ALIYUN_KEY_ID", "AccessKey ID at Aliyun.", default="")
    aliyun_key_secret: Secret = setting(
        "ZHIYUAN_ALIYUN_KEY_SECRET", "AccessKey Secret at Aliyun.", parse=Secret, default=Secret("")
    )
    aliyun_sms_templates: ApprovedTemplates | None = setting(
        "ZHIYUAN_ALIYUN_SMS_TEMPLATES", _TEMPLATES_HELP, parse=ApprovedTemplates.parse, default=None
    )
    aliyun_sms_url: str = setting(
        "ZHIYUAN_ALIYUN_SMS_URL", "Where Aliyun's interface is.", default="https://dysmsapi.aliyuncs.com"
    )
    aliyun_callback_secret: Secret = setting(
        "ZHIYUAN_ALIYUN_CALLBACK_SECRET", _CALLBACK_HELP, parse=Secret, default=Secret("")
    )
    wechat_app_id: str = setting("ZHIYUAN_WECHAT_APP_ID", "AppID of the service account.", default="")
    wechat_app_secret: Secret = setting(
        "ZHIYUAN_WECHAT_APP_SECRET", "AppSecret of the service account.", parse=Secret, default=Secret("")
    )
    wechat_api_url: str = setting(
        "ZHIYUAN_WECHAT_API_URL", "Where WeChat's interface is.", default="https://api.weixin.qq.com"
    )
    wechat_templates: ApprovedTemplates | None = setting(
        "ZHIYUAN_WECHAT_TEMPLATES", _TEMPLATES_HELP, parse=ApprovedTemplates.parse, default=None
    )
    wechat_message_url: str = setting(
        "ZHIYUAN_WECHAT_MESSAGE_URL", "Where a tap on a WeChat message leads; none: nowhere.", default=""
    )

    @property
    def tencent(self) -> TencentAccount:
        """The account at Tencent."""
        return TencentAccount(
            secret_id=self.tencent_secret_id,
            secret_key=self.tencent_secret_key.reveal(),
            app_id=self.tencent_sms_app_id,
            sign_name=self.sms_sign_name,
            templates=self.approved_by("tencent"),
            url=self.tencent_sms_url,
        )

    @property
    def aliyun(self) -> AliyunAccount:
        """The account at Aliyun."""
        return AliyunAccount(
            key_id=self.aliyun_key_id,
            key_secret=self.aliyun_key_secret.reveal(),
            sign_name=self.sms_sign_name,
            templates=self.approved_by("aliyun"),
            receipt_key=self.aliyun_callback_secret.reveal(),
            url=self.aliyun_sms_url,
        )

    def approved_by(self, provider: str) -> ApprovedTemplates:
        """A provider's templates, as long as it takes variables; all of ours where no setting names others."""
        if provider == "wechat":
            return (self.wechat_templates or ApprovedTemplates.named_as_ours()).within(longest_at_wechat)
        told = {"tencent": self.tencent_sms_templates, "aliyun": self.aliyun_sms_templates}
        templates = told.get(provider) or ApprovedTemplates.named_as_ours()
        return templates.within(self.sms_parameter_lengths.at(provider))

    def faults_of(self, chosen: Set[str]) -> list[str]:
        """What the chosen providers lack; in production also what only a simulator does without."""
        found = []
        if "tencent" in chosen:
            needed = {
                "ZHIYUAN_TENCENT_SECRET_ID": self.tencent_secret_id,
                "ZHIYUAN_TENCENT_SECRET_KEY": self.tencent_secret_key,
                "ZHIYUAN_TENCENT_SMS_APP_ID": self.tencent_sms_app_id,
                "ZHIYUAN_TENCENT_CALLBACK_SECRET": self.tencent_callback_secret,
            }
            found += self._lacking("tencent", needed)
            found += self._simulated("ZHIYUAN_TENCENT_SMS", self.tencent_sms_url, self.tencent_sms_templates)
        if "aliyun" in chosen:
            needed = {
                "ZHIYUAN_ALIYUN_KEY_ID": self.aliyun_key_id,
                "ZHIYUAN_ALIYUN_KEY_SECRET": self.aliyun_key_secret,
                "ZHIYUAN_ALIYUN_CALLBACK_SECRET": self.aliyun_callback_secret,
            }
            found += self._lacking("aliyun", needed)
            found += self._simulated("ZHIYUAN_ALIYUN_SMS", self.aliyun_sms_url, self.aliyun_sms_templates)
        if "wechat" in chosen:
            needed = {
                "ZHIYUAN_WECHAT_APP_ID": self.wechat_app_id,
                "ZHIYUAN_WECHAT_APP_SECRET": self.wechat_app_secret,
            }
            found += self._lacking("wechat", needed)
            found += self._simulated("ZHIYUAN_WECHAT", self.wechat_api_url, self.wechat_templates)
        return found

    def _lacking(self, provider: str, needed: Mapping[str, str]) -> list[str]:
        return [f"{variable} is not set, and {provider} is to send" for variable, value in needed.items() if not value]

    def _simulated(self, prefix: str, url: str, templates: ApprovedTemplates | None) -> list[str]:
        """Faults of a provider that looks like a simulator, in production."""
        if not self.production:
            return []
        by_http = [f"{prefix}_… address must be https in production"] if not url.startswith("https://") else []
        return by_http + ([f"{prefix}_TEMPLATES must be set in production"] if templates is None else [])
