"""Memberships, with what their volunteers handed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from services.chassis.clock import SHANGHAI
from services.chassis.errors import NotFound
from services.chassis.pagination import AnySelect
from services.organization.commands import ListMembers
from services.organization.domain import REVIEWING, MembershipStatus
from services.organization.models import (
    Applicant,
    Membership,
    Organization,
    OrganizationCounter,
    ReviewDecision,
    Volunteer,
)
from services.organization.repository.escalations import MEMBERSHIPS

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


class MembershipRepository:
    """Memberships, with who their volunteers are."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def forget_reasons(self, volunteer_id: str) -> None:
        """Forget what reviewers wrote about an erased person; what they decided stays."""
        own = sa.select(Membership.id).where(Membership.volunteer_id == volunteer_id)
        session = self._uow.session
        session.execute(sa.update(ReviewDecision).where(ReviewDecision.subject_id.in_(own)).values(reason=None))
        session.execute(
            sa.update(Membership).where(Membership.volunteer_id == volunteer_id).values(rejection_reason=None)
        )

    def in_status(self, volunteer_id: str, *statuses: MembershipStatus) -> Sequence[Membership]:
        """A volunteer's memberships in these states, locked."""
        return self._uow.session.scalars(
            sa.select(Membership)
            .where(Membership.volunteer_id == volunteer_id, Membership.status.in_(statuses))
            .order_by(Membership.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def lock_present(self, volunteer_id: str) -> Sequence[Membership]:
        """Where a volunteer belongs and wants to belong, locked in one order: a review and a transfer need both."""
        return self.in_status(volunteer_id, MembershipStatus.APPROVED, MembershipStatus.PENDING)

    def reviewable(self, status: str, escalated: bool | None) -> AnySelect:
        """The memberships whose review is (or was) the caller's, with what was handed in."""
        statement = (
            self._with_people()
            .add_columns(Organization.name.label("organization_name"))
            .join(Organization, Organization.id == Membership.organization_id)
            .where(Membership.status == status, self._mine_to_review())
        )
        if escalated is not None:
            told = self._uow.escalations.is_escalated(MEMBERSHIPS)
            statement = statement.where(told if escalated else ~told)
        return statement

    def count_reviewable(self) -> int:
        """How many wait for the caller, by the counters: each organization knows how many wait for it."""
        waiting = OrganizationCounter.pending_memberships
        mine = self._uow.reviewing.reaching(OrganizationCounter.path, *REVIEWING)
        return int(self._uow.session.scalar(sa.select(sa.func.sum(waiting)).where(waiting > 0, mine)) or 0)

    def oldest_reviewable(self) -> datetime | None:
        """When the first of those that wait for the caller was handed in: where the list of them begins."""
        first = self.reviewable(MembershipStatus.PENDING, None).with_only_columns(
            Membership.submitted_at, maintain_column_froms=True
        )
        return self._uow.session.scalar(first.order_by(Membership.submitted_at, Membership.id).limit(1))

    def require_reviewable(self, membership_id: str) -> None:
        """Raises ``NotFound`` unless its review is (or was) the caller's."""
        mine = sa.select(Membership.id).where(Membership.id == membership_id, self._mine_to_review())
        if self._uow.session.scalar(mine) is None:
            raise NotFound(what="review")

    def lock_reviewable(self, membership_id: str) -> Membership:
        """One of them as it is now, locked with the volunteer's others; raises ``NotFound``."""
        mine = sa.select(Membership.volunteer_id).where(Membership.id == membership_id, self._mine_to_review())
        volunteer_id = self._uow.session.scalar(mine)
        if volunteer_id is None:
            raise NotFound(what="review")
        self.lock_present(volunteer_id)
        return self._uow.session.get_one(Membership, membership_id, with_for_update=True, populate_existing=True)

    def accounts_of(self, membership: Membership) -> set[str]:
        """The accounts of the volunteer whose membership it is; the caller's, before any event has told it."""
        volunteer_id, caller = membership.volunteer_id, self._uow.caller
        known = set(self._uow.session.scalars(sa.select(Volunteer.account_id).where(Volunteer.id == volunteer_id)))
        return known | {str(caller.account_id)} if caller.volunteer_id == volunteer_id else known

    def has_left(self, volunteer_id: str) -> bool:
        """Whether some organization took the volunteer once, who then left."""
        taken = sa.exists().where(
            Membership.volunteer_id == volunteer_id,
            Membership.status == MembershipStatus.LEFT,
            Membership.decided_at.is_not(None),
        )
        return bool(self._uow.session.scalar(sa.select(taken)))

    def of_organization(self, organization_id: str, query: ListMembers) -> AnySelect:
        """The members of an organization, or of its subtree."""
        here = (
            self._uow.organizations.subtree(Membership.organization_id, organization_id)
            if query.include_below
            else Membership.organization_id == organization_id
        )
        statement = (
            self._with_people()
            .add_columns(Volunteer.political_status)
            .outerjoin(Volunteer, Volunteer.id == Membership.volunteer_id)
            .where(here, Membership.status == query.status)
        )
        words = query.query
        if words is not None:
            statement = statement.where(
                sa.or_(Applicant.name.icontains(words, autoescape=True), Applicant.volunteer_no == words)
            )
        if query.political_status is not None:
            statement = statement.where(Volunteer.political_status == query.political_status)
        if query.joined_since is not None:
            statement = statement.where(Membership.decided_at >= _midnight(query.joined_since))
        if query.joined_until is not None:
            statement = statement.where(Membership.decided_at < _midnight(query.joined_until + timedelta(days=1)))
        return statement

    def all_approved(self) -> Iterator[tuple[Membership, str]]:
        """Every approved membership with its organization's name, in a stream."""
        statement = (
            sa.select(Membership, Organization.name)
            .join(Organization, Organization.id == Membership.organization_id)
            .where(Membership.status == MembershipStatus.APPROVED)
            .order_by(Membership.id)
        )
        rows = self._uow.session.execute(statement.execution_options(yield_per=500))
        return ((membership, name) for membership, name in rows)

    def _mine_to_review(self) -> sa.ColumnElement[bool]:
        return self._uow.reviewing.reachable(Membership.organization_id, *REVIEWING)

    @staticmethod
    def _with_people() -> AnySelect:
        return sa.select(
            Membership.id.label("membership_id"),
            Membership.volunteer_id,
            Membership.organization_id,
            Membership.status,
            Membership.rejection_reason,
            Membership.submitted_at,
            Membership.decided_at,
            Applicant.volunteer_no,
            Applicant.name,
            Applicant.cert_type,
            Applicant.cert_no_masked,
            Applicant.phone_masked,
        ).outerjoin(Applicant, Applicant.volunteer_id == Membership.volunteer_id)


def _midnight(day: date) -> datetime:
    """When ``day`` begins in Guangdong."""
    return datetime.combine(day, time(), SHANGHAI)
