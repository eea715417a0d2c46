"""The sample service: a command, a query, a saga, an event handler, a timer and a sweep."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.context import Caller
from services.chassis.entrypoints import ClockDependency, UnitsOfWork, command, every, on, query, saga, sweep
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.rpc_client import ServiceClient
from services.chassis.schema import Answer, EmptyAnswer, Id, Request, Text, whole_number
from services.chassis.settings import ServiceSettings
from services.chassis.unit_of_work import UnitOfWork
from tests.sample.events import NoteIgnored, NoteUnheard, NoteWritten
from tests.sample.models import Note


class WriteNote(Request):
    """A note to write."""

    text = Text(max=100)


class NoteId(Request):
    """Which note."""

    note_id = Id(required=True)


class Wait(Request):
    """How long to keep a worker busy, in tenths of a second."""

    tenths = whole_number(min=0, max=100)


class NoteAnswer(Answer):
    """A note."""

    note_id = Id(attribute="id")
    text = Text(max=100)
    copies = whole_number()


class WhoAmI(Answer):
    """The caller as the service sees it."""

    kind = Text(max=20)
    account_id = Text(max=100)
    request_id = Text(max=100)


@dataclass(frozen=True, kw_only=True)
class SampleSettings(ServiceSettings):
    """Nothing of its own."""


class SampleService:
    """One of everything."""

    name = "sample"
    settings_class = SampleSettings
    unit_of_work = UnitsOfWork(UnitOfWork)
    clock = ClockDependency()
    sample = ServiceClient("sample")
    nowhere = ServiceClient("nowhere")

    @command(WriteNote, NoteAnswer)
    def write_note(self, command: dict[str, str], uow: UnitOfWork) -> Note:
        note = Note(id=new_id(), text=command["text"], copies=0)
        uow.session.add(note)
        uow.publish(NoteWritten(note_id=note.id, text=note.text), version=1)
        uow.publish(NoteIgnored(note_id=note.id), version=1)
        if note.text == "unheard":
            uow.publish(NoteUnheard(note_id=note.id), version=1)
        if note.text == "broken":
            raise RuntimeError("the command fails after it has written")
        return note

    @query(NoteId, NoteAnswer)
    def get_note(self, query: dict[str, str], uow: UnitOfWork) -> Note:
        note = uow.session.get(Note, query["note_id"])
        if note is None:
            raise NotFound(what="note")
        return note

    @query(Request, WhoAmI)
    def who_am_i(self, query: dict[str, str], uow: UnitOfWork) -> Caller:
        return uow.caller

    @query(Wait, EmptyAnswer)
    def wait(self, query: dict[str, int], uow: UnitOfWork) -> None:
        uow.session.execute(sa.select(sa.func.pg_sleep(query["tenths"] / 10)))

    @saga(Request, WhoAmI)
    def ask_oneself(self, command: dict[str, str]) -> dict[str, str]:
        answer: dict[str, str] = self.sample.call("who_am_i", {})
        return answer

    @saga(WriteNote, NoteAnswer)
    def write_note_in_steps(self, command: dict[str, str]) -> Note:
        with self.unit_of_work() as uow:
            uow.session.execute(sa.select(1))
        with self.unit_of_work() as uow:
            if uow.session.scalar(sa.select(Note.id).where(Note.text == command["text"])):
                raise NotFound(what="a text that nobody has written yet")
            note = Note(id=new_id(), text=command["text"], copies=0)
            uow.session.add(note)
            return note

    @saga(Request, EmptyAnswer)
    def ask_nobody(self, command: dict[str, str]) -> None:
        self.nowhere.call("anything", {}, deadline=0.3)

    @saga(Request, EmptyAnswer)
    def ask_inside_a_transaction(self, command: dict[str, str]) -> None:
        with self.unit_of_work():
            self.sample.call("who_am_i", {})

    @on(NoteWritten)
    def count_copy(self, event, uow):  # type: ignore[no-untyped-def]
        note = uow.session.get_one(Note, event.data.note_id, with_for_update=True)
        if note.text == "poison":
            raise ValueError("this event can never be handled")
        note.copies += 1

    @every(seconds=3600)
    def tick(self, uow: UnitOfWork) -> None:
        uow.session.execute(sa.select(1))

    @sweep(seconds=0.5)
    def sign_unsigned_notes(self) -> None:
        with self.unit_of_work() as uow:
            due = sa.select(Note).where(Note.text == "unsigned").with_for_update(skip_locked=True)
            ids = [note.id for note in uow.session.scalars(due)]
        for note_id in ids:
            signer = self.sample.call("who_am_i", {})
            with self.unit_of_work() as uow:
                note = uow.session.get_one(Note, note_id, with_for_update=True)
                note.text = f"signed by {signer['kind']} {uow.caller.account_id}"


SERVICE = SampleService
