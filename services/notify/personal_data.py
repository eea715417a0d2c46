"""What notify holds of a person: which rows of which tables (``services/chassis/personal_data.py``)."""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis.personal_data import ACCOUNT, VOLUNTEER, Held
from services.notify.models import ContactPoint, Message, Preference

PERSONAL_DATA = (
    Held(ContactPoint, ContactPoint.account_id == ACCOUNT),
    Held(Message, sa.or_(Message.account_id == ACCOUNT, Message.volunteer_id == VOLUNTEER)),
    Held(Preference, Preference.account_id == ACCOUNT),
)
