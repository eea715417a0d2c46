"""The province on file: its shape, its people, and that its rows are whole rows of the services' tables."""

from __future__ import annotations

import importlib
import random
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from deploy.scale.activities import SPAN, Host, activity_rows
from deploy.scale.copying import _line
from deploy.scale.people import person
from deploy.scale.rows import organization_rows, volunteer_rows
from deploy.scale.shape import DISTRICTS, Root, grow
from services.chassis.crypto import BlindIndex, FieldCipher, KeyRing
from services.chassis.regions import CITIES
from services.identity.domain.certificates import CertType, read_certificate
from services.identity.domain.volunteer_numbers import is_volunteer_no
from services.identity.vault import Vault
from services.organization.domain import Kind, lies_within, may_stand_under

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NODES = grow(1000, random.Random(1))


@pytest.fixture
def vault() -> Vault:
    cipher = FieldCipher(KeyRing({"k": b"k" * 32}))
    return Vault(cipher, cipher, BlindIndex(b"i" * 32))


def test_a_province_has_its_cities_and_districts_and_every_node_stands_where_its_kind_may() -> None:
    assert len(NODES) == 1000
    by_id = {node.id: node for node in NODES}
    kinds = [node.kind for node in NODES]
    assert (kinds.count("province"), kinds.count("city"), kinds.count("district")) == (1, len(CITIES), DISTRICTS)
    for node in NODES:
        parent = None if node.parent_id is None else by_id[node.parent_id]
        assert may_stand_under(Kind(node.kind), None if parent is None else Kind(parent.kind))
        assert parent is None or (node.path == (*parent.path, node.id) and lies_within(node.region, parent.region))
        assert parent is None or parent.active
    names = [(node.parent_id, node.name) for node in NODES]
    assert len(names) == len(set(names))


def test_a_province_that_is_on_file_is_not_made_again() -> None:
    root = Root("018f3c1e-0000-7000-8000-000000000001")
    grown = grow(300, random.Random(1), root)
    assert {node.path[0] for node in grown} == {root.id}
    assert "province" not in {node.kind for node in grown}


def test_people_are_well_formed_and_have_nothing_in_common() -> None:
    people = [person(serial) for serial in (*range(3000), *range(18_500, 19_500), 999_999)]
    for one in people:
        certificate = read_certificate(CertType.RESIDENT_ID, one.cert_no, today=date(2026, 3, 2))
        assert certificate.birth_date == one.birth_date
        assert is_volunteer_no(one.volunteer_no)
    for part in ("cert_no", "phone", "volunteer_no"):
        assert len({getattr(one, part) for one in people}) == len(people)


def test_rows_fill_every_column_that_must_be_filled(vault: Vault) -> None:
    chance = random.Random(1)
    rows = organization_rows(NODES, vault, "hash", NOW, chance)
    rows |= {
        table: [*rows.get(table, []), *more]
        for table, more in volunteer_rows(range(300), [(NODES[-1].id, "440106")], vault, "hash", NOW, 1).items()
    }
    hosts, volunteers = [Host.of(NODES[-1])], ["018f3c1e-0000-7000-8000-000000000002"]
    rows |= activity_rows(range(600, 1000), 1000, hosts, volunteers, NOW, 7)
    assert {"organization.card_application", "activity.enrollment"} <= {table for table, some in rows.items() if some}
    assert {row["status"] for row in rows["organization.membership"]} == {"approved", "pending"}
    for target, values in rows.items():
        service, _, name = target.partition(".")
        table: sa.Table = importlib.import_module(f"services.{service}.models").Base.metadata.tables[name]
        needed = {c.name for c in table.columns if not c.nullable and c.server_default is None and c.identity is None}
        for row in values:
            assert needed <= {column for column, value in row.items() if value is not None}, target
            assert set(row) <= set(table.columns.keys()), target


def test_a_line_is_what_copy_reads() -> None:
    values = [None, True, b"\x01\xff", date(2026, 3, 2), (), {"a": "\\"}, "a\tb\\c\n", 7]
    assert _line(values) == '\\N\tt\t\\\\x01ff\t2026-03-02\t{}\t{"a": "\\\\\\\\"}\ta\\tb\\\\c\\n\t7\n'


def test_activities_are_as_publishing_leaves_them_and_grow_in_number() -> None:
    hosts = [Host.of(node) for node in NODES if node.active and node.kind != "province"]
    rows = activity_rows(range(3000), 3000, hosts, ["018f3c1e-0000-7000-8000-000000000002"], NOW, 7)
    activities, listings = rows["activity.activity"], {row["activity_id"]: row for row in rows["activity.listing"]}
    assert {row["id"] for row in activities if row["status"] == "published"} == set(listings)
    assert 0 < len(activities) - len(listings) < 100
    for activity in activities:
        shifts = [row for row in rows["activity.shift"] if row["activity_id"] == activity["id"]]
        assert activity["published_at"] < activity["starts_at"] == shifts[0]["starts_at"]
        assert activity["ends_at"] == shifts[-1]["ends_at"]
    assert {row["activity_id"] for row in rows["activity.enrollment"]} <= {
        row["id"] for row in activities if row["ends_at"] > NOW
    }
    older = sum(row["published_at"] < NOW - SPAN / 2 for row in activities)
    assert 600 < older < 900  # a quarter
