"""Reviews of memberships and organizations: the inbox, one decision, and many.

Who decides: the home organization's or an ancestor's owner and reviewer about a membership; the same roles *above* an
organization about the organization (notice, attachment 2, 三.5). What a caller may not decide is not found.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from services.chassis.errors import AppError, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.pagination import PageResult
from services.organization import commands, metrics
from services.organization.domain import (
    REVIEWING,
    MembershipStatus,
    OrganizationStatus,
    age_in_days,
    change_membership,
    change_organization,
    check_decidable,
    check_reason,
)
from services.organization.domain.reasons import REASONS
from services.organization.errors import OrganizationTakesNoMembers
from services.organization.events import (
    MembershipRejected,
    OrganizationApproved,
    OrganizationRejected,
)
from services.organization.models import Membership, Organization, ReviewDecision
from services.organization.repository import OrganizationUnitOfWork
from services.organization.repository.escalations import MEMBERSHIPS, ORGANIZATIONS
from services.organization.use_cases.delegations import in_whose_place
from services.organization.use_cases.memberships import leave
from services.organization.use_cases.telling import membership_state, tell_state

_Decide: TypeAlias = Callable[[commands.DecideReview, OrganizationUnitOfWork], dict[str, str]]


def count_reviews(_query: commands.CountReviews, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """How many of each kind wait for the caller, and since when the first of them does."""
    uow.caller.require_signed_in()
    memberships = uow.memberships.count_reviewable()
    organizations, organizations_since = uow.tree.count_reviewable()
    memberships_since = uow.memberships.oldest_reviewable() if memberships else None
    return {
        MEMBERSHIPS: memberships,
        ORGANIZATIONS: organizations,
        "waiting_since": {MEMBERSHIPS: memberships_since, ORGANIZATIONS: organizations_since},
    }


def list_membership_reviews(query: commands.ListReviews, uow: OrganizationUnitOfWork) -> PageResult[Any]:
    """The caller's membership reviews, oldest first."""
    uow.caller.require_signed_in()
    page = uow.page(
        uow.memberships.reviewable(query.status, query.escalated),
        [Membership.submitted_at, Membership.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"reviews:{MEMBERSHIPS}:{query.status}:{query.escalated}",
    )
    told = uow.escalations.moments(MEMBERSHIPS, {row.membership_id: row.submitted_at for row in page.items})
    items = [
        {**row._mapping, "id": row.membership_id, "kind": MEMBERSHIPS, "age_days": _age(row.submitted_at, uow)}
        | _escalation(told.get(row.membership_id))
        for row in page.items
    ]
    return PageResult(items, page.next_cursor)


def list_organization_reviews(query: commands.ListReviews, uow: OrganizationUnitOfWork) -> PageResult[Any]:
    """The caller's reviews of organizations, oldest first, each with what was decided before."""
    uow.caller.require_signed_in()
    page = uow.page(
        uow.tree.reviewable(query.status, query.escalated),
        [Organization.submitted_at, Organization.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"reviews:{ORGANIZATIONS}:{query.status}:{query.escalated}",
    )
    history = uow.tree.history([organization.id for organization in page.items])
    told = uow.escalations.moments(ORGANIZATIONS, {each.id: each.submitted_at for each in page.items})
    items = [
        {
            "id": organization.id,
            "kind": ORGANIZATIONS,
            "status": query.status,
            "submitted_at": organization.submitted_at,
            "age_days": _age(organization.submitted_at, uow),
            "rejection_reason": organization.rejection_reason,
            "organization_id": organization.id,
            "name": organization.name,
            "organization_kind": organization.kind,
            "parent_id": organization.parent_id,
            "region": organization.region,
            "region_name": organization.region_name,
            "uscc": organization.uscc,
            "principal_name": organization.principal_name,
            "decisions": [decision for decision in history if decision.subject_id == organization.id],
            **_escalation(told.get(organization.id)),
        }
        for organization in page.items
    ]
    return PageResult(items, page.next_cursor)


def _escalation(moment: datetime | None) -> dict[str, Any]:
    return {"escalated": moment is not None, "escalated_at": moment}


def _age(submitted_at: Any, uow: OrganizationUnitOfWork) -> int:
    return age_in_days(submitted_at, uow.clock.now())


def list_review_reasons(_query: commands.ListReviewReasons, _uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """The reasons to choose from."""
    return REASONS.listed()


def membership_review_history(query: commands.ReviewHistory, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """What was decided about a membership, for whoever reviews it. Raises ``NotFound``."""
    uow.caller.require_signed_in()
    uow.memberships.require_reviewable(query.id)
    return {"items": uow.tree.history([query.id])}


def organization_review_history(query: commands.ReviewHistory, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """What was decided about an organization, for whoever reviews it. Raises ``NotFound``."""
    uow.caller.require_signed_in()
    if uow.tree.find(query.id) is None or not uow.reviewing.reaches_from_above(query.id, *REVIEWING):
        raise NotFound(what="review")
    return {"items": uow.tree.history([query.id])}


def decide_membership_review(command: commands.DecideReview, uow: OrganizationUnitOfWork) -> dict[str, str]:
    """Take a volunteer, who then leaves the organization they were in; or say why not.

    Raises ``Invalid`` (no reason), ``NotFound``, ``AlreadyDecided``, ``OwnApplication``,
    ``OrganizationTakesNoMembers``.
    """
    uow.caller.require_signed_in()
    reason = REASONS.in_words(command.reason_code, command.reason)
    check_reason(command.approve, reason)
    membership = uow.memberships.lock_reviewable(command.id)
    check_decidable(membership.status)
    applicants = uow.memberships.accounts_of(membership)
    on_behalf_of = in_whose_place(uow, membership.organization_id, applicants, from_above=False)
    organization = uow.tree.get(membership.organization_id)
    if command.approve:
        if organization.status != OrganizationStatus.ACTIVE:
            raise OrganizationTakesNoMembers()
        for former in uow.memberships.in_status(membership.volunteer_id, MembershipStatus.APPROVED):
            leave(former, uow)
        uow.session.flush()  # one approved membership at a time: the former ends before this one begins
        membership.status = change_membership(membership.status, MembershipStatus.APPROVED)
    else:
        membership.status = change_membership(membership.status, MembershipStatus.REJECTED)
        membership.rejection_reason = reason
    membership.decided_at = uow.clock.now()
    membership.version += 1
    if command.approve:
        uow.publish(membership_state(membership, organization.name), version=membership.version)
    else:
        rejected = MembershipRejected(
            membership_id=membership.id,
            volunteer_id=membership.volunteer_id,
            organization_id=organization.id,
            organization_name=organization.name,
            reason=reason or "",
        )
        uow.publish(rejected, version=membership.version)
    _record(MEMBERSHIPS, membership.id, membership.status, reason, on_behalf_of, uow)
    return {"id": membership.id, "kind": MEMBERSHIPS, "status": membership.status}


def decide_organization_review(command: commands.DecideReview, uow: OrganizationUnitOfWork) -> dict[str, str]:
    """Give an organization its place in the tree, or say why not.

    Raises ``Invalid`` (no reason), ``NotFound``, ``AlreadyDecided``, ``OwnApplication``.
    """
    uow.caller.require_signed_in()
    reason = REASONS.in_words(command.reason_code, command.reason)
    check_reason(command.approve, reason)
    organization = uow.tree.lock_reviewable(command.id)
    check_decidable(organization.status)
    applicants = {organization.account_id, *uow.administrators.owners_of(organization.id)}
    on_behalf_of = in_whose_place(uow, organization.id, applicants, from_above=True)
    attempted = OrganizationStatus.ACTIVE if command.approve else OrganizationStatus.REJECTED
    organization.status = change_organization(organization.status, attempted)
    organization.rejection_reason = None if command.approve else reason
    organization.decided_at = uow.clock.now()
    organization.version += 1
    tell_state(uow, organization)
    news: dict[str, Any] = {
        "organization_id": organization.id,
        "name": organization.name,
        "account_id": organization.account_id,
    }
    decided = OrganizationApproved(**news) if command.approve else OrganizationRejected(**news, reason=reason or "")
    uow.publish(decided, version=organization.version)
    _record(ORGANIZATIONS, organization.id, organization.status, reason, on_behalf_of, uow)
    return {"id": organization.id, "kind": ORGANIZATIONS, "status": organization.status}


def _record(
    kind: str,
    subject_id: str,
    outcome: str,
    reason: str | None,
    on_behalf_of: str | None,
    uow: OrganizationUnitOfWork,
) -> None:
    uow.session.add(
        ReviewDecision(
            id=new_id(),
            kind=kind,
            subject_id=subject_id,
            outcome=outcome,
            reason=reason or None,
            decided_by=uow.caller.account_id,
            on_behalf_of=on_behalf_of,
            decided_at=uow.clock.now(),
        )
    )
    stood_in = {} if on_behalf_of is None else {"on_behalf_of": on_behalf_of}
    uow.audit("review.decide", f"{kind.removesuffix('s')}:{subject_id}", outcome=outcome, **stood_in)
    metrics.REVIEWS_DECIDED.labels(kind, outcome).inc()


def decide_membership_reviews(command: commands.DecideReviews, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Many memberships, each with its own result."""
    return _decide_each(command, uow, decide_membership_review)


def decide_organization_reviews(command: commands.DecideReviews, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Many organizations, each with its own result."""
    return _decide_each(command, uow, decide_organization_review)


def _decide_each(command: commands.DecideReviews, uow: OrganizationUnitOfWork, decide: _Decide) -> dict[str, Any]:
    """Each in a savepoint of its own. Rows are locked in the order of their ids, whatever the order of the request,
    so that two reviewers with the same list wait for each other instead of deadlocking."""
    results: dict[int, dict[str, Any]] = {}
    for place, decision in sorted(enumerate(command.decisions), key=lambda pair: pair[1].id):
        one = commands.DecideReview(kind=command.kind, **vars(decision))
        try:
            with uow.session.begin_nested():
                results[place] = {"id": decision.id, "status": decide(one, uow)["status"], "error": None}
        except AppError as refusal:
            results[place] = {"id": decision.id, "status": None, "error": _in_words(refusal, uow.caller.locale)}
    return {"items": [results[place] for place in range(len(results))]}


def _in_words(refusal: AppError, locale: str) -> dict[str, str]:
    if isinstance(refusal, Invalid):
        broken = refusal.errors[0].to_problem(locale)
        return {"code": broken["code"], "detail": broken["message"]}
    return {"code": refusal.code, "detail": refusal.detail(locale)}
