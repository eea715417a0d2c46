"""7. Hours that prove themselves: the waiting line, scans without network, long days, and a certificate's QR.

Sources: FACTS.md (offers with a deadline; at most 8 hours a day at once, up to 12 by the parent organization; offline
scans), 民政部令67号 (proof of service is verified online).
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pypdf
import zxingcpp

from demo.check import needed
from demo.client import Refused
from demo.parts.p5_attendance import SHIFT_MINUTES, qr_token, scan
from demo.world import Organization, Stage, Volunteer

TITLE = "Waiting line, offline scans, a long day, a certificate"

HOURS, AT_ONCE = 10, 8  # of the shift, and of them what counts without a question
OFFER_HOURS = 12


def play(stage: Stage) -> None:
    """A long day for four volunteers of whom two have a place."""
    world = stage.world
    team, unit = needed(world.team, "the team"), needed(world.unit, "the unit above the team")
    first, leaving, silent, patient, *_ = needed(world.scanned, "volunteers with three hours each")
    activity = _long_day(stage, team)
    _waiting_line(stage, activity, first, leaving, silent, patient)
    _scans(stage, team, activity, first, patient)
    _more_than_eight_hours(stage, team, unit, first, patient)
    _certificate(stage, team, activity, first)


def _long_day(stage: Stage, team: Organization) -> dict[str, Any]:
    world = stage.world
    morning = (world.clock.now() + timedelta(days=2)).replace(hour=8, minute=0, second=0, microsecond=0)
    activity = team.owner.post(
        "/activities",
        organization_id=team.id,
        title=f"马拉松赛道全日保障志愿服务（{world.invented.number}）",
        category="sports",
        description="全日值守补给点，为跑者指路、递水。",
        region="440100",
        address="天河区体育东路终点线三号补给点",
        enroll_by=morning.isoformat(),
        contact="云山志愿服务队 020-00000000",
        approval="instant",
        shifts=[
            {
                "starts_at": morning.isoformat(),
                "ends_at": (morning + timedelta(hours=HOURS)).isoformat(),
                "capacity": 2,
            }
        ],
    )
    world.count("activity", "zhiyuan_activity_activities_total", outcome="published")
    return dict(team.owner.post(f"/activities/{activity['activity_id']}/publication"))


def _waiting_line(
    stage: Stage,
    activity: dict[str, Any],
    first: Volunteer,
    leaving: Volunteer,
    silent: Volunteer,
    patient: Volunteer,
) -> None:
    """Two places, four people: who leaves makes room for the next, who says nothing for the one after."""
    world, check = stage.world, stage.check
    path, shift_id = f"/activities/{activity['activity_id']}/enrollments", activity["shifts"][0]["shift_id"]
    enrollments = [v.client.post(path, shift_id=shift_id) for v in (first, leaving, silent, patient)]
    check.equal(
        [(e["status"], e["position"]) for e in enrollments],
        [("accepted", None), ("accepted", None), ("waitlisted", 1), ("waitlisted", 2)],
        "two have a place, and two wait in the order in which they came",
    )

    def status(volunteer: Volunteer) -> str:
        own = volunteer.client.pages("/me/activities")
        return next(str(item["status"]) for item in own if item["activity_id"] == activity["activity_id"])

    leaving.client.delete(f"/enrollments/{enrollments[1]['enrollment_id']}")
    check.eventually(lambda: status(silent) == "offered", "one withdraws: the first in line is offered the place")
    check.equal(status(patient), "waitlisted", "the second in line waits on")
    world.clock.advance(timedelta(hours=OFFER_HOURS, minutes=1))
    check.eventually(
        lambda: (status(silent), status(patient)) == ("lapsed", "offered"),
        "twelve hours without an answer: the offer lapses, and the second in line is offered the place",
    )
    check.refused(
        lambda: silent.client.post(f"/enrollments/{enrollments[2]['enrollment_id']}/offer-response", accept=True),
        "who answers now is too late",
        status=409,
        code="illegal_transition",
    )
    taken = patient.client.post(f"/enrollments/{enrollments[3]['enrollment_id']}/offer-response", accept=True)
    check.equal(taken["status"], "accepted", "who waited takes it")
    for reached, times in (("accepted", 3), ("waitlisted", 2), ("withdrawn", 1)):
        world.count("activity", "zhiyuan_activity_enrollments_total", by=times, status=reached)
    world.count_sms("enrollment_accepted", by=3)
    world.count_sms("enrollment_offered", by=2)


def _scans(stage: Stage, team: Organization, activity: dict[str, Any], online: Volunteer, offline: Volunteer) -> None:
    """One telephone has network, the other keeps what it scanned and hands it in afterwards, the last scan first."""
    world, check = stage.world, stage.check
    shift = activity["shifts"][0]
    codes = f"/activities/{activity['activity_id']}/shifts/{shift['shift_id']}/attendance-code"
    check.eventually(
        lambda: _refusal_of(lambda: scan(offline, qr_token(team.owner, codes, "sign_in"))) == "wrong_time",
        "a day before, attendance knows who was accepted last, and that it is too early: wrong_time",
    )
    kept = []
    for kind, moment in (("sign_in", "starts_at"), ("sign_out", "ends_at")):
        minutes = timedelta(minutes=-10 if kind == "sign_in" else 1)
        world.clock.advance_to(datetime.fromisoformat(shift[moment]) + minutes)
        token = qr_token(team.owner, codes, kind)
        kept.append({"token": token, "nonce": str(uuid.uuid4()), "scanned_at": world.clock.now().isoformat()})
        scan(online, token)
    world.count("attendance", "zhiyuan_attendance_scans_total", by=2, outcome="ok")
    world.clock.advance(timedelta(hours=2))

    def hand_in(*scans: dict[str, Any]) -> list[str]:
        answer = offline.client.post("/attendance/offline-scans", scans=list(scans))
        return [str(item["status"]) for item in answer["items"]]

    signed_in, signed_out = kept
    check.equal(hand_in(signed_out), ["waiting"], "a sign-out handed in hours later waits for its sign-in")
    check.equal(hand_in(signed_in), ["recorded"], "the sign-in comes after it, and both make one record")
    before = _own_record(offline, activity)
    check.equal(hand_in(*kept), ["recorded", "recorded"], "the same scans again are taken")
    check.equal(_own_record(offline, activity), before, "and change nothing")


def _refusal_of(attempt: Callable[[], Any]) -> str | None:
    try:
        attempt()
    except Refused as refused:
        return refused.refusal.code
    return None


def _own_record(volunteer: Volunteer, activity: dict[str, Any]) -> dict[str, Any]:
    own = volunteer.client.pages("/me/service-records")
    return next(record for record in own if record["activity_id"] == activity["activity_id"])


def _more_than_eight_hours(
    stage: Stage, team: Organization, unit: Organization, granted: Volunteer, refused: Volunteer
) -> None:
    """Eight hours count at once; the organization above decides on the other two."""
    world, check = stage.world, stage.check
    at_once, held = AT_ONCE * 60, (HOURS - AT_ONCE) * 60
    for volunteer, provenance in ((granted, "scan"), (refused, "offline_scan")):
        summary = volunteer.client.get("/me/service-summary")
        check.equal(
            (summary["total_minutes"], summary["held_minutes"]),
            (SHIFT_MINUTES + at_once, held),
            f"of ten hours by {provenance} eight count at once, and two are held",
        )
        world.count("attendance", "zhiyuan_attendance_minutes_recorded_total", by=at_once, provenance=provenance)
    check.equal(list(team.owner.pages("/reviews/hours")), [], "the team itself has nothing to decide")
    waiting = {item["volunteer_id"]: item for item in unit.owner.pages("/reviews/hours")}
    check.that({granted.id, refused.id} <= waiting.keys(), "the unit above it finds both in its inbox", seen=waiting)
    path = "/reviews/hours/{}/decision"
    check.refused(
        lambda: unit.owner.post(path.format(waiting[refused.id]["id"]), approve=False),
        "a refusal without a reason",
        status=422,
        code="required",
        field="reason",
    )
    unit.owner.post(path.format(waiting[granted.id]["id"]), approve=True)
    unit.owner.post(path.format(waiting[refused.id]["id"]), approve=False, reason="当日下午已撤岗")
    world.count("attendance", "zhiyuan_attendance_minutes_recorded_total", by=held, provenance="scan")
    totals = [v.client.get("/me/service-summary")["total_minutes"] for v in (granted, refused)]
    check.equal(
        totals,
        [SHIFT_MINUTES + at_once + held, SHIFT_MINUTES + at_once],
        "granted, the two hours count; refused, they do not",
    )
    recount = world.platform.get("/attendance/recount")
    check.that(recount["sound"], "a recount agrees with every total", seen=recount)


def _certificate(stage: Stage, team: Organization, activity: dict[str, Any], volunteer: Volunteer) -> None:
    """Disclosed for a week, certified on paper, and checked by whoever holds the paper."""
    world, check = stage.world, stage.check
    team.owner.post(f"/activities/{activity['activity_id']}/disclosure")
    world.clock.advance(timedelta(days=7, minutes=1))
    check.eventually(
        lambda: _own_record(volunteer, activity)["status"] == "confirmed", "a week later the hours are confirmed"
    )
    minutes = SHIFT_MINUTES + HOURS * 60
    certificate = volunteer.client.post("/me/service-certificates")
    world.count("attendance", "zhiyuan_attendance_certificates_total", step="issued")
    check.equal((certificate["status"], certificate["minutes"]), ("valid", minutes), "they are certified")
    path = f"/me/service-certificates/{certificate['serial']}"
    pdf = pypdf.PdfReader(io.BytesIO(volunteer.client.fetch(path, "application/pdf")))
    check.that(volunteer.person.name in pdf.pages[0].extract_text(), "the PDF names the volunteer")
    found = zxingcpp.read_barcodes(pdf.pages[-1].images[0].image)
    leads_to = urlsplit(found[0].text if found else "")
    code = parse_qs(leads_to.query).get("code", [""])[0]
    verify = leads_to.path.removeprefix("/v1")
    shown = world.visitor.get(verify, code=code)
    check.equal(
        (shown["status"], shown["minutes"], "*" in shown["name_masked"]),
        ("valid", minutes, True),
        "its QR code leads anybody to the public verification, which shows a masked name",
    )
    check.refused(
        lambda: world.visitor.get(verify, code="0" * len(code)),
        "with another code there is nothing to see",
        status=404,
        code="not_found",
    )
    volunteer.client.post(f"/service-certificates/{certificate['serial']}/revocation", reason="遗失，另行开具")
    check.equal(
        world.visitor.get(verify, code=code)["status"], "revoked", "a revoked certificate says so to whoever scans it"
    )
