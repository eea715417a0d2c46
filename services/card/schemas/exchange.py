"""Replays and reconciliation: what banks and platform administrators ask, and are answered."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank
from services.card.schemas.shared import Code, Untrimmed
from services.card.schemas.signed import Signed
from services.chassis.schema import (
    Answer,
    Day,
    Id,
    PageRequest,
    Request,
    Text,
    Timestamp,
    one_of,
    page_of,
    whole_number,
)

MAX_STATEMENT_BYTES = 8_000_000
"""A day of a hundred thousand applications."""


# replays ----------------------------------------------------------------------------------------------------------


class RequestReplay(Request):
    """``POST /card/partner-replays``, for platform administrators."""

    class Meta:
        command = commands.RequestReplay

    bank = Code(Bank, required=True)
    day = Day(required=True)


class RequestOwnReplay(Signed):
    """``POST /partner/card/replays``, as the gateway passes it on. The body itself is :class:`ReplayDay`."""

    class Meta:
        command = commands.RequestOwnReplay

    body_base64 = Text(min=0, max=10_000, required=True)


class ReplayDay(Request):
    """Which day a bank asks for again."""

    day = Day(required=True)


class Replay(Answer):
    """A day that is handed over again: how many messages, and how many of them still wait."""

    replay_id = Id()
    bank = fields.String()
    day = Day()
    messages = fields.Integer()
    waiting = fields.Integer()
    requested_at = Timestamp()


ReplayPage = page_of(Replay)


class ListReplays(PageRequest):
    """``GET /card/partner-replays``, for platform administrators."""

    class Meta:
        command = commands.ListReplays


# statements -------------------------------------------------------------------------------------------------------


class ShowStatement(Request):
    """``GET /card/statements/{bank}/{day}``, for platform administrators."""

    class Meta:
        command = commands.ShowStatement

    bank = one_of(Bank, required=True)
    day = Day(required=True)


class StatementOfDay(Request):
    """``GET /partner/card/reconciliations/{day}``, as a bank sends it; what is signed is its path."""

    day = Day(required=True)


class FetchStatement(Signed):
    """The same, as the gateway passes it on."""

    class Meta:
        command = commands.FetchStatement

    day = Day(required=True)
    path = Text(max=200, required=True)


class HandInStatement(Signed):
    """``POST /partner/card/reconciliations/{day}``, as the gateway passes it on. The body is :class:`BankStatement`."""

    class Meta:
        command = commands.HandInStatement

    day = Day(required=True)
    body_base64 = Text(min=0, max=MAX_STATEMENT_BYTES * 4 // 3 + 4, required=True)


class Manifest(Request):
    """What a statement holds; ``sha256`` is over the CSV's UTF-8 bytes."""

    class Meta:
        command = commands.Manifest

    bank = one_of(Bank, required=True)
    day = Day(required=True)
    rows = whole_number(min=0, max=100_000, required=True)
    sha256 = Text(min=64, max=64, required=True)
    made_at = Timestamp(required=True)


class BankStatement(Request):
    """A statement: ``csv`` has the columns application_no, status, at."""

    class Meta:
        command = commands.BankStatement

    manifest = fields.Nested(Manifest, required=True)
    csv = Untrimmed(max=MAX_STATEMENT_BYTES, required=True)


class StatementManifest(Answer):
    """What a statement holds."""

    bank = fields.String()
    day = Day()
    rows = fields.Integer()
    sha256 = fields.String()
    made_at = Timestamp()


class Statement(Answer):
    """Every application that was handed over on a day: number, status, since when. Nothing that names a person."""

    manifest = fields.Nested(StatementManifest)
    csv = fields.String()


class Difference(Answer):
    """One application; a side that does not have it says null."""

    application_no = fields.String()
    why = fields.String()
    ours = fields.String(allow_none=True)
    theirs = fields.String(allow_none=True)


class StatementCompared(Answer):
    """How a bank's statement compares; the first hundred differences by number."""

    bank = fields.String()
    day = Day()
    rows = fields.Integer()
    differences = fields.Integer()
    items = fields.List(fields.Nested(Difference))


class ListReconciliations(PageRequest):
    """``GET /card/reconciliations``, for platform administrators."""

    class Meta:
        command = commands.ListReconciliations


class Reconciliation(Answer):
    """A bank's last statement of a day."""

    bank = fields.String()
    day = Day()
    rows = fields.Integer()
    sha256 = fields.String()
    made_at = Timestamp()
    received_at = Timestamp()
    differences = fields.Integer()


ReconciliationPage = page_of(Reconciliation)


class ListDifferences(PageRequest):
    """``GET /card/reconciliation-differences``, for platform administrators."""

    class Meta:
        command = commands.ListDifferences

    bank = one_of(Bank, load_default=None)
    day = Day(load_default=None)


class DifferenceOfDay(Difference):
    """One application, and the bank and day whose statement it is about."""

    bank = fields.String()
    day = Day()


DifferencePage = page_of(DifferenceOfDay)
