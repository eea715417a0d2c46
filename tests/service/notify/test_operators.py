"""What operators see and do: masked recipients, sums, and a message once more that had failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.audit import AUDIT_LOG
from services.chassis.clock import SHANGHAI
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid
from services.chassis.ids import new_id
from services.notify import commands
from services.notify.domain import Channel, ErrorClass, Status
from services.notify.errors import MessageNotResendable
from services.notify.providers.approved import ApprovedTemplates
from services.notify.providers.table import TableSimulator
from services.notify.use_cases import reading, sending_again, templates
from tests.service.notify.conftest import Notify, Person, acceptance, code_request

PLATFORM = Caller(kind="platform", account_id=new_id())
REFUSED = (ErrorClass.PERMANENT, "blacklisted")


def listed(notify: Notify, caller: Caller = PLATFORM, **wanted: Any) -> list[Any]:
    with notify.units(caller) as uow:
        return list(reading.list_messages(commands.ListMessages(**wanted, limit=20, cursor=None), uow).items)


def resend(notify: Notify, message_id: str, caller: Caller = PLATFORM) -> Any:
    with notify.units(caller) as uow:
        return sending_again.resend_message(commands.ResendMessage(message_id=message_id), uow)


def test_operators_find_what_left_the_house_with_what_it_cost_and_nobody_else_does(
    notify: Notify, person: Person
) -> None:
    for mood in (None, REFUSED):
        notify.provider.moods = [mood]
        notify.receive(acceptance(person.volunteer_id))
        notify.deliver()
    today = notify.clock.now().astimezone(SHANGHAI).date()
    (sent,) = listed(notify, status="sent", channel="sms", provider="moody", from_day=today, to_day=today)
    (failed,) = listed(notify, failure="blacklisted", template="enrollment_accepted")
    assert (sent.recipient_masked, failed.status) == ("138****0001", Status.FAILED)
    assert listed(notify, to_day=today - timedelta(days=1)) == listed(notify, organization_id=new_id()) == []

    with notify.units(PLATFORM) as uow:
        sums = reading.sum_messages(commands.SumMessages(from_day=today, to_day=today), uow)
    assert [(item.provider, item.status, item.messages) for item in sums["items"]] == [
        ("moody", "sent", 1), (None, "failed", 1),
    ]  # fmt: skip
    assert (sums["messages"], str(sums["cost"])) == (2, "0.0500")
    with notify.units(PLATFORM) as uow, pytest.raises(Invalid):
        reading.sum_messages(commands.SumMessages(from_day=today - timedelta(days=92), to_day=today), uow)
    with pytest.raises(Forbidden):
        listed(notify, person.caller)


def test_operators_see_which_parameters_a_provider_was_given_cut(notify: Notify, person: Person) -> None:
    notify.provider.simulator = TableSimulator(
        Channel.SMS, notify.units.factory(), ApprovedTemplates.named_as_ours().within(lambda _: 12)
    )
    for title in ("社区清洁日", "春天里的第一个社区清洁日活动"):
        notify.receive(acceptance(person.volunteer_id, title=title))
        notify.deliver()
    (cut,), (whole,) = listed(notify, shortened=True), listed(notify, shortened=False)
    assert (cut.shortened, whole.shortened) == (["title"], [])
    first, second = notify.sent()
    assert (first.shortened, second.shortened) == ([], ["title"])
    assert "春天里的第一个社区清洁…" in second.text
    assert notify.messages(Channel.INBOX)[1].parameters["title"] == "春天里的第一个社区清洁日活动"


def test_what_failed_is_sent_again_once_and_stays_failed(notify: Notify, person: Person) -> None:
    notify.provider.moods = [REFUSED]
    notify.receive(acceptance(person.volunteer_id))
    notify.deliver()
    (failed,) = notify.messages()
    with pytest.raises(Forbidden):
        resend(notify, failed.id, person.caller)
    again = resend(notify, failed.id)
    with pytest.raises(MessageNotResendable, match="already"):
        resend(notify, failed.id)
    notify.deliver()
    assert [m.status for m in notify.messages()] == [Status.FAILED, Status.SENT]
    assert notify.messages()[1].id == again.id
    assert [m.recipient for m in notify.sent()] == [person.phone]
    with pytest.raises(MessageNotResendable, match="sent"):
        resend(notify, again.id)
    with notify.units() as uow:
        assert uow.session.scalars(sa.select(AUDIT_LOG.c.action)).all() == ["message.resent"]


def test_a_code_is_never_sent_again(notify: Notify) -> None:
    notify.provider.moods = [REFUSED]
    notify.receive(code_request(notify.clock.now()))
    notify.deliver()
    with pytest.raises(MessageNotResendable, match="anew"):
        resend(notify, notify.messages(Channel.SMS)[0].id)


def test_a_template_is_seen_with_its_length_and_charge_before_it_is_sent(notify: Notify) -> None:
    def preview(key: str, locale: str = "zh", **given: str) -> dict[str, Any]:
        parameters = [commands.GivenParameter(name=name, value=value) for name, value in given.items()]
        with notify.units(PLATFORM) as uow:
            return templates.preview_template(
                commands.PreviewTemplate(key=key, locale=locale, parameters=parameters), uow
            )

    with notify.units(PLATFORM) as uow:
        listed = templates.list_templates(commands.ListTemplates(), uow)["items"]
    assert all(sample["segments"] <= 2 for item in listed for sample in item["samples"] if sample["locale"] == "zh")
    short = preview("enrollment_accepted", starts_at="2026-03-05T14:30:00+08:00")
    assert ("3月5日 14:30" in short["text"], short["segments"]) == (True, 1)
    assert short["shortened"] == []
    long = preview("enrollment_accepted", title="很长的名称" * 20)
    cut = {"provider": "simulator", "name": "title", "value": "很长的名称" * 5 + "很长的名…"}
    assert (long["segments"], long["shortened"]) == (3, [cut])
    for wrong in ({"starts_at": "soon"}, {"nonsense": "x"}):
        with pytest.raises(Invalid):
            preview("enrollment_accepted", **wrong)
