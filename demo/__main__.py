"""``./dev demo [NOTICE.TXT]``: the journey against the running platform; ends 1 if an expectation failed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from demo.journey import walk

ACCESS = Path(__file__).resolve().parents[1] / ".run" / "access.json"


def main(arguments: list[str] | None = None) -> int:
    """Walk; answers the exit code."""
    parser = argparse.ArgumentParser(prog="./dev demo", description="The notice's whole journey, checked step by step.")
    parser.add_argument("notice", nargs="?", type=Path, help="the notice's text, whose branch contacts are imported")
    parser.add_argument("--access", type=Path, default=ACCESS, help="where the platform says how it is reached")
    given = parser.parse_args(arguments)
    for file in filter(None, (given.notice, given.access)):
        if not file.is_file():
            parser.error(f"there is no file {file}")
    console = Console(highlight=False, soft_wrap=True)
    outcomes = walk(json.loads(given.access.read_text(encoding="utf-8")), given.notice, console)
    failures = [(outcome.title, failure) for outcome in outcomes for failure in outcome.failures]
    for title, failure in failures:
        console.print(f"[bold red]✗[/bold red] {escape(title)}: {escape(failure)}")
    console.print(
        "[bold red]not all is as expected[/bold red]" if failures else "[bold green]all as expected[/bold green]"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
