"""What organization's requests accept: the same checks at the gateway and at the service."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.errors import Invalid
from services.chassis.ids import new_id
from services.organization.schemas import reports, reviews, tree

ID = new_id()


def faults(schema: Any, **payload: Any) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        schema().parse(payload)
    return {(error.field, error.code) for error in refusal.value.errors}


def test_a_credit_code_is_normalised_and_checked_and_optional() -> None:
    base = {"organization_id": ID}
    assert tree.AmendOrganization().parse({**base, "uscc": " 91110000600037341l "}).uscc == "91110000600037341L"
    assert tree.AmendOrganization().parse(base).uscc is None
    assert faults(tree.AmendOrganization, **base, uscc="91110000600037341M") == {("uscc", "bad_uscc")}


def test_one_schema_takes_the_reviews_of_every_kind() -> None:
    for kind in ("memberships", "organizations", "supplements"):
        assert reviews.ListReviews().parse({"kind": kind}).status == "pending"
        assert reviews.DecideReview().parse({"kind": kind, "id": ID, "approve": True}).reason is None


def test_a_rejection_without_a_reason_names_the_field() -> None:
    for reason in ({}, {"reason": None}, {"reason": " "}):
        assert faults(reviews.DecideReview, kind="memberships", id=ID, approve=False, **reason) == {
            ("reason", "required")
        }


def test_at_most_a_hundred_decisions_at_once() -> None:
    decision = {"id": ID, "approve": True}
    assert len(reviews.DecideReviews().parse({"kind": "memberships", "decisions": [decision] * 100}).decisions) == 100
    assert faults(reviews.DecideReviews, kind="memberships", decisions=[decision] * 101) == {
        ("decisions", "bad_length")
    }


@pytest.mark.parametrize("domain", ["gz.example.org", "xn--fiq228c.example.org"])
def test_a_domain_is_a_host_name(domain: str) -> None:
    payload = {"organization_id": ID, "title": "广州", "domain": domain}
    for given in (domain, domain.upper()):
        assert reports.PutSite().parse({**payload, "domain": given}).domain == domain
    for bad in ("https://" + domain, domain + "/x", "localhost", "a..b"):
        assert faults(reports.PutSite, **{**payload, "domain": bad}) == {("domain", "bad_domain")}


def test_a_receipt_names_every_field_that_is_wrong() -> None:
    contact = {"role": "boss", "name": "林小红", "post": "干事", "mobile": "12345"}
    declared = {"organizations": -1, "volunteers": 1}
    assert faults(reports.SubmitReceipt, organization_id=ID, contacts=[contact], declared=declared) == {
        ("contacts.0.role", "not_a_choice"),
        ("contacts.0.mobile", "bad_mobile"),
        ("declared.organizations", "out_of_range"),
        ("declared.league_members", "required"),
    }
