"""What an applicant agrees to before anything goes to a bank, by version (deploy/data/card_consents.json).

Why this module exists: handing personal data to another party needs a separate consent that names the recipient, the
purpose, the method and the kinds of data (PIPL 23), and financial and location data are sensitive (PIPL 28-30). What
was once agreed to must be shown in its own words for as long as its record is kept, so texts are data, and only added.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from services.card.domain import BANK_NAMES, HOTLINES, Bank
from services.card.models import ConsentText
from services.card.repository import CardUnitOfWork

TEXTS = Path(__file__).resolve().parents[3] / "deploy" / "data" / "card_consents.json"


def load_texts(uow: CardUnitOfWork) -> None:
    """Add the versions that are not there; raises ``ValueError`` if the words of one that is there were changed."""
    for given in shipped_texts():
        known = uow.consents.text(given["recipient"], given["version"])
        if known is None:
            uow.session.add(ConsentText(**given))
        elif known.text != given["text"]:
            raise ValueError(f"consent text {known.version} for {known.recipient} has other words: add a new version")


def shipped_texts() -> Iterator[dict[str, Any]]:
    """The rows of every version, for every bank."""
    for version in json.loads(TEXTS.read_text(encoding="utf-8")):
        for bank in Bank:
            words = {**version, "recipient": bank.value, "recipient_name": BANK_NAMES[bank]}
            yield words | {
                "in_force_from": date.fromisoformat(version["in_force_from"]),
                "text": version["text"].format(**words, hotline=HOTLINES[bank], kinds="、".join(version["data"])),
            }
