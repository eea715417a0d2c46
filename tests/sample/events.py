"""What the sample service tells the others (it listens to itself)."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.events import Event


@dataclass(frozen=True, kw_only=True)
class NoteWritten(Event):
    """A note was written."""

    type = "note.written"
    subject_field = "note_id"

    note_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class NoteIgnored(Event):
    """Nobody listens to this one, and nobody has to."""

    type = "note.ignored"
    subject_field = "note_id"
    mandatory = False

    note_id: str


@dataclass(frozen=True, kw_only=True)
class NoteUnheard(Event):
    """Somebody should listen to this one, and nobody does yet."""

    type = "note.unheard"
    subject_field = "note_id"

    note_id: str
