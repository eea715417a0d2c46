"""Activity's sealed columns: one line each (``services/chassis/sealed.py``)."""

from __future__ import annotations

from services.activity.models import Enrollment
from services.chassis.sealed import SealedColumn

SEALED_COLUMNS = (SealedColumn(Enrollment.accompanied_by_sealed, "enrollment.accompanied_by:{id}", "activity_cipher"),)
