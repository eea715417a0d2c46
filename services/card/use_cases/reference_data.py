"""What the platform ships: branches with the banks' public hotlines as contacts, and the consent texts."""

from __future__ import annotations

from pathlib import Path

from services.card.branch_text import parse_csv
from services.card.repository import CardUnitOfWork
from services.card.use_cases.branch_contacts import load_shipped
from services.card.use_cases.consent_texts import load_texts

BRANCHES = Path(__file__).resolve().parents[3] / "deploy" / "data" / "branches.csv"


def load(uow: CardUnitOfWork) -> None:
    """Put the shipped branches in force where nothing was imported, and add new texts; may run any number of times."""
    load_shipped(parse_csv(BRANCHES.read_text(encoding="utf-8")), uow)
    load_texts(uow)
