"""What card reads from the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.card.domain import Bank
from services.card.sealing import PartnerKeys
from services.card.webhooks import WebhookSecrets
from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.settings import DatabaseSettings, Secret, ServiceSettings, setting


def _cipher(text: str) -> FieldCipher:
    return FieldCipher(KeyRing.parse(text))


def _by_bank(text: str) -> Mapping[str, object]:
    given = json.loads(text)
    if not isinstance(given, dict) or not given.keys() <= {bank.value for bank in Bank}:
        raise ValueError("must be a JSON object with bank codes as its names")
    return given


def _webhook_secrets(text: str) -> WebhookSecrets:
    return WebhookSecrets.parse(_by_bank(text))


def _partner_keys(text: str) -> PartnerKeys:
    return PartnerKeys.parse(_by_bank(text))


@dataclass(frozen=True, kw_only=True)
class CardSettings(ServiceSettings):
    """Keys, and the rules that differ by place and year."""

    card_cipher: FieldCipher = setting(
        "ZHIYUAN_CARD_KEYS", "Keys of applicants' addresses and group contacts: kid:base64,…", parse=_cipher
    )
    webhook_secrets: WebhookSecrets = setting(
        "ZHIYUAN_PARTNER_WEBHOOK_SECRETS",
        "Secrets with which banks sign their reports, JSON: {bank: whsec_… or [whsec_…, …]}",
        parse=_webhook_secrets,
    )
    partner_keys: PartnerKeys = setting(
        "ZHIYUAN_PARTNER_PUBLIC_KEYS",
        "The banks' public keys, JSON: {bank: JWK}; group visits are sealed for them.",
        parse=_partner_keys,
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
        "Below this age a guardian has to come to the branch for a debit card.",
        parse=int,
        default=16,
    )
    group_minimum: int = setting(
        "ZHIYUAN_CARD_GROUP_MINIMUM", "From how many people on the bank comes (notice, 一.3).", parse=int, default=30
    )


@dataclass(frozen=True, kw_only=True)
class IntakeSettings(DatabaseSettings):
    """What the process reads that takes the banks' messages (``partner_intake.py``): no key that it has no use for."""

    card_cipher: FieldCipher = setting(
        "ZHIYUAN_CARD_KEYS", "Keys of messages that could not be taken: kid:base64,…", parse=_cipher
    )
    partner_amqp_url: Secret = setting(
        "ZHIYUAN_PARTNER_AMQP_URL", "The broker, with the banks' vhost, as the platform's own user.", parse=Secret
    )
    max_workers: int = setting("ZHIYUAN_MAX_WORKERS", "The size of the pool.", parse=int, default=2)


SETTINGS = CardSettings
