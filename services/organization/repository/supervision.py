"""What supervision counts: for each organization of a subtree, what it adds to an indicator."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from services.chassis.organizations import is_below
from services.chassis.pagination import AnySelect
from services.organization.domain import CARD_IN_HAND, LEAGUE_MEMBER, Indicator, MembershipStatus, OrganizationStatus
from services.organization.models import (
    AdoptionReceipt,
    CardApplication,
    Membership,
    Organization,
    PublishedActivity,
    Volunteer,
)

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


_NOT_COUNTED = ("suspended", "erased")


class SupervisionRepository:
    """Contributions of single organizations; an indicator is their sum, so the list behind it always fits."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def contributions(self, indicator: Indicator, top: Organization, since: datetime) -> sa.Subquery:
        """(organization_id, name, kind, region, numerator, denominator) of each organization that adds something.

        ``since``: activities published before that moment do not count.
        """
        active = sa.case((Organization.status == OrganizationStatus.ACTIVE, 1), else_=0)
        declared, members = self._declared(top), self._members(top)
        parts: dict[Indicator, tuple[Any, Any]] = {
            Indicator.ORGANIZATIONS_ON_FILE: (active, declared.c.organizations),
            Indicator.VOLUNTEERS_ON_FILE: (members.c.registered, declared.c.volunteers),
            Indicator.LEAGUE_MEMBERS_REGISTERED: (members.c.league_members, declared.c.league_members),
            Indicator.CARD_HOLDERS: (members.c.card_holders, members.c.registered),
            Indicator.ORGANIZATIONS_WITH_ACTIVITY: (
                sa.case((sa.and_(active == 1, self._has_activity(since)), 1), else_=0),
                active,
            ),
        }
        numerator, denominator = (sa.func.coalesce(part, 0) for part in parts[indicator])
        each = (
            sa.select(
                Organization.id.label("organization_id"),
                Organization.name,
                Organization.kind,
                Organization.region,
                numerator.label("numerator"),
                denominator.label("denominator"),
            )
            .outerjoin(declared, declared.c.organization_id == Organization.id)
            .outerjoin(members, members.c.organization_id == Organization.id)
            .where(is_below(Organization.path, top.path), sa.or_(numerator > 0, denominator > 0))
        )
        return each.subquery("contribution")

    @staticmethod
    def rows(each: sa.Subquery) -> AnySelect:
        """:meth:`contributions` as a statement to page over."""
        return sa.select(each)

    def figure(self, indicator: Indicator, top: Organization, since: datetime) -> tuple[int, int]:
        """(numerator, denominator) of the whole subtree."""
        each = self.contributions(indicator, top, since)
        total = sa.select(sa.func.sum(each.c.numerator), sa.func.sum(each.c.denominator))
        numerator, denominator = self._uow.session.execute(total).one()
        return int(numerator or 0), int(denominator or 0)

    @staticmethod
    def _declared(top: Organization) -> sa.Subquery:
        """The receipts that count: the latest of each active organization, unless one above it has declared too.

        A unit declares for everything below it; what those below declare themselves is in that already.
        """
        latest = (
            sa.select(AdoptionReceipt, Organization.path)
            .join(Organization, Organization.id == AdoptionReceipt.organization_id)
            .where(is_below(Organization.path, top.path), Organization.status == OrganizationStatus.ACTIVE)
            .ext(distinct_on(AdoptionReceipt.organization_id))
            .order_by(AdoptionReceipt.organization_id, AdoptionReceipt.submitted_at.desc(), AdoptionReceipt.id.desc())
            .cte("latest")
        )
        above = latest.alias("above")
        covered = sa.exists().where(
            is_below(latest.c.path, above.c.path), above.c.organization_id != latest.c.organization_id
        )
        return (
            sa.select(
                latest.c.organization_id,
                latest.c.declared_organizations.label("organizations"),
                latest.c.declared_volunteers.label("volunteers"),
                latest.c.declared_league_members.label("league_members"),
            )
            .where(~covered)
            .subquery("declared")
        )

    @staticmethod
    def _members(top: Organization) -> sa.Subquery:
        """How many registered volunteers, League members and card holders belong to each organization itself."""
        home = sa.orm.aliased(Organization)
        holds_card = sa.exists().where(
            CardApplication.volunteer_id == Membership.volunteer_id, CardApplication.status == CARD_IN_HAND
        )
        return (
            sa.select(
                Membership.organization_id,
                sa.func.count().label("registered"),
                sa.func.count().filter(Volunteer.political_status == LEAGUE_MEMBER).label("league_members"),
                sa.func.count().filter(holds_card).label("card_holders"),
            )
            .join(home, home.id == Membership.organization_id)
            .outerjoin(Volunteer, Volunteer.id == Membership.volunteer_id)
            .where(
                is_below(home.path, top.path),
                Membership.status == MembershipStatus.APPROVED,
                sa.func.coalesce(Volunteer.status, "").not_in(_NOT_COUNTED),
            )
            .group_by(Membership.organization_id)
            .subquery("members")
        )

    @staticmethod
    def _has_activity(since: datetime) -> sa.ColumnElement[bool]:
        return sa.exists().where(
            PublishedActivity.organization_id == Organization.id,
            PublishedActivity.published_at >= since,
            PublishedActivity.revoked_at.is_(None),
        )
