"""Fonts cut down to the characters that are needed, and which characters no font has.

Why this module exists: a Chinese font is four megabytes, and a PDF must carry what it shows. A font without a character
draws a box or nothing, silently; a name must not get lost like that. So each character is looked for in the fonts in
their order, and what none of them has is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

STAND_IN = "〓"
"""What printers set for a character that they lack (geta)."""


@dataclass(frozen=True)
class FittedFonts:
    """Small font files, in the order in which they are asked, and the characters that none of them has."""

    files: tuple[Path, ...]
    missing: frozenset[str]

    def readable(self, text: str) -> str:
        """``text`` with a stand-in for each character that no font has."""
        return "".join(STAND_IN if character in self.missing else character for character in text)


def fit(fonts: Sequence[Path], characters: Iterable[str], folder: Path) -> FittedFonts:
    """The fonts with nothing but ``characters`` and the stand-in, written to ``folder``."""
    wanted = {ord(character) for character in characters if character not in "\n\r"} | {ord(STAND_IN)}
    files = []
    for number, path in enumerate(fonts):
        font = TTFont(path, lazy=True, fontNumber=0, recalcTimestamp=False)
        found = wanted & set(font.getBestCmap())
        if not found:
            continue
        wanted -= found
        options = Options()
        options.layout_features = []  # no ligatures: what is written is what is read
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=found)
        subsetter.subset(font)
        files.append(folder / f"font{number}.ttf")
        font.save(files[-1])
    return FittedFonts(tuple(files), frozenset(map(chr, wanted)))
