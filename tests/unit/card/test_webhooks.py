"""Signatures of Standard Webhooks: the published example verifies, and nothing else does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from services.card.errors import SignatureRefused, TimestampOutOfTolerance
from services.card.webhooks import WebhookSecrets, require_fresh

# The example of standardwebhooks.com.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "whsec_" + base64.b64encode(b"another secret of 32 bytes......").decode()


def signer(secrets: WebhookSecrets, **changed: object) -> str:
    message: dict[str, object] = {"webhook_id": ID, "timestamp": TIMESTAMP, "body": BODY, "signatures": SIGNATURE}
    return secrets.signer_of(**{**message, **changed})  # type: ignore[arg-type]


def test_the_published_example_verifies() -> None:
    assert signer(WebhookSecrets.parse({"ceb": OTHER, "boc": SECRET})) == "boc"


def test_a_bank_that_changes_its_secret_has_two_for_a_while() -> None:
    assert signer(WebhookSecrets.parse({"boc": [OTHER, SECRET]})) == "boc"


def test_one_good_signature_among_several_is_enough() -> None:
    foreign = base64.b64encode(hmac.digest(b"x" * 32, BODY, hashlib.sha256)).decode()

    assert signer(WebhookSecrets.parse({"boc": SECRET}), signatures=f"v1,{foreign} v1a,zzz {SIGNATURE}") == "boc"


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook_id": ID + "x"},
        {"timestamp": "1614265331"},
        {"body": BODY + b" "},
        {"signatures": ""},
        {"signatures": SIGNATURE.removeprefix("v1,")},
        {"signatures": SIGNATURE.replace("v1,", "v2,")},
        {"signatures": "v1,签名"},
    ],
)
def test_a_changed_message_does_not_verify(changed: dict[str, object]) -> None:
    with pytest.raises(SignatureRefused):
        signer(WebhookSecrets.parse({"boc": SECRET}), **changed)


def test_another_secret_does_not_verify() -> None:
    with pytest.raises(SignatureRefused):
        signer(WebhookSecrets.parse({"boc": OTHER}))


@pytest.mark.parametrize("late", [-300, 0, 300])
def test_five_minutes_either_way_are_fresh(late: int) -> None:
    require_fresh(TIMESTAMP, datetime.fromtimestamp(int(TIMESTAMP) + late, UTC), 300)


@pytest.mark.parametrize("timestamp", [str(1614265330 - 301), str(1614265330 + 301), "", "-5", "1e9", "soon", "１"])
def test_another_time_is_refused(timestamp: str) -> None:
    with pytest.raises(TimestampOutOfTolerance):
        require_fresh(timestamp, datetime.fromtimestamp(1614265330, UTC), 300)


@pytest.mark.parametrize("secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_???", 7])
def test_a_weak_or_broken_secret_stops_the_start_and_is_not_shown(secret: object) -> None:
    with pytest.raises(ValueError, match="has a secret") as fault:
        WebhookSecrets.parse({"boc": secret})
    assert str(secret) not in str(fault.value)
