"""A unit that proposes a group card, and the members who answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.use_cases import group_proposals, group_replies, group_visits, visit_reports
from services.chassis.context import Caller
from tests.service.card.conftest import CURRENT_VERSION, Card, administrator

IN_A_WEEK = date(2026, 3, 9)
CONSENT = commands.GivenConsent(version=CURRENT_VERSION, recipient="boc")


class Unit:
    """A unit with a team below it and thirty-one volunteers, half of them in the team."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.root = card.organization()
        self.id = card.organization(self.root)
        self.team = card.organization(self.root, self.id)
        self.members = [card.volunteer((self.id, self.team)[n % 2]) for n in range(31)]
        self.ids = [str(member.volunteer_id) for member in self.members]

    def propose(self, caller: Caller | None = None, **changed: Any) -> dict[str, Any]:
        """POST /card/group-applications."""
        values: dict[str, Any] = {
            "organization_id": self.id,
            "region": "440100",
            "bank": Bank.BOC,
            "card_type": CardType.DEBIT,
            "volunteer_ids": self.ids,
            "address": "越秀区示例路2号",
            "preferred_dates": [IN_A_WEEK],
            "contact": commands.GroupContact(name="联系人甲", phone="13900000099"),
            **changed,
        }
        with self.card.units(caller or administrator(self.id)) as uow:
            return group_proposals.apply_as_group(commands.ApplyAsGroup(**values), uow)

    def consent(self, member: Caller, group_id: str, **changed: Any) -> dict[str, Any]:
        """POST /me/card-group-proposals/{id}/consent."""
        values: dict[str, Any] = {
            "consent": CONSENT,
            "address": None,
            "clothing_size": None,
            "guardian": None,
            **changed,
        }
        with self.card.units(member) as uow:
            return group_replies.consent_to_group(commands.ConsentToGroup(group_id=group_id, **values), uow)

    def refuse(self, member: Caller, group_id: str) -> dict[str, Any]:
        """POST /me/card-group-proposals/{id}/refusal."""
        with self.card.units(member) as uow:
            return group_replies.refuse_group(commands.OneProposal(group_id=group_id), uow)

    def groups(self, caller: Caller | None = None) -> list[dict[str, Any]]:
        """GET /organizations/{id}/card-groups."""
        query = commands.ListGroups(organization_id=self.id, limit=20, cursor=None)
        with self.card.units.factory(caller or administrator(self.id)).reading() as uow:
            return list(group_proposals.list_groups(query, uow)["items"])

    def visit(self, group_id: str, status: str, caller: Caller | None = None, **given: Any) -> dict[str, Any]:
        """POST /card/group-applications/{id}/visit."""
        values = {"visit_on": None, "reason": None, **given}
        with self.card.units(caller or administrator(self.id)) as uow:
            command = commands.ChangeVisit(group_id=group_id, status=status, **values)
            return visit_reports.change_visit_by_unit(command, uow)

    def pass_deadlines(self) -> int:
        """The timer."""
        with self.card.units() as uow:
            return group_visits.end_overdue_groups(uow)

    def told(self, event: str) -> list[dict[str, Any]]:
        """What was published of this kind."""
        return [each["data"] for each in self.card.units.published(event)]
