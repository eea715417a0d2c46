"""Invitations to become an administrator: sent by owners, answered by the invited alone, once and in time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import AppError, Forbidden, IllegalTransition, Invalid, NotAuthenticated, NotFound
from services.chassis.ids import new_id
from services.organization.domain import Kind
from services.organization.errors import InvitationOpen, InviterMayNot, OrganizationNotActive, RoleHeld
from services.organization.schemas import invitations as schemas
from services.organization.schemas import shaping
from services.organization.use_cases import invitations
from services.organization.use_cases import shaping as shaping_tree
from tests.service.organization.conftest import ANYBODY, PLATFORM, Node, Person, World
from tests.service.organization.test_administrators import appoint, dismiss, holders


def invite(world: World, caller: Caller, node: Node, role: str = "reviewer", **whom: Any) -> Any:
    payload = {"organization_id": node.id, "role": role, **whom}
    return world.ask(invitations.invite_administrator, schemas.InviteAdministrator, caller, **payload)


def accept(world: World, caller: Caller, invitation: Any) -> Any:
    payload = {"invitation_id": invitation.invitation_id}
    return world.ask(invitations.accept_invitation, schemas.AnswerInvitation, caller, **payload)


def decline(world: World, caller: Caller, invitation: Any) -> Any:
    payload = {"invitation_id": invitation.invitation_id}
    return world.ask(invitations.decline_invitation, schemas.AnswerInvitation, caller, **payload)


def revoke(world: World, caller: Caller, node: Node, invitation: Any) -> None:
    payload = {"organization_id": node.id, "invitation_id": invitation.invitation_id}
    world.ask(invitations.revoke_invitation, schemas.RevokeInvitation, caller, **payload)


def sent(world: World, caller: Caller, node: Node, **filters: Any) -> list[tuple[str, str]]:
    payload = {"organization_id": node.id, **filters}
    page = world.ask(invitations.list_invitations, schemas.ListInvitations, caller, **payload)
    return [(row.account_id, row.status) for row in page.items]


def received(world: World, person: Person, **filters: Any) -> list[tuple[str, str]]:
    page = world.ask(invitations.list_my_invitations, schemas.ListMyInvitations, person.caller, **filters)
    return [(row.organization_id, row.status) for row in page.items]


@pytest.fixture
def person(world: World, city: Node) -> Person:
    """An active volunteer of the city."""
    return world.volunteer(city, approved=True)


def test_the_invited_is_told_and_holds_the_role_once_accepted(world: World, team: Node, person: Person) -> None:
    invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    (told,) = world.units.published("administrator.invited")
    assert told["data"] == {
        "invitation_id": invitation.invitation_id, "organization_id": team.id, "organization_name": "天河志愿服务队",
        "account_id": person.account_id, "role": "reviewer", "expires_at": told["data"]["expires_at"],
    }  # fmt: skip
    assert (invitation.expires_at - invitation.invited_at).days == 14
    assert person.account_id not in holders(world, team.owner, team)  # asked is not appointed
    given = accept(world, person.caller, invitation)
    assert (given["role"], given["name"]) == ("reviewer", "陈小明")
    assert holders(world, person.caller, team)[person.account_id].role == "reviewer"
    changed = world.units.published("administrator.changed")[-1]
    assert (changed["data"]["account_id"], changed["data"]["active"]) == (person.account_id, True)
    (answered,) = world.units.published("administrator.invitation_answered")
    assert (answered["data"]["account_id"], answered["data"]["outcome"]) == (team.owner.account_id, "accepted")
    assert sent(world, team.owner, team) == [(person.account_id, "accepted")]


def test_whoever_declines_has_no_role_and_can_be_asked_again(world: World, team: Node, person: Person) -> None:
    first = invite(world, team.owner, team, account_id=person.account_id)
    assert decline(world, person.caller, first).status == "declined"
    assert person.account_id not in holders(world, team.owner, team)
    world.units.clock.advance(minutes=1)
    invite(world, team.owner, team, account_id=person.account_id)
    assert received(world, person) == [(team.id, "open"), (team.id, "declined")]
    assert received(world, person, status="declined") == [(team.id, "declined")]


def test_an_invitation_lapses_by_itself_and_makes_room_for_another(world: World, team: Node, person: Person) -> None:
    invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    world.units.clock.advance(days=14)
    for answer in (accept, decline):
        with pytest.raises(IllegalTransition) as refusal:
            answer(world, person.caller, invitation)
        assert refusal.value.data["current"] == "lapsed"
    with pytest.raises(IllegalTransition):
        revoke(world, team.owner, team, invitation)
    assert sent(world, team.owner, team, status="lapsed") == [(person.account_id, "lapsed")]
    assert sent(world, team.owner, team, status="open") == []
    second = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    assert received(world, person) == [(team.id, "open"), (team.id, "lapsed")]
    accept(world, person.caller, second)


def test_an_invitation_can_be_accepted_until_the_very_last_moment(world: World, team: Node, person: Person) -> None:
    invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    world.units.clock.advance(days=13, hours=23, minutes=59)
    accept(world, person.caller, invitation)


@pytest.mark.parametrize("end", ["accepted", "declined", "revoked"])
def test_what_has_ended_stays_as_it_is(world: World, team: Node, person: Person, end: str) -> None:
    invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    steps: dict[str, Callable[[], Any]] = {
        "accepted": lambda: accept(world, person.caller, invitation),
        "declined": lambda: decline(world, person.caller, invitation),
        "revoked": lambda: revoke(world, team.owner, team, invitation),
    }
    steps[end]()
    told = len(world.units.published())
    for step in steps.values():
        with pytest.raises(IllegalTransition) as refusal:
            step()
        assert refusal.value.data["current"] == end
    assert (sent(world, team.owner, team), len(world.units.published())) == ([(person.account_id, end)], told)


def test_only_the_invited_answers_and_others_learn_nothing(world: World, team: Node, person: Person) -> None:
    invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    others = (team.owner, PLATFORM, world.volunteer(team, approved=True).caller)
    for caller, refusal in (*((other, NotFound) for other in others), (ANYBODY, NotAuthenticated)):
        for answer in (accept, decline):
            with pytest.raises(refusal):
                answer(world, caller, invitation)
    accept(world, person.caller, invitation)


def test_only_owners_invite_list_and_revoke(
    world: World, city: Node, other_city: Node, team: Node, person: Person
) -> None:
    invitation = invite(world, city.owner, team, volunteer_no=person.volunteer_no)
    for caller in (world.holder(team, "reviewer"), other_city.owner, person.caller):
        with pytest.raises(Forbidden):
            invite(world, caller, team, volunteer_no=person.volunteer_no)
        with pytest.raises(Forbidden):
            sent(world, caller, team)
        with pytest.raises(Forbidden):
            revoke(world, caller, team, invitation)
    with pytest.raises(NotFound):
        revoke(world, other_city.owner, other_city, invitation)
    assert sent(world, team.owner, team) == [(person.account_id, "open")]
    revoke(world, team.owner, team, invitation)


def test_one_open_invitation_and_none_for_a_role_that_is_held(
    world: World, city: Node, team: Node, person: Person
) -> None:
    invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    with pytest.raises(InvitationOpen):
        invite(world, city.owner, team, "viewer", account_id=person.account_id)
    invite(world, city.owner, city, "viewer", account_id=person.account_id)  # elsewhere
    accept(world, person.caller, invitation)
    with pytest.raises(RoleHeld):
        invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    invite(world, team.owner, team, "owner", volunteer_no=person.volunteer_no)  # another role


def test_only_known_people_are_invited_and_named_as_for_an_appointment(
    world: World, team: Node, person: Person
) -> None:
    for unknown, code in (
        ({"volunteer_no": "GD999999"}, "unknown_volunteer"),
        ({"account_id": new_id()}, "unknown_account"),
        ({}, "one_of_two"),
        ({"volunteer_no": person.volunteer_no, "account_id": person.account_id}, "one_of_two"),
    ):
        with pytest.raises(Invalid) as refusal:
            invite(world, team.owner, team, **unknown)
        assert refusal.value.errors[0].code == code
    invite(world, team.owner, team, volunteer_no=person.volunteer_no)


def test_an_inviter_who_is_no_owner_any_more_gives_no_role(world: World, team: Node, person: Person) -> None:
    second = world.volunteer(team, approved=True)
    post = appoint(world, team.owner, team, "owner", volunteer_no=second.volunteer_no)
    invitation = invite(world, second.caller, team, volunteer_no=person.volunteer_no)
    dismiss(world, team.owner, team, post["administrator_id"])
    with pytest.raises(InviterMayNot):
        accept(world, person.caller, invitation)
    assert received(world, person) == [(team.id, "open")]
    assert person.account_id not in holders(world, team.owner, team)
    appoint(world, team.owner, team, "owner", volunteer_no=second.volunteer_no)
    accept(world, person.caller, invitation)


def test_an_owner_above_and_the_platform_may_invite_and_their_word_holds(
    world: World, province: Node, team: Node, person: Person
) -> None:
    accept(world, person.caller, invite(world, province.owner, team, "viewer", volunteer_no=person.volunteer_no))
    accept(world, person.caller, invite(world, PLATFORM, team, "owner", volunteer_no=person.volunteer_no))


def test_an_organization_that_is_not_active_gets_no_administrators(world: World, city: Node, person: Person) -> None:
    node = world.organization(Kind.TEAM, city)
    invitation = invite(world, city.owner, node, volunteer_no=person.volunteer_no)
    payload = {"organization_id": node.id, "reason": "整顿"}
    world.ask(shaping_tree.disable_organization, shaping.DisableOrganization, city.owner, **payload)
    with pytest.raises(OrganizationNotActive):
        accept(world, person.caller, invitation)
    other = world.volunteer(city, approved=True)
    with pytest.raises(OrganizationNotActive):
        invite(world, city.owner, node, volunteer_no=other.volunteer_no)
    decline(world, person.caller, invitation)  # no needs nobody's leave


def test_an_erased_person_is_asked_no_more(world: World, team: Node, person: Person) -> None:
    invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
    world.erased(person)
    assert sent(world, team.owner, team) == [(person.account_id, "lapsed")]
    with pytest.raises(IllegalTransition):
        accept(world, person.caller, invitation)


def test_of_acceptance_and_revocation_at_once_one_wins(world: World, team: Node, person: Person) -> None:
    for _ in range(3):
        invitation = invite(world, team.owner, team, volunteer_no=person.volunteer_no)
        outcomes = at_once(
            lambda invitation=invitation: accept(world, person.caller, invitation),
            lambda invitation=invitation: revoke(world, team.owner, team, invitation),
        )
        assert sorted(outcomes) == ["done", "illegal_transition"]
        held = holders(world, team.owner, team).get(person.account_id)
        assert (held is not None) == (outcomes[0] == "done")
        if held is not None:
            dismiss(world, team.owner, team, held.administrator_id)


def test_of_two_owners_who_invite_at_once_one_does(world: World, city: Node, team: Node, person: Person) -> None:
    outcomes = at_once(
        lambda: invite(world, team.owner, team, volunteer_no=person.volunteer_no),
        lambda: invite(world, city.owner, team, "viewer", volunteer_no=person.volunteer_no),
    )
    assert sorted(outcomes) == ["done", "invitation_open"]
    assert len(received(world, person)) == 1


def at_once(*steps: Callable[[], Any]) -> list[str]:
    """What becomes of each, in the order of ``steps``: done, or the code of its refusal."""
    together = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> str:
        together.wait(10)
        try:
            step()
        except AppError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))
