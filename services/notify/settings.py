"""What notify reads from the environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from urllib.parse import unquote, urlsplit

from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.settings import choice, setting
from services.notify.domain import Prices, QuietHours, Share
from services.notify.providers.settings import ProviderSettings

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """``smtp://user:password@host:port``; ``smtps`` is TLS from the first byte, ``smtp`` STARTTLS if it is offered."""

    host: str
    port: int
    encrypted: bool
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> MailServer:
        """From the text of a setting; raises ``ValueError``."""
        url = urlsplit(text)
        if url.scheme not in _PORTS or not url.hostname:
            raise ValueError("must be smtp://host or smtps://host, with user:password@ and :port if needed")
        return cls(
            host=url.hostname,
            port=url.port or _PORTS[url.scheme],
            encrypted=url.scheme == "smtps",
            user=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
        )


def _shares(*known: str) -> Callable[[str], tuple[Share, ...]]:
    def parse(text: str) -> tuple[Share, ...]:
        shares = Share.parse_all(text)
        if not {share.name for share in shares} <= set(known):
            raise ValueError(f"must be of {', '.join(known)}, with shares as in {known[-1]}:1")
        return shares

    return parse


def _cipher(text: str) -> FieldCipher:
    return FieldCipher(KeyRing.parse(text))


@dataclass(frozen=True, kw_only=True)
class NotifySettings(ProviderSettings):
    """Keys for what must not stand in clear, and which provider takes a message."""

    message_cipher: FieldCipher = setting(
        "ZHIYUAN_MESSAGE_KEYS",
        "Keys of sealed event fields, shared with identity: kid:base64,…",
        parse=_cipher,
    )
    sms_providers: tuple[Share, ...] = setting(
        "ZHIYUAN_SMS_PROVIDERS",
        "Who takes SMS, with shares where there are several, as in tencent:3,aliyun:1: none, or the simulator"
        " (not in production).",
        parse=_shares("none", "tencent", "aliyun", "simulator"),
        default=(Share("none", 1),),
    )
    sms_prices: Prices = setting(
        "ZHIYUAN_SMS_PRICES",
        "Yuan a segment, by provider, as in tencent:0.045,aliyun:0.04.",
        parse=Prices.parse,
        default=Prices(),
    )
    sms_daily_budget: int | None = setting(
        "ZHIYUAN_SMS_DAILY_BUDGET",
        "Segments a day that an organization may send of its own accord (invitations); the rest waits for tomorrow.",
        parse=int,
        default=None,
    )
    quiet_hours: QuietHours | None = setting(
        "ZHIYUAN_QUIET_HOURS",
        "When no phone buzzes for what can wait, Shanghai time; or none.",
        parse=QuietHours.parse,
        default=QuietHours(time(22), time(8)),
    )
    email_provider: str = setting(
        "ZHIYUAN_EMAIL_PROVIDER",
        "Who takes an e-mail: none, smtp, or the simulator (not in production).",
        parse=choice("none", "smtp", "simulator"),
        default="none",
    )
    wechat_provider: str = setting(
        "ZHIYUAN_WECHAT_PROVIDER",
        "Who takes a WeChat message: none, wechat, or the simulator (not in production).",
        parse=choice("none", "wechat", "simulator"),
        default="none",
    )
    smtp_server: MailServer | None = setting(
        "ZHIYUAN_SMTP_URL",
        "The mail server of the smtp provider: smtp://user:password@host:port, or smtps://…",
        parse=MailServer.parse,
        default=None,
    )
    mail_from: str = setting(
        "ZHIYUAN_MAIL_FROM", "The address that mails come from.", default="i志愿 <noreply@zhiyuan.invalid>"
    )

    def faults(self) -> list[str]:
        """Simulators are refused in production; whoever is chosen has all that they need."""
        chosen = {share.name for share in self.sms_providers} | {self.email_provider, self.wechat_provider}
        found = super().faults() + self.faults_of(chosen)
        if self.email_provider == "smtp" and self.smtp_server is None:
            found.append("ZHIYUAN_SMTP_URL is not set, and ZHIYUAN_EMAIL_PROVIDER is smtp")
        if self.production and "simulator" in chosen:
            found.append("ZHIYUAN_SMS_PROVIDERS, _EMAIL_PROVIDER and _WECHAT_PROVIDER: no simulators in production")
        return found


SETTINGS = NotifySettings
