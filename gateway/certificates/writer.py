"""Writes certificates as PDF: ``python -m gateway.certificates.writer``.

Why this module exists: cutting a Chinese font and setting pages takes the processor for half a second and more, in
which the gateway would answer nobody. So it is a process of its own. It reads one JSON document from standard input,

    {"fonts": [path, …], "certificates": [{"document": …, "url": …}, …]}

and writes for each certificate, in this order, the PDF's length (8 bytes, big-endian) and the PDF.
"""

from __future__ import annotations

import logging
import resource
import sys
import tempfile
from pathlib import Path
from typing import IO

import orjson

from gateway.certificates import pages
from gateway.certificates.fonts import fit

LENGTH_BYTES = 8
_MEMORY = 1_000_000_000  # bytes of address space


def main() -> int:
    """Read, write, end."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    logging.disable(logging.WARNING)  # what a library says of a text may show the text
    write_all(sys.stdin.buffer.read(), sys.stdout.buffer)
    return 0


def write_all(order: bytes, out: IO[bytes]) -> None:
    """All PDFs of an order. The fonts are cut once for all of them: that is what takes long."""
    asked = orjson.loads(order)
    documents = [each["document"] for each in asked["certificates"]]
    with tempfile.TemporaryDirectory() as folder:
        characters = set().union(*map(pages.characters_of, documents))
        fonts = fit([Path(path) for path in asked["fonts"]], characters, Path(folder))
        for each in asked["certificates"]:
            pdf = pages.write(each["document"], each["url"], fonts)
            out.write(len(pdf).to_bytes(LENGTH_BYTES, "big") + pdf)


if __name__ == "__main__":
    sys.exit(main())
