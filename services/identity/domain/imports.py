"""Spreadsheets of people and organizations: states of an import, and how cells are spelt. No I/O.

Why this module exists: what people type into a spreadsheet is not what an API is sent. Words stand in Chinese, dates in
every spelling, lists with Chinese commas. Here they become what the schemas of a single registration read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from services.chassis.errors import IllegalTransition


class ImportKind(StrEnum):
    """What the rows of a file are."""

    VOLUNTEERS = "volunteers"
    ORGANIZATIONS = "organizations"


class ImportStatus(StrEnum):
    """Where an import stands. Nothing is imported before ``importing``, which somebody has to ask for."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    CANCELLED = "cancelled"


class RowState(StrEnum):
    """Where a row stands. ``failed``: it was good when it was checked, and was refused when it was imported."""

    STAGED = "staged"
    GOOD = "good"
    BAD = "bad"
    IMPORTED = "imported"
    FAILED = "failed"


_S = ImportStatus
_NEXT: dict[ImportStatus, frozenset[ImportStatus]] = {
    _S.RECEIVING: frozenset({_S.CHECKING, _S.CANCELLED}),
    _S.CHECKING: frozenset({_S.CHECKED, _S.CANCELLED}),
    _S.CHECKED: frozenset({_S.IMPORTING, _S.CANCELLED}),
    _S.IMPORTING: frozenset({_S.DONE, _S.CANCELLED}),
    _S.DONE: frozenset(),
    _S.CANCELLED: frozenset(),
}


def change_import(current: str, attempted: ImportStatus) -> str:
    """``attempted``, if an import may go there from ``current``; raises ``IllegalTransition``."""
    if attempted not in _NEXT[ImportStatus(current)]:
        raise IllegalTransition(current=current, attempted=attempted.value)
    return attempted.value


# What a cell may say, in Chinese, and what it is called in the API. The API's own words are taken as well.
CERTIFICATES: Mapping[str, str] = {
    "居民身份证": "resident_id",
    "港澳居民来往内地通行证": "hk_macao_permit",
    "台湾居民来往大陆通行证": "taiwan_permit",
    "护照": "passport",
    "外国人永久居留身份证": "foreign_permanent_resident",
}
POLITICAL_STATUSES: Mapping[str, str] = {
    "中共党员": "party_member",
    "中共预备党员": "probationary_party_member",
    "共青团员": "league_member",
    "民主党派成员": "democratic_party_member",
    "无党派人士": "no_party",
    "群众": "masses",
}
ORGANIZATION_KINDS: Mapping[str, str] = {
    "系统": "system",
    "市": "city",
    "县（市、区）": "district",
    "单位": "unit",
    "志愿服务组织": "organization",
    "团体": "team",
}

_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?( 00:00:00)?")
_BETWEEN_LABELS = re.compile(r"[、,，;；]")
_AROUND_SLASH = re.compile(r"\s*[/／>]\s*")


def cell_text(text: str) -> str:
    """A cell without what nobody sees: full-width digits, no-break spaces, blanks around it."""
    return unicodedata.normalize("NFKC", text).strip()


def day_text(text: str) -> str:
    """``2026年3月5日``, ``2026/3/5``, ``20260305`` as ``2026-03-05``; others as they are, for a schema to refuse."""
    found = _DAY.fullmatch(text)
    return "-".join((found[1], found[2].zfill(2), found[3].zfill(2))) if found else text


def labels(text: str) -> list[str]:
    """``医疗、翻译`` as two."""
    return [label.strip() for label in _BETWEEN_LABELS.split(text) if label.strip()]


def path_names(text: str) -> tuple[str, ...]:
    """``团委 / 第一支部``: the names on the way down from the importing organization."""
    return tuple(name for name in _AROUND_SLASH.split(text) if name)
