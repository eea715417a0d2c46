"""What providers push: read as their documents have it, found by what sending has answered, and nothing else taken."""

from __future__ import annotations

import json

import pytest

from deploy.simulators.app import simulators
from deploy.simulators.moods import Mood, phone_with
from deploy.simulators.world import Accounts, World
from services.chassis.errors import BadRequest
from services.identity.providers import wechat_push
from services.notify.providers import receipts
from services.notify.providers.base import Taken
from services.notify.providers.receipts import Receipt
from tests.unit.notify.provider_contract import NOW, batch
from tests.unit.notify.test_providers import aliyun, over, tencent, wechat

ARRIVES, DOES_NOT, TWICE, SILENT = "13800000001", *(phone_with(m) for m in (Mood.UNDELIVERED, Mood.TWICE, Mood.SILENT))


def test_tencents_receipts_name_the_serial_of_each_message() -> None:
    world = World()
    answers = tencent(over(simulators(world))).send(batch([ARRIVES, DOES_NOT, TWICE, SILENT]), NOW)
    serials = [answer.provider_id for answer in answers if isinstance(answer, Taken)]
    pushed = [receipts.of_tencent(push.body) for push in world.pushes]
    assert pushed == [
        [Receipt(str(serials[0]), True, None)],
        [Receipt(str(serials[1]), False, "UNDELIV")],
        *[[Receipt(str(serials[2]), True, None)]] * 2,
    ]


def test_aliyuns_receipts_share_a_serial_and_are_told_apart_by_number_without_saying_it() -> None:
    world = World()
    sent = batch([ARRIVES, DOES_NOT, SILENT])
    answers = aliyun(over(simulators(world)), receipt_key="r").send(sent, NOW)
    ids = [str(answer.provider_id) for answer in answers if isinstance(answer, Taken)]
    pushed = [receipts.of_aliyun(push.body, "r") for push in world.pushes]
    assert pushed == [[Receipt(ids[0], True, None)], [Receipt(ids[1], False, "UNDELIV")]]
    assert len(set(ids)) == 3
    assert not any(to.address in name for to, name in zip(sent.recipients, ids, strict=True))
    assert receipts.of_aliyun(world.pushes[0].body, "another") != pushed[0]


def test_wechats_push_is_signed_and_names_the_message() -> None:
    world = World(Accounts(wechat_push_token="shared"))
    (answer,) = wechat(over(simulators(world))).send(batch(["undelivered-1"]), NOW)
    (push,) = world.pushes
    query = dict(pair.split("=") for pair in push.path.partition("?")[2].split("&"))
    assert wechat_push.is_signed("shared", query["timestamp"], query["nonce"], query["signature"])
    report = wechat_push.report_in(wechat_push.read(push.body))
    assert report is not None
    assert isinstance(answer, Taken)
    assert receipts.of_wechat(*report) == Receipt(str(answer.provider_id), False, "failed:user_block")


def test_two_reports_to_one_person_in_one_second_are_two_pushes() -> None:
    common = {"MsgType": "event", "FromUserName": "o1", "CreateTime": "1", "Event": "TEMPLATESENDJOBFINISH"}
    first, second = ({**common, "MsgID": number, "Status": "success"} for number in ("1", "2"))
    assert wechat_push.identity_of(first) != wechat_push.identity_of(second)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b"[{}]", b"\xff", b"[" * 100_000, json.dumps([{}] * 2001).encode()]
)
def test_what_is_no_list_of_receipts_is_refused(body: bytes) -> None:
    for read in (receipts.of_tencent, lambda body: receipts.of_aliyun(body, "r")):
        with pytest.raises(BadRequest):
            read(body)


def test_a_code_that_is_no_code_is_kept_as_other() -> None:
    body = json.dumps([{"sid": "1", "report_status": "FAIL", "errmsg": "给 13800000001 的短信失败"}]).encode()
    assert receipts.of_tencent(body) == [Receipt("1", False, "other")]
