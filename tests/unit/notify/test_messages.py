"""Templates, the table of who is told what, and the rules of messages."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.events import EnrollmentAccepted
from services.chassis.errors import IllegalTransition
from services.identity.use_cases.notices import Notice
from services.notify import domain, service
from services.notify.domain import Channel, ErrorClass, Priority, Status
from services.notify.templates import TEMPLATES, Kind
from services.notify.use_cases import codes
from services.notify.use_cases.telling import MANDATED, TELLINGS, WAYS, Telling
from services.organization.domain import Role

README = Path(service.__file__).with_name("README.md")
_SAMPLES: dict[Any, Any] = {
    str: "某文字",
    int: 120,
    bool: True,
    date: date(2026, 3, 5),
    datetime: datetime(2026, 3, 5, 6, 30, tzinfo=UTC),
    list: [],
}


def an_event(telling: Telling) -> Any:
    """An event of the row's kind with something in every field, for which the row applies."""
    hints = typing.get_type_hints(telling.event)
    values = {f.name: _sample(hints[f.name]) for f in dataclasses.fields(telling.event)}
    if "role" in values:
        values["role"] = "owner"
    candidates = [
        telling.event(**{**values, **changed})
        for changed in (
            {},
            {"upheld": False},
            {"upheld": False, "appeal_until": None},
            {"approved": False},
            {"accepted": False},
            {"granted": False},
            {"confirmed": False},
            {"on_request": False},
            {"outcome": "mismatched"},
            {"outcome": "accepted"},
            {"outcome": "declined"},
            {"cause": "revoked"},
            {"cause": "expired"},
            {"minutes": -5},
            {"onboarded": False},
            {"revoked": False},
            *_STATUSES,
            *_AMENDED,
        )
        if set(changed) <= set(values)
    ]
    return next(event for event in candidates if telling.when(event))


_STATUSES = (
    *({"status": status} for status in ("contacted", "rejected", "scheduled", "done", "cancelled")),
    *({"notice": notice.value} for notice in Notice),
)


_EARLIER = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
_AMENDED: tuple[dict[str, Any], ...] = (
    {"old_starts_at": _EARLIER}, {"old_address": "别处"}, {"old_starts_at": _EARLIER, "old_address": "别处"},
)  # fmt: skip


def _sample(hint: Any) -> Any:
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    return _SAMPLES[typing.get_origin(hint) or hint]


def test_every_role_has_a_name_for_whoever_is_asked_to_take_it() -> None:
    assert set(domain.ROLE_ZH) == set(Role)


@pytest.mark.parametrize("telling", TELLINGS, ids=lambda t: t.template)
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_event_fills_every_parameter_of_its_template(telling: Telling, locale: str) -> None:
    event = an_event(telling)
    parameters = telling.parameters(event)
    assert set(parameters) == TEMPLATES[telling.template].parameters
    assert "***" not in TEMPLATES[telling.template].render(locale, parameters)
    assert getattr(event, telling.who)


def test_a_template_that_names_what_its_event_lacks_keeps_notify_from_starting() -> None:
    with pytest.raises(TypeError, match=r"hours_recorded names minutes, which enrollment\.accepted does not have"):
        Telling(EnrollmentAccepted, "hours_recorded", MANDATED, "volunteer_id")
    with pytest.raises(TypeError, match="names account_id, which"):
        Telling(EnrollmentAccepted, "enrollment_accepted", MANDATED, "account_id")


def test_a_parameter_is_what_the_events_field_is() -> None:
    kinds = {telling.template: telling.kinds for telling in TELLINGS}
    assert kinds["enrollment_accepted"]["starts_at"] is Kind.MOMENT
    assert kinds["hours_corrected"] == {"title": Kind.TEXT, "minutes": Kind.NUMBER}
    assert kinds["reviewing_lent"]["ends_on"] is Kind.DATE


def test_every_template_is_told_by_some_event() -> None:
    assert set(TEMPLATES) == {telling.template for telling in TELLINGS} | {codes.TEMPLATE}


def test_every_security_notice_has_its_words() -> None:
    assert {f"security_{notice}" for notice in Notice} == {key for key in TEMPLATES if key.startswith("security_")}


def test_a_status_that_is_told_has_chinese_words() -> None:
    told = next(t for t in TELLINGS if t.template == "card_status_changed")
    event = an_event(told)
    for status in domain.CARD_STATUS_ZH:
        assert told.parameters(dataclasses.replace(event, status=status))["status_zh"]
    for status in ("submitted", "routed", "rejected"):
        assert not told.when(dataclasses.replace(event, status=status))


def test_what_the_notice_sends_by_sms_goes_by_sms_and_cannot_be_switched_off() -> None:
    by_the_notice = {
        "organization_approved", "organization_rejected", "membership_approved", "volunteer_onboarded",
        "organization_onboarded", "membership_rejected",
        "activity_invitation", "enrollment_accepted", "enrollment_rejected",
    }  # fmt: skip
    assert all(WAYS[template] is MANDATED for template in by_the_notice)
    assert Channel.SMS in MANDATED.channels


def test_the_readme_shows_the_table_as_it_is() -> None:
    text = README.read_text(encoding="utf-8")
    for telling in TELLINGS:
        channels = " + ".join(channel.value for channel in telling.way.channels)
        row = f"| `{telling.event.type}` | `{telling.template}` | {telling.way.name} | {channels} | {telling.who} |"
        assert row in text, row


def test_both_languages_of_a_template_fit_one_or_two_sms_with_ordinary_words() -> None:
    for template in TEMPLATES.values():
        moments = {n: "2026-03-05T14:30:00+08:00" for n in template.parameters if n.endswith("_at")}
        words = template.render("zh", {**dict.fromkeys(template.parameters, "八个字左右的文字"), **moments})
        assert domain.segments(words) <= 2, template.key


@pytest.mark.parametrize(("length", "segments"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_an_sms_is_charged_by_segments(length: int, segments: int) -> None:
    assert domain.segments("字" * length) == segments


def test_a_provider_that_is_down_is_asked_again_at_growing_intervals_for_half_a_day() -> None:
    delays = [
        domain.delay_before_attempt(ErrorClass.TEMPORARY, n, Priority.RESULT) for n in range(1, domain.MAX_ATTEMPTS)
    ]
    assert delays == sorted(delays)
    assert delays[0] == timedelta(seconds=2)
    assert timedelta(hours=8) < sum(delays, timedelta()) < timedelta(hours=12)


def test_whoever_says_slower_is_asked_later_and_a_balance_may_be_paid_in_tomorrow() -> None:
    down, slower, balance = (
        sum(
            (domain.delay_before_attempt(found, n, Priority.RESULT) for n in range(1, domain.MAX_ATTEMPTS)), timedelta()
        )
        for found in (ErrorClass.TEMPORARY, ErrorClass.THROTTLED, ErrorClass.ACCOUNT)
    )
    assert down < slower < timedelta(hours=24) < balance


@pytest.mark.parametrize("error_class", ErrorClass)
@pytest.mark.parametrize("priority", Priority)
def test_what_no_second_attempt_can_change_is_given_up_at_once(error_class: ErrorClass, priority: Priority) -> None:
    at_once = error_class in (ErrorClass.PERMANENT, ErrorClass.UNREACHABLE)
    assert domain.is_final(error_class, 1, priority) is at_once
    for_ever = priority is Priority.CODE and error_class is ErrorClass.TEMPORARY
    assert domain.is_final(error_class, domain.MAX_ATTEMPTS, priority) is not for_ever


def test_a_code_is_tried_every_few_seconds_for_as_long_as_it_can_be_used() -> None:
    delays = [domain.delay_before_attempt(ErrorClass.TEMPORARY, n, Priority.CODE).seconds for n in (1, 2, 3, 50)]
    assert delays == [2, 8, 8, 8]
    slower = [domain.delay_before_attempt(ErrorClass.THROTTLED, n, Priority.CODE).seconds for n in (1, 2, 3)]
    assert slower == [10, 40, 160]


@given(st.sampled_from(Status), st.sampled_from(Status))
def test_nothing_leaves_a_final_state(current: Status, attempted: Status) -> None:
    if current in (Status.DELIVERED, Status.FAILED, Status.SUPPRESSED):
        with pytest.raises(IllegalTransition):
            domain.change_status(current, attempted)


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True) | st.emails())
def test_a_masked_recipient_does_not_hold_the_whole(recipient: str) -> None:
    masked = domain.masked_recipient(recipient)
    assert "*" in masked
    assert masked != recipient
