"""What identity reads from the environment."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from joserfc.jwk import OKPKey

from services.chassis.crypto import BlindIndex, FieldCipher, KeyRing
from services.chassis.recipients import RecipientKeys
from services.chassis.settings import Secret, ServiceSettings, choice, setting, whole_numbers
from services.identity.domain.access import CodeLimits, LockoutPolicy
from services.identity.domain.certificates import PATTERNS, CertType
from services.identity.domain.people import AgePolicy
from services.identity.domain.second_factor import ROLES


def _cipher(text: str) -> FieldCipher:
    return FieldCipher(KeyRing.parse(text))


def _signing_key(text: str) -> OKPKey:
    try:
        key = OKPKey.import_key(json.loads(text))
    except Exception:  # whatever is wrong with it, its text is not for a message
        raise ValueError("is no JWK of an Ed25519 key") from None
    if not key.is_private or not key.kid or key.curve_name != "Ed25519":
        raise ValueError("must be a private Ed25519 JWK with a kid")
    return key


def _patterns(text: str) -> Mapping[CertType, str]:
    try:
        given = {CertType(name): pattern for name, pattern in json.loads(text).items()}
        for pattern in given.values():
            re.compile(pattern)
    except (ValueError, AttributeError, TypeError, re.error) as error:
        raise ValueError(f"is no object of certificate types and patterns: {error}") from None
    return given


def _roles(text: str) -> frozenset[str]:
    roles = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not roles <= ROLES:
        raise ValueError(f"must be some of {', '.join(sorted(ROLES))}")
    return roles


@dataclass(frozen=True, kw_only=True)
class IdentitySettings(ServiceSettings):
    """Keys of what identity guards, and every figure that a place may want otherwise."""

    field_cipher: FieldCipher = setting(
        "ZHIYUAN_FIELD_KEYS", "Keys that encrypt certificates and contacts at rest: kid:base64,…", parse=_cipher
    )
    blind_index: BlindIndex = setting(
        "ZHIYUAN_BLIND_INDEX_KEY", "The key under which encrypted fields are found: base64", parse=BlindIndex.parse
    )
    message_cipher: FieldCipher = setting(
        "ZHIYUAN_MESSAGE_KEYS", "Keys of sealed event fields, shared with notify: kid:base64,…", parse=_cipher
    )
    token_key: OKPKey = setting(
        "ZHIYUAN_TOKEN_PRIVATE_KEY", "The key that signs access tokens: a private Ed25519 JWK.", parse=_signing_key
    )
    access_token_minutes: int = setting(
        "ZHIYUAN_ACCESS_TOKEN_MINUTES", "How long an access token is good.", parse=int, default=15
    )
    session_days: int = setting(
        "ZHIYUAN_SESSION_DAYS", "After how many days without use a session ends.", parse=int, default=30
    )
    partner_public_keys: RecipientKeys = setting(
        "ZHIYUAN_PARTNER_PUBLIC_KEYS",
        "The banks' public keys, JSON: {bank: JWK or [JWK, …]}, each with kid, valid_from and valid_until if limited",
        parse=RecipientKeys.parse,
    )
    platform_admin_account: str = setting(
        "ZHIYUAN_PLATFORM_ADMIN_ACCOUNT", "The account name of the first platform administrator.", default=""
    )
    platform_admin_password: Secret = setting(
        "ZHIYUAN_PLATFORM_ADMIN_PASSWORD",
        "That administrator's password; a changed value takes effect when the reference data is loaded.",
        parse=Secret,
        default=Secret(""),
    )
    captcha: str = setting(
        "ZHIYUAN_CAPTCHA",
        "image, or fixed: every answer is 0000 (not in production).",
        parse=choice("image", "fixed"),
        default="image",
    )
    captcha_minutes: int = setting("ZHIYUAN_CAPTCHA_MINUTES", "How long a captcha is good.", parse=int, default=5)
    realname_verifier: str = setting(
        "ZHIYUAN_REALNAME_VERIFIER",
        "Who compares name and certificate: none, http, or the simulator (not in production).",
        parse=choice("none", "http", "simulator"),
        default="none",
    )
    realname_url: str = setting("ZHIYUAN_REALNAME_URL", "Where http asks: an https address.", default="")
    realname_application: str = setting("ZHIYUAN_REALNAME_APPLICATION", "As whom http asks.", default="")
    realname_secret: Secret = setting(
        "ZHIYUAN_REALNAME_SECRET", "What signs the questions of http (HMAC).", parse=Secret, default=Secret("")
    )
    realname_timeout: float = setting(
        "ZHIYUAN_REALNAME_TIMEOUT", "How many seconds somebody who registers waits for it.", parse=float, default=3.0
    )
    realname_later_timeout: float = setting(
        "ZHIYUAN_REALNAME_LATER_TIMEOUT",
        "How many seconds it may take when it is asked again behind the scenes; below 30.",
        parse=float,
        default=15.0,
    )
    other_patterns: Mapping[CertType, str] | None = setting(
        "ZHIYUAN_CERTIFICATE_PATTERNS",
        "Patterns that replace those of some certificates: a JSON object of cert_type and regular expression.",
        parse=_patterns,
        default=None,
    )
    export_days: int = setting(
        "ZHIYUAN_EXPORT_DAYS", "How long a gathered export can be fetched, in days.", parse=int, default=7
    )
    min_age: int = setting("ZHIYUAN_MIN_AGE", "The youngest that may register, in years.", parse=int, default=8)
    consent_below: int = setting(
        "ZHIYUAN_CONSENT_BELOW", "Below which age a guardian must consent.", parse=int, default=18
    )
    accompany_below: int = setting(
        "ZHIYUAN_ACCOMPANY_BELOW", "Below which age an adult comes along to every shift; 0: to none.",
        parse=int, default=14,
    )  # fmt: skip
    max_age: int = setting("ZHIYUAN_MAX_AGE", "Above which age a birth date is not believed.", parse=int, default=120)
    in_person_valid_days: int = setting(
        "ZHIYUAN_IN_PERSON_VALID_DAYS", "After how many days a verification in person ends; 0: never.",
        parse=int, default=0,
    )  # fmt: skip
    code_minutes: int = setting("ZHIYUAN_CODE_MINUTES", "How long a code is good.", parse=int, default=5)
    code_attempts: int = setting("ZHIYUAN_CODE_ATTEMPTS", "Wrong guesses that spoil a code.", parse=int, default=5)
    codes_per_recipient: tuple[int, ...] = setting(
        "ZHIYUAN_CODES_PER_RECIPIENT", "Codes one recipient gets a minute, an hour and a day.",
        parse=whole_numbers, default=(1, 5, 10),
    )  # fmt: skip
    codes_per_address: int = setting(
        "ZHIYUAN_CODES_PER_ADDRESS", "Codes that may be asked for from one address in an hour.", parse=int, default=300
    )
    login_free_failures: int = setting(
        "ZHIYUAN_LOGIN_FREE_FAILURES", "Wrong passwords for one name before it has to wait.", parse=int, default=5
    )
    login_first_delay: int = setting(
        "ZHIYUAN_LOGIN_FIRST_DELAY", "The first wait, in seconds; it doubles each time.", parse=int, default=30
    )
    login_longest_delay: int = setting(
        "ZHIYUAN_LOGIN_LONGEST_DELAY", "The longest wait, in seconds.", parse=int, default=3600
    )
    login_free_failures_per_address: int = setting(
        "ZHIYUAN_LOGIN_FREE_FAILURES_PER_ADDRESS",
        "Wrong passwords from one address, for whatever names, before it has to wait.",
        parse=int,
        default=100,
    )
    wechat_provider: str = setting(
        "ZHIYUAN_WECHAT_PROVIDER",
        "Who stands for WeChat: none, wechat, or the simulator (not in production).",
        parse=choice("none", "wechat", "simulator"),
        default="none",
    )
    wechat_app_id: str = setting("ZHIYUAN_WECHAT_APP_ID", "AppID of the service account.", default="")
    wechat_app_secret: Secret = setting(
        "ZHIYUAN_WECHAT_APP_SECRET", "AppSecret of the service account.", parse=Secret, default=Secret("")
    )
    wechat_push_token: Secret = setting(
        "ZHIYUAN_WECHAT_PUSH_TOKEN",
        "The token that signs what WeChat pushes, as in its console; none: no push is taken.",
        parse=Secret,
        default=Secret(""),
    )
    wechat_api_url: str = setting(
        "ZHIYUAN_WECHAT_API_URL", "Where WeChat's interface is.", default="https://api.weixin.qq.com"
    )
    wechat_scene_minutes: int = setting(
        "ZHIYUAN_WECHAT_SCENE_MINUTES", "How long a QR code to bind with is good.", parse=int, default=10
    )
    alipay_provider: str = setting(
        "ZHIYUAN_ALIPAY_PROVIDER",
        "Who stands for Alipay: none, alipay, or the simulator (not in production).",
        parse=choice("none", "alipay", "simulator"),
        default="none",
    )
    alipay_app_id: str = setting("ZHIYUAN_ALIPAY_APP_ID", "The application's id at Alipay.", default="")
    alipay_private_key: Secret = setting(
        "ZHIYUAN_ALIPAY_PRIVATE_KEY", "The application's RSA key: base64 of PKCS#8.", parse=Secret, default=Secret("")
    )
    alipay_public_key: str = setting(
        "ZHIYUAN_ALIPAY_PUBLIC_KEY", "Alipay's own RSA public key, from its console: base64.", default=""
    )
    alipay_gateway_url: str = setting(
        "ZHIYUAN_ALIPAY_GATEWAY_URL",
        "Where Alipay's interface is.",
        default="https://openapi.alipay.com/gateway.do",
    )
    totp_required_roles: frozenset[str] = setting(
        "ZHIYUAN_TOTP_REQUIRED_ROLES",
        "Administrators who can do nothing without a second factor: platform,owner,reviewer,…",
        parse=_roles,
        default=frozenset(),
    )
    import_days: int = setting(
        "ZHIYUAN_IMPORT_DAYS", "For how many days rows of a file are kept that nobody imports.", parse=int, default=7
    )
    argon2: tuple[int, ...] = setting(
        "ZHIYUAN_ARGON2",
        "argon2id: passes, KiB of memory, lanes. The default is OWASP's, about 40 ms.",
        parse=whole_numbers,
        default=(2, 19456, 1),
    )

    def faults(self) -> list[str]:
        """Everything made for development is refused in production; figures that come in threes are three."""
        found = super().faults()
        if self.production and self.captcha == "fixed":
            found.append("ZHIYUAN_CAPTCHA may not be fixed in production")
        if self.production and self.realname_verifier == "simulator":
            found.append("ZHIYUAN_REALNAME_VERIFIER may not be the simulator in production")
        if self.realname_verifier == "http":
            found += self._faults_of_http_verifier()
        if not 0 < self.realname_later_timeout < 30:
            found.append("ZHIYUAN_REALNAME_LATER_TIMEOUT must be below 30: then the question counts as abandoned")
        if self.production and "simulator" in (self.wechat_provider, self.alipay_provider):
            found.append("ZHIYUAN_WECHAT_PROVIDER and ZHIYUAN_ALIPAY_PROVIDER may not be simulators in production")
        if self.wechat_provider == "wechat" and not (
            self.wechat_app_id and self.wechat_app_secret.reveal() and self.wechat_push_token.reveal()
        ):
            found.append("ZHIYUAN_WECHAT_PROVIDER is wechat, and its APP_ID, APP_SECRET or PUSH_TOKEN is not set")
        if self.alipay_provider == "alipay" and not (
            self.alipay_app_id and self.alipay_private_key.reveal() and self.alipay_public_key
        ):
            found.append("ZHIYUAN_ALIPAY_PROVIDER is alipay, and its APP_ID, PRIVATE_KEY or PUBLIC_KEY is not set")
        if len(self.codes_per_recipient) != 3:
            found.append("ZHIYUAN_CODES_PER_RECIPIENT must be three numbers")
        if len(self.argon2) != 3:
            found.append("ZHIYUAN_ARGON2 must be three numbers")
        return found

    def _faults_of_http_verifier(self) -> list[str]:
        found = []
        if not (self.realname_url and self.realname_application and self.realname_secret):
            found.append("ZHIYUAN_REALNAME_URL, _APPLICATION and _SECRET are needed for ZHIYUAN_REALNAME_VERIFIER=http")
        if self.production and not self.realname_url.startswith("https://"):
            found.append("ZHIYUAN_REALNAME_URL must be https in production")
        return found

    @property
    def certificate_patterns(self) -> Mapping[CertType, str]:
        """How the number of each kind of certificate is written here."""
        return {**PATTERNS, **(self.other_patterns or {})}

    @property
    def ages(self) -> AgePolicy:
        """Who may register, who with a guardian's consent only, and who comes with an adult."""
        return AgePolicy(self.min_age, self.consent_below, self.max_age, self.accompany_below)

    @property
    def code_limits(self) -> CodeLimits:
        """How often one recipient may be sent a code."""
        windows = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
        return CodeLimits(tuple(zip(windows, self.codes_per_recipient, strict=True)))

    @property
    def lockout(self) -> LockoutPolicy:
        """How long a name has to wait after wrong passwords."""
        return self._lockout_after(self.login_free_failures)

    @property
    def address_lockout(self) -> LockoutPolicy:
        """How long an address has to wait that tries one password on many names."""
        return self._lockout_after(self.login_free_failures_per_address)

    def _lockout_after(self, free_failures: int) -> LockoutPolicy:
        first, longest = timedelta(seconds=self.login_first_delay), timedelta(seconds=self.login_longest_delay)
        return LockoutPolicy(free_failures, first, longest)


SETTINGS = IdentitySettings
