"""Organization's figures."""

from __future__ import annotations

from prometheus_client import Counter

ORGANIZATIONS_REGISTERED = Counter("zhiyuan_organization_registered", "Organizations registered, by kind", ["kind"])
REVIEWS_OPENED = Counter(
    "zhiyuan_organization_reviews_opened",
    "Memberships and organizations that came up for review; minus those decided: what is waiting",
    ["kind"],
)
REVIEWS_DECIDED = Counter(
    "zhiyuan_organization_reviews_decided", "Reviews decided, by kind and outcome", ["kind", "outcome"]
)
REVIEWS_ESCALATED = Counter(
    "zhiyuan_organization_reviews_escalated",
    "Reviews that nobody decided in time, each time another organization above was told, by kind",
    ["kind"],
)
