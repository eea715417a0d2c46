"""Tencent's ``SendSms`` of 2021-01-11: what it checks, what it answers, and its receipts."""

from __future__ import annotations

import json
import re
import time
import uuid
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from deploy.simulators.moods import Mood, mood_of
from deploy.simulators.world import Limit, World, words_of
from services.notify.providers.signing import tc3_authorization

MOST_NUMBERS = 200
_SKEW_SECONDS = 300
_AUTHORIZATION = re.compile(r"TC3-HMAC-SHA256 Credential=([^/]+)/[^,]+, SignedHeaders=([a-z0-9;-]+), Signature=\w{64}")
_BY_LIMIT = {
    Limit.MINUTE: "LimitExceeded.PhoneNumberThirtySecondLimit",
    Limit.HOUR: "LimitExceeded.PhoneNumberOneHourLimit",
    Limit.DAY: "LimitExceeded.PhoneNumberDailyLimit",
}
_BY_MOOD = {
    Mood.BAD: "InvalidParameterValue.IncorrectPhoneNumber",
    Mood.BLACKLISTED: "FailedOperation.PhoneNumberInBlacklist",
    Mood.DAILY: "LimitExceeded.PhoneNumberDailyLimit",
    Mood.THROTTLED: "LimitExceeded.DeliveryFrequencyLimit",
    Mood.ACCOUNT: "FailedOperation.InsufficientBalanceInSmsPackage",
}


class Tencent:
    """The one address of the interface."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, request: Request) -> Response:
        """Answer as Tencent does: 200 for refusals, too."""
        body = await request.body()
        fault = self._fault(request, body)
        if fault is not None:
            return _answer({"Error": {"Code": fault, "Message": "refused by the simulator"}})
        given = json.loads(body)
        numbers = given.get("PhoneNumberSet", [])
        if not numbers:
            return _answer({"Error": {"Code": "MissingParameter.EmptyPhoneNumberSet", "Message": "no number"}})
        if len(numbers) > MOST_NUMBERS:
            return _answer({"Error": {"Code": "LimitExceeded.PhoneNumberCountLimit", "Message": "more than 200"}})
        if any(mood_of(number.removeprefix("+86")) is Mood.DOWN for number in numbers):
            return PlainTextResponse("Service Unavailable", 503)
        return _answer({"SendStatusSet": [self._take(number, given) for number in numbers]})

    def _fault(self, request: Request, body: bytes) -> str | None:
        headers, accounts = request.headers, self._world.accounts
        claimed = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if claimed is None:
            return "AuthFailure.InvalidAuthorization"
        if claimed[1] != accounts.key_id:
            return "AuthFailure.SecretIdNotFound"
        if (headers.get("x-tc-action"), headers.get("x-tc-version")) != ("SendSms", "2021-01-11"):
            return "InvalidAction"
        timestamp = int(headers.get("x-tc-timestamp", "0"))
        right = tc3_authorization(
            accounts.key_id,
            accounts.key_secret,
            service="sms",
            timestamp=timestamp,
            headers={name: headers.get(name, "") for name in claimed[2].split(";")},
            body=body,
        )
        if not compare_digest(right, headers["authorization"]):
            return "AuthFailure.SignatureFailure"
        return "AuthFailure.SignatureExpire" if abs(time.time() - timestamp) > _SKEW_SECONDS else None

    def _take(self, number: str, given: dict[str, Any]) -> dict[str, Any]:
        mobile = number.removeprefix("+86")
        mood, found = mood_of(mobile), words_of(given.get("TemplateId", ""), given.get("TemplateParamSet", []))
        if (given.get("SmsSdkAppId"), given.get("SignName")) != (
            self._world.accounts.app_id,
            self._world.accounts.sign_name,
        ):
            return _status(number, given, "FailedOperation.SignatureIncorrectOrUnapproved")
        if found is None:
            return _status(number, given, "FailedOperation.TemplateIncorrectOrUnapproved")
        template, words = found
        if mood in _BY_MOOD or not re.fullmatch(r"\+861\d{10}", number):
            return _status(number, given, _BY_MOOD.get(mood, _BY_MOOD[Mood.BAD]))
        limit = self._world.limit_of("tencent", mobile, template)
        if limit is not None:
            return _status(number, given, _BY_LIMIT[limit])
        serial = f"2640:{uuid.uuid4().hex}"
        self._world.keep("tencent", mobile, template, f"【{given['SignName']}】{words}", serial)
        self._push(mood, mobile, serial)
        return _status(number, given, "Ok", serial)

    def _push(self, mood: Mood, mobile: str, serial: str) -> None:
        arrived = mood is not Mood.UNDELIVERED
        receipt = {
            "user_receive_time": time.strftime("%Y-%m-%d %H:%M:%S"),
            "nationcode": "86",
            "mobile": mobile,
            "report_status": "SUCCESS" if arrived else "FAIL",
            "errmsg": "DELIVRD" if arrived else "UNDELIV",
            "description": "用户短信送达成功" if arrived else "用户短信接收失败",
            "sid": serial,
        }
        path = f"/v1/callbacks/sms/tencent?secret={self._world.accounts.tencent_callback_secret}"
        self._world.push_later(mood, path, json.dumps([receipt]).encode(), "application/json", '"result":0')


def _status(number: str, given: dict[str, Any], code: str, serial: str = "") -> dict[str, Any]:
    return {
        "SerialNo": serial,
        "PhoneNumber": number,
        "Fee": int(code == "Ok"),
        "SessionContext": given.get("SessionContext", ""),
        "Code": code,
        "Message": "send success" if code == "Ok" else "refused by the simulator",
        "IsoCode": "CN",
    }


def _answer(response: dict[str, Any]) -> Response:
    return JSONResponse({"Response": {**response, "RequestId": str(uuid.uuid4())}})
