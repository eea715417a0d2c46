"""The real-name check: asked while somebody registers, and again later for those who got no answer then.

Why this module exists: a third party that is slow or down must neither turn people away nor let them pass unchecked.
So they are saved as ``verifying``, a sweep asks again with growing pauses, and they are told when it is over. The home
organization hears of them after the check, not before. No transaction is open while anybody is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.chassis.errors import FieldError
from services.identity.domain.certificates import Certificate, CertType
from services.identity.domain.people import VolunteerStatus
from services.identity.domain.realname import delay_before_next
from services.identity.events import RealnameDecided
from services.identity.metrics import REALNAME_CHECKS, REALNAME_WAITING
from services.identity.models import Account, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.telling import ask_for_review, move, note_step, tell_volunteer
from services.identity.verifier import Outcome, Verifier, VerifierAway

MISMATCH = FieldError("name", "name_mismatch", "姓名与证件不一致", "is not the name of the certificate's holder")
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Question:
    """A name and a certificate, as they stood when somebody was asked about them."""

    volunteer_id: str
    name: str
    certificate: Certificate
    digest: bytes | None

    def put_to(self, verifier: Verifier, patience: float) -> Outcome | None:
        """What ``verifier`` says; None without an answer."""
        return ask(verifier, self.name, self.certificate, patience)

    def is_about(self, volunteer: Volunteer, account: Account) -> bool:
        """Whether name and certificate are still the ones that were asked about."""
        return (account.name, volunteer.cert_no_digest) == (self.name, self.digest)


def ask(verifier: Verifier, name: str, certificate: Certificate, patience: float) -> Outcome | None:
    """What ``verifier`` says of a name, or None if it says nothing within ``patience`` seconds."""
    try:
        outcome = verifier.check(name, certificate, patience)
    except VerifierAway:
        REALNAME_CHECKS.labels("away").inc()
        return None
    REALNAME_CHECKS.labels(outcome.value).inc()
    return outcome


def faults_of(outcome: Outcome | None) -> list[FieldError]:
    """What is wrong with a name of which the verifier said ``outcome``."""
    return [MISMATCH] if outcome is Outcome.MISMATCHED else []


def question_of(uow: IdentityUnitOfWork, volunteer: Volunteer, account: Account) -> Question:
    """The question about a volunteer as they are now."""
    number = uow.vault.cert_no_of(volunteer) or ""
    certificate = Certificate(CertType(volunteer.cert_type), number, volunteer.birth_date)
    return Question(volunteer.id, account.name, certificate, volunteer.cert_no_digest)


def submit(uow: IdentityUnitOfWork, volunteer: Volunteer, account: Account, outcome: Outcome | None) -> None:
    """Put a volunteer before the home organization; without an outcome, first into the queue for the check.

    Raises ``IllegalTransition``. Whoever calls has raised the version, and tells the new state.
    """
    if outcome is not None:
        uow.reviewing.end_check(volunteer.id)
        volunteer.realname = outcome.value
        ask_for_review(uow, volunteer, account)
        return
    now = uow.clock.now()
    if volunteer.status != VolunteerStatus.VERIFYING:
        move(volunteer, VolunteerStatus.VERIFYING)
    volunteer.realname = WAITING
    volunteer.submitted_at = now  # decisions from before are about other particulars
    volunteer.rejection_reason = None
    uow.reviewing.begin_check(volunteer.id, now, now + delay_before_next(1))
    note_step(uow, volunteer, "verifying", now)


def holds_back(volunteer: Volunteer) -> bool:
    """Whether a home organization's approval comes too early: this name was not checked yet, or did not match."""
    return volunteer.status == VolunteerStatus.VERIFYING or volunteer.realname in (WAITING, Outcome.MISMATCHED)


def check_waiting(units: Any, verifier: Verifier) -> None:
    """Ask about everybody whose turn it is, until the verifier is away again."""
    while True:
        with units() as uow:
            question, patience = _claim(uow), uow.settings.realname_later_timeout
        outcome = question.put_to(verifier, patience) if question is not None else None
        if question is None or outcome is None:
            break
        with units() as uow:
            _conclude(uow, question, outcome)
    with units() as uow:
        REALNAME_WAITING.set(uow.reviewing.waiting())


def _claim(uow: IdentityUnitOfWork) -> Question | None:
    """The next question, put off at once, so that no other replica asks it meanwhile."""
    check = uow.reviewing.take_due(uow.clock.now())
    if check is None:
        return None
    check.attempts += 1
    check.next_attempt_at = uow.clock.now() + delay_before_next(check.attempts)
    volunteer = uow.volunteers.get(check.volunteer_id)
    assert volunteer is not None
    account = uow.accounts.get(volunteer.account_id)
    assert account is not None  # an erased one's check was ended with the erasure
    return question_of(uow, volunteer, account)


def _conclude(uow: IdentityUnitOfWork, question: Question, outcome: Outcome) -> None:
    volunteer = uow.volunteers.lock(question.volunteer_id)
    account = uow.accounts.get(volunteer.account_id) if volunteer is not None else None
    if volunteer is None or account is None or volunteer.status != VolunteerStatus.VERIFYING:
        return
    if not question.is_about(volunteer, account):
        return  # corrected while it was asked: the next question is about the new particulars
    now = uow.clock.now()
    volunteer.version += 1
    note_step(uow, volunteer, f"realname_{outcome.value}", now)
    if outcome is Outcome.MISMATCHED:
        uow.reviewing.end_check(volunteer.id)
        volunteer.realname = outcome.value
        move(volunteer, VolunteerStatus.REJECTED)
        volunteer.rejection_reason = MISMATCH.zh
        volunteer.decided_at = now
    else:
        submit(uow, volunteer, account, outcome)
    tell_volunteer(uow, volunteer, account)
    decided = RealnameDecided(
        volunteer_id=volunteer.id, account_id=account.id, outcome=outcome.value, decided_at=now
    )  # fmt: skip
    uow.publish(decided, version=volunteer.version)
    uow.audit("volunteer.realname_decided", f"volunteer:{volunteer.id}", outcome=outcome.value)
