"""Standard Webhooks, the receiving side: did a bank sign these very bytes, for this id, just now?

Why this module exists: a report moves somebody's application, so nothing in it is believed before the signature is
checked. The scheme is the published one (standardwebhooks.com): HMAC-SHA256 over ``id.timestamp.body``, the header
``webhook-signature`` a list of ``v1,base64`` with blanks between. A bank may have several secrets, so that it can
change them without a gap.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.card.errors import SignatureRefused, TimestampOutOfTolerance

_PREFIX = "whsec_"
_LEAST_BYTES = 24  # what the scheme asks for


@dataclass(frozen=True)
class WebhookSecrets:
    """The secrets of every bank."""

    by_bank: Mapping[str, tuple[bytes, ...]] = field(repr=False)

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> WebhookSecrets:
        """From ``{bank: "whsec_…"}`` or ``{bank: ["whsec_…", …]}``; raises ``ValueError`` and shows no secret."""
        listed = {bank: words if isinstance(words, list) else [words] for bank, words in given.items()}
        return cls({bank: tuple(_secret(word) for word in words) for bank, words in listed.items()})

    def signer_of(self, *, webhook_id: str, timestamp: str, body: bytes, signatures: str) -> str:
        """The bank that signed; raises :class:`SignatureRefused`."""
        content = f"{webhook_id}.{timestamp}.".encode() + body
        given = [word.removeprefix("v1,").encode() for word in signatures.split() if word.startswith("v1,")]
        for bank, secrets in self.by_bank.items():
            for secret in secrets:
                expected = base64.b64encode(hmac.digest(secret, content, hashlib.sha256))
                if any(hmac.compare_digest(expected, one) for one in given):
                    return bank
        raise SignatureRefused()


def require_fresh(timestamp: str, now: datetime, tolerance_seconds: int) -> None:
    """Raises :class:`TimestampOutOfTolerance` for a signature of another time; seconds since 1970 are expected."""
    seconds = int(timestamp) if timestamp.isascii() and timestamp.isdigit() else None
    if seconds is None or abs(now.timestamp() - seconds) > tolerance_seconds:
        raise TimestampOutOfTolerance(tolerance_seconds=tolerance_seconds, platform_time=int(now.timestamp()))


def _secret(word: object) -> bytes:
    try:
        secret = base64.b64decode(str(word).removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("has a secret that is not whsec_ and base64") from None  # the cause would show it
    if not str(word).startswith(_PREFIX) or len(secret) < _LEAST_BYTES:
        raise ValueError(f"has a secret that is not whsec_ and at least {_LEAST_BYTES} bytes in base64")
    return secret
