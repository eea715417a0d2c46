"""Which columns of a service are encrypted, under which keys, and for which context.

Why this module exists: keys can be changed, and a person's data given to them, only if no sealed column is forgotten.
Each service lists its own in ``sealed_columns.py``, one line a column; a test compares the list with its models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from services.chassis.crypto import FieldCipher


@dataclass(frozen=True)
class SealedColumn:
    """One column of tokens. ``context`` is filled with the row's columns: ``account.phone:{id}``.

    ``cipher`` names the setting that opens it (``field_cipher``), which is also what seals it.
    """

    attribute: Any
    context: str
    cipher: str

    @property
    def column(self) -> sa.Column[Any]:
        """The column itself."""
        (column,) = self.attribute.property.columns
        return cast("sa.Column[Any]", column)

    @property
    def table(self) -> sa.Table:
        """Its table."""
        return self.column.table

    @property
    def name(self) -> str:
        """``account.phone_sealed``."""
        return f"{self.table.name}.{self.column.name}"

    def context_of(self, row: Any) -> str:
        """The context of the token in ``row``, a mapping that holds the primary key."""
        return self.context.format(**row)

    def cipher_of(self, settings: Any) -> FieldCipher:
        """The cipher that the service's settings hold for it."""
        return cast(FieldCipher, getattr(settings, self.cipher))
