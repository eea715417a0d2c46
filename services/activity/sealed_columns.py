"""Activity's sealed columns: one line each (``services/chassis/sealed.py``). There is none yet."""

from __future__ import annotations

from services.chassis.sealed import SealedColumn

SEALED_COLUMNS: tuple[SealedColumn, ...] = ()
