"""Prometheus and Grafana ask for what the processes show: every metric, label and target by its real name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from deploy.local.layout import ROOT
from services.chassis import docs
from tests.contract.settings_of import PROCESSES

_METRIC = re.compile(r"\bzhiyuan_[a-z0-9_]+")
_BY = re.compile(r"\bby \(([^)]*)\)")
# What other exporters show, as far as it is used here.
_OF_OTHERS = {
    "up",
    "process_cpu_seconds_total",
    "rabbitmq_detailed_queue_messages",
    "rabbitmq_detailed_queue_consumers",
}
# Labels that Prometheus adds itself, or another exporter has.
_ADDED_LABELS = {"process", "job", "instance", "le", "queue", "vhost"}


def samples() -> dict[str, set[str]]:
    """Every sample that some process shows, with its labels."""
    shown: dict[str, set[str]] = {}
    for _part, module in docs.modules_named("metrics"):
        for metric in vars(module).values():
            if isinstance(metric, MetricWrapperBase):
                (family,) = metric.describe()
                suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
                for suffix in suffixes[family.type]:
                    shown[family.name + suffix] = set(metric._labelnames)
    return shown


def expressions() -> Iterator[tuple[str, str]]:
    """(where, expression) of every rule and every panel."""
    rules = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield f"rule {rule['alert']}", rule["expr"]
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield f"panel {panel['title']}", target["expr"]


def dashboard() -> Any:
    return json.loads((ROOT / "deploy/grafana/dashboards/platform.json").read_text())


EXPRESSIONS = list(expressions())


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_every_metric_that_is_asked_for_is_shown_by_some_process(where: str, expression: str) -> None:
    assert set(_METRIC.findall(expression)) - set(samples()) == set()


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_every_label_that_is_summed_by_is_a_label_of_the_metric(where: str, expression: str) -> None:
    labels = {label.strip() for found in _BY.findall(expression) for label in found.split(",")}
    known = set().union(*(samples()[name] for name in _METRIC.findall(expression)), _ADDED_LABELS)
    assert labels - known == set()


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_every_expression_asks_for_something_known(where: str, expression: str) -> None:
    assert _METRIC.search(expression) or any(re.search(rf"\b{name}\b", expression) for name in _OF_OTHERS)


def test_prometheus_reads_every_process_on_the_port_that_compose_gives_it() -> None:
    configuration = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    (job,) = (job for job in configuration["scrape_configs"] if job["job_name"] == "zhiyuan")
    assert set(job["static_configs"][0]["targets"]) == {
        f"{process}:9000" for process in PROCESSES if process != "simulators"
    }


def test_panels_have_ids_and_places_of_their_own() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(places)) == len(places)


def test_the_dashboards_datasource_is_the_one_that_is_provisioned() -> None:
    provisioned = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text())
    (source,) = provisioned["datasources"]
    used = {panel["datasource"]["uid"] for panel in dashboard()["panels"] if "datasource" in panel}
    assert used == {source["uid"]}
