"""docker-compose.yml, as far as it can be checked without an engine.

Its schema (compose-spec.json: the Compose specification's own, Apache-2.0, of 2021), every path and command in it,
and every setting it passes, compared with what the processes read and with ``./dev up``. That the images exist and
the containers start is not shown here.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
import yaml

from deploy.compose import make_secrets
from deploy.local.credentials import make
from deploy.local.layout import ROOT, Layout
from deploy.local.postgres import EXTENSIONS
from deploy.local.processes import Addresses, process_table
from deploy.local.topology import SERVICES
from tests.contract.settings_of import PROCESSES, settings_class, variables_read_by

_INTERPOLATION = re.compile(r"\$\{(\w+)(?::\?[^}]*)?\}")
# What containers need to be told, and one machine does not.
_ONLY_IN_CONTAINERS = {"ZHIYUAN_OPS_HOST"}
_ONLY_IN_SERVICE_CONTAINERS = {"ZHIYUAN_QUEUE_TYPE"}
_ONLY_IN_CONTAINER = {"notify": {"ZHIYUAN_SMTP_URL"}}  # beside them stands a mail catcher


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return document


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    return make_secrets.variables(make())


def environment_of(compose: dict[str, Any], name: str, secrets: dict[str, str]) -> dict[str, str]:
    """The environment of a container, interpolated as Compose does it; a name that .env lacks is a KeyError."""
    declared = compose["services"][name].get("environment", {})
    return {key: _INTERPOLATION.sub(lambda found: secrets[found[1]], value) for key, value in declared.items()}


def test_it_is_a_compose_file(compose: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    named_since = {key: value for key, value in compose.items() if key != "name"}  # the project's name came in 2022
    jsonschema.Draft201909Validator(schema).validate(named_since)


def test_every_file_it_mounts_or_builds_from_exists_or_is_made_by_the_secrets_command(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    assert make_secrets.write(tmp_path)
    sources = [
        volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", ())
    ]
    missing = [
        source
        for source in sources
        if not ((ROOT / source).exists() or (tmp_path / source).exists() or source in compose["volumes"])
    ]
    assert missing == []
    builds = [service["build"] for service in compose["services"].values() if "build" in service]
    assert all((ROOT / build["context"] / build["dockerfile"]).is_file() for build in builds)


def test_every_command_is_a_module_of_the_platform(compose: dict[str, Any]) -> None:
    commands = [s["command"] for s in compose["services"].values() if s.get("command", [""])[0] == "python"]
    assert len(commands) == 4 * len(SERVICES) + 3
    for _python, flag, module, *_arguments in commands:
        assert flag == "-m"
        assert importlib.util.find_spec(module) is not None, module


def test_it_runs_the_processes_that_dev_up_runs(compose: dict[str, Any]) -> None:
    assert set(PROCESSES) <= set(compose["services"])
    for service in SERVICES:
        for job, module in (("migrations", "migrations"), ("reference-data", "reference_data")):
            assert compose["services"][f"{service}-{job}"]["command"][2] == f"services.chassis.{module}"


@pytest.mark.parametrize("process", PROCESSES)
def test_what_a_container_is_given_is_what_its_process_reads(
    compose: dict[str, Any], secrets: dict[str, str], process: str
) -> None:
    environment = environment_of(compose, process, secrets)
    assert set(environment) - variables_read_by(process) == set()
    settings_class(process).from_environment(environment)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_container_is_given_what_dev_up_gives(
    compose: dict[str, Any], secrets: dict[str, str], process: str, tmp_path: Path
) -> None:
    layout = Layout(tmp_path)
    addresses = Addresses("amqp://broker/x", "amqp://broker/y", "postgresql://admin:x@database/x")
    (spec,) = (spec for spec in process_table(layout, make(), addresses) if spec.name == process)
    more = _ONLY_IN_CONTAINERS | (_ONLY_IN_SERVICE_CONTAINERS if process in SERVICES else set())
    more |= _ONLY_IN_CONTAINER.get(process, set())
    assert set(environment_of(compose, process, secrets)) == set(spec.environment) | more


@pytest.mark.parametrize("service", SERVICES)
def test_the_jobs_of_a_service_run_with_its_own_database_and_settings(
    compose: dict[str, Any], secrets: dict[str, str], service: str
) -> None:
    environment = environment_of(compose, service, secrets)
    migrations = environment_of(compose, f"{service}-migrations", secrets)
    assert migrations == {"ZHIYUAN_DATABASE_URL": environment["ZHIYUAN_DATABASE_URL"]}
    assert environment_of(compose, f"{service}-reference-data", secrets) == environment


def test_everything_that_is_waited_for_exists_and_can_tell(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            assert other in compose["services"], f"{name} waits for {other}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][other], f"{other} cannot tell {name} that it is healthy"


def test_every_secret_is_used_and_stands_in_the_env_file_as_it_is(
    compose: dict[str, Any], secrets: dict[str, str], tmp_path: Path
) -> None:
    used = set(_INTERPOLATION.findall((ROOT / "docker-compose.yml").read_text()))
    assert used == set(secrets)
    make_secrets.write(tmp_path)
    lines = (tmp_path / ".env").read_text().splitlines()[1:]
    assert all(re.fullmatch(r"[A-Z_]+='[^'\\]*'", line) for line in lines), "single quotes: nothing is interpolated"


def test_secrets_are_made_once(tmp_path: Path) -> None:
    assert make_secrets.write(tmp_path)
    before = (tmp_path / ".env").read_bytes()
    assert not make_secrets.write(tmp_path)
    assert (tmp_path / ".env").read_bytes() == before


def test_the_image_holds_all_that_the_dockerfile_copies_and_dockerignore_lets_through() -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    for source in dockerfile_copies():
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignore, source


def dockerfile_copies() -> Iterator[str]:
    for line in (ROOT / "deploy/docker/Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            yield from line.split()[1:-1]


def test_the_databases_first_start_makes_what_dev_up_makes() -> None:
    script = (ROOT / "deploy/compose/postgres-init.sh").read_text()
    assert f"for service in {' '.join(SERVICES)}; do" in script
    assert set(re.findall(r"CREATE EXTENSION (\w+)", script)) == set(EXTENSIONS)
