"""What activity reads from the environment. Every default is a rule's usual value, with its source in FACTS.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.activity.domain.publishing import PublishingRules
from services.activity.domain.repeating import RepeatingRules
from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.settings import ServiceSettings, setting


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _cipher(text: str) -> FieldCipher:
    return FieldCipher(KeyRing.parse(text))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in _words(text))


@dataclass(frozen=True, kw_only=True)
class ActivitySettings(ServiceSettings):
    """The keys of what is sealed, and rules that vary by place or year."""

    activity_cipher: FieldCipher = setting(
        "ZHIYUAN_ACTIVITY_KEYS", "Keys of the names of adults who come along: kid:base64,…", parse=_cipher
    )
    offer_hours: int = setting(
        "ZHIYUAN_ACTIVITY_OFFER_HOURS",
        "How many hours a free place is kept for the next in line.",
        parse=int,
        default=12,
    )
    withdraw_hours: int = setting(
        "ZHIYUAN_ACTIVITY_WITHDRAW_HOURS",
        "Until how many hours before the start an accepted volunteer withdraws without being late.",
        parse=int,
        default=24,
    )
    walk_in_minutes: int = setting(
        "ZHIYUAN_SCAN_BEFORE_MINUTES",
        "How many minutes before a shift scans are taken, and whoever just comes is let in.",
        parse=int,
        default=60,
    )
    invitations_at_once: int = setting(
        "ZHIYUAN_ACTIVITY_INVITATIONS_AT_ONCE",
        "How many volunteers one request with a filter invites at most.",
        parse=int,
        default=10_000,
    )
    max_days: int = setting(
        "ZHIYUAN_ACTIVITY_MAX_DAYS", "Days from an activity's first start to its last end.", parse=int, default=366
    )
    address_characters: int = setting(
        "ZHIYUAN_ACTIVITY_ADDRESS_CHARACTERS", "The shortest address that counts as exact.", parse=int, default=6
    )
    banned_title_words: tuple[str, ...] = setting(
        "ZHIYUAN_ACTIVITY_BANNED_TITLE_WORDS",
        "Words of supplements, not of activities.",
        parse=_words,
        default=("补录",),
    )
    banned_words: tuple[str, ...] = setting(
        "ZHIYUAN_ACTIVITY_BANNED_WORDS",
        "Words of meetings and commerce that no title may have.",
        parse=_words,
        default=("会议", "例会", "促销", "推销", "营销", "招商", "带货"),
    )
    banned_categories: tuple[str, ...] = setting(
        "ZHIYUAN_ACTIVITY_BANNED_CATEGORIES",
        "Categories that are no volunteer service.",
        parse=_words,
        default=("meeting", "commerce", "会议", "商业"),
    )
    dangerous_categories: tuple[str, ...] = setting(
        "ZHIYUAN_ACTIVITY_DANGEROUS_CATEGORIES",
        "Categories for which volunteers must be insured, warned, grown up and able.",
        parse=_words,
        default=("emergency", "disaster_relief", "water_rescue", "firefighting", "应急救援", "抢险救灾", "水上救援"),
    )

    dangerous_min_age: int = setting(
        "ZHIYUAN_ACTIVITY_DANGEROUS_MIN_AGE", "The youngest whom a dangerous category may call.", parse=int, default=18
    )
    max_occurrences: int = setting(
        "ZHIYUAN_ACTIVITY_MAX_OCCURRENCES", "How often an activity may come again.", parse=int, default=104
    )

    reminder_hours: tuple[int, ...] = setting(
        "ZHIYUAN_ACTIVITY_REMINDER_HOURS",
        "How many hours before a shift those accepted for it are reminded.",
        parse=_numbers,
        default=(24, 2),
    )

    @property
    def repeating_rules(self) -> RepeatingRules:
        """What a recurrence rule may say."""
        return RepeatingRules(longest=timedelta(days=self.max_days), most=self.max_occurrences)

    @property
    def publishing_rules(self) -> PublishingRules:
        """What the publishing policies ask."""
        return PublishingRules(
            longest=timedelta(days=self.max_days),
            shortest_address=self.address_characters,
            banned_title_words=self.banned_title_words,
            banned_words=self.banned_words,
            banned_categories=self.banned_categories,
            dangerous_categories=self.dangerous_categories,
            dangerous_min_age=self.dangerous_min_age,
        )


SETTINGS = ActivitySettings
