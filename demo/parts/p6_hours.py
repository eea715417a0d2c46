"""6. Supplement, disclosure, objection, ledger and star (notice, attachment 2, 二.8 and 三.9; FACTS.md, Stars)."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import PIL.Image
import PIL.ImageDraw

from demo.check import needed
from demo.client import Client
from demo.parts.p5_attendance import SHIFT_MINUTES, qr_token, scan
from demo.world import Organization, Stage, Volunteer

TITLE = "Supplement, disclosure, objection, star"

STAR_DAYS, STAR_DAY_HOURS = 13, 8  # 104 hours: the first star takes 100


def play(stage: Stage) -> None:
    """What happens to hours after the activity."""
    world, check = stage.world, stage.check
    team, unit = needed(world.team, "the team"), needed(world.unit, "the unit above the team")
    activity = needed(world.activity, "the activity")
    scanned = needed(world.scanned, "those who signed in and out")
    _supplement(stage, team, unit, activity)
    records = _disclosure(stage, team, activity, len(scanned) + 1)
    _upheld_objection(stage, unit, activity, records, scanned)
    _dismissed_objection(stage, team, activity)
    _star(stage, team, needed(world.unscanned, "a verified volunteer"))
    recount = world.platform.get("/attendance/recount")
    check.that(recount["sound"], "a recount proves every minute in the ledger", seen=recount)


def _supplement(stage: Stage, team: Organization, unit: Organization, activity: dict[str, Any]) -> None:
    world, check = stage.world, stage.check
    volunteer = needed(world.unscanned, "somebody who could not scan")
    shift = activity["shifts"][0]
    path = f"/activities/{activity['activity_id']}/supplements"
    evidence = team.owner.upload("签到表.png", _signature_sheet(), "image/png")

    def form(who: Volunteer, *files: str) -> dict[str, Any]:
        return {
            "volunteer_id": who.id,
            "shift_id": shift["shift_id"],
            "starts_at": shift["starts_at"],
            "ends_at": shift["ends_at"],
            "reason": "手机损坏，无法扫码，有纸质签到表",
            "evidence": list(files),
        }

    check.refused(
        lambda: team.owner.post(path, **form(volunteer)),
        "a supplement without evidence",
        status=422,
        code="bad_length",
        field="evidence",
    )
    unverified = needed(world.unverified, "the unverified volunteer")
    check.refused(
        lambda: team.owner.post(path, **form(unverified, evidence)),
        "a supplement for somebody not verified in person",
        status=403,
        code="not_verified_in_person",
    )
    supplement = team.owner.post(path, **form(volunteer, evidence))
    check.equal(supplement["status"], "submitted", "a supplement with an uploaded evidence file goes to the superior")
    decide = f"/reviews/supplements/{supplement['supplement_id']}/decision"
    check.refused(
        lambda: team.owner.post(decide, approve=True),
        "the submitter's own approval is refused",
        status=403,
        code="own_supplement",
    )
    city = needed(world.guangzhou, "the city of Guangzhou")
    check.refused(lambda: city.owner.post(decide, approve=True), "another branch's too", status=404, code="not_found")
    check.refused(
        lambda: city.owner.get(f"/uploads/{evidence}"), "and it cannot see the file", status=404, code="not_found"
    )
    waiting = [item["id"] for item in unit.owner.pages("/reviews/supplements")]
    check.that(supplement["supplement_id"] in waiting, "the superior has it in the inbox")
    seen = unit.owner.fetch(f"/uploads/{evidence}", "image/png")
    check.that(seen == _signature_sheet(), "and sees the evidence")
    decided = unit.owner.post(decide, approve=True)
    check.equal(decided["status"], "approved", "the superior's approval is taken")
    world.count("attendance", "zhiyuan_attendance_supplements_decided_total", decision="approved")
    world.count("attendance", "zhiyuan_attendance_minutes_recorded_total", by=SHIFT_MINUTES, provenance="supplement")
    summary = volunteer.client.get("/me/service-summary")["minutes_by_provenance"]
    check.equal(
        (summary["scan"], summary["supplement"]), (0, SHIFT_MINUTES), "the hours count, and keep where they come from"
    )


def _signature_sheet() -> bytes:
    """A picture of a sheet with a few lines on it."""
    sheet = PIL.Image.new("L", (210, 297), 255)
    pen = PIL.ImageDraw.Draw(sheet)
    for y in range(30, 280, 20):
        pen.line((15, y, 195, y), fill=90)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _disclosure(stage: Stage, team: Organization, activity: dict[str, Any], expected: int) -> dict[str, dict[str, Any]]:
    """Open it once the last shift is over; answers the records by id."""
    world, check = stage.world, stage.check
    path = f"/activities/{activity['activity_id']}/disclosure"
    check.refused(
        lambda: team.owner.post(path),
        "hours are not disclosed before the last shift has ended",
        status=409,
        code="shifts_not_ended",
    )
    world.clock.advance_to(datetime.fromisoformat(activity["shifts"][-1]["ends_at"]) + timedelta(minutes=1))
    opened = team.owner.post(path)
    check.equal(opened["status"], "open", "after the last shift the hours are disclosed")
    shown = {record["record_id"]: record for record in world.visitor.pages(path)}
    check.equal(len(shown), expected, "everybody can read them, without signing in")
    full_names = {volunteer.person.name for volunteer in needed(world.accepted, "the accepted volunteers")}
    names = [record["name"] for record in shown.values()]
    check.that(all("*" in name for name in names) and not full_names & set(names), "with masked names")
    listed = {item["activity_id"] for item in world.visitor.pages("/disclosures", organization_id=team.id)}
    check.that(activity["activity_id"] in listed, "and find them in the list of disclosures")
    return shown


def _upheld_objection(
    stage: Stage,
    unit: Organization,
    activity: dict[str, Any],
    records: dict[str, dict[str, Any]],
    scanned: list[Volunteer],
) -> None:
    world, check = stage.world, stage.check
    volunteer = scanned[-1]
    own = volunteer.client.get("/me/service-records")["items"]
    record_id = next(record["record_id"] for record in own if record["record_id"] in records)
    entries = world.platform.get("/attendance/recount")["entries"]
    objection = volunteer.client.post(
        f"/activities/{activity['activity_id']}/objections",
        record_id=record_id,
        text="我十一点就离开了，多记了一小时。",
        contact=volunteer.person.phone,
    )
    frozen = {r["record_id"]: r for r in world.visitor.pages(f"/activities/{activity['activity_id']}/disclosure")}
    check.equal(frozen[record_id]["status"], "frozen", "“I object” freezes the record")
    waiting = unit.owner.get("/reviews")["objections"], [one["id"] for one in unit.owner.pages("/reviews/objections")]
    check.equal(waiting, (1, [objection["objection_id"]]), "and waits in the inbox of the organization above")
    shift = activity["shifts"][0]
    ends_at = datetime.fromisoformat(shift["ends_at"]) - timedelta(hours=1)
    resolved = unit.owner.post(
        f"/objections/{objection['objection_id']}/resolution",
        upheld=True,
        reason="经核实，十一点已离开",
        corrected={"starts_at": shift["starts_at"], "ends_at": ends_at.isoformat()},
    )
    corrected = SHIFT_MINUTES - 60
    check.equal(
        (resolved["status"], resolved["minutes"]), ("upheld", corrected), "it is upheld, and the time corrected"
    )
    world.count("attendance", "zhiyuan_attendance_minutes_reversed_total", by=SHIFT_MINUTES, provenance="scan")
    world.count("attendance", "zhiyuan_attendance_minutes_recorded_total", by=corrected, provenance="correction")
    world.count("attendance", "zhiyuan_attendance_objections_total", step="upheld")
    world.count_sms("objection_upheld")
    recount = world.platform.get("/attendance/recount")
    check.that(
        recount["entries"] == entries + 2 and recount["sound"],
        "the ledger has a reversing entry and the entry of the true time; nothing that was written is changed",
        seen=recount["entries"] - entries,
    )
    summary = volunteer.client.get("/me/service-summary")
    check.equal(
        (summary["total_minutes"], summary["minutes_by_provenance"]),
        (corrected, {**dict.fromkeys(summary["minutes_by_provenance"], 0), "correction": corrected}),
        "the volunteer's summary says two hours, by correction",
    )
    check.eventually(lambda: world.inbox.of(volunteer.person.phone, "objection_upheld"), "and is told by SMS")


def _dismissed_objection(stage: Stage, team: Organization, activity: dict[str, Any]) -> None:
    """Somebody without an account objects to the whole; it is looked at, and dismissed."""
    world, check = stage.world, stage.check
    contact = world.invented.phone()
    objection = world.visitor.post(
        f"/activities/{activity['activity_id']}/objections", text="人数似乎过多。", contact=contact
    )
    resolved = team.owner.post(
        f"/objections/{objection['objection_id']}/resolution", upheld=False, reason="与签到记录一致"
    )
    world.count("attendance", "zhiyuan_attendance_objections_total", step="dismissed")
    world.count_sms("objection_dismissed")
    check.equal(resolved["status"], "dismissed", "a passer-by's objection is dismissed with a reason")
    check.eventually(lambda: world.inbox.of(contact, "objection_dismissed"), "and told to the number that was left")


def _star(stage: Stage, team: Organization, volunteer: Volunteer) -> None:
    """Thirteen days of eight hours, disclosed for a week without an objection: the first star."""
    world, check = stage.world, stage.check
    before = volunteer.client.get("/me/service-summary")
    check.equal(before["star"], 0, "three hours make no star")
    activity = _thirteen_days(stage, team)
    path = f"/activities/{activity['activity_id']}"
    for shift in activity["shifts"]:
        volunteer.client.post(f"{path}/enrollments", shift_id=shift["shift_id"])
    world.count("activity", "zhiyuan_activity_enrollments_total", by=STAR_DAYS, status="accepted")
    world.count_sms("enrollment_accepted", by=STAR_DAYS)
    for shift in activity["shifts"]:
        codes = f"{path}/shifts/{shift['shift_id']}/attendance-code"
        world.clock.advance_to(datetime.fromisoformat(shift["starts_at"]) - timedelta(minutes=10))
        _scan(volunteer, team.owner, codes, "sign_in")
        world.clock.advance_to(datetime.fromisoformat(shift["ends_at"]) + timedelta(minutes=1))
        _scan(volunteer, team.owner, codes, "sign_out")
    minutes = STAR_DAYS * STAR_DAY_HOURS * 60
    world.count("attendance", "zhiyuan_attendance_scans_total", by=2 * STAR_DAYS, outcome="ok")
    world.count("attendance", "zhiyuan_attendance_minutes_recorded_total", by=minutes, provenance="scan")
    summary = volunteer.client.get("/me/service-summary")
    check.equal(
        (summary["total_minutes"], summary["star"]),
        (SHIFT_MINUTES + minutes, 0),
        f"{STAR_DAYS} days of {STAR_DAY_HOURS} hours later: recorded, and no star before they are confirmed",
    )
    team.owner.post(f"{path}/disclosure")
    check.tell("a week passes, and nobody objects")
    world.clock.advance(timedelta(days=7, minutes=1))
    check.eventually(
        lambda: volunteer.client.get("/me/service-summary")["star"] == 1,
        "the hours are confirmed, and the summary shows the first star",
    )
    world.count("attendance", "zhiyuan_attendance_stars_awarded_total", stars="1")
    check.eventually(
        lambda: any(n["template"] == "star_awarded" for n in volunteer.client.pages("/me/notifications")),
        "congratulations are in the volunteer's inbox",
    )


def _thirteen_days(stage: Stage, team: Organization) -> dict[str, Any]:
    world = stage.world
    morning = (world.clock.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    activity = team.owner.post(
        "/activities",
        organization_id=team.id,
        title=f"寒冬送暖驻点志愿服务（{world.invented.number}）",
        category="community",
        description="在驻点为户外劳动者提供热水和休息处。",
        region="440100",
        address="越秀区北京路步行街驻点服务亭",
        enroll_by=morning.isoformat(),
        contact="云山志愿服务队 020-00000000",
        approval="instant",
        shifts=[
            {
                "starts_at": (morning + timedelta(days=day)).isoformat(),
                "ends_at": (morning + timedelta(days=day, hours=STAR_DAY_HOURS)).isoformat(),
                "capacity": 2,
            }
            for day in range(STAR_DAYS)
        ],
    )
    world.count("activity", "zhiyuan_activity_activities_total", outcome="published")
    return dict(team.owner.post(f"/activities/{activity['activity_id']}/publication"))


def _scan(volunteer: Volunteer, organizer: Client, codes: str, kind: str) -> None:
    scan(volunteer, qr_token(organizer, codes, kind))
