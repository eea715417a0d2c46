"""Who signed a request: the common beginning of all that a bank asks over HTTP.

Why this module exists: nothing in a signed request is believed before the signature is checked, whichever route it
came by, and every refusal is counted the same way.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from services.card import commands, metrics
from services.card.errors import SignatureRefused, TimestampOutOfTolerance
from services.card.settings import CardSettings
from services.card.webhooks import require_fresh
from services.chassis.errors import BadRequest


def signed_bytes(signed: commands.Signed) -> bytes:
    """What the signature is over: the body, or the path where there is none; raises ``BadRequest``."""
    if signed.body_base64 is None:
        return signed.path.encode()
    try:
        return base64.b64decode(signed.body_base64, validate=True)
    except binascii.Error:
        raise BadRequest(why_zh="请求体编码不正确。", why_en="The body is not base64.") from None


def require_signer(signed: commands.Signed, now: datetime, settings: CardSettings) -> str:
    """The bank that signed, just now; raises ``SignatureRefused`` or ``TimestampOutOfTolerance``.

    ``now`` is the platform's clock, which development can move: a bank there signs with the time that the platform has.
    """
    try:
        bank = settings.webhook_secrets.signer_of(
            webhook_id=signed.webhook_id,
            timestamp=signed.webhook_timestamp,
            body=signed_bytes(signed),
            signatures=signed.webhook_signature,
        )
        require_fresh(signed.webhook_timestamp, now, settings.webhook_tolerance_seconds)
    except (SignatureRefused, TimestampOutOfTolerance) as refusal:
        metrics.SIGNATURES_REFUSED.labels(refusal.code).inc()
        raise
    return bank
