"""The in-app inbox while it changes: each message is news once, however late it was written down."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.notify import commands
from services.notify.domain import Channel
from services.notify.use_cases import inbox
from services.notify.use_cases.queueing import Audience, queue
from tests.service.notify.conftest import Notify, Person, acceptance

GATEWAY = Caller(kind="service", account_id="gateway")


def look(notify: Notify, person: Person, since: str | None) -> dict[str, Any]:
    with notify.units(person.caller) as uow:
        return inbox.watch_inbox(commands.WatchInbox(since=since), uow)


def titles(seen: dict[str, Any]) -> list[str]:
    return [item["text"].partition("“")[2].partition("”")[0] for item in seen["items"]]


def write(uow: Any, person: Person, title: str) -> None:
    parameters = {"title": title, "starts_at": "2026-03-05T14:30:00+08:00", "address": "越秀区示例路1号"}
    to = Audience(volunteer_id=person.volunteer_id)
    queue(uow, new_id(), "enrollment_accepted", to, (Channel.INBOX,), parameters)


def test_what_is_written_late_is_news_late_and_nothing_is_news_twice(notify: Notify, person: Person) -> None:
    beginning = look(notify, person, None)
    assert (beginning["items"], beginning["unread"]) == ([], 0)
    with notify.units() as slow:
        write(slow, person, "慢")  # begun first, and not over when the next one is
        notify.receive(acceptance(person.volunteer_id, title="快"))
        first = look(notify, person, beginning["cursor"])
        assert (titles(first), first["unread"]) == (["快"], 1)
    second = look(notify, person, first["cursor"])
    assert (titles(second), second["unread"]) == (["慢"], 2)
    assert titles(look(notify, person, second["cursor"])) == []
    assert sorted(titles(look(notify, person, beginning["cursor"]))) == sorted(["快", "慢"])  # another device


def test_a_gateway_learns_whose_inbox_has_changed_and_nobody_else_does(notify: Notify, person: Person) -> None:
    def readers(since: str | None, caller: Caller = GATEWAY) -> dict[str, Any]:
        with notify.units(caller) as uow:
            return inbox.list_readers_of_news(commands.ListReadersOfNews(since=since), uow)

    beginning = readers(None)
    assert beginning["readers"] is None
    notify.receive(acceptance(person.volunteer_id))
    news = readers(beginning["cursor"])
    assert news["readers"] == [person.volunteer_id]
    notify.deliver()  # an SMS that was sent is no news
    assert readers(news["cursor"])["readers"] == []
    with pytest.raises(Forbidden):
        readers(None, person.caller)


def test_what_was_seen_is_marked_as_read_together_and_shows_so_on_other_devices(notify: Notify, person: Person) -> None:
    for title in ("一", "二"):
        notify.receive(acceptance(person.volunteer_id, title=title))
        notify.clock.advance(minutes=1)
    page = commands.ListNotifications(limit=20, cursor=None, unread=True)
    with notify.units(person.caller) as uow:
        newest = inbox.list_notifications(page, uow)["items"][0]
    other_device = look(notify, person, None)["cursor"]
    notify.receive(acceptance(person.volunteer_id, title="三"))
    with notify.units(person.caller) as uow:
        read = inbox.read_notifications(commands.ReadNotifications(until=newest["created_at"]), uow)
    assert read == {"read": 2, "unread": 1}
    with notify.units(person.caller) as uow:
        assert titles(inbox.list_notifications(page, uow)) == ["三"]
    seen = look(notify, person, other_device)
    assert [(title, item["read_at"] is not None) for title, item in zip(titles(seen), seen["items"], strict=True)] == [
        ("一", True), ("二", True), ("三", False),
    ]  # fmt: skip
