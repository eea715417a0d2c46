"""``./dev up`` gives every process the settings that it reads, and no others."""

from __future__ import annotations

import pytest

from deploy.local.credentials import load_or_make
from deploy.local.layout import Layout
from deploy.local.processes import Addresses, ProcessSpec, process_table
from services.chassis.settings import SettingsError
from tests.contract.settings_of import PROCESSES, settings_class, variables_read_by


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ProcessSpec]:
    layout = Layout(tmp_path_factory.mktemp("platform"))
    layout.make()
    addresses = Addresses("amqp://broker/zhiyuan", "amqp://broker/zhiyuan-partner", "postgresql://admin:x@database/x")
    return {spec.name: spec for spec in process_table(layout, load_or_make(layout), addresses)}


def test_the_table_names_every_process(table: dict[str, ProcessSpec]) -> None:
    assert set(table) == set(PROCESSES)


@pytest.mark.parametrize("process", PROCESSES)
def test_what_a_process_is_given_is_what_it_reads(table: dict[str, ProcessSpec], process: str) -> None:
    assert set(table[process].environment) - variables_read_by(process) == set()


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_starts_with_what_it_is_given(table: dict[str, ProcessSpec], process: str) -> None:
    settings_class(process).from_environment(table[process].environment)


@pytest.mark.parametrize("process", ["identity", "notify", "gateway", "simulators"])
def test_production_refuses_what_is_for_development(table: dict[str, ProcessSpec], process: str) -> None:
    environment = {**table[process].environment, "ZHIYUAN_ENVIRONMENT": "production"}
    with pytest.raises(SettingsError, match="production"):
        settings_class(process).from_environment(environment)


def test_a_secret_goes_to_those_only_that_need_it(table: dict[str, ProcessSpec]) -> None:
    holders = {
        variable: {name for name, spec in table.items() if variable in spec.environment}
        for variable in ("ZHIYUAN_FIELD_KEYS", "ZHIYUAN_TOKEN_PRIVATE_KEY", "ZHIYUAN_PARTNER_AMQP_URL")
    }
    assert holders == {
        "ZHIYUAN_FIELD_KEYS": {"identity"},
        "ZHIYUAN_TOKEN_PRIVATE_KEY": {"identity"},
        "ZHIYUAN_PARTNER_AMQP_URL": {"card-relay", "card-intake"},
    }


def test_no_process_is_given_the_databases_administrator(table: dict[str, ProcessSpec]) -> None:
    assert [name for name, spec in table.items() if "admin:x@" in str(spec.environment)] == []
