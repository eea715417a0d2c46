"""What WeChat pushes to us: who it is from, by its signature, and what it says. No I/O.

Why this module exists: the body is XML from the internet. Nothing but a flat list of elements is read, by a parser that
refuses a document type before it can declare an entity.
"""

from __future__ import annotations

import hashlib
from hmac import compare_digest
from xml.parsers import expat

from services.chassis.errors import BadRequest
from services.identity.domain.bindings import MAX_PUSH_BYTES

_MAX_DEPTH = 6
_SUBSCRIBE_PREFIX = "qrscene_"


def signature_of(token: str, timestamp: str, nonce: str) -> str:
    """``sha1`` of the three in sorted order (FACTS.md, "Providers")."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()  # WeChat's choice


def is_signed(token: str, timestamp: str, nonce: str, signature: str) -> bool:
    """Whether the request was signed with the token that WeChat and we share."""
    return compare_digest(signature_of(token, timestamp, nonce).encode(), signature.encode())


def read(body: bytes) -> dict[str, str]:
    """The elements below the root, by name; raises ``BadRequest``."""
    if len(body) > MAX_PUSH_BYTES:
        raise _unreadable()
    found: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        path.append(name)
        if len(path) > _MAX_DEPTH:
            raise _unreadable()

    def end(_name: str) -> None:
        path.pop()

    def text(data: str) -> None:
        if len(path) == 2:
            found[path[1]] = found.get(path[1], "") + data

    def refuse(*_: object) -> None:
        raise _unreadable()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise _unreadable() from None
    return found


def scene_in(push: dict[str, str]) -> str | None:
    """The scene of a scanned code: of a new follower with a prefix, of one who followed before without."""
    if push.get("MsgType") != "event":
        return None
    event, key = push.get("Event"), push.get("EventKey", "")
    if event == "SCAN":
        return key or None
    if event == "subscribe" and key.startswith(_SUBSCRIBE_PREFIX):
        return key.removeprefix(_SUBSCRIBE_PREFIX) or None
    return None


def report_in(push: dict[str, str]) -> tuple[str, str] | None:
    """What became of a template message, as (number, ``success`` or ``failed:…``)."""
    if push.get("MsgType") != "event" or push.get("Event") != "TEMPLATESENDJOBFINISH":
        return None
    number, outcome = push.get("MsgID"), push.get("Status")
    return (number, outcome) if number and outcome else None


def identity_of(push: dict[str, str]) -> str:
    """What a push and its repetition have in common: MsgId, or what, to whom and when for events, which have none."""
    parts = ("FromUserName", "CreateTime", "Event", "MsgID")
    return push.get("MsgId") or " ".join(push.get(part, "") for part in parts)


def _unreadable() -> BadRequest:
    return BadRequest(why_zh="推送内容无法解析。", why_en="The push cannot be read.")
