"""Every column that models call sealed is in its service's list, so that no change of keys can forget it."""

from __future__ import annotations

import importlib
from string import Formatter
from typing import get_type_hints

import pytest

from deploy.local.topology import SERVICES
from services.chassis.crypto import FieldCipher
from services.chassis.rotation import sealed_columns

pytestmark = pytest.mark.parametrize("service", SERVICES)


def test_the_list_names_every_sealed_column_and_no_other(service: str) -> None:
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    in_models = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    assert sorted(sealed.name for sealed in sealed_columns(service)) == sorted(in_models)


def test_a_context_names_the_row_by_its_whole_primary_key_and_the_keys_are_a_setting(service: str) -> None:
    settings = importlib.import_module(f"services.{service}.settings").SETTINGS
    for sealed in sealed_columns(service):
        fields = {name for _, name, _, _ in Formatter().parse(sealed.context) if name}
        assert fields == {key.name for key in sealed.table.primary_key}, sealed.name
        assert get_type_hints(settings)[sealed.cipher] is FieldCipher, sealed.name
