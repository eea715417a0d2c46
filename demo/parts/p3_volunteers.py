"""3. Sixty volunteers register and are reviewed by their home organization (notice, attachment 2, 二.1 and 三.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.check import at_once, needed
from demo.parts.registering import register_volunteer, volunteer_form
from demo.people import Person, with_wrong_check_digit
from demo.world import Organization, Stage, Volunteer

TITLE = "Volunteers register and are reviewed"

OF_THE_TEAM, OF_THE_CITY = 51, 9  # one of the team's will be rejected
LEAGUE_MEMBERS = 20
_NOWHERE = "00000000-0000-7000-8000-000000000000"


def play(stage: Stage) -> None:
    """Register sixty, refuse what must be refused, review."""
    world, check = stage.world, stage.check
    team = needed(world.team, "the team")
    city = needed(world.guangzhou, "the city of Guangzhou")
    minor = world.invented.person(age=16)
    people = [minor, *(world.invented.person() for _ in range(OF_THE_TEAM + OF_THE_CITY - 1))]

    def register(place: int) -> tuple[Volunteer, dict[str, Any]]:
        other: dict[str, Any] = {"political_status": "league_member" if place <= LEAGUE_MEMBERS else "masses"}
        if people[place] is minor:
            guardian = world.invented.person()
            other |= {
                "guardian": {"name": guardian.name, "phone": guardian.phone, "consent": True},
                "political_status": "masses",
            }
        home = team if place < OF_THE_TEAM else city
        return register_volunteer(world, people[place], home.id, **other)

    check.tell("60 people solve a captcha, read a code from their phone and register")
    registered = at_once(register, range(len(people)))
    world.count("identity", "zhiyuan_identity_registrations_total", by=len(people), kind="volunteer")
    statuses = {answer["status"] for _, answer in registered}
    check.that(
        statuses <= {"verifying", "pending_review"} and len(registered) == 60,
        "60 registered with SMS code and captcha, one of them a minor with a guardian's consent",
        seen=statuses,
    )
    volunteers = [volunteer for volunteer, _ in registered]
    check.equal(len({v.volunteer_no for v in volunteers}), 60, "each has a volunteer number of their own")
    check.equal(
        volunteers[0].client.get("/me")["volunteer"]["status"], "pending_review", "what they see is: pending review"
    )
    _refusals(stage, team, volunteers[1].person)
    _reviews(stage, team, city, volunteers)


def _refusals(stage: Stage, team: Organization, known: Person) -> None:
    world, check = stage.world, stage.check
    invented = world.invented

    def refused(sentence: str, field: str, rule: str, organization_id: str = team.id, **changed: Any) -> None:
        form = volunteer_form(world, invented.person(), organization_id, **changed)
        check.refused(lambda: world.visitor.post("/volunteers", **form), sentence, status=422, code=rule, field=field)

    somebody = invented.person()
    refused("a wrong check digit", "cert_no", "bad_check_digit", cert_no=with_wrong_check_digit(somebody.cert_no))
    refused("a birth date in the future", "cert_no", "bad_birth_date", cert_no=invented.certificate_of_the_unborn())
    refused("a certificate that is registered already", "cert_no", "already_registered", cert_no=known.cert_no)
    child = invented.person(age=15)
    refused("a minor without a guardian's consent", "guardian", "guardian_required", cert_no=child.cert_no)
    refused("an unknown organization", "organization_id", "unknown_organization", organization_id=_NOWHERE)
    refused("a wrong code", "code", "wrong_code", code="not it")
    world.count("identity", "zhiyuan_identity_registration_refusals_total", by=6, kind="volunteer")


def _reviews(stage: Stage, team: Organization, city: Organization, volunteers: list[Volunteer]) -> None:
    world, check = stage.world, stage.check
    mine, theirs = volunteers[:OF_THE_TEAM], volunteers[OF_THE_TEAM:]
    reviews = check.eventually(
        lambda: _waiting(team, mine), f"{OF_THE_TEAM} wait in the inbox of the team's administrator"
    )
    if reviews is None:
        return
    shown = next(iter(reviews.values()))
    masked = shown["cert_no_masked"] or ""
    check.that("*" in masked and "*" in (shown["phone_masked"] or ""), "certificates and phones are masked there")

    stranger_sees = {item["volunteer_id"] for item in city.owner.pages("/reviews/memberships")}
    check.that(
        not stranger_sees & {v.id for v in mine}, f"the administrator of {city.name}, another branch, sees none of them"
    )
    check.refused(
        lambda: city.owner.post(f"/reviews/memberships/{reviews[mine[0].id]['id']}/decision", approve=True),
        "and can decide none of them",
        status=404,
        code="not_found",
    )
    *approved, rejected = mine
    decide = f"/reviews/memberships/{reviews[rejected.id]['id']}/decision"
    check.refused(
        lambda: team.owner.post(decide, approve=False),
        "a rejection without a reason is refused",
        status=422,
        code="required",
        field="reason",
    )
    reason = "姓名与本单位名册不符"
    decisions = [{"id": reviews[v.id]["id"], "approve": True} for v in approved]
    decisions.append({"id": reviews[rejected.id]["id"], "approve": False, "reason": reason})
    answer = team.owner.post("/reviews/memberships/decisions", decisions=decisions)
    outcomes = [item["status"] for item in answer["items"]]
    check.equal(
        (outcomes.count("approved"), outcomes.count("rejected")),
        (50, 1),
        "in one request 50 are approved and one is rejected, with a reason",
    )
    reviews_of_the_city = check.eventually(lambda: _waiting(city, theirs), f"{city.name} has its own {OF_THE_CITY}")
    if reviews_of_the_city is not None:
        city.owner.post(
            "/reviews/memberships/decisions",
            decisions=[{"id": reviews_of_the_city[v.id]["id"], "approve": True} for v in theirs],
        )
    world.count("organization", "zhiyuan_organization_reviews_decided_total", by=60, kind="memberships")
    world.count_sms("membership_approved", by=len(approved) + len(theirs))
    world.count_sms("membership_rejected")

    check.eventually(lambda: all(at_once(_is_active, approved)), "the 50 are active volunteers")
    check.eventually(lambda: all(at_once(_is_active, theirs)), f"and so are the {OF_THE_CITY} of {city.name}")
    check.eventually(
        lambda: all(at_once(lambda v: world.inbox.of(v.person.phone, "membership_approved"), approved)),
        "each of them is told by SMS",
    )
    check.eventually(
        lambda: [text for text in world.inbox.of(rejected.person.phone, "membership_rejected") if reason in text],
        "the rejected one reads the reason in an SMS",
    )
    seen = rejected.client.get("/me")["volunteer"]
    check.equal((seen["status"], seen["rejection_reason"]), ("rejected", reason), "and in the profile")
    world.volunteers, world.elsewhere, world.league_members = approved, theirs, LEAGUE_MEMBERS
    world.clock.advance(timedelta(minutes=1))


def _is_active(volunteer: Volunteer) -> bool:
    return bool(volunteer.client.get("/me")["volunteer"]["status"] == "active")


def _waiting(organization: Organization, expected: list[Volunteer]) -> dict[str, dict[str, Any]] | None:
    """The pending reviews of these people by volunteer, once all are there with their names."""
    found = {item["volunteer_id"]: item for item in organization.owner.pages("/reviews/memberships")}
    mine = {volunteer.id: found[volunteer.id] for volunteer in expected if volunteer.id in found}
    complete = len(mine) == len(expected) and all(item["name"] for item in mine.values())
    return mine if complete else None
