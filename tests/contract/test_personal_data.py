"""Every table that knows whose a row is, is part of what a person gets who asks for their data, or says why not."""

from __future__ import annotations

import importlib

import pytest

from deploy.local.topology import SERVICES

WHOSE = {"account_id", "delegator_id", "volunteer_id"}

ELSEWHERE = {
    "identity": {
        "principal": "GET /me/export",
        "role_grant": "GET /me/export (roles)",
        "login_session": "GET /me/export (sessions)",
        "binding_scene": "a QR code that lives for minutes",
        "totp": "GET /me/export (second_factor); the secret is the person's own device's",
        "login_failure": "counts of wrong passwords, forgotten in a day",
        "recovery_code": "digests of secrets",
    },
}


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_about_people_is_forgotten(service: str) -> None:
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    held = {part.table.name for part in importlib.import_module(f"services.{service}.personal_data").PERSONAL_DATA}
    about_people = {table.name for table in metadata.tables.values() if WHOSE & set(table.columns.keys())}
    assert about_people - held - set(ELSEWHERE.get(service, {})) == set()
