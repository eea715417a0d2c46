"""The sizes in which the volunteers' clothing is made (notice, attachment 3: free, in the volunteer's own size)."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class ClothingSize(StrEnum):
    """The letters on the label."""

    XS = "XS"
    S = "S"
    M = "M"
    L = "L"
    XL = "XL"
    XXL = "XXL"
    XXXL = "XXXL"
    XXXXL = "XXXXL"


_SHORT = {"2XL": ClothingSize.XXL, "3XL": ClothingSize.XXXL, "4XL": ClothingSize.XXXXL}


def size_called(word: str | None) -> ClothingSize | None:
    """The size that somebody wrote (``xl``, ``２ＸＬ``), or None: profiles hold whatever was typed there."""
    label = unicodedata.normalize("NFKC", word or "").strip().upper()
    return _SHORT.get(label) or next((size for size in ClothingSize if size == label), None)
