"""11. Messages: over WeChat to those who have bound theirs, and by SMS to those whom WeChat does not reach.

Sources: notice, attachment 2, 三.8 (SMS; WeChat in addition for those who bound their account); FACTS.md, "Providers"
(a service account reaches only those who follow it).
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from demo.check import needed
from demo.world import Organization, Stage, Volunteer, World

TITLE = "Messages over WeChat, and by SMS where it does not reach"

BOUND, REVOKED = "security_bound", "in_person_revoked"
# Whom WeChat's simulator takes for somebody who has stopped following the service account.
LEFT = "left-"


@dataclass(frozen=True)
class Bound:
    """A volunteer and the WeChat account they scanned with."""

    volunteer: Volunteer
    openid: str


def play(stage: Stage) -> None:
    """Two volunteers bind their WeChat, one stops following; both get the same urgent news."""
    world = stage.world
    team = needed(world.team, "the team")
    *_, one, another = needed(world.scanned, "volunteers who were verified in person")
    follows = _bind(stage, one, f"follows-{uuid.uuid4().hex}")
    left = _bind(stage, another, f"{LEFT}{uuid.uuid4().hex}")
    _urgent_news(stage, team, follows, left)
    _in_the_inbox(stage, follows.volunteer)


def _bind(stage: Stage, volunteer: Volunteer, openid: str) -> Bound:
    world, check = stage.world, stage.check
    scene = volunteer.client.post("/me/wechat-binding")["scene"]
    told = world.visitor.push("/callbacks/wechat", _scanned(scene, openid), **_signed(world))
    check.equal(told, "success", "a volunteer scans the QR code on the screen, and WeChat says who")
    check.eventually(
        lambda: world.inbox.of(volunteer.person.phone, BOUND), "they are told by SMS that a WeChat was bound"
    )
    world.count_sms(BOUND)
    return Bound(volunteer, openid)


def _scanned(scene: str, openid: str) -> bytes:
    fields = {"FromUserName": openid, "MsgType": "event", "Event": "SCAN", "EventKey": scene, "CreateTime": "1"}
    return ("<xml>" + "".join(f"<{name}>{text}</{name}>" for name, text in fields.items()) + "</xml>").encode()


def _signed(world: World) -> dict[str, str]:
    """What WeChat adds to the address, at the platform's own time."""
    timestamp, nonce = str(int(world.clock.now().timestamp())), uuid.uuid4().hex
    words = sorted((world.access["wechat"]["push_token"], timestamp, nonce))
    return {
        "timestamp": timestamp,
        "nonce": nonce,
        "signature": hashlib.sha1("".join(words).encode()).hexdigest(),  # WeChat's choice
    }


def _urgent_news(stage: Stage, team: Organization, follows: Bound, left: Bound) -> None:
    world, check = stage.world, stage.check
    for one in (follows, left):
        team.owner.post(
            f"/volunteers/{one.volunteer.id}/in-person-verification/revocation",
            organization_id=team.id,
            reason="证件与本人不符，请携原件重新面验",
        )
    check.eventually(
        lambda: world.inbox.of(follows.openid, REVOKED), "whoever follows gets urgent news over WeChat instead of SMS"
    )
    check.eventually(
        lambda: world.inbox.of(left.volunteer.person.phone, REVOKED),
        "whoever has stopped following gets the same by SMS after all",
    )
    check.equal(
        (world.inbox.of(follows.volunteer.person.phone, REVOKED), world.inbox.of(left.openid, REVOKED)),
        ([], []),
        "each of them once",
    )
    world.count_sms(REVOKED)
    world.count("notify", "zhiyuan_notify_messages_sent_total", template=REVOKED, channel="wechat")


def _in_the_inbox(stage: Stage, volunteer: Volunteer) -> None:
    newest = volunteer.client.get("/me/notifications", limit=1)["items"][0]
    stage.check.equal(newest["template"], REVOKED, "the in-app inbox has it, too")
