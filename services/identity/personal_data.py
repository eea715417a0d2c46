"""What identity holds of a person beside what ``GET /me/export`` says: one line a table."""

from __future__ import annotations

from services.chassis.personal_data import ACCOUNT, VOLUNTEER, Held
from services.identity.models import (
    AccountRecovery,
    Binding,
    ConsentRecord,
    DataExport,
    InPersonVerification,
    RealnameCheck,
    ReviewStep,
    Volunteer,
)

PERSONAL_DATA = (
    Held(Volunteer, Volunteer.id == VOLUNTEER),
    Held(RealnameCheck, RealnameCheck.volunteer_id == VOLUNTEER),
    Held(ReviewStep, ReviewStep.volunteer_id == VOLUNTEER),
    Held(InPersonVerification, InPersonVerification.volunteer_id == VOLUNTEER),
    Held(AccountRecovery, AccountRecovery.volunteer_id == VOLUNTEER),
    Held(Binding, Binding.account_id == ACCOUNT),
    Held(ConsentRecord, ConsentRecord.account_id == ACCOUNT),
    Held(DataExport, DataExport.account_id == ACCOUNT),
)
