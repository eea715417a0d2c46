"""Reviewing in another's place, by copies of what organization tells: what it reaches in attendance, what ends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from services.attendance import commands, errors
from services.attendance.schemas import reviews
from services.attendance.use_cases import evidence, reviewing, supplements
from services.chassis.audit_reading import ListAuditLogQuery, list_audit_log
from services.chassis.context import Caller, Role
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.organization.events import AdministratorChanged, DelegationChanged
from tests.service.attendance.conftest import World


@dataclass
class Lending:
    """A reviewer of the city who lends their work to whoever owns the other city, the day after the shift."""

    world: World
    volunteer_id: str
    recorder: Caller
    delegator: Caller
    delegate: Caller
    delegation: DelegationChanged

    def submit(self, **changes: Any) -> str:
        """A supplement of the team below the city."""
        whose, caller = changes.get("volunteer_id", self.volunteer_id), changes.get("caller", self.recorder)
        return str(self.world.supplement(whose, caller).id)

    def seen(self, caller: Caller | None = None) -> tuple[int, int]:
        """How many are counted and listed for the delegate."""
        who = caller or self.delegate
        query = commands.ListReviews(kind="supplements", status="pending", limit=20, cursor=None)
        listed = self.world.do(supplements.list_supplement_reviews, query, who)["items"]
        return self.world.do(reviewing.count_reviews, commands.CountReviews(), who)["supplements"], len(listed)


@pytest.fixture
def lending(world: World) -> Lending:
    """The delegation is in force, and both sides hold their roles."""
    volunteer_id = world.volunteer()
    world.clock.advance(days=1)
    delegator, delegate = (world.administrator("reviewer", city) for city in (world.city, world.other_city))
    delegation = world.lend(delegator, world.city, delegate)
    return Lending(world, volunteer_id, world.administrator("recorder", world.team), delegator, delegate, delegation)


@pytest.fixture
def roles(lending: Lending) -> tuple[AdministratorChanged, AdministratorChanged]:
    """The delegator's and the delegate's."""
    world = lending.world
    return (
        lending.world.hold(lending.delegator, world.city, "reviewer"),
        lending.world.hold(lending.delegate, world.other_city, "reviewer"),
    )


@pytest.mark.usefixtures("roles")
class TestInForce:
    def test_the_delegate_finds_what_waits_and_decides_and_it_is_known_in_whose_place(self, lending: Lending) -> None:
        supplement_id = lending.submit()
        assert lending.seen() == (1, 1)
        lending.world.decide(supplement_id, lending.delegate)
        query = commands.ReviewHistory(kind="supplements", id=supplement_id)
        with lending.world.units(lending.delegate) as uow:
            history = reviews.DecisionHistory().dump(reviewing.supplement_review_history(query, uow))["items"]
        assert [(past["decided_by"], past["on_behalf_of"]) for past in history] == [
            (lending.delegate.account_id, lending.delegator.account_id)
        ]
        asked = ListAuditLogQuery(
            service=None, subject=f"supplement:{supplement_id}", action="supplement.approved", limit=20, cursor=None
        )
        page = lending.world.do(list_audit_log, asked, Caller(kind="platform", account_id=new_id()))
        assert [row.details["on_behalf_of"] for row in page.items] == [lending.delegator.account_id]

    def test_the_evidence_is_the_delegates_to_look_at(self, lending: Lending) -> None:
        supplement = lending.world.supplement(lending.volunteer_id, lending.recorder)
        asked = commands.MaySeeUpload(upload_id=supplement.evidence[0].upload_id)
        assert lending.world.do(evidence.may_see_upload, asked, lending.delegate) == {"allowed": True}
        lending.world.hear(replace(lending.delegation, revoked=True), version=2)
        assert lending.world.do(evidence.may_see_upload, asked, lending.delegate) == {"allowed": False}

    def test_whoever_has_the_right_decides_in_their_own_name(self, lending: Lending) -> None:
        both = replace(lending.delegate, roles=(*lending.delegate.roles, Role(lending.world.province, "reviewer")))
        supplement_id = lending.submit()
        lending.world.decide(supplement_id, both)
        with lending.world.units() as uow:
            supplement = uow.supplements.find(supplement_id)
            assert (supplement.decided_by, supplement.on_behalf_of) == (both.account_id, None)

    def test_it_lends_reviewing_and_nothing_else(self, lending: Lending) -> None:
        with pytest.raises(Forbidden):
            lending.submit(caller=lending.delegate)

    def test_what_the_delegator_submitted_is_not_decided_in_their_place(self, lending: Lending) -> None:
        claimant = replace(lending.delegator, roles=(Role(lending.world.team, "recorder"), *lending.delegator.roles))
        supplement_id = lending.submit(caller=claimant)
        assert lending.seen() == (0, 0)
        with pytest.raises(errors.OwnSupplement):
            lending.world.decide(supplement_id, lending.delegate)
        lending.world.decide(supplement_id, lending.world.administrator("owner", lending.world.province))

    def test_nor_are_the_delegators_own_hours(self, lending: Lending) -> None:
        own = lending.world.volunteer(account_id=lending.delegator.account_id)
        supplement_id = lending.submit(volunteer_id=own)
        assert lending.seen() == (0, 0)
        with pytest.raises(errors.OwnSupplement):
            lending.world.decide(supplement_id, lending.delegate)

    def test_it_reaches_what_is_below_the_organization_and_not_its_own(self, lending: Lending) -> None:
        world = lending.world
        world.hear(replace(world.activity_state(), organization_id=world.city), version=2)
        recorder = world.administrator("recorder", world.city)
        supplement_id = lending.submit(caller=recorder)
        assert lending.seen() == (0, 0)
        with pytest.raises(NotFound):
            world.decide(supplement_id, lending.delegate)

    def test_it_ends_with_its_last_day(self, lending: Lending) -> None:
        lending.submit()
        lending.world.clock.advance(days=2)
        assert lending.seen() == (1, 1)
        lending.world.clock.advance(days=1)
        assert lending.seen() == (0, 0)

    def test_a_revocation_ends_it_and_an_older_event_does_not_bring_it_back(self, lending: Lending) -> None:
        supplement_id = lending.submit()
        lending.world.hear(replace(lending.delegation, revoked=True), version=2)
        lending.world.hear(lending.delegation, version=1)
        assert lending.seen() == (0, 0)
        with pytest.raises(NotFound):
            lending.world.decide(supplement_id, lending.delegate)


@pytest.mark.parametrize("side", [0, 1], ids=["delegator", "delegate"])
def test_a_dismissal_of_either_side_ends_it_at_once(
    lending: Lending, roles: tuple[AdministratorChanged, AdministratorChanged], side: int
) -> None:
    lending.submit()
    assert lending.seen() == (1, 1)
    lending.world.hear(replace(roles[side], active=False), version=2)
    assert lending.seen() == (0, 0)


def test_a_new_appointment_of_the_delegator_does_not_revive_it(
    lending: Lending, roles: tuple[AdministratorChanged, AdministratorChanged]
) -> None:
    lending.submit()
    lending.world.clock.advance(minutes=1)
    lending.world.hear(replace(roles[0], active=False), version=2)
    lending.world.hear(replace(roles[0], appointed_at=lending.world.clock.now()), version=3)
    assert lending.seen() == (0, 0)


@pytest.mark.parametrize("since", [None, datetime.fromisoformat("2020-01-01T00:00:00+08:00")])
def test_a_delegator_of_whom_no_appointment_was_told_lends_nothing(lending: Lending, since: datetime | None) -> None:
    lending.submit()
    lending.world.hold(lending.delegate, lending.world.other_city, "reviewer")
    assert lending.seen() == (0, 0)
    lending.world.hold(lending.delegator, lending.world.city, "reviewer", appointed_at=since)
    assert lending.seen() == ((0, 0) if since is None else (1, 1))


def test_roles_that_do_not_review_lend_nothing_and_are_not_kept(lending: Lending) -> None:
    lending.submit()
    lending.world.hold(lending.delegator, lending.world.city, "organizer")
    lending.world.hold(lending.delegate, lending.world.other_city, "reviewer")
    assert lending.seen() == (0, 0)
