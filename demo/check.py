"""Expectations: each is a sentence, shown with a tick or a cross, and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape

from demo.client import Refusal, Refused, wait_for

T = TypeVar("T")


class Abandoned(Exception):
    """A part cannot go on; the message says what it lacks."""


@dataclass
class Checks:
    """The expectations of one part. Nothing that was expected and is not so stops it; what it builds on does."""

    console: Console
    passed: int = 0
    failures: list[str] = field(default_factory=list)

    def tell(self, what: str) -> None:
        """What is happening now."""
        self.console.print(f"  [dim]{escape(what)}[/dim]")

    def that(self, is_so: object, sentence: str, *, seen: object = None) -> bool:
        """``sentence`` is true. ``seen`` explains a failure; it never holds what identifies a real person."""
        if is_so:
            self.passed += 1
            self.console.print(f"  [green]✓[/green] {escape(sentence)}")
        else:
            explained = sentence if seen is None else f"{sentence} (seen: {seen})"
            self.failures.append(explained)
            self.console.print(f"  [bold red]✗ {escape(explained)}[/bold red]")
        return bool(is_so)

    def equal(self, actual: object, expected: object, sentence: str) -> bool:
        """``actual`` is ``expected``."""
        return self.that(actual == expected, sentence, seen=f"{actual!r}, expected {expected!r}")

    def eventually(self, look: Callable[[], T], sentence: str) -> T:
        """``look()`` becomes truthy in a while; answers what it last was. News travels by events."""
        with self.console.status(f"  waiting: {escape(sentence)}"):
            answer: T = wait_for(look)
        self.that(answer, sentence, seen=None if answer else f"{answer!r} at last")
        return answer

    def refused(
        self,
        attempt: Callable[[], Any],
        sentence: str,
        *,
        status: int,
        code: str,
        field: str | None = None,
    ) -> Refusal | None:
        """``attempt()`` is refused like this; with ``field``, ``code`` is that of the field."""
        try:
            attempt()
        except Refused as refused:
            refusal = refused.refusal
            found = refusal.code if field is None else refusal.fields.get(field)
            self.that((refusal.status, found) == (status, code), f"{sentence}: {code}", seen=refusal)
            return refusal
        self.that(False, f"{sentence}: {code}", seen="it was taken")
        return None


def needed(value: T | None, what: str) -> T:
    """``value``, which an earlier part has made; raises :class:`Abandoned` if it has not."""
    if value is None:
        raise Abandoned(f"it needs {what}, which an earlier part should have made")
    return value


def at_once(work: Callable[[Any], T], items: Iterable[Any], *, hands: int = 12) -> list[T]:
    """``work`` done for every item, several at a time; the results in the items' order."""
    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(work, items))
