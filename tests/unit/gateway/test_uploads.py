"""Uploads: sniffed, measured, kept once, and shown to those who may see them."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.uploads import harmless_name
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from tests.unit.gateway.conftest import Site, bearer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
VOLUNTEER = bearer()


@pytest.fixture
def uploads(site: Any) -> Site:
    return site(ZHIYUAN_MAX_UPLOAD_BYTES="1000")  # type: ignore[no-any-return]


def hand_in(site: Site, content: bytes = PNG, name: str = "证明.png", **headers: str) -> Any:
    return site.http.post("/v1/uploads", files={"file": (name, content)}, headers={**VOLUNTEER, **headers})


def test_a_file_is_kept_and_shown_to_its_owner(uploads: Site) -> None:
    kept = hand_in(uploads)
    assert kept.status_code == 201
    assert (kept.json()["content_type"], kept.json()["name"], kept.json()["size"]) == (
        "image/png",
        "证明.png",
        len(PNG),
    )
    shown = uploads.http.get(f"/v1/uploads/{kept.json()['upload_id']}", headers=VOLUNTEER)
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("allowed", "status"), [(True, 200), (False, 404)])
def test_attendance_decides_who_else_may_see_it(uploads: Site, allowed: bool, status: int) -> None:
    upload_id = hand_in(uploads).json()["upload_id"]
    uploads.rpc.answers["attendance.may_see_upload"] = {"allowed": allowed}
    reviewer = bearer("administrator", roles=[["org", "reviewer"]])
    assert uploads.http.get(f"/v1/uploads/{upload_id}", headers=reviewer).status_code == status
    assert uploads.rpc.asked[0][1] == {"upload_id": upload_id}


def test_a_refusal_of_attendance_is_passed_on(uploads: Site) -> None:
    upload_id = hand_in(uploads).json()["upload_id"]
    uploads.rpc.answers["attendance.may_see_upload"] = Forbidden()
    assert uploads.http.get(f"/v1/uploads/{upload_id}", headers=bearer()).status_code == 403


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"<html>not an image", 415), (b"", 415), (PNG + bytes(1000), 413), (PNG + bytes(50_000), 413)],
)
def test_what_is_no_picture_or_too_large_is_refused(uploads: Site, content: bytes, status: int) -> None:
    assert hand_in(uploads, content).status_code == status


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json"}, b"{}", 415),
        ({"Content-Type": "multipart/form-data"}, b"x", 422),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"\xff\x00garbage", 422),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"", 422),
    ],
)
def test_a_form_that_cannot_be_read_is_a_problem(
    uploads: Site, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = uploads.http.post("/v1/uploads", content=body, headers={**VOLUNTEER, **headers})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_without_the_file_is_a_field_error(uploads: Site) -> None:
    answer = uploads.http.post("/v1/uploads", files={"other": ("a.png", PNG)}, headers=VOLUNTEER)
    assert answer.json()["errors"][0] == {"field": "file", "code": "required", "message": "请上传文件"}


@pytest.mark.parametrize("upload_id", ["..", "%2e%2e", "x", "../../etc/passwd", new_id(), "%ff", "a%00b"])
def test_nothing_but_an_upload_is_found(uploads: Site, upload_id: str) -> None:
    answer = uploads.http.get(f"/v1/uploads/{upload_id}", headers=VOLUNTEER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_export_is_asked_for_with_the_files_that_one_has_handed_in_and_nobody_elses(uploads: Site) -> None:
    uploads.rpc.answers["identity.request_export"] = {}
    first, second = (hand_in(uploads, PNG + extra).json() for extra in (b"1", b"22"))
    uploads.http.post("/v1/uploads", files={"file": ("b.png", PNG)}, headers=bearer())
    assert uploads.http.post("/v1/me/exports", json={}, headers=VOLUNTEER).status_code == 202
    (sent,) = [payload for target, payload, *_ in uploads.rpc.asked if target == "identity.request_export"]
    assert sent == {"uploads": [{**kept, "fetch": f"/v1/uploads/{kept['upload_id']}"} for kept in (first, second)]}


def test_what_a_client_says_of_its_files_is_refused(uploads: Site) -> None:
    answer = uploads.http.post("/v1/me/exports", json={"uploads": []}, headers=VOLUNTEER)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "uploads")


def test_strangers_hand_in_nothing(uploads: Site) -> None:
    assert uploads.http.post("/v1/uploads", files={"file": ("a.png", PNG)}).status_code == 401


def test_the_same_key_keeps_one_file_whatever_the_form_looks_like(uploads: Site) -> None:
    first, again = (hand_in(uploads, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.request.headers["content-type"] != again.request.headers["content-type"], "another boundary"
    assert (again.status_code, again.json()) == (201, first.json())
    assert hand_in(uploads).json()["upload_id"] != first.json()["upload_id"]


def test_the_same_key_with_another_file_is_refused(uploads: Site) -> None:
    hand_in(uploads, **{"Idempotency-Key": "k1"})
    answer = hand_in(uploads, PNG + b"more", **{"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_the_same_key_of_somebody_else_is_another_key(uploads: Site) -> None:
    first = hand_in(uploads, **{"Idempotency-Key": "k1"})
    other = uploads.http.post(
        "/v1/uploads", files={"file": ("a.png", PNG)}, headers={**bearer(), "Idempotency-Key": "k1"}
    )
    assert other.json()["upload_id"] != first.json()["upload_id"]


def test_two_at_the_same_moment_keep_one_file(uploads: Site) -> None:
    request = (
        "POST",
        "/v1/uploads",
        {"files": {"file": ("a.png", PNG)}, "headers": {**VOLUNTEER, "Idempotency-Key": "k"}},
    )
    answers = uploads.http.together(request, request, request)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert set(statuses) <= {201, 409}
    assert len({answer.json()["upload_id"] for answer in answers if answer.status_code == 201}) == 1


def test_a_key_whose_request_failed_is_free_again(uploads: Site) -> None:
    assert hand_in(uploads, b"no image", **{"Idempotency-Key": "k1"}).status_code == 415
    assert hand_in(uploads, **{"Idempotency-Key": "k1"}).status_code == 201


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\temp\\证明 1.exe", "证明_1.png"),
        ("...", "file.png"),
        ("a\x00b\r\nc.png", "a_b_c.png"),
        ("x" * 500, "x" * 80 + ".png"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert harmless_name(given, "png") == kept


def test_the_clock_moves_for_everybody_and_once_a_key(site: Any, tmp_path: Any) -> None:
    moving = site(ZHIYUAN_CLOCK_FILE=str(tmp_path / "clock"))
    headers = {"Idempotency-Key": "day 1".replace(" ", "-")}
    answers = [moving.http.post("/v1/dev/clock", json={"advance_minutes": 60}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (tmp_path / "clock").read_text() == "3600.0"
    assert moving.http.post("/v1/dev/clock", json={"advance_minutes": -1}).status_code == 422


def test_without_a_clock_file_there_is_no_clock_to_move(site: Any) -> None:
    assert site().http.post("/v1/dev/clock", json={"advance_minutes": 60}).status_code == 404
