"""What the gateway adds to card: a bank's report reaches the service as the very bytes that were signed."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.gateway.conftest import Site, bearer

PATH = "/v1/partner/card/applications/ZY20260000000152/status"
BODY = b'{ "status":"contacted" }'
HEADERS = {"webhook-id": "msg_1", "webhook-timestamp": "1772416800", "webhook-signature": "v1,AAAA v1,BBBB"}
TAKEN = {"application_no": "ZY20260000000152", "status": "contacted", "changed": True}


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
def test_a_report_is_passed_on_with_its_bytes_and_headers_and_nobody_signs_in(site: Any, content_type: str) -> None:
    gateway: Site = site()
    gateway.rpc.answers["card.report_status"] = TAKEN

    answer = gateway.http.post(PATH, content=BODY, headers={**HEADERS, "content-type": content_type})

    assert (answer.status_code, answer.json()) == (200, TAKEN)
    ((target, payload, _),) = gateway.rpc.asked
    assert target == "card.report_status"
    assert payload == {
        "application_no": "ZY20260000000152",
        "body_base64": base64.b64encode(BODY).decode(),
        "webhook_id": "msg_1",
        "webhook_timestamp": "1772416800",
        "webhook_signature": "v1,AAAA v1,BBBB",
    }


def test_headers_that_are_missing_are_for_the_signature_to_refuse(site: Any) -> None:
    gateway: Site = site()

    gateway.http.post(PATH, content=BODY)

    ((_, payload, _),) = gateway.rpc.asked
    assert (payload["webhook_id"], payload["webhook_timestamp"], payload["webhook_signature"]) == ("", "", "")


def test_an_application_is_for_volunteers_and_all_its_bad_fields_are_named(site: Any) -> None:
    gateway: Site = site()
    wrong = {"bank": "icbc", "card_type": "debit", "region": "44", "address": "", "wish": 1}

    anonymous = gateway.http.post("/v1/card/applications", json=wrong)
    answer = gateway.http.post("/v1/card/applications", json=wrong, headers=bearer("volunteer"))

    assert anonymous.status_code == 401
    assert answer.status_code == 422
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("bank", "not_a_choice"),
        ("region", "bad_region"),
        ("address", "bad_length"),
        ("wish", "unknown_field"),
    }
    assert gateway.rpc.asked == []


def test_a_size_that_is_on_no_label_and_a_guardian_without_a_phone_are_named(site: Any) -> None:
    gateway: Site = site()
    wrong = {
        "bank": "boc", "card_type": "debit", "region": "440106", "address": "某路1号", "clothing_size": "170/88A",
        "guardian": {"name": "监护人甲", "consent": True},
    }  # fmt: skip

    answer = gateway.http.post("/v1/card/applications", json=wrong, headers=bearer("volunteer"))

    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("clothing_size", "not_a_choice"),
        ("guardian.phone", "required"),
    }


def test_platform_administrators_get_all_applications_as_csv_and_nobody_else_does(site: Any) -> None:
    gateway: Site = site()
    gateway.rpc.answers["card.list_applications"] = {
        "items": [{"application_no": "ZY20260000000152", "bank": "boc", "status": "routed", "volunteer_id": "x"}],
        "next_cursor": "next",
    }
    wanted = {"Accept": "text/csv"}

    refused = gateway.http.get("/v1/card/applications", headers=bearer("volunteer") | wanted)
    answer = gateway.http.get("/v1/card/applications?bank=boc", headers=bearer("platform") | wanted)

    assert refused.status_code == 403
    heading, row = answer.text.removeprefix("\ufeff").splitlines()
    assert heading.startswith("application_no,bank,card_type,")
    assert "volunteer_id" not in heading
    assert row.startswith("ZY20260000000152,boc,")
    assert 'rel="next"' in answer.headers["link"]
