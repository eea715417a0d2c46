"""Changing the keys of encrypted columns on a running platform (docs/runbooks/keys.md).

Why this module exists: a key must be known to every process before any of them uses it. So a new key goes last in its
ring, the processes are started again, then it goes first, and they are started once more; only then are rows rewritten.
Where a ring stands is seen from the ring itself, so that a run that was cut off is taken up where it ended.
"""

from __future__ import annotations

import base64
import json
import re
import secrets

from deploy.local.layout import Layout

RINGS = ("field_keys", "message_keys", "activity_keys", "card_keys")
"""The rings of ``.run/secrets.json`` under which columns are encrypted; the others sign what is short-lived."""

Parts = list[str]


def parts_of(layout: Layout, ring: str) -> Parts:
    """The keys of a ring, the current one first: ``kid:base64`` each."""
    text: str = json.loads(layout.secrets.read_text())[ring]
    return text.split(",")


def kid_of(part: str) -> str:
    """The id of a key."""
    return part.partition(":")[0]


def add(layout: Layout, ring: str) -> str:
    """A new key at the end of a ring of one: it can be read with, and is not used yet. Answers the newest key's id.

    A ring of several is in the middle of a change already, and is left as it is.
    """
    parts = parts_of(layout, ring)
    if len(parts) == 1:
        stem, number = re.fullmatch(r"(.*?)-?(\d*)", kid_of(parts[0])).groups()  # type: ignore[union-attr]  # matches all
        kid = f"{stem}-{int(number or 1) + 1}"
        parts.append(f"{kid}:{base64.b64encode(secrets.token_bytes(32)).decode()}")
        _save(layout, ring, parts)
    return kid_of(max(parts, key=_number))


def promote(layout: Layout, ring: str) -> None:
    """The newest key first: it is used from now on."""
    _save(layout, ring, sorted(parts_of(layout, ring), key=_number, reverse=True))


def old_ones(layout: Layout, ring: str) -> list[str]:
    """The ids of the keys that :func:`drop` would forget."""
    return [kid_of(part) for part in parts_of(layout, ring)[1:]]


def drop(layout: Layout, ring: str) -> list[str]:
    """Only the current key stays; answers the ids of those that went."""
    current, *others = parts_of(layout, ring)
    _save(layout, ring, [current])
    return [kid_of(part) for part in others]


def _number(part: str) -> int:
    return int(kid_of(part).rpartition("-")[2])


def _save(layout: Layout, ring: str, parts: Parts) -> None:
    """Replace the file in one step: half a file of keys would be the end of the data."""
    known = json.loads(layout.secrets.read_text())
    known[ring] = ",".join(parts)
    fresh = layout.secrets.with_suffix(".new")
    fresh.touch(0o600)
    fresh.write_text(json.dumps(known, indent=1))
    fresh.replace(layout.secrets)
