"""The pages that are made from the code: ``python -m services.chassis.docs [--check]``.

Why this module exists: a list of errors, events or metrics that is kept by hand is wrong within a month. Each
is rendered from what the code declares: ``docs/errors.md`` from the classes in every ``errors.py``, the
AsyncAPI document from every ``events.py`` and the ``@on`` decorators, the partners' from every
``partner_messages.py``, ``docs/metrics.md`` from every ``metrics.py``. A contract test runs ``--check``, which prints
the difference and ends with 1 when a page says something else than the code.

Parts of the platform are found by looking, not by name, so that the chassis goes on knowing no service.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import yaml
from prometheus_client.metrics import MetricWrapperBase

import services
from services.chassis import asyncapi, partner_asyncapi
from services.chassis.errors import AppError
from services.chassis.events import Event

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
_MADE_BY = "Made by `python -m services.chassis.docs` from the code. Do not edit."


def render() -> dict[str, str]:
    """Every generated page: its path from the repository's root, and its text."""
    return {
        "docs/errors.md": errors_page(),
        "docs/events/asyncapi.yaml": asyncapi_page(),
        "docs/events/partner.yaml": partner_page(),
        "docs/metrics.md": metrics_page(),
    }


def parts() -> list[str]:
    """The packages that may declare something: the chassis, every service, the gateway if there is one."""
    found = [f"services.{module.name}" for module in pkgutil.iter_modules(services.__path__) if module.ispkg]
    found.sort(key=lambda name: (name != "services.chassis", name))
    return [*found, *(["gateway"] if importlib.util.find_spec("gateway") else [])]


def modules_named(name: str) -> Iterator[tuple[str, ModuleType]]:
    """(short name of the part, module) for each part that has a module ``name``."""
    for part in parts():
        if importlib.util.find_spec(f"{part}.{name}") is not None:
            yield part.rpartition(".")[2], importlib.import_module(f"{part}.{name}")


def errors_page() -> str:
    """``docs/errors.md``: every refusal, by the part that declares it."""
    lines = [
        "# Errors",
        "",
        _MADE_BY,
        "",
        "A refusal is `application/problem+json`: `type` is `/errors/{code}`; `title` and `detail` are in",
        "the language of `Accept-Language`, Chinese unless English is asked for; `data` is what the detail",
        "was filled from; `errors` names each field that broke a rule. Codes are stable; words are not.",
    ]
    for part, module in modules_named("errors"):
        declared = sorted(_declared(module, AppError), key=lambda error: (error.status, error.code))
        rows = [
            _row(
                str(error.status),
                f"`{error.code}`",
                f"{error.title_zh}<br>{error.title_en}",
                _summary(error),
                f"{error.detail_zh}<br>{error.detail_en}",
            )
            for error in declared
        ]
        lines += _section(part, _row("status", "code", "title", "when", "detail"), rows)
    return "\n".join(lines) + "\n"


def asyncapi_page() -> str:
    """``docs/events/asyncapi.yaml``: every event, its schema, its owner and its listeners."""
    document = asyncapi.document(
        [event for _, module in modules_named("events") for event in _declared(module, Event)],
        list(subscriptions()),
    )
    return _yaml(document)


def partner_page() -> str:
    """``docs/events/partner.yaml``: what passes between the platform and those outside it, over AMQP."""
    modules = [module for _, module in modules_named("partner_messages")]
    messages = [message for module in modules for message in _declared(module, partner_asyncapi.PartnerMessage)]
    return _yaml(partner_asyncapi.document(messages))


def _yaml(document: Mapping[str, Any]) -> str:
    text = yaml.dump(document, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# {_MADE_BY}\n{text}"


def subscriptions() -> Iterator[asyncapi.Subscription]:
    """What each service's ``@on`` methods listen to."""
    for _, module in modules_named("service"):
        yield from asyncapi.subscriptions_of(module.SERVICE)


def metrics_page() -> str:
    """``docs/metrics.md``: every metric, by the part that declares it, in the order of its file."""
    lines = [
        "# Metrics",
        "",
        _MADE_BY,
        "",
        "Each process shows the chassis' metrics and those of its own part at `/metrics` on its ops port.",
        "Labels never hold ids. A histogram has `_bucket`, `_sum` and `_count` behind its name.",
    ]
    for part, module in modules_named("metrics"):
        rows = [_metric_row(value) for value in vars(module).values() if isinstance(value, MetricWrapperBase)]
        lines += _section(part, _row("name", "kind", "labels", "meaning"), rows)
    return "\n".join(lines) + "\n"


def _metric_row(metric: MetricWrapperBase) -> str:
    (description,) = metric.describe()
    name = f"{description.name}_total" if description.type == "counter" else description.name
    labels = ", ".join(f"`{label}`" for label in metric._labelnames)
    return _row(f"`{name}`", description.type, labels, description.documentation)


def _declared(module: ModuleType, base: type[T]) -> list[type[T]]:
    """The public subclasses of ``base`` that ``module`` itself declares."""
    return [
        value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, base)
        and value is not base
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


def _summary(documented: type) -> str:
    """The first paragraph of the docstring, on one line."""
    paragraph = (inspect.getdoc(documented) or "").split("\n\n")[0]
    return " ".join(paragraph.split()).replace("``", "`")


def _section(title: str, heading: str, rows: Sequence[str]) -> list[str]:
    """A table under a heading; nothing at all if it would have no rows."""
    if not rows:
        return []
    rule = "|" + "---|" * (heading.count("|") - 1)
    return ["", f"## {title}", "", heading, rule, *rows]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ").strip() for cell in cells) + " |"


class _PlainDumper(yaml.SafeDumper):
    """YAML to be read by people: no anchors to follow, long text as it stands."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _as_it_stands(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_PlainDumper.add_representer(str, _as_it_stands)


def write(root: Path) -> None:
    """Put every page where it belongs under ``root``."""
    for path, text in render().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def drift(root: Path) -> str:
    """What must change in the pages under ``root`` for them to be true: a unified diff, empty if nothing."""
    found: list[str] = []
    for path, text in render().items():
        page = root / path
        present = page.read_text(encoding="utf-8") if page.exists() else ""
        found += difflib.unified_diff(
            present.splitlines(keepends=True), text.splitlines(keepends=True), path, f"{path} (from the code)"
        )
    return "".join(found)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Write the pages; with ``--check`` only compare: 0 if they are true, else 1 and the difference."""
    parser = argparse.ArgumentParser(prog="python -m services.chassis.docs", description="Make docs from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; print the difference and end with 1")
    if not parser.parse_args(arguments).check:
        write(root)
        return 0
    difference = drift(root)
    if difference:
        print(difference, end="")
        print("Make the pages anew: python -m services.chassis.docs", file=sys.stderr)
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
