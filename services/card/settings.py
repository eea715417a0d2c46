"""What card reads from the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.card.domain import Bank
from services.card.domain.waiting import Patience
from services.card.webhooks import WebhookSecrets
from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.recipients import RecipientKeys
from services.chassis.settings import DatabaseSettings, Secret, ServiceSettings, setting


def _cipher(text: str) -> FieldCipher:
    return FieldCipher(KeyRing.parse(text))


def _by_bank(text: str) -> Mapping[str, object]:
    given = json.loads(text)
    if not isinstance(given, dict) or not given.keys() <= {bank.value for bank in Bank}:
        raise ValueError("must be a JSON object with bank codes as its names")
    return given


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise ValueError("must be a day at least")
    return days


def _webhook_secrets(text: str) -> WebhookSecrets:
    return WebhookSecrets.parse(_by_bank(text))


@dataclass(frozen=True, kw_only=True)
class ReportSettings(DatabaseSettings):
    """What it takes to take a bank's report, whichever way and in whichever process it comes."""

    card_cipher: FieldCipher = setting(
        "ZHIYUAN_CARD_KEYS",
        "Keys of applicants' addresses, group contacts and messages that could not be taken: kid:base64,…",
        parse=_cipher,
    )
    insurance_yuan: int = setting(
        "ZHIYUAN_CARD_INSURANCE_YUAN", "Up to how much a cardholder is insured, in yuan.", parse=int, default=100_000
    )


@dataclass(frozen=True, kw_only=True)
class CardSettings(ServiceSettings, ReportSettings):
    """Keys, and the rules that differ by place and year."""

    webhook_secrets: WebhookSecrets = setting(
        "ZHIYUAN_PARTNER_WEBHOOK_SECRETS",
        "Secrets with which banks sign their reports, JSON: {bank: whsec_… or [whsec_…, …]}",
        parse=_webhook_secrets,
    )
    partner_keys: RecipientKeys = setting(
        "ZHIYUAN_PARTNER_PUBLIC_KEYS",
        "The banks' public keys, JSON: {bank: JWK or [JWK, …]}, each with kid, valid_from and valid_until if limited;"
        " group visits are sealed for them.",
        parse=RecipientKeys.parse,
    )
    webhook_tolerance_seconds: int = setting(
        "ZHIYUAN_PARTNER_WEBHOOK_TOLERANCE_SECONDS",
        "How far a report's timestamp may lie from the platform's clock.",
        parse=int,
        default=300,
    )
    credit_min_age: int = setting(
        "ZHIYUAN_CARD_CREDIT_MIN_AGE", "The age from which a credit card can be had.", parse=int, default=18
    )
    guardian_below: int = setting(
        "ZHIYUAN_CARD_GUARDIAN_BELOW",
        "Below this age a guardian has to consent to a debit card, and to come to the branch along.",
        parse=int,
        default=16,
    )
    bank_working_days: int = setting(
        "ZHIYUAN_CARD_BANK_WORKING_DAYS",
        "Working days after which an application that the bank has not moved is told to the platform, and again.",
        parse=_days,
        default=10,
    )
    expiry_days: int = setting(
        "ZHIYUAN_CARD_EXPIRY_DAYS",
        "Days without a step after which an application ends, as long as the card is not made.",
        parse=_days,
        default=90,
    )
    records_kept_days: int = setting(
        "ZHIYUAN_CARD_RECORDS_KEPT_DAYS",
        "How long the record of what was provided is kept after an application's end (PIPL: 3 years).",
        parse=_days,
        default=1096,
    )
    group_minimum: int = setting(
        "ZHIYUAN_CARD_GROUP_MINIMUM", "From how many people on the bank comes (notice, 一.3).", parse=int, default=30
    )
    group_consent_days: int = setting(
        "ZHIYUAN_CARD_GROUP_CONSENT_DAYS",
        "How long members of a group may consent; and how long, if they were too few, each may apply by one click.",
        parse=_days,
        default=14,
    )

    @property
    def patience(self) -> Patience:
        """How long an application may lie."""
        return Patience(self.bank_working_days, self.expiry_days)


@dataclass(frozen=True, kw_only=True)
class IntakeSettings(ReportSettings):
    """What the process reads that takes the banks' messages (``partner_intake.py``): no key that it has no use for."""

    partner_amqp_url: Secret = setting(
        "ZHIYUAN_PARTNER_AMQP_URL", "The broker, with the banks' vhost, as the platform's own user.", parse=Secret
    )
    max_workers: int = setting("ZHIYUAN_MAX_WORKERS", "The size of the pool.", parse=int, default=2)


SETTINGS = CardSettings
