"""Aliyun's SMS: ``SendSms`` of 2017-05-25, up to 1,000 numbers a request, one answer for all of them."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from services.notify.domain import Channel, ErrorClass
from services.notify.providers.answer_codes import aliyun_class, printable
from services.notify.providers.approved import ApprovedTemplates, Filled
from services.notify.providers.asking import NoAnswer, Outcome, all_refused, ask
from services.notify.providers.base import Batch, Taken
from services.notify.providers.signing import acs3_authorization, canonical_query, sha256_hex

# Refusals that are one number's fault, for which all the others in the request are refused, too.
_ONE_NUMBERS_FAULT = re.compile(r"isv\.(MOBILE_NUMBER_ILLEGAL|BUSINESS_LIMIT_CONTROL|CUSTOMER_REFUSED|BLACK_KEY_.*)")


@dataclass(frozen=True)
class AliyunAccount:
    """Whose SMS these are: the key, the approved signature and templates; ``receipt_key`` is ours alone."""

    key_id: str
    key_secret: str = field(repr=False)
    sign_name: str
    templates: ApprovedTemplates
    receipt_key: str = field(repr=False)
    url: str = "https://dysmsapi.aliyuncs.com"


class AliyunSms:
    """Hands batches to Aliyun. ``clock`` is the machine's, not the platform's: Aliyun compares with its own."""

    name = "aliyun"
    channel = Channel.SMS
    batch_limit = 1000

    def __init__(self, account: AliyunAccount, http: httpx.Client, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._http = http
        self._clock = clock

    def send(self, batch: Batch, now: datetime) -> Sequence[Outcome]:
        """Hand over; where one number spoils a request, in halves, until that one stands alone."""
        approved = self._account.templates.of(batch)
        if approved is None:
            return all_refused(batch, ErrorClass.ACCOUNT, "aliyun_template_not_approved")
        return self._send(batch, approved.id, self._account.templates.filled(approved, batch))

    def _send(self, batch: Batch, template: str, filled: Filled) -> list[Outcome]:
        try:
            answer = self._ask(batch, template, filled)
            code, serial = str(answer["Code"]), answer.get("BizId")
        except NoAnswer as silence:
            return all_refused(batch, ErrorClass.TEMPORARY, str(silence))
        except KeyError:
            return all_refused(batch, ErrorClass.TEMPORARY, "aliyun_unreadable")
        if code == "OK":
            return [
                Taken(
                    to.message_id,
                    serial and receipt_id(self._account.receipt_key, serial, to.address),
                    filled.shortened,
                )
                for to in batch.recipients
            ]
        if len(batch.recipients) > 1 and _ONE_NUMBERS_FAULT.fullmatch(code):
            middle = len(batch.recipients) // 2
            halves = (batch.recipients[:middle], batch.recipients[middle:])
            return [
                outcome for half in halves for outcome in self._send(replace(batch, recipients=half), template, filled)
            ]
        return all_refused(batch, aliyun_class(code, str(answer.get("Message"))), printable(code))

    def _ask(self, batch: Batch, template: str, filled: Filled) -> dict[str, Any]:
        query = {
            "OutId": batch.recipients[0].message_id,  # what their console finds the request by
            "PhoneNumbers": ",".join(to.address for to in batch.recipients),
            "SignName": self._account.sign_name,
            "TemplateCode": template,
            "TemplateParam": orjson.dumps(dict(filled.variables)).decode(),
        }
        address = urlsplit(self._account.url)
        headers = {
            "host": address.netloc,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": sha256_hex(b""),
            "x-acs-date": datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": "2017-05-25",
        }
        authorization = acs3_authorization(
            self._account.key_id,
            self._account.key_secret,
            path=address.path or "/",
            query=query,
            headers=headers,
            body=b"",
        )
        url = f"{self._account.url}?{canonical_query(query)}"
        return ask(self._http, self.name, url, headers={**headers, "Authorization": authorization}, body=b"")


def receipt_id(receipt_key: str, serial: str, number: str) -> str:
    """What one number's receipt is found by: Aliyun gives a whole request one serial.

    A digest with a key, so that the row does not say the number once its owner has been erased.
    """
    return f"{serial}.{hmac.new(receipt_key.encode(), f'{serial}.{number}'.encode(), hashlib.sha256).hexdigest()[:24]}"
