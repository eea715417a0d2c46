"""Every service whose rows name an upload is asked before one is removed."""

from __future__ import annotations

import importlib

import pytest

from deploy.local.topology import SERVICES
from gateway.upload_sweep import KEEPERS


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_with_columns_of_uploads_is_asked_whether_it_needs_them(service: str) -> None:
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    columns = [column for table in metadata.tables.values() for column in table.columns if "upload" in column.name]
    assert bool(columns) == (service in KEEPERS)
    answers = importlib.import_module(f"services.{service}.service").SERVICE
    assert hasattr(answers, "uploads_in_use") == (service in KEEPERS)
