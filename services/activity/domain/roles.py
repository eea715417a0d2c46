"""What a role at an organization, or above it, allows with its activities (API.md, column "Who")."""

from __future__ import annotations

ANY_ROLE = ("owner", "reviewer", "organizer", "recorder", "viewer")
RUNS_ACTIVITIES = ("owner", "organizer")
IS_ON_THE_SPOT = ("owner", "organizer", "recorder")
