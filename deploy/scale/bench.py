"""``./dev bench scale [searches] [--explain]``: how long the services look for their rows in a province on file.

What is timed is what an entrypoint does between parsing and answering: a READ ONLY transaction is opened, the use case
runs against the platform's own database, and the answer is dumped through its schema; in this process, so neither the
broker nor other requests are in the figure. Of signing in it is the look for
the account, without argon2. ``searches``: only those of activities. Exit code 1: a p95 is above the limit.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from deploy.local.layout import ROOT
from deploy.local.platform import Platform
from deploy.scale.asking import LIMIT_MS, AskPage, Case, Side, Work, explained, measured, pages
from deploy.scale.people import person
from deploy.scale.searches import searching_for
from services.activity.repository import ActivityUnitOfWork
from services.activity.settings import ActivitySettings
from services.chassis.context import Caller
from services.identity.repository import IdentityUnitOfWork
from services.identity.settings import IdentitySettings
from services.organization import commands
from services.organization.domain import DEFINITIONS
from services.organization.repository import OrganizationUnitOfWork
from services.organization.schemas import reports, reviews, tree
from services.organization.settings import OrganizationSettings
from services.organization.use_cases import memberships as members
from services.organization.use_cases import reviews as reviewing
from services.organization.use_cases import supervision
from services.organization.use_cases import tree as looking


def main(arguments: list[str]) -> int:
    """Time every case; answers 1 if one is too slow."""
    platform = Platform(ROOT / ".run")
    slow = 0
    for side, caller, cases in _searches(platform) if "searches" in arguments else _lists(platform):
        for case in cases:
            slow += measured(side, caller, case) > LIMIT_MS
            if "--explain" in arguments:
                print("\n".join(f"    {line}" for line in explained(side, caller, case)))
    print(f"limit: p95 {LIMIT_MS:.0f} ms; {slow} above it" if slow else f"every p95 is below {LIMIT_MS:.0f} ms")
    return 1 if slow else 0


def _lists(platform: Platform) -> Iterator[tuple[Side, Caller, Iterable[Case]]]:
    identity = Side(platform, "identity", IdentityUnitOfWork, IdentitySettings)
    yield identity, Caller(), signing_in(identity)
    organization = Side(platform, "organization", OrganizationUnitOfWork, OrganizationSettings)
    for caller, cases in looking_at(organization):
        yield organization, caller, cases


def _searches(platform: Platform) -> Iterator[tuple[Side, Caller, Iterable[Case]]]:
    activity = Side(platform, "activity", ActivityUnitOfWork, ActivitySettings)
    for caller, cases in searching_for(activity):
        yield activity, caller, cases


def signing_in(side: Side) -> list[Case]:
    """The three names that people sign in with, each a random one of those on file."""
    (volunteers,) = side.one("SELECT count(*) FROM volunteer WHERE region LIKE '44%'")
    (account_name,) = side.one("SELECT account_name FROM account WHERE account_name LIKE 'scale-%' LIMIT 1")
    chance = random.Random(3)

    def somebody() -> Any:
        return person(chance.randrange(volunteers))

    def named(name: Callable[[], str]) -> Work:
        def work(uow: Any) -> None:
            if uow.accounts.named(name()) is None:
                raise AssertionError("somebody on file was not found")

        return work

    return [
        Case("sign-in: account by phone", named(lambda: somebody().phone)),
        Case("sign-in: account by certificate number", named(lambda: somebody().cert_no)),
        Case("sign-in: account by account name", named(lambda: account_name)),
    ]


def looking_at(side: Side) -> Iterator[tuple[Caller, list[Case]]]:
    """The root's, a city's and a leaf's owner, at what is theirs."""
    root = _owner(side, "o.kind = 'province' AND o.status = 'active'")
    city = _owner(side, "o.kind = 'city' AND o.status = 'active'")
    leaf = _owner(
        side,
        "o.id = (SELECT m.organization_id FROM membership m WHERE m.status = 'pending'"
        " AND NOT EXISTS (SELECT FROM organization c WHERE c.parent_id = m.organization_id)"
        " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)",
    )
    for who, (caller, id_), below in (("root", root, True), ("city", city, True), ("leaf", leaf, False)):
        counts = _asked(reviewing.count_reviews, commands.CountReviews(), reviews.ReviewCounts)
        inboxes = [Case(f"{who}: GET /reviews", counts), *_inboxes(who)]
        lists = pages(side, caller, f"{who}: GET …/members", _members_of(id_, include_below=below), tree.MemberPage())
        if below:
            lists += pages(side, caller, f"{who}: GET …/tree", _tree_of(id_), tree.TreePage())
        yield caller, [*inboxes, *lists, *(_supervision(who, id_) if below else [])]


def _owner(side: Side, condition: str) -> tuple[Caller, str]:
    account_id, organization_id = side.one(
        "SELECT a.account_id::text, o.id::text FROM organization o JOIN administrator a ON a.organization_id = o.id"
        f" WHERE a.active AND a.role = 'owner' AND {condition} LIMIT 1"
    )
    return Caller(kind="administrator", account_id=account_id), organization_id


def _inboxes(who: str) -> list[Case]:
    def query(kind: str) -> commands.ListReviews:
        return commands.ListReviews(kind=kind, status="pending", limit=20, cursor=None)

    listing = reviewing.list_membership_reviews, reviewing.list_organization_reviews
    answers = reviews.MembershipReviewPage, reviews.OrganizationReviewPage
    return [
        Case(f"{who}: GET /reviews/{kind}", _asked(use_case, query(kind), answer))
        for kind, use_case, answer in zip(("memberships", "organizations"), listing, answers, strict=True)
    ]


def _members_of(id_: str, *, include_below: bool) -> AskPage:
    def ask(uow: Any, cursor: str | None) -> Any:
        asked = {"organization_id": id_, "include_below": include_below, "limit": 100}
        query = tree.ListMembers().parse(asked if cursor is None else {**asked, "cursor": cursor})
        return members.list_members(query, uow)

    return ask


def _tree_of(id_: str) -> AskPage:
    def ask(uow: Any, cursor: str | None) -> Any:
        return looking.list_tree(commands.ListTree(organization_id=id_, depth=None, limit=100, cursor=cursor), uow)

    return ask


def _supervision(who: str, id_: str) -> list[Case]:
    return [
        Case(
            f"{who}: GET /supervision (all indicators)",
            _asked(supervision.get_supervision, commands.GetSupervision(organization_id=id_), reports.Supervision),
        ),
        *(
            Case(
                f"{who}: GET /supervision/{indicator}/…",
                _asked(
                    supervision.list_indicator_organizations,
                    commands.ListIndicatorOrganizations(organization_id=id_, indicator=indicator),
                    reports.ContributionPage,
                ),
            )
            for indicator in DEFINITIONS
        ),
    ]


def _asked(use_case: Callable[[Any, Any], Any], query: Any, answer: Callable[[], Any]) -> Work:
    dumper = answer()
    return lambda uow: dumper.dump(use_case(query, uow))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
