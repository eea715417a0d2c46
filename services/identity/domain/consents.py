"""What people agree to when they register, and which of it they can take back (PIPL 13-15, 29, 31).

A text that was ever in force stays here, under its version: records name the version and the hash of its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Purpose(StrEnum):
    """What a consent is for."""

    REGISTRATION = "registration"
    GUARDIANSHIP = "guardianship"
    POLITICAL_STATUS = "political_status"


class GivenBy(StrEnum):
    """Who has agreed."""

    ONESELF = "oneself"
    GUARDIAN = "guardian"


@dataclass(frozen=True)
class ConsentText:
    """The words that are agreed to. ``needed``: without them nobody can be a volunteer here."""

    version: str
    zh: str
    en: str
    needed: bool

    @property
    def hash(self) -> str:
        """SHA-256 of the words, in hexadecimal."""
        return sha256(f"{self.zh}\n{self.en}".encode()).hexdigest()


TEXTS = {
    Purpose.REGISTRATION: ConsentText(
        version="1",
        zh="本人同意平台为志愿者注册、审核、服务记录、时长公示(姓名脱敏)之目的处理本人的姓名、证件、联系方式和服务信息。",
        en="I agree that the platform processes my name, certificate, contacts and service to register and review me, "
        "to record my service and to disclose my hours under a masked name.",
        needed=True,
    ),
    Purpose.GUARDIANSHIP: ConsentText(
        version="1",
        zh="本人作为监护人，同意被监护人注册为志愿者，并同意平台为此处理其个人信息和本人的姓名、电话。",
        en="As the guardian, I agree that my ward registers as a volunteer, and that the platform processes their "
        "data and my name and phone for this.",
        needed=True,
    ),
    Purpose.POLITICAL_STATUS: ConsentText(
        version="1",
        zh="本人自愿填写政治面貌，同意平台用于团员志愿者的统计。",
        en="I choose to state my political status, and agree that it is used to count the League's members.",
        needed=False,
    ),
}
"""The texts in force."""
