"""A calendar over HTTP: whoever has its address reads it, and no cache or link keeps the address."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import NotFound
from tests.unit.gateway.conftest import Site, bearer

PATH = "/v1/me/calendar.ics"
CALENDAR = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def test_a_calendar_is_read_without_signing_in_as_what_calendars_read(site: Any) -> None:
    gateway: Site = site()
    gateway.rpc.answers["activity.read_calendar"] = {"calendar": CALENDAR}

    answer = gateway.http.get(PATH, params={"token": "t" * 43})

    assert (answer.status_code, answer.text) == (200, CALENDAR)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    ((target, payload, caller),) = gateway.rpc.asked
    assert (target, payload, caller.kind) == ("activity.read_calendar", {"token": "t" * 43}, "anonymous")


def test_an_address_that_leads_nowhere_is_not_there_and_one_without_a_token_is_refused(site: Any) -> None:
    gateway: Site = site()
    gateway.rpc.answers["activity.read_calendar"] = NotFound(what="calendar")

    assert gateway.http.get(PATH, params={"token": "t" * 43}).status_code == 404
    assert gateway.http.get(PATH).status_code == 422


def test_whoever_asks_too_often_is_told_to_wait(site: Any) -> None:
    gateway: Site = site(ZHIYUAN_RATE_LIMIT="2/hour")
    gateway.rpc.answers["activity.read_calendar"] = {"calendar": CALENDAR}

    statuses = [gateway.http.get(PATH, params={"token": f"{n}"}).status_code for n in range(5)]

    assert set(statuses) == {200, 429}


def test_only_a_volunteer_opens_or_closes_a_calendar(site: Any) -> None:
    gateway: Site = site()
    address = "/v1/me/calendar-token"
    gateway.rpc.answers["activity.create_calendar_token"] = {"token": "t", "path": f"{PATH}?token=t"}

    assert gateway.http.post(address).status_code == 401
    assert gateway.http.post(address, headers=bearer("administrator")).status_code == 403
    assert gateway.http.post(address, headers=bearer("volunteer")).status_code == 201
    assert gateway.http.delete(address, headers=bearer("volunteer")).status_code == 204
