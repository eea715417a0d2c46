"""Our templates as a provider has approved them: its own id for each, and the names of its variables.

Why this module exists: no provider takes words, only the number of a template that it has read before, and what fills
its gaps. Which number that is differs by contract, so it is a setting: a JSON object by our template, optionally with
the language (``verification_code:en``; without it the Chinese one is sent). ``parameters`` are ours in the provider's
order, or an object from its names to ours::

    {"verification_code": {"id": "1110", "parameters": ["code", "minutes"]},
     "enrollment_accepted": {"id": "vG1…", "parameters": {"thing1": "title", "time2": "starts_at"}}}

``limits``, an object from our parameters to characters, says where a contract lets one be shorter or longer than the
provider's others: ``{"id": "1111", "parameters": ["title"], "limits": {"title": 20}}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.notify.providers.base import Batch
from services.notify.providers.shortening import LEAST, Longest, any_length, shortened
from services.notify.templates import TEMPLATES


@dataclass(frozen=True)
class Filled:
    """The provider's variables with a batch's words, in its order; ``shortened``: which of our parameters were cut."""

    variables: Mapping[str, str] = field(repr=False)  # a code is among them
    shortened: tuple[str, ...]


@dataclass(frozen=True)
class Approved:
    """One approved template; ``parameters`` from the provider's name to ours, in its order; ``limits`` by ours."""

    id: str
    parameters: Mapping[str, str]
    limits: Mapping[str, int] = field(default_factory=dict)

    def filled(self, batch: Batch, longest: Longest) -> Filled:
        """With what is too long cut to what its own limit says, else to ``longest``."""
        variables, cut = {}, []
        for theirs, ours in self.parameters.items():
            words = batch.parameters[ours]
            variables[theirs] = shortened(words, self.limits.get(ours) or longest(theirs))
            if variables[theirs] != words:
                cut.append(ours)
        return Filled(variables, tuple(cut))


class ApprovedTemplates:
    """All that one provider has approved, and how long it lets variables be."""

    def __init__(self, by_key: Mapping[str, Approved], longest: Longest = any_length) -> None:
        self._by_key = by_key
        self._longest = longest

    def within(self, longest: Longest) -> ApprovedTemplates:
        """The same, with variables as long as that where no limit of their own is set."""
        return ApprovedTemplates(self._by_key, longest)

    def filled(self, approved: Approved, batch: Batch) -> Filled:
        """Its variables with this batch's words."""
        return approved.filled(batch, self._longest)

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
    limits = {str(name): int(longest) for name, longest in dict(entry.get("limits", {})).items()}  # type: ignore[call-overload]
    if not limits.keys() <= set(parameters.values()) or min(limits.values(), default=LEAST) < LEAST:
        raise ValueError(f"limits of {key} must be {LEAST} and more, of parameters that it has")
    return Approved(str(entry["id"]), parameters, limits)
