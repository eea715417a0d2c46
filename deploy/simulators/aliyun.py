"""Aliyun's ``SendSms`` of 2017-05-25: what it checks, what it answers, and its receipts."""

from __future__ import annotations

import json
import re
import time
import uuid
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from deploy.simulators.moods import Mood, mood_of
from deploy.simulators.world import Limit, World, words_of
from services.notify.providers.signing import acs3_authorization

MOST_NUMBERS = 1000
LONGEST_PARAMETER = 35
_SKEW_SECONDS = 900
_AUTHORIZATION = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=\w{64}")
_MUST_BE_SIGNED = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}
_LIMIT = "isv.BUSINESS_LIMIT_CONTROL"
_BY_LIMIT = {
    Limit.MINUTE: (_LIMIT, "触发分钟级流控Permits:1"),
    Limit.HOUR: (_LIMIT, "触发小时级流控Permits:5"),
    Limit.DAY: (_LIMIT, "触发天级流控Permits:10"),
}
_BY_MOOD = {
    Mood.BAD: ("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号"),
    Mood.BLACKLISTED: ("isv.BLACK_KEY_CONTROL_LIMIT", "黑名单管控"),
    Mood.DAILY: _BY_LIMIT[Limit.DAY],
    Mood.THROTTLED: _BY_LIMIT[Limit.MINUTE],
    Mood.ACCOUNT: ("isv.AMOUNT_NOT_ENOUGH", "账户余额不足"),
}


class Aliyun:
    """The one address of the interface. One number's fault refuses the whole request."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nonces: set[str] = set()

    async def send(self, request: Request) -> Response:
        """Answer as Aliyun does: 400 where the request itself is wrong, 200 for everything else."""
        fault = self._fault(request, await request.body())
        if fault is not None:
            return _answer(fault, "refused by the simulator", status=400)
        given = dict(request.query_params)
        numbers = given.get("PhoneNumbers", "").split(",")
        if len(numbers) > MOST_NUMBERS:
            return _answer("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
        moods = {number: mood_of(number) for number in numbers}
        if Mood.DOWN in moods.values():
            return PlainTextResponse("Service Unavailable", 503)
        if given.get("SignName") != self._world.accounts.sign_name:
            return _answer("isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")
        variables = json.loads(given.get("TemplateParam", "{}"))
        if any(len(value) > LONGEST_PARAMETER for value in variables.values()):
            return _answer("isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
        found = words_of(given.get("TemplateCode", ""), [variables[name] for name in sorted(variables)])
        if found is None:
            return _answer("isv.SMS_TEMPLATE_ILLEGAL", "短信模板不合法")
        return self._take(moods, *found, given)

    def _fault(self, request: Request, body: bytes) -> str | None:
        headers, accounts = request.headers, self._world.accounts
        claimed = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if claimed is None or not set(claimed[2].split(";")) >= _MUST_BE_SIGNED:
            return "IncompleteSignature"
        if claimed[1] != accounts.key_id:
            return "InvalidAccessKeyId.NotFound"
        if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
            return "InvalidAction.NotFound"
        right = acs3_authorization(
            accounts.key_id,
            accounts.key_secret,
            path=request.url.path,
            query=dict(request.query_params),
            headers={name: headers.get(name, "") for name in claimed[2].split(";")},
            body=body,
        )
        if not compare_digest(right, headers["authorization"]):
            return "SignatureDoesNotMatch"
        if headers["x-acs-signature-nonce"] in self._nonces:
            return "SignatureNonceUsed"
        self._nonces.add(headers["x-acs-signature-nonce"])
        sent_at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return "InvalidTimeStamp.Expired" if abs(time.time() - sent_at.timestamp()) > _SKEW_SECONDS else None

    def _take(self, moods: dict[str, Mood], template: str, words: str, given: dict[str, str]) -> Response:
        for number, mood in moods.items():
            if mood in _BY_MOOD or not re.fullmatch(r"1\d{10}", number):
                return _answer(*_BY_MOOD.get(mood, _BY_MOOD[Mood.BAD]))
        for number in moods:
            limit = self._world.limit_of("aliyun", number, template)
            if limit is not None:
                return _answer(*_BY_LIMIT[limit])
        serial = f"{uuid.uuid4().int % 10**18:018}^0"
        for number, mood in moods.items():
            self._world.keep("aliyun", number, template, f"【{given['SignName']}】{words}", serial)
            self._push(mood, number, serial, given.get("OutId", ""))
        return _answer("OK", "OK", BizId=serial)

    def _push(self, mood: Mood, number: str, serial: str, out_id: str) -> None:
        arrived, now = mood is not Mood.UNDELIVERED, time.strftime("%Y-%m-%d %H:%M:%S")
        receipt = {
            "phone_number": number,
            "send_time": now,
            "report_time": now,
            "success": arrived,
            "err_code": "DELIVERED" if arrived else "UNDELIV",
            "err_msg": "用户接收成功" if arrived else "用户接收失败",
            "sms_size": "1",
            "biz_id": serial,
            "out_id": out_id,
        }
        path = f"/v1/callbacks/sms/aliyun?secret={self._world.accounts.aliyun_callback_secret}"
        self._world.push_later(mood, path, json.dumps([receipt]).encode(), "application/json", '"code":0')


def _answer(code: str, message: str, *, status: int = 200, **more: Any) -> Response:
    return JSONResponse({"Code": code, "Message": message, "RequestId": str(uuid.uuid4()), **more}, status)
