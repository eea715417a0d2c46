"""Identity itself forgets: after ``DELETE /me`` no row of any of its tables says anything of the person.

As in ``test_erasure.py``: every table gets a row of the person with a marker in every text and every digest, the person
asks to be forgotten, and the whole database is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.context import Caller
from services.chassis.tables import OUTBOX, new_metadata
from services.chassis.testing.units import Units
from services.identity import commands
from services.identity.models import Base
from services.identity.repository import UNIT_OF_WORK
from services.identity.settings import SETTINGS
from services.identity.use_cases import erasing
from tests.service.identity.conftest import ENVIRONMENT
from tests.service.privacy.people import Person

MARKER = "木棉-marker"
PERSON = Person(MARKER)

ABOUT_NOBODY = {"captcha", "import_job", "organization_copy", "provider_push"}
"""Pictures, counts of rows, organizations, digests of what a provider sent."""

OF_VOLUNTEERS = {
    "volunteer",
    "account_recovery",
    "import_row",
    "in_person_verification",
    "realname_check",
    "review_step",
}

ROWS: dict[str, dict[str, Any]] = {
    "account": {"id": PERSON.account_id, "erased_at": None},
    "volunteer": {"status": "active"},
    "import_row": {"subject_id": PERSON.volunteer_id},
    "login_session": {"ended_at": None},
    "role_grant": {"active": False},
}
"""What makes a row the person's, and lets them go."""

STAYS = {
    "account.kind", "account.locale",
    "consent_record.given_by", "consent_record.purpose", "consent_record.text_hash", "consent_record.text_version",
    "refresh_token.digest",
    "role_grant.role",
}  # fmt: skip
"""Words of the platform; consents, as proof; the digest of something random, by which a stolen token is recognised."""

STAYS_OF_VOLUNTEERS = {
    "import_row.state", "in_person_verification.cause", "review_step.step",
    "volunteer.cert_type", "volunteer.region", "volunteer.volunteer_no",
}  # fmt: skip
"""Words of the platform, and by what a volunteer still counts: number, kind of certificate, district."""


def fill(connection: sa.Connection, *without: str) -> set[str]:
    """One row of the person in every table but ``without``; answers the columns in which the marker stands."""
    connection.exec_driver_sql("SET session_replication_role = replica")  # foreign keys have no part in this
    tables = Base.metadata.tables
    for name in tables.keys() - new_metadata().tables.keys() - ABOUT_NOBODY - set(without):
        columns = [c for c in tables[name].columns if c.computed is None and c.identity is None]
        row = {c.name: PERSON.value_for(c) for c in columns} | ROWS.get(name, {})
        connection.execute(sa.insert(tables[name]).values(row))
    connection.exec_driver_sql("SET session_replication_role = origin")
    return marked(connection)


def marked(connection: sa.Connection) -> set[str]:
    """Every column in which the marker stands, as text or as bytes."""
    found = set()
    for table in Base.metadata.tables.values():
        for column in table.columns:
            text = sa.cast(column, sa.Text)
            stands = sa.or_(text.contains(MARKER), text.contains(MARKER.encode().hex()))
            if connection.scalar(sa.select(sa.exists().where(stands))):
                found.add(f"{table.name}.{column.name}")
    return found


@pytest.mark.parametrize(
    ("volunteer_id", "without", "stays"),
    [(PERSON.volunteer_id, {"principal"}, STAYS | STAYS_OF_VOLUNTEERS), (None, OF_VOLUNTEERS, STAYS)],
    ids=["a volunteer", "a principal"],
)
def test_nothing_in_any_table_of_identity_speaks_of_an_erased_person(
    scratch_database: Callable[[str], str],
    clock: FixedClock,
    volunteer_id: str | None,
    without: set[str],
    stays: set[str],
) -> None:
    units = Units("identity", UNIT_OF_WORK, SETTINGS, scratch_database("identity"), clock, ENVIRONMENT)
    kind = "volunteer" if volunteer_id else "administrator"
    admin = sa.create_engine(units.runtime.engine.url)
    try:
        with admin.begin() as connection:
            assert fill(connection, *without) > stays
        with units(Caller(kind=kind, account_id=PERSON.account_id, volunteer_id=volunteer_id)) as uow:  # type: ignore[arg-type]
            erasing.erase_me(commands.EraseMe(), uow)
        with admin.begin() as connection:
            connection.execute(sa.delete(OUTBOX))  # what it has told is words of the platform
            assert marked(connection) == stays
    finally:
        admin.dispose()
        units.close()
