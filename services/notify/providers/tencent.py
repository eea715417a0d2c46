"""Tencent Cloud's SMS: ``SendSms`` of 2021-01-11, up to 200 numbers a request, each with an answer of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from services.notify.domain import Channel, ErrorClass
from services.notify.providers.answer_codes import TENCENT, class_of, printable
from services.notify.providers.approved import ApprovedTemplates
from services.notify.providers.asking import NoAnswer, Outcome, all_refused, ask
from services.notify.providers.base import Batch, Recipient, Refused, Taken
from services.notify.providers.signing import tc3_authorization

_CONTENT_TYPE = "application/json; charset=utf-8"
_COUNTRY = "+86"


@dataclass(frozen=True)
class TencentAccount:
    """Whose SMS these are: the key, the application, the approved signature and templates."""

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    sign_name: str
    templates: ApprovedTemplates
    url: str = "https://sms.tencentcloudapi.com"
    region: str = "ap-guangzhou"


class TencentSms:
    """Hands batches to Tencent. ``clock`` is the machine's, not the platform's: Tencent compares with its own."""

    name = "tencent"
    channel = Channel.SMS
    batch_limit = 200

    def __init__(self, account: TencentAccount, http: httpx.Client, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._http = http
        self._clock = clock

    def send(self, batch: Batch, now: datetime) -> Sequence[Outcome]:
        """Hand over, once for all."""
        approved = self._account.templates.of(batch)
        if approved is None:
            return all_refused(batch, ErrorClass.ACCOUNT, "tencent_template_not_approved")
        filled = self._account.templates.filled(approved, batch)
        request = {
            "PhoneNumberSet": [_COUNTRY + to.address for to in batch.recipients],
            "SmsSdkAppId": self._account.app_id,
            "SignName": self._account.sign_name,
            "TemplateId": approved.id,
            "TemplateParamSet": list(filled.variables.values()),
            "SessionContext": batch.recipients[0].message_id,  # what their console finds the request by
        }
        try:
            answer = self._ask(orjson.dumps(request))["Response"]
            error = answer.get("Error")
            if error is not None:
                return all_refused(batch, class_of(error["Code"], TENCENT), printable(error["Code"]))
            statuses = {status["PhoneNumber"]: status for status in answer["SendStatusSet"]}
        except NoAnswer as silence:
            return all_refused(batch, ErrorClass.TEMPORARY, str(silence))
        except (KeyError, TypeError, AttributeError):
            return all_refused(batch, ErrorClass.TEMPORARY, "tencent_unreadable")
        return [_outcome(to, statuses.get(_COUNTRY + to.address), filled.shortened) for to in batch.recipients]

    def _ask(self, body: bytes) -> dict[str, Any]:
        timestamp = int(self._clock())
        signed = {
            "Content-Type": _CONTENT_TYPE,
            "Host": urlsplit(self._account.url).netloc,
            "X-TC-Action": "SendSms",
        }
        authorization = tc3_authorization(
            self._account.secret_id,
            self._account.secret_key,
            service="sms",
            timestamp=timestamp,
            headers=signed,
            body=body,
        )
        headers = {
            **signed,
            "Authorization": authorization,
            "X-TC-Region": self._account.region,
            "X-TC-Timestamp": str(timestamp),
            "X-TC-Version": "2021-01-11",
        }
        return ask(self._http, self.name, self._account.url, headers=headers, body=body)


def _outcome(to: Recipient, status: Any, shortened: tuple[str, ...]) -> Outcome:
    if not isinstance(status, dict) or "Code" not in status:
        return Refused(to.message_id, ErrorClass.TEMPORARY, "tencent_unanswered")
    code = str(status["Code"])
    if code == "Ok":
        return Taken(to.message_id, status.get("SerialNo"), shortened)
    return Refused(to.message_id, class_of(code, TENCENT), printable(code))
