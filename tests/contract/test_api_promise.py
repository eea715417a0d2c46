"""What API.md promises to frontends (``api-paths.txt`` beside this file) is there, under the very same addresses."""

from __future__ import annotations

import re
from pathlib import Path

from gateway import openapi
from gateway.routes import ALL_ROUTES, DEVELOPMENT_ROUTES

PROMISED = Path(__file__).with_name("api-paths.txt").read_text(encoding="utf-8").split("\n")


def documented() -> set[str]:
    paths = openapi.document([*ALL_ROUTES, *DEVELOPMENT_ROUTES])["paths"]
    return {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path).removeprefix('/v1')}"
        for path, operations in paths.items()
        for method in operations
    }


def test_every_promised_path_is_in_the_document() -> None:
    promised = {line.strip() for line in PROMISED if line.strip()}
    assert promised - documented() == set()
