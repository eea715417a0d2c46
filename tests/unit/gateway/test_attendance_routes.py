"""What the gateway adds to attendance: codes as pictures that a phone reads, and what is known of evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from services.attendance.codes import AttendanceCodes
from services.attendance.domain import Direction
from services.attendance.schemas.inbox import DecideInboxReview, InboxReviewHistory, ListInboxReviews
from services.attendance.schemas.reviews import MAX_EVIDENCE, DecideReview, ReviewHistory
from services.chassis.crypto import KeyRing
from services.chassis.ids import new_id
from tests.unit.gateway.conftest import Site, bearer

ORGANIZER = bearer("administrator", roles=[["org", "organizer"]])
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def token() -> str:
    """A code as attendance makes it."""
    codes = AttendanceCodes(KeyRing({"code-1": b"k" * 32}), 30)
    return codes.show(new_id(), Direction.SIGN_IN, datetime(2026, 3, 7, 1, 0, tzinfo=UTC)).token


class TestCodes:
    def show(self, site: Any, token: str, accept: str | None) -> Any:
        gateway: Site = site()
        gateway.rpc.answers["attendance.show_code"] = {
            "token": token,
            "kind": "sign_in",
            "valid_until": "2026-03-07T09:00:30+08:00",
        }
        headers = ORGANIZER if accept is None else {**ORGANIZER, "Accept": accept}
        path = f"/v1/activities/{new_id()}/shifts/{new_id()}/attendance-code?kind=sign_in"
        return gateway.http.get(path, headers=headers)

    def test_without_asking_for_a_picture_it_is_json(self, site: Any, token: str) -> None:
        assert self.show(site, token, None).json()["token"] == token

    def test_the_png_reads_back_as_the_token(self, site: Any, token: str) -> None:
        answer = self.show(site, token, "image/png")

        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-valid-until"] == "2026-03-07T09:00:30+08:00"
        found = zxingcpp.read_barcode(Image.open(BytesIO(answer.content)))
        assert found is not None
        assert found.text == token

    def test_the_svg_is_a_drawing(self, site: Any, token: str) -> None:
        answer = self.show(site, token, "image/svg+xml")

        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert b"<path" in answer.content


class TestEvidence:
    def submit(self, gateway: Site, evidence: list[str], headers: dict[str, str]) -> Any:
        form = {
            "volunteer_id": new_id(),
            "shift_id": new_id(),
            "starts_at": "2026-03-07T09:00:00+08:00",
            "ends_at": "2026-03-07T10:00:00+08:00",
            "reason": "手机没电",
            "evidence": evidence,
        }
        return gateway.http.post(f"/v1/activities/{new_id()}/supplements", json=form, headers=headers)

    def hand_in(self, gateway: Site, headers: dict[str, str]) -> dict[str, Any]:
        kept: dict[str, Any] = gateway.http.post(
            "/v1/uploads", files={"file": ("签到表.png", PNG)}, headers=headers
        ).json()
        return kept

    def test_attendance_is_told_what_is_known_of_each_file(self, site: Any) -> None:
        gateway: Site = site()
        kept = self.hand_in(gateway, ORGANIZER)

        assert self.submit(gateway, [kept["upload_id"]], ORGANIZER).status_code == 201
        _, asked, _ = gateway.rpc.asked[-1]
        assert asked["evidence"] == [
            {
                "upload_id": kept["upload_id"],
                "sha256": kept["sha256"],
                "content_type": "image/png",
                "name": "签到表.png",
            }
        ]

    def test_files_that_are_unknown_or_somebody_elses_are_named_by_field(self, site: Any) -> None:
        gateway: Site = site()
        mine, others = self.hand_in(gateway, ORGANIZER), self.hand_in(gateway, bearer())
        answer = self.submit(gateway, [mine["upload_id"], others["upload_id"], new_id()], ORGANIZER)

        assert answer.status_code == 422
        named = [(error["field"], error["code"]) for error in answer.json()["errors"]]
        assert named == [("evidence.1", "unknown_upload"), ("evidence.2", "unknown_upload")]
        assert gateway.rpc.asked == []

    @pytest.mark.parametrize("evidence", [[], ["no id"], [7]])
    def test_without_a_file_there_is_no_supplement(self, site: Any, evidence: list[Any]) -> None:
        gateway: Site = site()

        assert self.submit(gateway, evidence, ORGANIZER).status_code == 422
        assert gateway.rpc.asked == []

    def claim(self, gateway: Site, volunteer: dict[str, str], **more: Any) -> Any:
        form = {
            "shift_id": new_id(),
            "starts_at": "2026-03-07T09:00:00+08:00",
            "ends_at": "2026-03-07T10:00:00+08:00",
            "note": "手机没电",
            **more,
        }
        return gateway.http.post(f"/v1/activities/{new_id()}/missing-entries", json=form, headers=volunteer)

    def test_a_volunteer_gives_files_of_their_own_with_a_claim(self, site: Any) -> None:
        gateway: Site = site()
        volunteer = bearer()
        mine, others = self.hand_in(gateway, volunteer), self.hand_in(gateway, ORGANIZER)

        assert self.claim(gateway, volunteer, evidence=[mine["upload_id"]]).status_code == 201
        _, asked, _ = gateway.rpc.asked[-1]
        assert [(file["upload_id"], file["sha256"]) for file in asked["evidence"]] == [
            (mine["upload_id"], mine["sha256"])
        ]
        refused = self.claim(gateway, volunteer, evidence=[others["upload_id"]]).json()["errors"]
        assert [(error["field"], error["code"]) for error in refused] == [("evidence.0", "unknown_upload")]

    def test_a_client_that_knows_no_files_asks_nothing_that_the_attendance_before_would_refuse(self, site: Any) -> None:
        gateway: Site = site()

        assert self.claim(gateway, bearer()).status_code == 201
        _, asked, _ = gateway.rpc.asked[-1]
        assert set(asked) == {"activity_id", "shift_id", "starts_at", "ends_at", "note"}

    def test_a_claim_carries_no_more_files_than_a_supplement(self, site: Any) -> None:
        gateway: Site = site()

        refused = self.claim(gateway, bearer(), evidence=[new_id() for _ in range(MAX_EVIDENCE + 1)])
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["evidence"]


class TestReviewsOfSupplements:
    @pytest.mark.parametrize(
        ("query", "target"),
        [
            ("", "organization.list_review_reasons"),
            ("?kind=organizations", "organization.list_review_reasons"),
            ("?kind=supplements", "attendance.list_review_reasons"),
            ("?kind=enrollments", "activity.list_rejection_reasons"),
        ],
    )
    def test_each_kind_has_reasons_of_its_own(self, site: Any, query: str, target: str) -> None:
        gateway = site()
        gateway.rpc.answers[target] = {"items": []}

        assert gateway.http.get(f"/v1/review-reasons{query}").json() == {"items": []}
        assert [asked[0] for asked in gateway.rpc.asked] == [target]

    def test_a_kind_that_there_is_not_has_none(self, site: Any) -> None:
        assert site().http.get("/v1/review-reasons?kind=feelings").status_code == 404

    def test_a_chosen_reason_and_the_history_go_to_whoever_keeps_the_kind(self, site: Any) -> None:
        gateway, supplement_id = site(), new_id()
        reviewer = bearer("administrator", roles=[[new_id(), "reviewer"]])
        decision = {"approve": False, "reason_code": "evidence_unreadable"}
        path = f"/v1/reviews/supplements/{supplement_id}"

        assert gateway.http.post(f"{path}/decision", json=decision, headers=reviewer).status_code == 200
        assert gateway.http.get(f"{path}/history", headers=reviewer).status_code == 200
        named = {"kind": "supplements", "id": supplement_id}
        assert [(target, payload) for target, payload, _ in gateway.rpc.asked] == [
            ("attendance.decide_supplement_review", {**decision, **named}),
            ("attendance.supplement_review_history", named),
        ]
        for schema, (_, payload, _) in zip((DecideReview, ReviewHistory), gateway.rpc.asked, strict=True):
            schema().parse(payload)  # as attendance will


class TestTheInbox:
    @pytest.mark.parametrize(
        ("kind", "one"),
        [
            ("corrections", "correction"),
            ("missing_entries", "missing_entry"),
            ("objections", "objection"),
            ("appeals", "appeal"),
        ],
    )
    def test_each_kind_is_listed_and_decided_by_its_own_rule(self, site: Any, kind: str, one: str) -> None:
        gateway, id_ = site(), new_id()
        decision = {"approve": False, "reason": "与签到表不符"}

        assert gateway.http.get(f"/v1/reviews/{kind}", headers=ORGANIZER).status_code == 200
        path = f"/v1/reviews/{kind}/{id_}/decision"
        assert gateway.http.post(path, json=decision, headers=ORGANIZER).status_code == 200
        assert gateway.http.get(f"/v1/reviews/{kind}/{id_}/history", headers=ORGANIZER).status_code == 200
        assert [(target, payload) for target, payload, _ in gateway.rpc.asked] == [
            (f"attendance.list_{one}_reviews", {"kind": kind}),
            (f"attendance.decide_{one}_review", {**decision, "kind": kind, "id": id_}),
            (f"attendance.{one}_review_history", {"kind": kind, "id": id_}),
        ]
        requests = ListInboxReviews, DecideInboxReview, InboxReviewHistory
        for schema, (_, payload, _) in zip(requests, gateway.rpc.asked, strict=True):
            schema().parse(payload)  # as attendance will

    def test_each_of_them_is_looked_at_by_itself_and_never_many_at_once(self, site: Any) -> None:
        decisions = {"decisions": [{"id": new_id(), "approve": True}]}
        answer = site().http.post("/v1/reviews/corrections/decisions", json=decisions, headers=ORGANIZER)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")

    @pytest.mark.parametrize("path", ["", f"/{new_id()}/history"])
    def test_a_kind_that_there_is_not_is_refused(self, site: Any, path: str) -> None:
        answer = site().http.get(f"/v1/reviews/feelings{path}", headers=ORGANIZER)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")
