"""What organization reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.settings import ServiceSettings, setting
from services.organization.domain import host_name


def _names(text: str) -> tuple[str, ...]:
    return tuple(host_name(name) for name in text.split(",") if name.strip())


def _days(text: str) -> int:
    if (days := int(text)) < 1:
        raise ValueError("at least one day")
    return days


@dataclass(frozen=True, kw_only=True)
class OrganizationSettings(ServiceSettings):
    """The looks of the main site, for every Host that is no sub-platform's, and how long a review may wait."""

    site_title: str = setting("ZHIYUAN_SITE_TITLE", "The main site's title.", default="志愿者平台")
    site_color: str = setting("ZHIYUAN_SITE_COLOR", "The main site's primary colour, #rrggbb.", default="#c8102e")
    main_domains: tuple[str, ...] = setting(
        "ZHIYUAN_MAIN_DOMAINS",
        "The main site's own domains, with commas between; no sub-platform can take them.",
        parse=_names,
        default=(),
    )
    base_domains: tuple[str, ...] = setting(
        "ZHIYUAN_SITE_BASE_DOMAINS",
        "The platform's own domains, with commas between; a sub-platform below one of them needs no approval.",
        parse=_names,
        default=(),
    )
    invitation_days: int = setting(
        "ZHIYUAN_ADMINISTRATOR_INVITATION_DAYS",
        "For how many days an invitation to become an administrator can be answered.",
        parse=int,
        default=14,
    )
    escalation_working_days: int = setting(
        "ZHIYUAN_ORGANIZATION_ESCALATION_WORKING_DAYS",
        "Working days that a review may wait before the organization above is told, and after as many the next.",
        parse=_days,
        default=5,
    )


SETTINGS = OrganizationSettings
