"""Our templates as a provider has approved them: its own id for each, and the names of its variables.

Why this module exists: no provider takes words, only the number of a template that it has read before, and what fills
its gaps. Which number that is differs by contract, so it is a setting: a JSON object by our template, optionally with
the language (``verification_code:en``; without it the Chinese one is sent). ``parameters`` are ours in the provider's
order, or an object from its names to ours::

    {"verification_code": {"id": "1110", "parameters": ["code", "minutes"]},
     "enrollment_accepted": {"id": "vG1…", "parameters": {"thing1": "title", "time2": "starts_at"}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.notify.providers.base import Batch
from services.notify.templates import TEMPLATES


@dataclass(frozen=True)
class Approved:
    """One approved template; ``parameters`` from the provider's name to ours, in its order."""

    id: str
    parameters: Mapping[str, str]

    def filled(self, batch: Batch) -> dict[str, str]:
        """The provider's variables with this batch's words."""
        return {theirs: batch.parameters[ours] for theirs, ours in self.parameters.items()}


class ApprovedTemplates:
    """All that one provider has approved."""

    def __init__(self, by_key: Mapping[str, Approved]) -> None:
        self._by_key = by_key

    def of(self, batch: Batch) -> Approved | None:
        """The one in the batch's language, else the Chinese one; None if the provider has not approved it."""
        return self._by_key.get(f"{batch.template}:{batch.locale}") or self._by_key.get(batch.template)

    @classmethod
    def named_as_ours(cls) -> ApprovedTemplates:
        """Every template under our own name, its variables in alphabetical order: what the simulators have approved."""
        names = {key: {name: name for name in sorted(template.parameters)} for key, template in TEMPLATES.items()}
        languages = ("", ":en")
        return cls({key + end: Approved(key + end, names[key]) for key in names for end in languages})

    @classmethod
    def parse(cls, text: str) -> ApprovedTemplates:
        """From the text of a setting; raises ``ValueError`` for what no template of ours could fill."""
        try:
            return cls({key: _read(key, entry) for key, entry in json.loads(text).items()})
        except (json.JSONDecodeError, AttributeError, KeyError, TypeError):
            raise ValueError('must be JSON: {"template": {"id": "…", "parameters": ["…"]}, …}') from None


def _read(key: str, entry: Mapping[str, object]) -> Approved:
    template = TEMPLATES.get(key.partition(":")[0])
    if template is None:
        raise ValueError(f"names {key}, which is no template")
    given = entry["parameters"]
    parameters = given if isinstance(given, dict) else {name: name for name in list(given)}  # type: ignore[call-overload]
    unknown = set(parameters.values()) - template.parameters
    if unknown:
        raise ValueError(f"names {', '.join(sorted(unknown))}, which {key} does not have")
    return Approved(str(entry["id"]), parameters)
