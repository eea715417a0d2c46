"""Activity on a scratch database: a small tree of organizations, people in it, and factories for what they do.

province > guangzhou > team          (organizations)
province > zhuhai
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.models import Enrollment, VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.activity.schemas import activities, enrollments, presence
from services.activity.settings import ActivitySettings
from services.activity.use_cases import (
    attending,
    copies,
    deciding,
    drafting,
    editing,
    enrolling,
    publishing,
    waiting_list,
    walk_ins,
)
from services.chassis.audit import AUDIT_LOG
from services.chassis.clock import FixedClock
from services.chassis.context import Caller, Role
from services.chassis.events import Event, Received
from services.chassis.ids import new_id
from services.chassis.testing.units import Units, test_key
from services.identity.events import VolunteerChanged
from services.organization.events import OrganizationChanged

SECRETS = {"ZHIYUAN_ACTIVITY_KEYS": test_key("v", "activity-1")}


@dataclass
class World:
    """The tree, and everything that a test does in it."""

    units: Units
    clock: FixedClock
    province: str = field(default_factory=new_id)
    guangzhou: str = field(default_factory=new_id)
    team: str = field(default_factory=new_id)
    zhuhai: str = field(default_factory=new_id)

    def hears(
        self, handler: Callable[[Any, Any], None], data: Event, version: int = 1, *, restated: bool = False
    ) -> None:
        """An event arrives."""
        event = Received(
            new_id(), data.source(), data.wire_type(), data.subject, self.clock.now(), version, "", data, restated
        )
        with self.units() as uow:
            handler(event, uow)

    def organization(self, organization_id: str, *path: str, status: str = "active", version: int = 1) -> None:
        """An organization below ``path``."""
        changed = OrganizationChanged(
            organization_id=organization_id,
            name="越秀区青年志愿者协会",
            kind="association",
            region="440100",
            status=status,
            path=[*path, organization_id],
        )
        with self.units() as uow:
            uow.organizations.take_over(changed, version)

    def volunteer(self, **values: Any) -> Caller:
        """An active volunteer of the team, born in 2000, who can do nothing in particular."""
        caller = Caller(kind="volunteer", account_id=new_id(), volunteer_id=new_id())
        self.hear_again(caller, **values)
        return caller

    def hear_again(self, caller: Caller, *, version: int = 1, restated: bool = False, **values: Any) -> None:
        """News of a volunteer arrive."""
        person: dict[str, Any] = {
            "volunteer_no": "440100000001",
            "name": "张三",
            "status": "active",
            "birth_date": date(2000, 1, 1),
            "region": "440104",
            "organization_id": self.team,
            "verified_in_person": False,
        }
        changed = VolunteerChanged(
            volunteer_id=str(caller.volunteer_id), account_id=str(caller.account_id), **(person | values)
        )
        self.hears(copies.copy_volunteer, changed, version, restated=restated)

    def suspend(self, caller: Caller) -> None:
        """An active volunteer is suspended."""
        self.hear_again(caller, version=2, status="suspended")

    def forget(self, caller: Caller) -> None:
        """The copy is lost, as if nothing had ever arrived."""
        with self.units() as uow:
            uow.session.execute(sa.delete(VolunteerCopy).where(VolunteerCopy.id == caller.volunteer_id))

    def name_of(self, caller: Caller) -> str:
        """What the copy calls a volunteer."""
        with self.units() as uow:
            return str(uow.session.get_one(VolunteerCopy, caller.volunteer_id).name)

    def administrator(self, organization_id: str, role: str = "organizer") -> Caller:
        """Somebody with a role at an organization."""
        return Caller(kind="administrator", account_id=new_id(), roles=(Role(organization_id, role),))

    def at(self, **after: float) -> datetime:
        """So long after now."""
        return self.clock.now() + timedelta(**after)

    def shift(self, *, starts: float = 48, hours: float = 3, capacity: int = 1, **values: Any) -> dict[str, Any]:
        """A shift that starts so many hours from now."""
        return {
            "starts_at": self.at(hours=starts).isoformat(),
            "ends_at": self.at(hours=starts + hours).isoformat(),
            "capacity": capacity,
            **values,
        }

    def content(self, **changes: Any) -> dict[str, Any]:
        """The body of a complete activity of the team with one shift."""
        shifts = changes.get("shifts", [self.shift()])
        content = {
            "organization_id": self.team,
            "title": "越秀公园环境清洁",
            "category": "environment",
            "description": "清理湖边垃圾，分类回收。",
            "region": "440104",
            "address": "广州市越秀区解放北路988号正门",
            "enroll_by": shifts[-1]["starts_at"] if shifts else None,
            "contact": "李老师 020-00000000",
            "approval": "instant",
            "shifts": shifts,
        }
        return content | changes

    def draft(self, caller: Caller | None = None, **changes: Any) -> dict[str, Any]:
        """A draft."""
        with self.units(caller or self.administrator(self.team)) as uow:
            return drafting.create_activity(activities.CreateActivity().parse(self.content(**changes)), uow)

    def published(self, **changes: Any) -> dict[str, Any]:
        """An activity that volunteers can enroll for."""
        activity = self.draft(**changes)
        return self.publish(activity["activity_id"])

    def published_at(self, organization_id: str) -> dict[str, Any]:
        """The same of another organization."""
        owner = self.administrator(organization_id, "owner")
        return self.publish(self.draft(owner, organization_id=organization_id)["activity_id"], owner)

    def publish(self, activity_id: str, caller: Caller | None = None, scope: str = "one") -> dict[str, Any]:
        """Publish a draft, or those of its series."""
        request = activities.PublishActivity().parse({"activity_id": activity_id, "scope": scope})
        with self.units(caller or self.administrator(self.team)) as uow:
            return publishing.publish_activity(request, uow)

    def edit(self, activity_id: str, caller: Caller | None = None, **changes: Any) -> dict[str, Any]:
        """Change some fields."""
        with self.units(caller or self.administrator(self.team)) as uow:
            return editing.edit_activity(activities.EditActivity().parse({"activity_id": activity_id, **changes}), uow)

    def revoke(self, activity_id: str, caller: Caller | None = None, scope: str = "one") -> dict[str, Any]:
        """Call an activity off, or those of its series."""
        request = {"activity_id": activity_id, "reason": "台风预警", "scope": scope}
        request = activities.RevokeActivity().parse(request)
        with self.units(caller or self.administrator(self.team)) as uow:
            return publishing.revoke_activity(request, uow)

    def enroll(self, caller: Caller, activity: dict[str, Any], shift: int = 0, **others: Any) -> dict[str, Any]:
        """Ask for a place in one of the shifts."""
        shift_id = activity["shifts"][shift]["shift_id"]
        request = {"activity_id": activity["activity_id"], "shift_id": shift_id, **others}
        with self.units(caller) as uow:
            return enrolling.enroll(enrollments.Enroll().parse(request), uow)

    def withdraw(self, caller: Caller, enrollment: dict[str, Any]) -> dict[str, Any]:
        """Take it back."""
        request = enrollments.WithdrawEnrollment().parse({"enrollment_id": enrollment["enrollment_id"]})
        with self.units(caller) as uow:
            return enrolling.withdraw_enrollment(request, uow)

    def answer(self, caller: Caller, enrollment: dict[str, Any], *, accept: bool) -> dict[str, Any]:
        """Answer an offer."""
        request = enrollments.AnswerOffer().parse({"enrollment_id": enrollment["enrollment_id"], "accept": accept})
        with self.units(caller) as uow:
            return waiting_list.answer_offer(request, uow)

    def decide(
        self, enrollment: dict[str, Any], *, accept: bool, caller: Caller | None = None, **reason: str | None
    ) -> dict[str, Any]:
        """Accept or reject one who applied."""
        request = {"enrollment_id": enrollment["enrollment_id"], "accept": accept, **reason}
        with self.units(caller or self.administrator(self.team)) as uow:
            return deciding.decide_enrollment(enrollments.DecideEnrollment().parse(request), uow)

    def walk_in(
        self, person: Caller, activity: dict[str, Any], shift: int = 0, *, caller: Caller | None = None, **others: Any
    ) -> dict[str, Any]:
        """Let somebody in who stands there; ``others`` name them otherwise, or say more."""
        whom = {} if "volunteer_no" in others else {"volunteer_id": person.volunteer_id}
        shift_id = activity["shifts"][shift]["shift_id"]
        request = {"activity_id": activity["activity_id"], "shift_id": shift_id, **whom, **others}
        with self.units(caller or self.administrator(self.team)) as uow:
            return walk_ins.admit_walk_in(presence.AdmitWalkIn().parse(request), uow)

    def absent(self, enrollment: dict[str, Any], caller: Caller | None = None) -> dict[str, Any]:
        """Say that somebody did not come."""
        request = presence.RecordAbsence().parse({"enrollment_id": enrollment["enrollment_id"]})
        with self.units(caller or self.administrator(self.team)) as uow:
            return attending.record_absence(request, uow)

    def not_absent(self, enrollment: dict[str, Any], caller: Caller | None = None) -> dict[str, Any]:
        """Take it back."""
        request = presence.RevokeAbsence().parse({"enrollment_id": enrollment["enrollment_id"]})
        with self.units(caller or self.administrator(self.team)) as uow:
            return attending.revoke_absence(request, uow)

    def audited(self, *actions: str) -> list[dict[str, Any]]:
        """The details of what was done, oldest first."""
        with self.units() as uow:
            found = uow.session.execute(sa.select(AUDIT_LOG.c.details).where(AUDIT_LOG.c.action.in_(actions)))
            return [details for (details,) in found]

    def lapse(self) -> None:
        """The timer comes by."""
        with self.units() as uow:
            waiting_list.lapse_overdue(uow)

    def status(self, enrollment: dict[str, Any]) -> str:
        """Where an enrollment stands now."""
        with self.units() as uow:
            return str(uow.session.get_one(Enrollment, enrollment["enrollment_id"]).status)

    def statuses(self, activity: dict[str, Any]) -> list[str]:
        """The status of every enrollment of an activity, in the order in which they came."""
        with self.units() as uow:
            return list(
                uow.session.scalars(
                    sa.select(Enrollment.status)
                    .where(Enrollment.activity_id == activity["activity_id"])
                    .order_by(Enrollment.id)
                )
            )


@pytest.fixture
def world(scratch_database: Callable[[str], str], clock: FixedClock) -> Iterator[World]:
    """The tree with nothing in it."""
    units = Units("activity", ActivityUnitOfWork, ActivitySettings, scratch_database("activity"), clock, SECRETS)
    world = World(units, clock)
    world.organization(world.province)
    world.organization(world.guangzhou, world.province)
    world.organization(world.team, world.province, world.guangzhou)
    world.organization(world.zhuhai, world.province)
    yield world
    units.close()
