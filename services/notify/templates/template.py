"""What a template is, and how its parameters are read."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import UnionType
from typing import Any, get_args

from services.chassis.clock import SHANGHAI
from services.notify.domain import Priority

SIGNATURE_ZH = "【i志愿】"
SIGNATURE_EN = "[iZhiyuan] "


class Kind(StrEnum):
    """What a parameter is, by the field of the event that fills it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"

    @classmethod
    def of(cls, hint: Any) -> Kind:
        """The kind of a field of this type, or of this type or None."""
        types = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        known = {int: cls.NUMBER, date: cls.DATE, datetime: cls.MOMENT}
        return next((known[type_] for type_ in types if type_ in known), cls.TEXT)

    @classmethod
    def of_made_up(cls, name: str) -> Kind:
        """The kind of what no event has in these words: only moments have a name that says so."""
        return cls.MOMENT if name.endswith("_at") else cls.TEXT


@dataclass(frozen=True)
class Template:
    """One message. ``source`` says which line of the notice or which rule demands it."""

    key: str
    zh: str
    en: str
    source: str
    priority: Priority = Priority.RESULT

    @property
    def parameters(self) -> frozenset[str]:
        """The names between braces, of both languages. Those that end in ``_at`` are moments."""
        parsed = (*string.Formatter().parse(self.zh), *string.Formatter().parse(self.en))
        return frozenset(name for _, name, _, _ in parsed if name)

    def words(self, locale: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """The parameters as they are read; what is missing (an erased person's) shows as ``***``."""
        return {name: _in_words(locale, name, parameters.get(name)) for name in self.parameters}

    def render(self, locale: str, parameters: Mapping[str, str]) -> str:
        """The words with the signature in front, as one SMS."""
        return self.said(locale, self.words(locale, parameters))

    def said(self, locale: str, words: Mapping[str, str]) -> str:
        """The same, of parameters as they are read."""
        if locale == "en":
            return SIGNATURE_EN + self.en.format(**words)
        return SIGNATURE_ZH + self.zh.format(**words)


def _in_words(locale: str, name: str, value: str | None) -> str:
    """A parameter as it is read: a moment as ``3月5日 14:30``, or ``5 March 14:30``."""
    if value is None:
        return "***"
    if not name.endswith("_at"):
        return value
    local = datetime.fromisoformat(value).astimezone(SHANGHAI)
    return f"{local.day} {local:%B %H:%M}" if locale == "en" else f"{local.month}月{local.day}日 {local:%H:%M}"
