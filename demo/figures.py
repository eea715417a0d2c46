"""What /metrics says: read from every process, and compared with what it said before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

Sample = tuple[str, frozenset[tuple[str, str]]]

_LINE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Figures:
    """One look at the pages of all processes. A process that does not answer is not in it."""

    samples: Mapping[str, Mapping[Sample, float]]  # by process

    @classmethod
    def read(cls, pages: Mapping[str, str]) -> Figures:
        """Fetch every page; ``pages``: their addresses by process."""
        found = {}
        for process, address in pages.items():
            try:
                answer = httpx.get(address, timeout=5)
            except httpx.TransportError:
                continue
            if answer.status_code == 200:
                found[process] = _parse(answer.text)
        return cls(found)

    def total(self, process: str, name: str, **labels: str) -> float:
        """The sum of the samples called ``name`` that carry ``labels``."""
        wanted = labels.items()
        return sum(
            value
            for (sample, its_labels), value in self.samples.get(process, {}).items()
            if sample == name and its_labels >= wanted
        )

    def processes_with(self, name: str) -> dict[str, float]:
        """The sum of ``name`` in each process that knows it."""
        sums: dict[str, float] = defaultdict(float)
        for process, samples in self.samples.items():
            for (sample, _), value in samples.items():
                if sample == name:
                    sums[process] += value
        return dict(sums)

    def started(self, process: str) -> float:
        """When the process was started (epoch seconds); counters begin there at 0."""
        return self.total(process, "process_start_time_seconds")

    def rise(self, before: Figures, process: str, name: str, **labels: str) -> float | None:
        """By how much a counter has risen; None if the process was started anew in between."""
        if self.started(process) != before.started(process):
            return None
        return self.total(process, name, **labels) - before.total(process, name, **labels)


def _parse(page: str) -> dict[Sample, float]:
    samples = {}
    for line in page.splitlines():
        matched = None if line.startswith("#") else _LINE.fullmatch(line)
        if matched is not None:
            labels = frozenset(_LABEL.findall(matched["labels"] or ""))
            samples[matched["name"], labels] = float(matched["value"])
    return samples
