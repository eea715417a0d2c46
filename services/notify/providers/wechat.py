"""WeChat's template messages: one a request, to an openid, known again by ``client_msg_id`` for ten minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.chassis.errors import Unavailable
from services.chassis.wechat import WeChatInterface
from services.notify.domain import Channel, ErrorClass
from services.notify.providers.answer_codes import WECHAT, class_of, printable
from services.notify.providers.approved import ApprovedTemplates, Filled
from services.notify.providers.asking import Outcome, all_refused
from services.notify.providers.base import Batch, Recipient, Refused, Taken


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
        filled = self._templates.filled(approved, batch)
        return [self._send(approved.id, filled, to) for to in batch.recipients]

    def _send(self, template: str, filled: Filled, to: Recipient) -> Outcome:
        request = {
            "touser": to.address,
            "template_id": template,
            "client_msg_id": to.message_id,
            "data": {name: {"value": words} for name, words in filled.variables.items()},
        }
        try:
            answer = self._interface.call("/cgi-bin/message/template/send", {**request, "url": self._url})
        except Unavailable:
            return Refused(to.message_id, ErrorClass.TEMPORARY, "wechat_unavailable")
        code = answer.get("errcode")
        if code == 0 and "msgid" in answer:
            return Taken(to.message_id, str(answer["msgid"]), filled.shortened)
        return Refused(to.message_id, class_of(str(code), WECHAT), f"wechat_{printable(code)}")
