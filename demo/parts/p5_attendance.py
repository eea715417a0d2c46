"""5. In-person verification, and sign-in and sign-out by real QR codes (notice, attachment 2, 二.7 and 三.9)."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Set
from datetime import datetime, timedelta
from typing import Any

import PIL.Image
import zxingcpp

from demo.check import at_once, needed
from demo.client import Client, Refused, wait_for
from demo.world import Organization, Stage, Volunteer

TITLE = "In-person verification and QR attendance"

SHIFT_MINUTES = 180


def play(stage: Stage) -> None:
    """The morning of the activity."""
    world, check = stage.world, stage.check
    team = needed(world.team, "the team")
    activity = needed(world.activity, "the activity")
    everybody = needed(world.accepted, "the accepted volunteers")
    shift = activity["shifts"][0]
    starts_at, ends_at = (datetime.fromisoformat(shift[name]) for name in ("starts_at", "ends_at"))
    codes = f"/activities/{activity['activity_id']}/shifts/{shift['shift_id']}/attendance-code"
    other_codes = _another_activity(stage, starts_at)

    early = starts_at - timedelta(hours=3)
    check.tell(f"days pass: it is {world.clock.advance_to(early):%m-%d %H:%M}, the shift begins at {starts_at:%H:%M}")
    unverified, *verified = everybody
    _verify_in_person(stage, team, verified)
    first, late, unscanned, *others = verified

    check.refused(
        lambda: scan(first, qr_token(team.owner, codes, "sign_in")),
        "three hours before the shift there is nothing to sign in to",
        status=409,
        code="wrong_time",
    )
    world.clock.advance_to(starts_at - timedelta(minutes=30))
    token = check.eventually(lambda: qr_token(team.owner, codes, "sign_in"), "the QR code (PNG) is read by a decoder")
    check.refused(
        lambda: first.client.fetch(codes, "image/png", kind="sign_in"),
        "a volunteer cannot fetch the code",
        status=403,
        code="forbidden",
    )
    check.refused(
        lambda: scan(unverified, qr_token(team.owner, codes, "sign_in")),
        "an unverified volunteer",
        status=403,
        code="not_verified_in_person",
    )
    _the_nonce(stage, first, lambda: qr_token(team.owner, codes, "sign_in"))
    check.refused(
        lambda: scan(late, qr_token(needed(world.guangzhou, "Guangzhou").owner, other_codes, "sign_in")),
        "a token of another activity",
        status=403,
        code="not_accepted",
    )
    check.refused(lambda: scan(late, f"{token[:-4]}AAAA"), "a forged token", status=422, code="code_invalid")
    world.clock.advance(timedelta(minutes=5))
    check.refused(lambda: scan(late, token), "a stale token", status=422, code="code_expired")
    check.refused(
        lambda: scan(late, qr_token(team.owner, codes, "sign_out")),
        "a sign-out without a sign-in",
        status=409,
        code="not_signed_in",
    )
    rest = [late, *others]
    at_once(lambda volunteer: _scan_shown(team.owner, codes, "sign_in", volunteer), rest)
    scanned = [first, *rest]
    check.that(True, f"{len(scanned)} of 30 have signed in; one has a broken phone, one is not verified")

    world.clock.advance_to(ends_at + timedelta(minutes=2))
    records = at_once(lambda volunteer: _scan_shown(team.owner, codes, "sign_out", volunteer), scanned)
    world.count("attendance", "zhiyuan_attendance_scans_total", by=2 * len(scanned), outcome="ok")
    world.count(
        "attendance", "zhiyuan_attendance_minutes_recorded_total", by=SHIFT_MINUTES * len(scanned), provenance="scan"
    )
    check.equal(
        {(record["status"], record["minutes"]) for record in records},
        {("recorded", SHIFT_MINUTES)},
        "all have signed out: three hours each, and not a minute of the waiting before",
    )
    _hours_appear(stage, first, activity)
    world.unverified, world.unscanned, world.scanned = unverified, unscanned, scanned


def qr_token(organizer: Client, codes: str, kind: str) -> str:
    """What a phone reads from the picture on the organizer's screen."""
    picture = PIL.Image.open(io.BytesIO(organizer.fetch(codes, "image/png", kind=kind)))
    found = zxingcpp.read_barcodes(picture.convert("L"))
    return found[0].text if found else ""


def scan(volunteer: Volunteer, token: str, nonce: str | None = None) -> dict[str, Any]:
    """Scan a code; every scan has a nonce of its own unless one is given."""
    return dict(volunteer.client.post("/attendance/scans", token=token, nonce=nonce or str(uuid.uuid4())))


def _scan_shown(organizer: Client, codes: str, kind: str, volunteer: Volunteer) -> dict[str, Any]:
    """Scan what the screen shows, and what it shows next if that was too slow or too early for the news to be there."""
    record: dict[str, Any] | None = wait_for(
        lambda: _unless(_PASSING, lambda: scan(volunteer, qr_token(organizer, codes, kind)))
    )
    return scan(volunteer, qr_token(organizer, codes, kind)) if record is None else record


_UNKNOWN_YET = frozenset({"not_verified_in_person", "not_accepted"})
_PASSING = _UNKNOWN_YET | {"code_expired"}


def _unless(codes: Set[str], attempt: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """What ``attempt()`` answers; None if it is refused with one of ``codes``."""
    try:
        return attempt()
    except Refused as refused:
        if refused.refusal.code not in codes:
            raise
        return None


def _verify_in_person(stage: Stage, team: Organization, volunteers: list[Volunteer]) -> None:
    world, check = stage.world, stage.check

    def verify(volunteer: Volunteer) -> Any:
        return team.owner.post(
            f"/volunteers/{volunteer.id}/in-person-verification", organization_id=team.id, note="已核对身份证原件"
        )

    at_once(verify, volunteers)
    world.count("identity", "zhiyuan_identity_verified_in_person_total", by=len(volunteers))
    check.eventually(
        lambda: all(at_once(lambda v: v.client.get("/me")["volunteer"]["verified_in_person"], volunteers)),
        f"{len(volunteers)} of the 30 are verified in person by the organizing team",
    )
    check.refused(lambda: verify(volunteers[0]), "once is enough", status=409, code="already_verified_in_person")


def _another_activity(stage: Stage, starts_at: datetime) -> str:
    """Where the code of somebody else's activity at the same time is shown."""
    world = stage.world
    city = needed(world.guangzhou, "the city of Guangzhou")
    activity = city.owner.post(
        "/activities",
        organization_id=city.id,
        title=f"图书馆导览志愿服务（{world.invented.number}）",
        category="culture",
        description="引导读者。",
        region="440100",
        address="天河区珠江东路四号图书馆大堂",
        enroll_by=starts_at.isoformat(),
        contact="广州市志愿服务联合会 020-00000000",
        shifts=[
            {
                "starts_at": starts_at.isoformat(),
                "ends_at": (starts_at + timedelta(hours=3)).isoformat(),
                "capacity": 5,
            }
        ],
    )
    city.owner.post(f"/activities/{activity['activity_id']}/publication")
    world.count("activity", "zhiyuan_activity_activities_total", outcome="published")
    return f"/activities/{activity['activity_id']}/shifts/{activity['shifts'][0]['shift_id']}/attendance-code"


def _the_nonce(stage: Stage, volunteer: Volunteer, token: Callable[[], str]) -> None:
    check, nonce = stage.check, str(uuid.uuid4())
    record = check.eventually(
        lambda: _unless(_UNKNOWN_YET, lambda: scan(volunteer, token(), nonce)), "a verified volunteer signs in"
    )
    if not record:
        return
    again = scan(volunteer, token(), nonce)
    check.equal(again["record_id"], record["record_id"], "a second scan with the same nonce answers the same record")
    stage.world.count("attendance", "zhiyuan_attendance_scans_total", outcome="repeated")
    check.refused(
        lambda: scan(volunteer, token()), "a second scan with a new nonce", status=409, code="already_signed_in"
    )


def _hours_appear(stage: Stage, volunteer: Volunteer, activity: dict[str, Any]) -> None:
    check = stage.check
    records = [r for r in volunteer.client.pages("/me/service-records") if r["activity_id"] == activity["activity_id"]]
    check.equal([r["minutes"] for r in records], [SHIFT_MINUTES], "the hours appear in the volunteer's service records")
    summary = volunteer.client.get("/me/service-summary")
    check.equal(
        (summary["total_minutes"], summary["minutes_by_provenance"]["scan"]),
        (SHIFT_MINUTES, SHIFT_MINUTES),
        "and in the summary, by scan",
    )
