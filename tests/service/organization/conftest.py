"""Organization on a scratch database: a small tree of active organizations, people, and whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.activity.events import ActivityPublished
from services.card.events import CardStatusChanged
from services.chassis.clock import FixedClock
from services.chassis.context import Caller, Role
from services.chassis.ids import new_id
from services.chassis.testing.units import Units
from services.identity.events import VolunteerChanged, VolunteerErased, VolunteerRegistered
from services.organization.domain import Kind, MembershipStatus
from services.organization.repository import UNIT_OF_WORK
from services.organization.schemas import reviews, tree
from services.organization.settings import SETTINGS
from services.organization.use_cases import administration, copies, memberships, onboarding, registration
from services.organization.use_cases import reviews as reviewing

IDENTITY = Caller(kind="service", account_id="identity")
PLATFORM = Caller(kind="platform", account_id=new_id())
ANYBODY = Caller()


@dataclass
class Node:
    """An organization that a test has made, and its owner."""

    id: str
    owner: Caller


@dataclass
class Person:
    """A volunteer that a test has made."""

    volunteer_id: str = field(default_factory=new_id)
    account_id: str = field(default_factory=new_id)
    volunteer_no: str = ""
    version: int = 0

    @property
    def caller(self) -> Caller:
        """The volunteer, signed in."""
        return Caller(kind="volunteer", account_id=self.account_id, volunteer_id=self.volunteer_id)


class World:
    """Arranges rows the way they come about in life: through requests and events."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self._people = 0

    def ask(self, use_case: Callable[..., Any], schema: Any, caller: Caller, **payload: Any) -> Any:
        """Parse, run in a transaction of its own, answer what the use case answered."""
        command = schema().parse(payload)
        with self.units(caller) as uow:
            return use_case(command, uow)

    def register(self, kind: Kind, parent: Node | None, **changes: Any) -> Node:
        """A pending organization."""
        owner = Caller(kind="administrator", account_id=new_id())
        request = {
            "organization_id": new_id(),
            "name": f"{kind.value} {new_id()[-6:]}",
            "kind": kind.value,
            "parent_id": None if parent is None else parent.id,
            "region": {Kind.PROVINCE: "440000", Kind.CITY: "440100"}.get(kind, "440106"),
            "account_id": owner.account_id,
            "principal_name": "负责人",
            **changes,
        }
        self.ask(registration.register_organization, tree.RegisterOrganization, IDENTITY, **request)
        role = Role(request["organization_id"], "owner")
        return Node(
            request["organization_id"],
            Caller(kind="administrator", account_id=request["account_id"], roles=(role,)),
        )

    def decide(self, caller: Caller, organization: Node, approve: bool = True, reason: str | None = None) -> Any:
        """A reviewer's decision about an organization."""
        payload = {"kind": "organizations", "id": organization.id, "approve": approve, "reason": reason}
        return self.ask(reviewing.decide_organization_review, reviews.DecideReview, caller, **payload)

    def organization(self, kind: Kind, parent: Node | None, **changes: Any) -> Node:
        """An active organization."""
        node = self.register(kind, parent, **changes)
        self.decide(PLATFORM, node)
        return node

    def holder(self, node: Node, role: str) -> Caller:
        """Somebody whom the owner gave ``role``."""
        person = self.volunteer(node, approved=True)
        payload = {"organization_id": node.id, "volunteer_no": person.volunteer_no, "role": role}
        self.ask(administration.appoint_administrator, tree.AppointAdministrator, node.owner, **payload)
        return person.caller

    def registered(self, person: Person, home: Node | str, version: int | None = None, **changes: Any) -> None:
        """``volunteer.registered`` arrives."""
        if version is None:
            version = person.version = person.version + 1
        organization_id = home if isinstance(home, str) else home.id
        event = VolunteerRegistered(
            **{
                "volunteer_id": person.volunteer_id,
                "account_id": person.account_id,
                "volunteer_no": person.volunteer_no,
                "name": "陈小明",
                "cert_type": "resident_id",
                "cert_no_masked": "4401************24",
                "phone_masked": "138****0000",
                "organization_id": organization_id,
                "region": "440106",
                "registered_at": self.units.clock.now(),
                **changes,
            }
        )
        with self.units() as uow:
            onboarding.take_registration(event, version, uow)

    def changed(self, person: Person, home: Node, **changes: Any) -> None:
        """``volunteer.changed`` arrives."""
        person.version += 1
        event = VolunteerChanged(
            **{
                "volunteer_id": person.volunteer_id,
                "account_id": person.account_id,
                "volunteer_no": person.volunteer_no,
                "name": "陈小明",
                "status": "active",
                "birth_date": None,
                "region": "440106",
                "organization_id": home.id,
                "verified_in_person": False,
                **changes,
            }
        )
        with self.units() as uow:
            copies.note_volunteer(event, person.version, uow)

    def erased(self, person: Person) -> None:
        """``volunteer.erased`` arrives."""
        person.version += 1
        with self.units() as uow:
            event = VolunteerErased(volunteer_id=person.volunteer_id, account_id=person.account_id)
            memberships.forget_volunteer(event, person.version, uow)

    def volunteer(self, home: Node, *, approved: bool, **changes: Any) -> Person:
        """A volunteer who waits for the home organization's review, or has passed it."""
        self._people += 1
        person = Person(volunteer_no=f"GD{self._people:06d}")
        self.registered(person, home)
        if approved:
            self.judge(home.owner, person, approve=True)
            self.changed(person, home, **changes)
        return person

    def pending(self, person: Person) -> str:
        """The id of the membership that waits for a review."""
        with self.units() as uow:
            (membership,) = uow.memberships.in_status(person.volunteer_id, "pending")
            return str(membership.id)

    def judge(self, caller: Caller, person: Person, *, approve: bool, reason: str | None = None) -> Any:
        """A reviewer's decision about a volunteer's pending membership."""
        return self.judge_membership(caller, self.pending(person), approve=approve, reason=reason)

    def judge_membership(self, caller: Caller, id: str, *, approve: bool, reason: str | None = None) -> Any:
        """A reviewer's decision about a membership."""
        payload = {"kind": "memberships", "id": id, "approve": approve, "reason": reason}
        return self.ask(reviewing.decide_membership_review, reviews.DecideReview, caller, **payload)

    def memberships_of(self, person: Person) -> list[tuple[str, str]]:
        """(organization, status) of all, oldest first."""
        with self.units() as uow:
            found = uow.memberships.in_status(person.volunteer_id, *MembershipStatus)
            return [(membership.organization_id, membership.status) for membership in found]

    def card(self, person: Person, status: str, version: int = 1, application_id: str | None = None) -> str:
        """``card.status_changed`` arrives; answers the application's id."""
        application_id = application_id or new_id()
        event = CardStatusChanged(
            application_id=application_id,
            application_no="1",
            volunteer_id=person.volunteer_id,
            organization_id=None,
            bank="boc",
            status=status,
            reason=None,
        )
        with self.units() as uow:
            copies.note_card(event, version, uow)
        return application_id

    def activity(self, organization: Node, **changes: Any) -> str:
        """``activity.published`` arrives; answers the activity's id."""
        values = {"activity_id": new_id(), "published_at": self.units.clock.now(), **changes}
        event = ActivityPublished(organization_id=organization.id, title="植树", region="440100", **values)
        with self.units() as uow:
            copies.note_activity_published(event, uow)
        return str(values["activity_id"])


@pytest.fixture
def world(scratch_database: Any, clock: FixedClock) -> Iterator[World]:
    """Nothing but the tables."""
    units = Units("organization", UNIT_OF_WORK, SETTINGS, scratch_database("organization"), clock)
    yield World(units)
    units.close()


@pytest.fixture
def province(world: World) -> Node:
    """The root."""
    return world.organization(Kind.PROVINCE, None, name="广东省志愿者联合会")


@pytest.fixture
def city(world: World, province: Node) -> Node:
    """Guangzhou, below the root."""
    return world.organization(Kind.CITY, province, name="广州市")


@pytest.fixture
def team(world: World, city: Node) -> Node:
    """A team in Guangzhou."""
    return world.organization(Kind.TEAM, city, name="天河志愿服务队")


@pytest.fixture
def other_city(world: World, province: Node) -> Node:
    """Another branch of the tree."""
    return world.organization(Kind.CITY, province, name="深圳市", region="440300")
