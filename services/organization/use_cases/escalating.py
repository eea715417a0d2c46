"""Reviews that nobody decides go to the organization above, step by step (docs/adr/0021).

Each organization above is told once of each submission, however often this runs; a review that somebody is deciding at
this moment waits for the next run.
"""

from __future__ import annotations

from itertools import islice

from services.chassis.escalation import levels_due, next_escalation
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWorkOpener
from services.organization import metrics
from services.organization.events import ReviewerReminded, ReviewEscalated
from services.organization.repository import OrganizationUnitOfWork
from services.organization.repository.escalations import MEMBERSHIPS, ORGANIZATIONS

BATCH = 500


def escalate_waiting(units: UnitOfWorkOpener) -> None:
    """Escalate all that is due, then tell the reviewers of each organization how many there are: one message each."""
    for kind in (MEMBERSHIPS, ORGANIZATIONS):
        looked_at = BATCH
        while looked_at == BATCH:
            with units() as uow:
                looked_at = _escalate_some(kind, uow)
    told = BATCH
    while told == BATCH:
        with units() as uow:
            told = _remind_some(uow)


def _escalate_some(kind: str, uow: OrganizationUnitOfWork) -> int:
    """Look at a batch of what is due; answers how many that were."""
    due = uow.escalations.take_due(kind, BATCH)
    if not due:
        return 0
    now, working_days = uow.clock.now(), uow.settings.escalation_working_days
    superiors = uow.escalations.superiors({review.organization_id for review in due})
    levels = {moment: levels_due(moment, now, working_days) for moment in {review.submitted_at for review in due}}
    told = uow.escalations.escalate(
        kind,
        [
            (review, superior_id)
            for review in due
            for superior_id in islice(superiors.get(review.organization_id, ()), levels[review.submitted_at])
        ],
    )
    uow.publish_many(
        [
            (
                ReviewEscalated(
                    escalation_id=escalation.id,
                    kind=kind,
                    subject_id=escalation.subject_id,
                    organization_id=escalation.organization_id,
                    submitted_at=escalation.submitted_at,
                ),
                1,
            )
            for escalation in told
        ]
    )
    nexts = {moment: next_escalation(moment, now, working_days) for moment in levels}
    uow.escalations.plan(kind, {review.id: nexts[review.submitted_at] for review in due})
    metrics.REVIEWS_ESCALATED.labels(kind).inc(len(told))
    return len(due)


def _remind_some(uow: OrganizationUnitOfWork) -> int:
    """One message to each reviewer of some organizations; answers how many organizations those were."""
    counts = uow.escalations.take_unreminded(BATCH)
    reviewers = uow.delegations.reviewers_of(counts.keys()) if counts else []
    uow.publish_many(
        [
            (
                ReviewerReminded(
                    reminder_id=new_id(),
                    account_id=account_id,
                    organization_id=organization_id,
                    organization_name=uow.tree.get(organization_id).name,
                    memberships=counts[organization_id][MEMBERSHIPS],
                    organizations=counts[organization_id][ORGANIZATIONS],
                ),
                1,
            )
            for organization_id, account_id in reviewers
        ]
    )
    return len(counts)
