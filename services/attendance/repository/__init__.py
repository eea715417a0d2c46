"""Attendance's queries.

One rule keeps concurrent changes apart: whoever changes a record, the ledger or a supplement of a volunteer first locks
that volunteer's row (:meth:`CopyRepository.lock_volunteers`, several in the order of their ids). Two phones that scan
at the same moment, a superior who approves meanwhile and a correction take turns; nobody else waits. Only disclosing
takes records as a whole: it locks the activity and its ``recorded`` rows, a state that nobody else leads out of, and
leaves out those that somebody is changing. Rows of disclosures come last, in the order of their ids.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from services.attendance.ledger import Ledger
from services.attendance.repository.anomalies import AnomalyRepository, LookingRepository
from services.attendance.repository.appeals import AppealRepository
from services.attendance.repository.certificates import BatchRepository, CertificateRepository
from services.attendance.repository.copies import CopyRepository
from services.attendance.repository.corrections import CorrectionRepository
from services.attendance.repository.disclosures import DisclosureRepository, ObjectionRepository
from services.attendance.repository.duties import DutyRepository
from services.attendance.repository.evaluations import AttainmentRepository, EvaluationRepository
from services.attendance.repository.evidence import EvidenceRepository
from services.attendance.repository.held_hours import HeldHoursRepository
from services.attendance.repository.missing_entries import MissingEntryRepository
from services.attendance.repository.offline import OfflineScanRepository
from services.attendance.repository.punctuality import PunctualityRepository
from services.attendance.repository.records import RecordRepository
from services.attendance.repository.standing_in import StandingInRepository
from services.attendance.repository.supplements import SupplementRepository
from services.attendance.repository.watching import WatchingRepository
from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork


class AttendanceUnitOfWork(UnitOfWork):
    """A unit of work with attendance's repositories.

    ``reviewing`` is ``organizations`` with what others have lent the caller: the inbox alone asks it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = Organizations(self.session, self.caller)
        self.standing_in = StandingInRepository(self)
        self.reviewing = Organizations(self.session, self.caller, self.standing_in.held)
        self.copies = CopyRepository(self.session)
        self.records = RecordRepository(self.session)
        self.watching = WatchingRepository(self.session)
        self.offline = OfflineScanRepository(self.session)
        self.ledger = Ledger(self.session)
        self.held = HeldHoursRepository(self.session)
        self.supplements = SupplementRepository(self.session)
        self.missing_entries = MissingEntryRepository(self.session)
        self.corrections = CorrectionRepository(self.session)
        self.evidence = EvidenceRepository(self.session)
        self.disclosures = DisclosureRepository(self.session)
        self.duties = DutyRepository(self.session)
        self.punctuality = PunctualityRepository(self.session)
        self.certificates = CertificateRepository(self.session)
        self.batches = BatchRepository(self.session)
        self.evaluations = EvaluationRepository(self.session)
        self.attainments = AttainmentRepository(self.session)
        self.anomalies = AnomalyRepository(self.session)
        self.looking = LookingRepository(self.session)
        self.objections = ObjectionRepository(self.session)
        self.appeals = AppealRepository(self.session)

    def in_the_place_of(self, delegator_id: str) -> Organizations:
        """``reviewing`` as far as this one has lent it to the caller."""
        return Organizations(self.session, self.caller, partial(self.standing_in.held_for, delegator_id))


UNIT_OF_WORK = AttendanceUnitOfWork
