"""Whether a volunteer is one whom an activity asks for; the same for whoever enrolls and whoever is let in."""

from __future__ import annotations

from services.activity.domain.enrolling import Candidate, Requirements, must_be_accompanied, unmet
from services.activity.errors import RequirementsNotMet
from services.activity.models import Activity, Shift, VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.chassis.clock import local_day
from services.chassis.errors import FieldError, Invalid

_IN_CHINESE = {"min_age": "最小年龄", "max_age": "最大年龄", "skills": "技能", "members_only": "仅限本组织志愿者"}


def require_requirements(uow: ActivityUnitOfWork, activity: Activity, shift: Shift, volunteer: VolunteerCopy) -> None:
    """Raises ``RequirementsNotMet`` with the names of all that the volunteer lacks on the day of the shift."""
    requirements = Requirements(
        min_age=activity.min_age,
        max_age=activity.max_age,
        skills=activity.skills,
        members_only=activity.members_only,
    )
    candidate = Candidate(
        birth_date=volunteer.birth_date,
        skills=volunteer.skills,
        # asked of the database only where somebody asks
        is_member=activity.members_only and uow.volunteers.is_member(volunteer, activity.organization_id),
    )
    missing = list(unmet(requirements, candidate, local_day(shift.starts_at)))
    if missing:
        raise RequirementsNotMet(
            unmet=missing,
            unmet_zh="、".join(_IN_CHINESE[name] for name in missing),
            unmet_en=", ".join(name.replace("_", " ") for name in missing),
        )


def companion(accompanied_by: str | None, volunteer: VolunteerCopy, shift: Shift) -> str | None:
    """Who comes along with a volunteer too young to come alone (FACTS.md, "Minors"); of nobody else it is kept."""
    if not must_be_accompanied(volunteer.accompanied_until, local_day(shift.starts_at)):
        return None
    if accompanied_by is None:
        zh, en = (
            "请填写到场陪同的成年人姓名",
            "names the adult who comes along; the volunteer is too young to come alone",
        )
        raise Invalid(FieldError("accompanied_by", "companion_required", zh, en))
    return accompanied_by
