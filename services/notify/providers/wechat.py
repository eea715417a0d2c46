"""WeChat's template messages: one a request, to an openid, known again by ``client_msg_id`` for ten minutes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.chassis.errors import Unavailable
from services.chassis.wechat import WeChatInterface
from services.notify.domain import Channel, ErrorClass
from services.notify.providers.answer_codes import WECHAT, class_of, printable
from services.notify.providers.approved import Approved, ApprovedTemplates
from services.notify.providers.asking import Outcome, all_refused
from services.notify.providers.base import Batch, Recipient, Refused, Taken

# How many characters a variable takes, by the letters of its name (公众号, "模板消息 / 参数值内容限制").
LONGEST: Mapping[str, int] = {
    "thing": 20, "character_string": 32, "number": 32, "letter": 32, "phrase": 5, "name": 10, "const": 20,
    "phone_number": 17, "car_number": 8, "symbol": 5,
}  # fmt: skip
_KIND = re.compile(r"([a-z_]+?)\d*")


class WeChatTemplates:
    """Hands messages to WeChat, one request each; ``url`` is where a tap on one leads."""

    name = "wechat"
    channel = Channel.WECHAT
    batch_limit = 20  # requests one after the other: a batch must not take a minute

    def __init__(self, interface: WeChatInterface, templates: ApprovedTemplates, url: str = "") -> None:
        self._interface = interface
        self._templates = templates
        self._url = url

    def send(self, batch: Batch, now: datetime) -> Sequence[Outcome]:
        """Hand over; who does not follow the account is ``UNREACHABLE``, and the next one is asked about."""
        approved = self._templates.of(batch)
        if approved is None:
            return all_refused(batch, ErrorClass.UNREACHABLE, "wechat_template_not_approved")
        return [self._send(batch, approved, to) for to in batch.recipients]

    def _send(self, batch: Batch, approved: Approved, to: Recipient) -> Outcome:
        request = {
            "touser": to.address,
            "template_id": approved.id,
            "client_msg_id": to.message_id,
            "data": {name: {"value": shortened(name, words)} for name, words in approved.filled(batch).items()},
        }
        try:
            answer = self._interface.call("/cgi-bin/message/template/send", {**request, "url": self._url})
        except Unavailable:
            return Refused(to.message_id, ErrorClass.TEMPORARY, "wechat_unavailable")
        code = answer.get("errcode")
        if code == 0 and "msgid" in answer:
            return Taken(to.message_id, str(answer["msgid"]))
        return Refused(to.message_id, class_of(str(code), WECHAT), f"wechat_{printable(code)}")


def shortened(name: str, words: str) -> str:
    """``words`` as long as WeChat takes them in the variable ``name``; what was cut shows as ``…``."""
    kind = _KIND.fullmatch(name)
    longest = LONGEST.get(kind[1], len(words)) if kind else len(words)
    return words if len(words) <= longest else words[: longest - 1] + "…"
