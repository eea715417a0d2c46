"""Reasons to choose from, when somebody is told no: a code for counting, words for whoever reads it.

Why this module exists: each service that reviews something has reasons of its own kind, chosen and shown in one way
(``GET /review-reasons``, ``reason_code``; API.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.errors import FieldError, Invalid


@dataclass(frozen=True)
class Reasons:
    """``code -> (Chinese, English)``."""

    words: Mapping[str, tuple[str, str]]

    def listed(self) -> dict[str, list[dict[str, str]]]:
        """All of them, as ``GET /review-reasons`` answers."""
        return {"items": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in self.words.items()]}

    def in_words(self, code: str | None, text: str | None) -> str | None:
        """What the applicant reads: the listed reason, then what the reviewer wrote; None if neither is given.

        Raises ``Invalid`` for a code that is not listed.
        """
        if code is not None and code not in self.words:
            codes = list(self.words)
            zh, en = "应为以下之一：" + "、".join(codes), "must be one of " + ", ".join(codes)
            raise Invalid(FieldError("reason_code", "not_a_choice", zh, en))
        listed = None if code is None else self.words[code][0]
        return "：".join(part for part in (listed, text) if part) or None
