"""The real-name check: do name and certificate belong together, says somebody who knows.

Why this module exists: who that is differs by place, costs money, is asked outside of any transaction, and is away at
times. With ``none`` nobody is asked, and the reviewing administrator is the only check.

What goes over the line is one ``POST`` of ``{name, cert_type, cert_no}``. Its signature is HMAC-SHA256, in hexadecimal,
over ``<timestamp>.<body>``, so that neither body nor moment can be changed on the way. The answer is
``{"result": "matched" | "mismatched" | "unknown"}``; ``unknown`` is a certificate that the asked one has no records of.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import httpx
import orjson

from services.identity.domain.certificates import Certificate
from services.identity.settings import IdentitySettings


class Outcome(StrEnum):
    """What the verifier says."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    NOT_CHECKED = "not_checked"


class VerifierAway(Exception):
    """No answer: down, slower than anybody waits, or none that can be read. Ask again later."""


class Verifier(Protocol):
    """Somebody who compares names with certificates."""

    def check(self, name: str, certificate: Certificate, patience: float) -> Outcome:
        """Whether ``name`` is the holder's; raises :class:`VerifierAway` if that is not known in ``patience`` s."""
        ...


class NoVerifier:
    """Nobody is asked."""

    def check(self, name: str, certificate: Certificate, patience: float) -> Outcome:
        """Always ``not_checked``."""
        return Outcome.NOT_CHECKED


class SimulatedVerifier:
    """Takes everybody at their word, but for names that say otherwise.

    ``不符`` anywhere in the name does not match, ``迟复`` is answered after five seconds, ``停机`` never.
    """

    ANSWERS_LATE_AFTER = 5.0

    def __init__(self, wait: Callable[[float], None] = time.sleep) -> None:
        self._wait = wait

    def check(self, name: str, certificate: Certificate, patience: float) -> Outcome:
        """Without asking anybody; raises :class:`VerifierAway`."""
        if "停机" in name:
            raise VerifierAway("down")
        if "迟复" in name:
            self._wait(min(self.ANSWERS_LATE_AFTER, patience))
            if patience < self.ANSWERS_LATE_AFTER:
                raise VerifierAway("slow")
        return Outcome.MISMATCHED if "不符" in name else Outcome.MATCHED


class HttpVerifier:
    """Somebody who is asked over HTTPS, under a contract: ``application`` is who asks, ``secret`` signs."""

    _RESULTS = {"matched": Outcome.MATCHED, "mismatched": Outcome.MISMATCHED, "unknown": Outcome.NOT_CHECKED}

    def __init__(self, url: str, application: str, secret: bytes) -> None:
        self._url = url
        self._application = application
        self._secret = secret

    def check(self, name: str, certificate: Certificate, patience: float) -> Outcome:
        """Ask once; raises :class:`VerifierAway`, whose text names no person."""
        body = orjson.dumps({"name": name, "cert_type": certificate.type.value, "cert_no": certificate.number})
        timestamp = str(int(time.time()))  # the other side compares it with its own clock, so it is no clock of ours
        headers = {
            "Content-Type": "application/json",
            "X-Application": self._application,
            "X-Timestamp": timestamp,
            "X-Signature": signature(self._secret, timestamp, body),
        }
        try:
            answer = httpx.post(self._url, content=body, headers=headers, timeout=patience, follow_redirects=False)
        except httpx.HTTPError as error:
            raise VerifierAway(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise VerifierAway(f"status {answer.status_code}")
        try:
            return self._RESULTS[answer.json()["result"]]
        except (ValueError, KeyError, TypeError) as error:
            raise VerifierAway("unreadable answer") from error


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What proves that ``body`` was sent by who knows ``secret``, at ``timestamp`` (Unix seconds)."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verifier_for(settings: IdentitySettings) -> Verifier:
    """The verifier that the settings name."""
    if settings.realname_verifier == "simulator":
        return SimulatedVerifier()
    if settings.realname_verifier == "http":
        secret = settings.realname_secret.reveal().encode()
        return HttpVerifier(settings.realname_url, settings.realname_application, secret)
    return NoVerifier()
