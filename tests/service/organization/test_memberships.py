"""Home organizations: what events and transfers do to a volunteer's memberships."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.organization.domain import Kind
from services.organization.errors import AlreadyMember, NoMembershipYet, OrganizationTakesNoMembers, TransferPending
from services.organization.models import Applicant, Volunteer
from services.organization.schemas import tree
from services.organization.use_cases import memberships
from tests.service.organization.conftest import Node, Person, World


def transfer(world: World, person: Person, target: Node) -> Any:
    return world.ask(memberships.request_transfer, tree.RequestTransfer, person.caller, organization_id=target.id)


def members(world: World, caller: Any, node: Node, **filters: Any) -> list[str]:
    page = world.ask(memberships.list_members, tree.ListMembers, caller, organization_id=node.id, **filters)
    return [row.volunteer_id for row in page.items]


def test_a_repeated_registration_makes_one_request(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=False)
    world.registered(person, team, version=1)
    assert world.memberships_of(person) == [(team.id, "pending")]


def test_a_rejected_volunteer_who_tries_again_waits_again(world: World, team: Node, city: Node) -> None:
    person = world.volunteer(team, approved=False)
    world.judge(team.owner, person, approve=False, reason="照片不清晰")
    world.registered(person, city, name="陈晓明")
    assert world.memberships_of(person) == [(team.id, "rejected"), (city.id, "pending")]
    world.registered(person, team, version=1)
    assert world.memberships_of(person) == [(team.id, "rejected"), (city.id, "pending")]
    world.judge(city.owner, person, approve=True)
    with world.units() as uow:
        assert uow.session.get(Applicant, person.volunteer_id).name == "陈晓明"


def test_a_registration_for_an_organization_that_is_not_known_yet_is_tried_later(world: World) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        world.registered(Person(volunteer_no="GD1"), new_id())


def test_a_transfer_leaves_the_former_home_only_once_it_is_approved(world: World, team: Node, other_city: Node) -> None:
    person = world.volunteer(team, approved=True)
    assert transfer(world, person, other_city).status == "pending"
    assert world.memberships_of(person) == [(team.id, "approved"), (other_city.id, "pending")]
    with pytest.raises(TransferPending):
        transfer(world, person, other_city)
    world.judge(other_city.owner, person, approve=False, reason="名额已满")
    assert world.memberships_of(person) == [(team.id, "approved"), (other_city.id, "rejected")]
    transfer(world, person, other_city)
    world.judge(other_city.owner, person, approve=True)
    assert world.memberships_of(person)[0] == (team.id, "left")
    assert members(world, other_city.owner, other_city) == [person.volunteer_id]
    assert members(world, team.owner, team) == []


def test_a_transfer_goes_to_another_active_organization_and_starts_from_a_membership(
    world: World, city: Node, team: Node
) -> None:
    member, applicant = world.volunteer(team, approved=True), world.volunteer(team, approved=False)
    pending = world.register(Kind.TEAM, city)
    with pytest.raises(NotFound):  # strangers do not learn that it exists
        transfer(world, member, pending)
    owner = Person(pending.owner.account_id or "", account_id=pending.owner.account_id or "")
    with pytest.raises(OrganizationTakesNoMembers):
        transfer(world, owner, pending)
    with pytest.raises(AlreadyMember):
        transfer(world, member, team)
    with pytest.raises(NoMembershipYet):
        transfer(world, applicant, city)
    transfer(world, member, city)


def test_members_are_listed_for_roles_at_the_organization_and_above_with_filters(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    viewer = world.holder(city, "viewer")
    at_city = world.volunteer(city, approved=True)
    at_team, waiting = world.volunteer(team, approved=True), world.volunteer(team, approved=False)
    here = {viewer.volunteer_id, at_city.volunteer_id}
    for caller in (viewer, city.owner, province.owner):
        assert set(members(world, caller, city)) == here
    assert set(members(world, viewer, city, include_below="true")) == here | {at_team.volunteer_id}
    assert members(world, viewer, team, query=at_team.volunteer_no) == [at_team.volunteer_id]
    assert members(world, viewer, team, query="小明") == [at_team.volunteer_id]
    assert members(world, viewer, team, status="pending") == [waiting.volunteer_id]
    for caller in (other_city.owner, team.owner, at_city.caller):
        with pytest.raises(Forbidden):
            members(world, caller, city)


def test_an_erased_volunteer_is_blank_wherever_the_events_come_from_and_leaves(world: World, team: Node) -> None:
    person, waiting = world.volunteer(team, approved=True), world.volunteer(team, approved=False)
    for erased in (person, waiting):
        world.erased(erased)
        world.registered(erased, team, version=1)  # late
        assert [status for _, status in world.memberships_of(erased)] == ["left"]
        with world.units() as uow:
            applicant = uow.session.get(Applicant, erased.volunteer_id)
            volunteer = uow.session.get(Volunteer, erased.volunteer_id)
            blanks = (applicant.name, applicant.cert_no_masked, applicant.phone_masked, volunteer.name)
        assert blanks == ("", "", "", "")


def test_an_erasure_that_comes_before_the_registration_wins(world: World, team: Node) -> None:
    person = Person(volunteer_no="GD9", version=1)
    world.erased(person)
    world.registered(person, team, version=1)
    assert world.memberships_of(person) == []


def test_whom_a_reviewer_has_registered_is_a_member_at_once(world: World, team: Node, city: Node) -> None:
    person, reviewer = world.volunteer(team, approved=False), new_id()
    world.registered(person, city, approved_by=reviewer)
    assert world.memberships_of(person) == [(team.id, "left"), (city.id, "approved")]
    (told,) = world.units.published("membership.approved")
    assert told["data"]["onboarded"] is True
    world.registered(person, city, version=1, approved_by=reviewer)  # repeated, and older than what is known
    assert len(world.units.published("membership.approved")) == 1
