"""What notify reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.settings import ServiceSettings, choice, setting


def _cipher(text: str) -> FieldCipher:
    return FieldCipher(KeyRing.parse(text))


@dataclass(frozen=True, kw_only=True)
class NotifySettings(ServiceSettings):
    """Keys for what must not stand in clear, and which provider takes a message."""

    message_cipher: FieldCipher = setting(
        "ZHIYUAN_MESSAGE_KEYS",
        "Keys of sealed event fields, shared with identity: kid:base64,…",
        parse=_cipher,
    )
    sms_provider: str = setting(
        "ZHIYUAN_SMS_PROVIDER",
        "Who takes an SMS: none, or the simulator (not in production).",
        parse=choice("none", "simulator"),
        default="none",
    )
    email_provider: str = setting(
        "ZHIYUAN_EMAIL_PROVIDER",
        "Who takes an e-mail: none, or the simulator (not in production).",
        parse=choice("none", "simulator"),
        default="none",
    )

    def faults(self) -> list[str]:
        """Simulators are refused in production."""
        found = super().faults()
        if self.production and "simulator" in (self.sms_provider, self.email_provider):
            found.append("ZHIYUAN_SMS_PROVIDER and ZHIYUAN_EMAIL_PROVIDER may not be simulators in production")
        return found


SETTINGS = NotifySettings
