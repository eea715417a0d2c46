"""Sub-platforms that wait for an approval."""

from __future__ import annotations

from services.chassis.schema import PageRequest, page_of
from services.organization.commands import sites as commands
from services.organization.schemas.reports import Site


class ListWaitingSites(PageRequest):
    """``GET /sites/waiting``."""

    class Meta:
        command = commands.ListWaitingSites


SitePage = page_of(Site)
