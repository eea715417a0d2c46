"""One question to a provider over HTTP, and what no answer means.

Why this module exists: whatever goes wrong between here and there is the same for every provider, and none of it may
raise: delivery gets an answer for every recipient.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from services.chassis.logs import get_logger
from services.notify.domain import ErrorClass
from services.notify.providers.base import Batch, Refused, Taken

log = get_logger(__name__)

# An address that does not answer must not hold up what is behind it. Reading takes longer with 1,000 numbers.
DEADLINE = httpx.Timeout(5.0, connect=2.0)

Outcome = Taken | Refused


class NoAnswer(Exception):
    """Nobody answered, or nothing that can be read; the text is a reason that operators may see."""


def ask(http: httpx.Client, provider: str, url: str, *, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The JSON object that a POST is answered with, whatever its status; raises :class:`NoAnswer`."""
    try:
        answer = http.post(url, headers=headers, content=body)
    except httpx.HTTPError as error:
        raise NoAnswer(f"{provider}_{type(error).__name__}") from None  # its text may name the address, and a number
    try:
        found = answer.json()
    except ValueError:
        raise NoAnswer(f"{provider}_http_{answer.status_code}") from None
    if not isinstance(found, dict):
        raise NoAnswer(f"{provider}_http_{answer.status_code}")
    return found


def all_refused(batch: Batch, error_class: ErrorClass, reason: str) -> list[Outcome]:
    """The same answer for everybody."""
    if error_class is ErrorClass.ACCOUNT:
        log.error("provider_account_refused", reason=reason, template=batch.template)
    return [Refused(to.message_id, error_class, reason) for to in batch.recipients]
