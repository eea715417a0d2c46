"""An activity in a tree of three organizations, a volunteer who was accepted, and people who run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.events import ActivityChanged, EnrollmentChanged, ShiftState
from services.attendance import commands
from services.attendance.domain import Direction, Place, Provenance
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.settings import AttendanceSettings
from services.attendance.use_cases import (
    copying,
    deciding,
    disclosing,
    my_hours,
    objecting,
    offline_scans,
    scan_conflicts,
    scanning,
    standing_in,
    supplements,
)
from services.chassis.clock import FixedClock, local_day
from services.chassis.context import Caller, Role
from services.chassis.events import Event, Received
from services.chassis.ids import new_id
from services.chassis.testing.units import Units, test_key
from services.identity.events import VolunteerChanged, VolunteerErased
from services.organization.events import AdministratorChanged, DelegationChanged, OrganizationChanged

SECRETS = {"ZHIYUAN_ATTENDANCE_CODE_KEYS": test_key("a", "code-1"), "ZHIYUAN_MESSAGE_KEYS": test_key("m")}
SHIFT_STARTS = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)  # a Saturday, 9:00 in Guangzhou
SHIFT_ENDS = SHIFT_STARTS + timedelta(hours=3)
CITY_SQUARE = Place(23.1291, 113.2644)
CONTACT = "13800000001"


def received(event: Event, version: int = 1) -> Received[Any]:
    """``event`` as its handler gets it."""
    return Received(
        id=new_id(),
        source=event.source(),
        type=event.wire_type(),
        subject=event.subject,
        time=SHIFT_STARTS,
        aggregate_version=version,
        traceparent="",
        data=event,
    )


def minutes_by_provenance(**minutes: int) -> dict[str, int]:
    """What a summary says of minutes that came these ways, and none another."""
    return {provenance.value: 0 for provenance in Provenance} | minutes


@dataclass
class World:
    """The organizations, the activity and its people; each method is one deed of somebody."""

    units: Units
    province: str = field(default_factory=new_id)
    city: str = field(default_factory=new_id)
    team: str = field(default_factory=new_id)
    other_city: str = field(default_factory=new_id)
    activity: str = field(default_factory=new_id)
    shift: str = field(default_factory=new_id)

    @property
    def clock(self) -> FixedClock:
        """The clock that everything here lives by."""
        return self.units.clock

    # what other services told ------------------------------------------------------------------------------------

    def hear(self, event: Event, version: int = 1) -> None:
        """Handle an event of another service."""
        handlers: dict[type[Event], Callable[..., None]] = {
            OrganizationChanged: lambda event, uow: uow.organizations.take_over(event.data, event.aggregate_version),
            VolunteerChanged: copying.copy_volunteer,
            VolunteerErased: copying.erase_volunteer,
            ActivityChanged: copying.copy_activity,
            EnrollmentChanged: copying.copy_enrollment,
            AdministratorChanged: standing_in.copy_reviewer,
            DelegationChanged: standing_in.copy_delegation,
        }
        with self.units() as uow:
            handlers[type(event)](received(event, version), uow)

    def hear_of_organizations(self) -> None:
        """The tree: province, two cities, a team in the first."""
        for organization_id, path in (
            (self.province, [self.province]),
            (self.city, [self.province, self.city]),
            (self.other_city, [self.province, self.other_city]),
            (self.team, [self.province, self.city, self.team]),
        ):
            self.hear(
                OrganizationChanged(
                    organization_id=organization_id,
                    name="组织",
                    kind="team",
                    region="440100",
                    status="active",
                    path=path,
                )
            )

    def activity_state(self, **changes: Any) -> ActivityChanged:
        """The team's activity with one shift of three hours."""
        shift = ShiftState(shift_id=self.shift, starts_at=SHIFT_STARTS, ends_at=SHIFT_ENDS, capacity=30)
        state = ActivityChanged(
            activity_id=self.activity,
            organization_id=self.team,
            title="春季植树",
            category="environment",
            region="440100",
            address="人民公园",
            status="published",
            shifts=[shift],
        )
        return replace(state, **changes)

    def move_shift(self, *, hours: int) -> None:
        """The organizer edits the activity: its shift is that much later."""
        by, told = timedelta(hours=hours), self.activity_state()
        moved = [replace(shift, starts_at=shift.starts_at + by, ends_at=shift.ends_at + by) for shift in told.shifts]
        self.hear(replace(told, shifts=moved), version=2)

    def volunteer(self, name: str = "张小丰", *, accepted_for: str | None = "the shift", **changes: Any) -> str:
        """A volunteer who may be timed at the shift, unless ``changes`` say otherwise."""
        volunteer_id = new_id()
        state = VolunteerChanged(
            volunteer_id=volunteer_id,
            account_id=new_id(),
            volunteer_no="4401000001",
            name=name,
            status="active",
            birth_date=None,
            region="440100",
            organization_id=self.team,
            verified_in_person=True,
        )
        self.hear(replace(state, **changes))
        if accepted_for is not None:
            self.accept(volunteer_id, self.shift if accepted_for == "the shift" else accepted_for)
        return volunteer_id

    def accept(self, volunteer_id: str, shift_id: str, status: str = "accepted") -> None:
        """An enrollment of the volunteer."""
        self.hear(
            EnrollmentChanged(
                enrollment_id=new_id(),
                activity_id=self.activity,
                shift_id=shift_id,
                volunteer_id=volunteer_id,
                status=status,
            )
        )

    def hold(self, who: Caller, organization_id: str, role: str, **changes: Any) -> AdministratorChanged:
        """An account holds a role, as organization tells it."""
        state = AdministratorChanged(
            administrator_id=new_id(),
            organization_id=organization_id,
            account_id=str(who.account_id),
            role=role,
            active=True,
            appointed_at=self.clock.now() - timedelta(days=9),
        )
        self.hear(told := replace(state, **changes))
        return told

    def lend(self, delegator: Caller, organization_id: str, delegate: Caller) -> DelegationChanged:
        """A reviewer lends their work there for three days; that they and the delegate hold roles is told by others."""
        today = local_day(self.clock.now())
        delegation = DelegationChanged(
            delegation_id=new_id(),
            organization_id=organization_id,
            organization_name="组织",
            delegator_id=str(delegator.account_id),
            account_id=str(delegate.account_id),
            starts_on=today,
            ends_on=today + timedelta(days=2),
            created_at=self.clock.now(),
            revoked=False,
        )
        self.hear(delegation)
        return delegation

    # who acts ----------------------------------------------------------------------------------------------------

    def administrator(self, role: str, organization_id: str, *more: Role) -> Caller:
        """Somebody with a role at an organization."""
        roles = (Role(organization_id, role), *more)
        return Caller(kind="administrator", account_id=new_id(), roles=roles, locale="en")

    def as_volunteer(self, volunteer_id: str) -> Caller:
        """The volunteer, signed in."""
        return Caller(kind="volunteer", account_id=new_id(), volunteer_id=volunteer_id, locale="en")

    def do(self, use_case: Callable[..., Any], command: Any, caller: Caller) -> Any:
        """A use case in a transaction of its own."""
        with self.units(caller) as uow:
            return use_case(command, uow)

    # deeds -------------------------------------------------------------------------------------------------------

    def token(self, kind: Direction, shift_id: str | None = None) -> str:
        """The code on the screen at this moment."""
        settings = self.units.runtime.settings
        assert isinstance(settings, AttendanceSettings)
        return settings.codes.show(shift_id or self.shift, kind, self.clock.now()).token

    def scan(
        self,
        volunteer_id: str,
        kind: Direction = Direction.SIGN_IN,
        *,
        nonce: str | None = None,
        token: str | None = None,
        location: Place | None = None,
    ) -> Any:
        """A scan of the present code; answers the record."""
        command = commands.ScanCode(
            token=token or self.token(kind), nonce=nonce or new_id(), scanned_at=None, location=location
        )
        return self.do(scanning.scan_code, command, self.as_volunteer(volunteer_id))

    def kept(self, kind: Direction, *, nonce: str | None = None, **changes: Any) -> commands.KeptScan:
        """What a phone without network keeps of a scan at this moment."""
        scan = commands.KeptScan(
            token=self.token(kind), nonce=nonce or new_id(), scanned_at=self.clock.now(), location=None
        )
        return replace(scan, **changes)

    def upload(self, volunteer_id: str, *kept: commands.KeptScan) -> list[dict[str, Any]]:
        """The phone has network again; answers what came of each scan."""
        command = commands.UploadScans(scans=list(kept))
        items: list[dict[str, Any]] = self.do(offline_scans.upload_scans, command, self.as_volunteer(volunteer_id))[
            "items"
        ]
        return items

    def scan_conflicts(self, caller: Caller, status: str = "open") -> list[dict[str, Any]]:
        """The organizer's list."""
        query = commands.ListScanConflicts(activity_id=self.activity, status=status, limit=100, cursor=None)
        items: list[dict[str, Any]] = self.do(scan_conflicts.list_scan_conflicts, query, caller)["items"]
        return items

    def resolve_scan(self, conflict_id: str, caller: Caller, *, accept: bool) -> dict[str, Any]:
        """The organizer decides."""
        command = commands.ResolveScanConflict(conflict_id=conflict_id, accept=accept, reason="现场核实")
        resolved: dict[str, Any] = self.do(scan_conflicts.resolve_scan_conflict, command, caller)
        return resolved

    def serve(self, volunteer_id: str, minutes: int = 60) -> Any:
        """Sign in, serve, sign out; answers the record."""
        self.scan(volunteer_id)
        self.clock.advance(minutes=minutes)
        return self.scan(volunteer_id, Direction.SIGN_OUT)

    def sign_out(self, volunteer_id: str) -> Any:
        """A scan that ends what a scan began; answers the record."""
        return self.scan(volunteer_id, Direction.SIGN_OUT)

    def supplement(self, volunteer_id: str, caller: Caller, **changes: Any) -> Any:
        """A supplement for the first hour of the shift, with a photograph."""
        file = commands.EvidenceFile(upload_id=new_id(), sha256="0" * 64, content_type="image/jpeg", name="photo.jpg")
        command = commands.SubmitSupplement(
            activity_id=self.activity,
            volunteer_id=volunteer_id,
            shift_id=self.shift,
            starts_at=SHIFT_STARTS,
            ends_at=SHIFT_STARTS + timedelta(hours=1),
            reason="手机没电",
            evidence=[file],
        )
        return self.do(supplements.submit_supplement, replace(command, **changes), caller)

    def decide(
        self,
        supplement_id: str,
        caller: Caller,
        *,
        approve: bool = True,
        reason: str | None = None,
        reason_code: str | None = None,
    ) -> Any:
        """A decision on a supplement."""
        command = commands.DecideReview(
            kind="supplements", id=supplement_id, approve=approve, reason=reason, reason_code=reason_code
        )
        return self.do(deciding.decide_supplement_review, command, caller)

    def disclose(self) -> int:
        """The timer that opens disclosures."""
        with self.units() as uow:
            return disclosing.disclose_complete(uow)

    def confirm(self) -> int:
        """The timer that confirms."""
        with self.units() as uow:
            return disclosing.confirm_undisputed(uow)

    def object_to(self, record_id: str | None, caller: Caller | None = None) -> Any:
        """An objection, by a passer-by unless somebody is named."""
        command = commands.SubmitObjection(
            activity_id=self.activity, record_id=record_id, text="他提前走了", contact=CONTACT
        )
        return self.do(objecting.submit_objection, command, caller or Caller())

    def resolve(
        self, objection_id: str, caller: Caller, *, upheld: bool = True, served_minutes: int | None = None
    ) -> Any:
        """What came of an objection; ``served_minutes``: the corrected time, from the start of the shift."""
        corrected = None
        if served_minutes is not None:
            ends_at = SHIFT_STARTS + timedelta(minutes=served_minutes)
            corrected = commands.CorrectedTime(starts_at=SHIFT_STARTS, ends_at=ends_at)
        return self.resolve_as(objection_id, caller, corrected, upheld=upheld)

    def resolve_as(
        self, objection_id: str, caller: Caller, corrected: commands.CorrectedTime | None, *, upheld: bool = True
    ) -> Any:
        """What came of an objection, the record's true time with it."""
        command = commands.ResolveObjection(
            objection_id=objection_id, upheld=upheld, reason="核实签退表", corrected=corrected
        )
        return self.do(objecting.resolve_objection, command, caller)

    # what is seen ------------------------------------------------------------------------------------------------

    def summary(self, volunteer_id: str) -> dict[str, Any]:
        """The volunteer's own summary."""
        answer: dict[str, Any] = self.do(
            my_hours.get_service_summary, commands.GetServiceSummary(), self.as_volunteer(volunteer_id)
        )
        return answer

    def records(self, volunteer_id: str) -> list[dict[str, Any]]:
        """The volunteer's own records, newest first."""
        query = commands.ListServiceRecords(limit=100, cursor=None)
        items: list[dict[str, Any]] = self.do(my_hours.list_service_records, query, self.as_volunteer(volunteer_id))[
            "items"
        ]
        return items

    def status_of(self, record_id: str) -> str:
        """The state of a record."""
        with self.units() as uow:
            return str(uow.records.get(record_id).status)

    def recount(self) -> Any:
        """What a recount of the whole ledger finds."""
        return self.do(my_hours.recount_ledger, commands.RecountLedger(), Caller(kind="platform", account_id=new_id()))


def waits_for_a_lock(world: World) -> bool:
    """Whether some transaction of this database waits for another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with world.units() as uow:
        return bool(uow.session.scalar(sa.text(waiting)))


@pytest.fixture
def units(scratch_database: Callable[[str], str], clock: FixedClock) -> Iterator[Units]:
    """Units of work on a fresh database."""
    opened = Units(
        "attendance", AttendanceUnitOfWork, AttendanceSettings, scratch_database("attendance"), clock, SECRETS
    )
    yield opened
    opened.close()


@pytest.fixture
def world(units: Units) -> World:
    """The world at the start of the shift."""
    built = World(units)
    built.clock.advance(seconds=(SHIFT_STARTS - built.clock.now()).total_seconds())
    built.hear_of_organizations()
    built.hear(built.activity_state())
    return built
