"""What the home organization decides, in whatever order it arrives."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.errors import IllegalTransition
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.models import Volunteer
from services.identity.use_cases import profile, reviews
from services.organization.events import MembershipApproved, MembershipRejected
from tests.service.identity.conftest import Identity


def decide(identity: Identity, volunteer: Any, reason: str | None = None, organization_id: str | None = None) -> None:
    """Let the (home) organization's decision arrive."""
    of = {
        "membership_id": new_id(), "volunteer_id": volunteer.id,
        "organization_id": organization_id or volunteer.organization_id, "organization_name": "越秀区义工联",
    }  # fmt: skip
    if reason is None:
        identity.handle(reviews.take_over_approval, MembershipApproved(**of))
    else:
        identity.handle(reviews.take_over_rejection, MembershipRejected(reason=reason, **of))


def state(identity: Identity, volunteer: Any) -> tuple[str, str | None]:
    stored = identity.stored(Volunteer, volunteer.id)
    return stored.status, stored.rejection_reason


def resubmit(identity: Identity, volunteer: Any) -> None:
    profile.resubmit(identity.units.factory(identity.as_volunteer(volunteer)), commands.Resubmit(), identity.verifier)


def test_an_approval_makes_a_volunteer_active_and_everybody_hears_of_it(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer)
    assert state(identity, volunteer) == ("active", None)
    before, after = identity.units.published("volunteer.changed")
    assert (before["aggregateversion"], after["aggregateversion"]) == (1, 2)
    assert after["data"]["status"] == "active"


def test_a_rejected_volunteer_reads_the_reason_and_asks_again(identity: Identity) -> None:
    volunteer = identity.register()
    with pytest.raises(IllegalTransition):
        resubmit(identity, volunteer)
    decide(identity, volunteer, "照片不清晰")
    assert state(identity, volunteer) == ("rejected", "照片不清晰")
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        assert profile.get_me(commands.GetMe(), uow)["volunteer"]["rejection_reason"] == "照片不清晰"
    identity.clock.advance(hours=1)
    resubmit(identity, volunteer)
    assert state(identity, volunteer) == ("pending_review", None)
    assert len(identity.units.published("volunteer.registered")) == 2
    decide(identity, volunteer)
    assert state(identity, volunteer) == ("active", None)


def test_a_rejection_from_before_the_resubmission_changes_nothing(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer, "照片不清晰")
    early = identity.clock.now()
    identity.clock.advance(hours=1)
    resubmit(identity, volunteer)
    later = identity.clock.now()
    identity.clock._at = early
    decide(identity, volunteer, "照片不清晰")
    identity.clock._at = later
    assert state(identity, volunteer) == ("pending_review", None)


def test_an_approved_transfer_moves_an_active_volunteer_and_a_failed_one_does_not(identity: Identity) -> None:
    volunteer, elsewhere = identity.register(), new_id()
    decide(identity, volunteer)
    decide(identity, volunteer, "名额已满", elsewhere)
    assert identity.stored(Volunteer, volunteer.id).organization_id == identity.home
    assert state(identity, volunteer) == ("active", None)
    decide(identity, volunteer, None, elsewhere)
    assert identity.stored(Volunteer, volunteer.id).organization_id == elsewhere


def test_an_older_approval_does_not_undo_a_later_transfer(identity: Identity) -> None:
    volunteer, second, third = identity.register(), new_id(), new_id()
    decide(identity, volunteer)
    identity.clock.advance(hours=1)
    early = identity.clock.now()
    identity.clock.advance(hours=1)
    decide(identity, volunteer, None, third)
    identity.clock._at = early
    decide(identity, volunteer, None, second)
    assert identity.stored(Volunteer, volunteer.id).organization_id == third


def test_a_rejection_by_another_organization_leaves_a_pending_volunteer_pending(identity: Identity) -> None:
    volunteer = identity.register()
    decide(identity, volunteer, "名额已满", new_id())
    assert state(identity, volunteer) == ("pending_review", None)


def test_a_decision_about_nobody_is_retried(identity: Identity) -> None:
    class Nobody:
        id, organization_id = new_id(), new_id()

    with pytest.raises(LookupError):
        decide(identity, Nobody())
