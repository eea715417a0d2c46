"""What card answers."""

from __future__ import annotations

from gateway.routing import Route

ROUTES: list[Route] = []
