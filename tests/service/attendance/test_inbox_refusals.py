"""Between a wish and the verdict on it things change: whatever the inbox refuses then, its route has named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from gateway.routes.organization import ROUTES
from services.activity.events import EnrollmentChanged
from services.attendance import commands, errors
from services.attendance.models import EnrollmentCopy
from services.chassis.context import Caller
from services.chassis.errors import AlreadyDecided, AppError
from services.chassis.ids import new_id
from services.identity.events import VolunteerChanged
from tests.service.attendance.conftest import World
from tests.service.attendance.inbox import Inbox, one_of_each, report_missing, who

PHOTO = commands.EvidenceFile(upload_id=new_id(), sha256="e" * 64, content_type="image/jpeg", name="合影.jpg")


@pytest.fixture
def inbox(world: World) -> Inbox:
    """The day after the shift; the claim that waits has a file, so that a yes is enough."""
    found = one_of_each(world)
    found.volunteers["missing_entries"] = world.volunteer()
    found.ids["missing_entries"] = report_missing(world, found.volunteers["missing_entries"], PHOTO)
    return found


def named_by(method: str, path: str) -> set[type[AppError]]:
    """The refusals that a route of the reviews names."""
    (route,) = (each for each in ROUTES if (each.method, each.path) == (method, path))
    return set(route.errors)


# what has happened meanwhile -------------------------------------------------------------------------------------


def activity_revoked(inbox: Inbox, _volunteer_id: str) -> None:
    inbox.world.hear(inbox.world.activity_state(status="revoked"), version=2)


def place_given_up(inbox: Inbox, volunteer_id: str) -> None:
    world = inbox.world
    with world.units() as uow:
        found = sa.select(EnrollmentCopy.id).where(EnrollmentCopy.volunteer_id == volunteer_id)
        enrollment_id = str(uow.session.scalars(found).one())
    world.hear(
        EnrollmentChanged(
            enrollment_id=enrollment_id,
            activity_id=world.activity,
            shift_id=world.shift,
            volunteer_id=volunteer_id,
            status="withdrawn",
        ),
        version=2,
    )


def verification_revoked(inbox: Inbox, volunteer_id: str) -> None:
    state = VolunteerChanged(
        volunteer_id=volunteer_id,
        account_id=new_id(),
        volunteer_no="4401000001",
        name="张小丰",
        status="active",
        birth_date=None,
        region="440100",
        organization_id=inbox.world.team,
        verified_in_person=False,
    )
    inbox.world.hear(state, version=2)


def handed_up_by_the_organizer(inbox: Inbox, volunteer_id: str) -> None:
    inbox.world.supplement(volunteer_id, who(inbox, "recorder", "team"))


def objected_to(inbox: Inbox, volunteer_id: str) -> None:
    (record,) = inbox.world.records(volunteer_id)
    inbox.world.object_to(record["record_id"])


def decided_by_a_colleague(inbox: Inbox, volunteer_id: str) -> None:
    (kind,) = (kind for kind, concerned in inbox.volunteers.items() if concerned == volunteer_id)
    inbox.decide(kind, who(inbox, "owner", "city"), approve=False, reason="与签到表不符")


MEANWHILE: list[tuple[str, Callable[[Inbox, str], None], type[AppError]]] = [
    ("corrections", objected_to, errors.NotCorrectable),
    ("corrections", decided_by_a_colleague, AlreadyDecided),
    ("missing_entries", activity_revoked, errors.ActivityRevoked),
    ("missing_entries", place_given_up, errors.NotAccepted),
    ("missing_entries", verification_revoked, errors.NotVerifiedInPerson),
    ("missing_entries", handed_up_by_the_organizer, errors.OverlapsRecord),
    ("missing_entries", decided_by_a_colleague, AlreadyDecided),
]


@pytest.mark.parametrize(("kind", "meanwhile", "refusal"), MEANWHILE)
def test_a_yes_that_comes_too_late_is_refused_as_the_route_says(
    inbox: Inbox, kind: str, meanwhile: Callable[[Inbox, str], None], refusal: type[AppError]
) -> None:
    meanwhile(inbox, inbox.volunteers[kind])
    with pytest.raises(refusal):
        inbox.decide(kind, who(inbox, "owner", "city"), approve=True)
    assert refusal in named_by("POST", "/reviews/{kind}/{id}/decision")


def test_so_is_an_approval_of_a_supplement_whose_volunteer_is_verified_no_more(inbox: Inbox) -> None:
    volunteer_id = inbox.world.volunteer()
    supplement = inbox.world.supplement(volunteer_id, who(inbox, "recorder", "team"))
    verification_revoked(inbox, volunteer_id)
    with pytest.raises(errors.NotVerifiedInPerson):
        inbox.world.decide(supplement.id, who(inbox, "reviewer", "city"))
    assert errors.NotVerifiedInPerson in named_by("POST", "/reviews/{kind}/{id}/decision")


@pytest.mark.parametrize("act", [Inbox.history, lambda *on: Inbox.decide(*on, approve=False, reason="不属实")])
def test_an_appeal_is_neither_read_nor_decided_by_those_it_goes_over(
    inbox: Inbox, act: Callable[[Inbox, str, Caller], object]
) -> None:
    with pytest.raises(errors.SuperiorDecides):
        act(inbox, "appeals", who(inbox, "reviewer", "team"))
    for method, deed in (("GET", "history"), ("POST", "decision")):
        assert errors.SuperiorDecides in named_by(method, f"/reviews/{{kind}}/{{id}}/{deed}")
