"""1. The issuing banks' branch contacts (notice, attachment 3).

The contacts in the notice are real people: nothing here shows a name or a number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from demo.check import Checks
from demo.world import Stage

TITLE = "The banks' branch contacts"

_BROKEN_PHONE = "1234"
_OTHER_PHONE = "14000000000"  # well formed, and nobody's
_MOBILE = re.compile(r"1[3-9]\d{9}")
_ROW_THAT_CHANGES, _ROW_THAT_BREAKS = 10, 40  # counted from 0; the sound one comes first


def play(stage: Stage) -> None:
    """Import or look, then try to import what is broken."""
    world, check = stage.world, stage.check
    text = None if world.notice is None else world.notice.read_text(encoding="utf-8")
    if text is None:
        check.tell("no notice was given: the shipped branch data is looked at")
    else:
        imported = world.platform.post("/card/branch-contacts/import", format="notice", text=text)
        check.equal(imported["contacts"], 58, "the notice's own text holds 58 contacts")
        check.equal(imported["cities"], 20, "in 20 cities")
        check.equal(imported["banks"], {"boc": 20, "ceb": 9}, "Bank of China in all of them, Everbright in 9")
    contacts = list(world.platform.pages("/card/branch-contacts"))
    cities = {contact["city_name"] for contact in contacts}
    check.equal(len(contacts), 58, "58 contacts are in force")
    check.that(len(cities) == 20 and "深圳" not in cities, "in 20 cities, and none in Shenzhen", seen=sorted(cities))
    if text is not None:
        unpadded = all(not re.search(r"\s", contact["contact"]["name"]) for contact in contacts)
        check.that(unpadded, "the blanks that pad names in print are gone")
        check.that(all(c["source"] == "imported" for c in contacts), "all of them come from the notice")

    format_, broken, line = ("csv", *_broken_csv(contacts)) if text is None else ("notice", *_broken_notice(text))
    _nothing_is_half_imported(
        check,
        lambda: world.platform.post("/card/branch-contacts/import", format=format_, text=broken),
        line,
        lambda: list(world.platform.pages("/card/branch-contacts")),
    )
    check.refused(
        lambda: world.visitor.post("/card/branch-contacts/import", format="csv", text="x"),
        "somebody who is not signed in imports nothing",
        status=401,
        code="not_authenticated",
    )


def _nothing_is_half_imported(
    check: Checks, attempt: Callable[[], Any], line: int, contacts: Callable[[], list[dict[str, Any]]]
) -> None:
    before = contacts()
    check.refused(
        attempt,
        f"a copy with one broken row is refused, and line {line} is named",
        status=422,
        code="bad_phone",
        field=f"text.line.{line}",
    )
    check.that(contacts() == before, "nothing of it was imported, also not the sound row above that had changed")


def _broken_notice(text: str) -> tuple[str, int]:
    """The text with one number changed and, further down, one broken; and the number of the broken line."""
    lines = text.split("\n")
    table = next(n for n, line in enumerate(lines) if line.strip() == "联系电话")
    phones = [n for n in range(table, len(lines)) if _MOBILE.fullmatch(lines[n].strip())]
    for row, phone in ((_ROW_THAT_CHANGES, _OTHER_PHONE), (_ROW_THAT_BREAKS, _BROKEN_PHONE)):
        lines[phones[row]] = _MOBILE.sub(phone, lines[phones[row]])
    return "\n".join(lines), phones[_ROW_THAT_BREAKS] + 1


def _broken_csv(contacts: list[dict[str, Any]]) -> tuple[str, int]:
    """The contacts in force as CSV, with the same two changes."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["city", "bank", "card_type", "branch", "contact", "phone"])
    phones = {_ROW_THAT_CHANGES: _OTHER_PHONE, _ROW_THAT_BREAKS: _BROKEN_PHONE}
    for row, contact in enumerate(contacts):
        person = contact["contact"]
        table.writerow(
            [contact["city"], contact["bank"], contact["card_type"], contact["branch"], person["name"],
             phones.get(row, person["phone"])]
        )  # fmt: skip
    return file.getvalue(), _ROW_THAT_BREAKS + 2
