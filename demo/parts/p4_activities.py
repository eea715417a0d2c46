"""4. Activities: published, found, enrolled for by fifty at once, revoked (notice, attachment 2, 二.5, 三.6-8)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier
from typing import Any

from demo.check import at_once, needed
from demo.world import Organization, Stage, Volunteer

TITLE = "Activities, enrollment, invitation, revocation"

PLACES = 30
GUANGZHOU, SHENZHEN = "440100", "440300"


def play(stage: Stage) -> None:
    """A popular activity, and one that is called off."""
    world, check = stage.world, stage.check
    team = needed(world.team, "the team")
    volunteers = needed(world.volunteers, "the 50 volunteers")
    activity = _published(stage, team)
    _found(stage, activity)
    accepted = _fifty_at_once(stage, team, activity, volunteers)
    accepted = _a_place_becomes_free(stage, activity, accepted, volunteers)
    world.activity, world.accepted = team.owner.get(f"/activities/{activity['activity_id']}"), accepted
    check.equal(world.activity["shifts"][0]["accepted"], PLACES, "30 places are given, none is left and none too many")
    _revoked(stage, team, needed(world.elsewhere, "the city's volunteers")[0])


def _published(stage: Stage, team: Organization) -> dict[str, Any]:
    world, check = stage.world, stage.check
    day = (world.clock.now() + timedelta(days=3)).date()
    nine = datetime.combine(day, time(9), world.clock.now().tzinfo)
    draft = team.owner.post(
        "/activities",
        organization_id=team.id,
        title=f"白云山步道清洁志愿服务（{world.invented.number}）",
        category="environment",
        description="沿步道捡拾垃圾，劝导文明游园。\n请穿运动鞋，自备饮水。",
        region=GUANGZHOU,
        address="白云区云山步道南门广场一号集合点",
        enroll_by=(nine - timedelta(hours=12)).isoformat(),
        contact="云山志愿服务队 020-00000000",
        approval="instant",
        requirements={"min_age": 16, "members_only": True},
        shifts=[
            _shift(nine, 3, PLACES, "步道清洁"),
            _shift(nine + timedelta(hours=5), 3, 20, "游客引导"),
        ],
    )
    path = f"/activities/{draft['activity_id']}"
    check.equal((draft["status"], len(draft["shifts"])), ("draft", 2), "an activity with two shifts is drafted")
    check.refused(lambda: world.visitor.get(path), "a draft is not public", status=404, code="not_found")
    published = team.owner.post(f"{path}/publication")
    world.count("activity", "zhiyuan_activity_activities_total", outcome="published")
    check.equal((published["status"], published["phase"]), ("published", "upcoming"), "and published")
    return dict(published)


def _shift(starts_at: datetime, hours: int, capacity: int, role: str) -> dict[str, Any]:
    return {
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=hours)).isoformat(),
        "capacity": capacity,
        "role": role,
    }


def _found(stage: Stage, activity: dict[str, Any]) -> None:
    world, check = stage.world, stage.check
    day = activity["shifts"][0]["starts_at"][:10]
    before = (datetime.fromisoformat(day) - timedelta(days=1)).date().isoformat()

    def is_found(**query: Any) -> bool:
        found = world.visitor.pages("/activities", **query)
        return any(item["activity_id"] == activity["activity_id"] for item in found)

    check.that(is_found(q="步道清洁"), "it is found by Chinese words")
    check.that(is_found(region=GUANGZHOU), "by its city")
    check.that(is_found(from_=day, to=day), "and by its date")
    check.that(is_found(q="清洁 步道", region=GUANGZHOU, from_=day, to=day, open="true"), "by all of them together")
    check.that(not is_found(q="图书整理"), "not by other words")
    check.that(not is_found(region=SHENZHEN), "not in another city")
    check.that(not is_found(from_=before, to=before), "not on another day")


def _fifty_at_once(
    stage: Stage, team: Organization, activity: dict[str, Any], volunteers: list[Volunteer]
) -> list[Volunteer]:
    world, check = stage.world, stage.check
    path, shift_id = f"/activities/{activity['activity_id']}", activity["shifts"][0]["shift_id"]
    at_once(lambda volunteer: volunteer.client.sign_in(), volunteers)  # so that nobody is still signing in
    start = Barrier(len(volunteers))

    def enroll(volunteer: Volunteer) -> str:
        start.wait(60)
        return str(volunteer.client.post(f"{path}/enrollments", shift_id=shift_id)["status"])

    with ThreadPoolExecutor(len(volunteers)) as pool:
        outcomes = list(pool.map(enroll, volunteers))
    check.equal(
        (outcomes.count("accepted"), outcomes.count("waitlisted")),
        (PLACES, len(volunteers) - PLACES),
        "50 enroll at the same moment for 30 places: exactly 30 are accepted, 20 are waiting-listed",
    )
    world.count("activity", "zhiyuan_activity_enrollments_total", by=PLACES, status="accepted")
    world.count_sms("enrollment_accepted", by=PLACES)
    world.count("activity", "zhiyuan_activity_enrollments_total", by=20, status="waitlisted")
    listed = [item["status"] for item in team.owner.pages(f"{path}/enrollments", shift_id=shift_id)]
    check.equal(
        (listed.count("accepted"), listed.count("waitlisted"), len(listed)), (30, 20, 50), "the organizer sees the same"
    )
    accepted = [v for v, outcome in zip(volunteers, outcomes, strict=True) if outcome == "accepted"]
    waiting = [v for v, outcome in zip(volunteers, outcomes, strict=True) if outcome != "accepted"]
    check.eventually(
        lambda: all(at_once(lambda v: _accepted_texts(stage, v, activity), accepted)),
        "each of the 30 is told by SMS",
    )
    check.that(not any(at_once(lambda v: _accepted_texts(stage, v, activity), waiting)), "and nobody else")
    check.refused(
        lambda: accepted[0].client.post(f"{path}/enrollments", shift_id=shift_id),
        "nobody enrolls twice",
        status=409,
        code="already_enrolled",
    )
    return accepted


def _accepted_texts(stage: Stage, volunteer: Volunteer, activity: dict[str, Any]) -> list[str]:
    texts = stage.world.inbox.of(volunteer.person.phone, "enrollment_accepted")
    return [text for text in texts if activity["title"] in text]


def _a_place_becomes_free(
    stage: Stage, activity: dict[str, Any], accepted: list[Volunteer], volunteers: list[Volunteer]
) -> list[Volunteer]:
    """One withdraws; the first in line is offered the place, and takes it."""
    world, check = stage.world, stage.check
    *staying, leaving = accepted
    own = leaving.client.get("/me/activities", state="accepted")["items"]
    enrollment = next(item for item in own if item["activity_id"] == activity["activity_id"])
    leaving.client.delete(f"/enrollments/{enrollment['enrollment_id']}")
    world.count("activity", "zhiyuan_activity_enrollments_total", status="withdrawn")
    waiting = [volunteer for volunteer in volunteers if volunteer not in accepted]

    def offered() -> tuple[Volunteer, dict[str, Any]] | None:
        for volunteer in waiting:
            for item in volunteer.client.get("/me/activities")["items"]:
                if item["activity_id"] == activity["activity_id"] and item["status"] == "offered":
                    return volunteer, item
        return None

    found = check.eventually(offered, "one withdraws, and the first in line is offered the place")
    if found is None:
        return staying
    lucky, offer = found
    check.eventually(lambda: world.inbox.of(lucky.person.phone, "enrollment_offered"), "by SMS, with a deadline")
    world.count_sms("enrollment_offered")
    taken = lucky.client.post(f"/enrollments/{offer['enrollment_id']}/offer-response", accept=True)
    world.count("activity", "zhiyuan_activity_enrollments_total", status="accepted")
    world.count_sms("enrollment_accepted")
    check.equal(taken["status"], "accepted", "and takes it")
    return [*staying, lucky]


def _revoked(stage: Stage, team: Organization, stranger: Volunteer) -> None:
    """A second activity: invited to, enrolled for, accepted by hand, and called off."""
    world, check = stage.world, stage.check
    volunteers = needed(world.volunteers, "the volunteers")
    starts_at = (world.clock.now() + timedelta(days=10)).replace(hour=19, minute=0, second=0, microsecond=0)
    activity = team.owner.post(
        "/activities",
        organization_id=team.id,
        title=f"江岸夜跑补给志愿服务（{world.invented.number}）",
        category="sports",
        description="为夜跑者递水、指路。",
        region=GUANGZHOU,
        address="海珠区阅江路二沙岛对岸补给点",
        enroll_by=(starts_at - timedelta(days=1)).isoformat(),
        contact="云山志愿服务队 020-00000000",
        approval="manual",
        shifts=[_shift(starts_at, 2, 10, "补给")],
    )
    path = f"/activities/{activity['activity_id']}"
    team.owner.post(f"{path}/publication")
    world.count("activity", "zhiyuan_activity_activities_total", outcome="published")
    invited, other = volunteers[-1], volunteers[-2]
    answer = team.owner.post(f"{path}/invitations", volunteer_ids=[invited.id, stranger.id])
    world.count("activity", "zhiyuan_activity_invitations_total", outcome="invited")
    world.count_sms("activity_invitation")
    check.equal(
        (answer["invited"], answer["skipped"]),
        (1, 1),
        "an invitation reaches the team's own volunteer, and no stranger",
    )
    check.eventually(lambda: world.inbox.of(invited.person.phone, "activity_invitation"), "the invitation comes by SMS")
    check.that(not world.inbox.of(stranger.person.phone, "activity_invitation"), "the stranger gets none")

    shift_id = activity["shifts"][0]["shift_id"]
    enrollments = [v.client.post(f"{path}/enrollments", shift_id=shift_id) for v in (invited, other)]
    world.count("activity", "zhiyuan_activity_enrollments_total", by=2, status="applied")
    check.equal(
        [e["status"] for e in enrollments],
        ["applied", "applied"],
        "the invited enrolls of their own will, as another does",
    )
    decided = team.owner.post(f"/enrollments/{enrollments[0]['enrollment_id']}/decision", accept=True)
    world.count("activity", "zhiyuan_activity_enrollments_total", status="accepted")
    world.count_sms("enrollment_accepted")
    check.equal(decided["status"], "accepted", "the organizer accepts")
    check.eventually(lambda: _accepted_texts(stage, invited, activity), "the acceptance comes by SMS")

    reason = "台风预警，江岸封闭"
    revoked = team.owner.post(f"{path}/revocation", reason=reason)
    world.count("activity", "zhiyuan_activity_activities_total", outcome="revoked")
    world.count_sms("activity_revoked", by=2)
    check.equal(revoked["status"], "revoked", "the activity is revoked")
    check.eventually(
        lambda: all(
            any(reason in text for text in world.inbox.of(v.person.phone, "activity_revoked")) for v in (invited, other)
        ),
        "everyone who had enrolled is told by SMS, with the reason",
    )
    check.refused(
        lambda: team.owner.post(f"{path}/publication"),
        "it cannot be published again",
        status=409,
        code="illegal_transition",
    )
    check.refused(
        lambda: team.owner.post(f"{path}/revocation", reason=reason),
        "nor revoked again",
        status=409,
        code="illegal_transition",
    )
    check.refused(
        lambda: stranger.client.post(f"{path}/enrollments", shift_id=shift_id),
        "and nobody enrolls any more",
        status=409,
        code="enrollment_closed",
    )
