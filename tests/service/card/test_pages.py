"""The page that the QR on a card's front opens: made, shown to strangers, closed, made anew, gone with the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.card import commands
from services.card.domain import Bank
from services.card.errors import CardNotInHand
from services.card.models import CardPage
from services.card.use_cases import pages
from services.chassis.audit import AUDIT_LOG
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import AppError, DeadlineExceeded, NotFound, Unavailable
from services.chassis.unit_of_work import in_transaction
from services.identity.events import VolunteerErased
from tests.service.card.conftest import Card

PERSON = {"volunteer_no": "440000000001", "name_masked": "测*者"}
HOURS = {"confirmed_minutes": 6_030, "star": 1}


@dataclass
class Elsewhere:
    """Another service as card sees it: one answer, or a refusal."""

    method: str
    answer: Mapping[str, Any] | AppError
    asked: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, request: dict[str, Any], *, deadline: float) -> Any:
        """Answer; never inside a transaction, and in less than the gateway waits."""
        assert method == self.method
        assert 0 < deadline <= 2
        assert not in_transaction()
        self.asked.append(request)
        if isinstance(self.answer, AppError):
            raise self.answer
        return self.answer


def holder(card: Card, organization_id: str | None = None) -> Caller:
    """A volunteer whose card was activated on 1 March 2026."""
    volunteer = card.volunteer(organization_id)
    activate(card, volunteer)
    return volunteer


def activate(card: Card, volunteer: Caller, bank: Bank = Bank.BOC, at: str = "2026-03-01T23:30:00+08:00") -> None:
    number = card.apply(volunteer, bank=bank)["application_no"]
    card.report(card.signed(bank, number, {"status": "activated", "at": at}))


def make(card: Card, caller: Caller) -> str:
    with card.units(caller) as uow:
        return str(pages.make_page(commands.MakeCardPage(), uow)["token"])


def own(card: Card, caller: Caller) -> dict[str, Any]:
    with card.units.factory(caller).reading() as uow:
        return pages.show_own_page(commands.ShowOwnCardPage(), uow)


def close(card: Card, caller: Caller) -> None:
    with card.units(caller) as uow:
        pages.close_page(commands.CloseCardPage(), uow)


def opened(
    card: Card,
    token: str,
    *,
    person: Mapping[str, Any] | AppError = PERSON,
    hours: Mapping[str, Any] | AppError = HOURS,
) -> dict[str, Any]:
    """What a stranger sees."""
    identity, attendance = Elsewhere("show_masked_volunteer", person), Elsewhere("sum_confirmed_hours", hours)
    query = commands.OpenCardPage(token=token)
    return pages.open_page(query, card.units.factory(ANONYMOUS), identity, attendance)


def test_a_stranger_sees_what_the_card_shows_and_nothing_else(card: Card) -> None:
    volunteer = holder(card, card.organization())

    assert opened(card, make(card, volunteer)) == {
        "volunteer_no": "440000000001",
        "name_masked": "测*者",
        "organization_name": "测试单位",
        "bank": "boc",
        "bank_name": "中国银行",
        "card_since": date(2026, 3, 1),
        "confirmed_minutes": 6_030,
        "star": 1,
    }


def test_there_is_no_page_before_somebody_asks_for_theirs_and_no_card_without_the_banks_word(card: Card) -> None:
    waiting, with_card = card.volunteer(), holder(card)
    card.apply(waiting)

    for volunteer in (waiting, with_card):
        with pytest.raises(NotFound):
            own(card, volunteer)
    with pytest.raises(CardNotInHand):
        make(card, waiting)
    token = make(card, with_card)
    assert (own(card, with_card)["token"], own(card, with_card)["created_at"]) == (token, card.clock.now())


def test_without_attendance_the_page_has_no_hours_and_without_identity_there_is_none(card: Card) -> None:
    token = make(card, holder(card))

    for failure in (DeadlineExceeded(), Unavailable()):
        page = opened(card, token, hours=failure)
        assert (page["confirmed_minutes"], page["star"], page["name_masked"]) == (None, None, "测*者")
    with pytest.raises(Unavailable):
        opened(card, token, person=Unavailable())


def test_a_new_address_replaces_the_old_one_and_a_closed_page_stays_closed_until_asked_for(card: Card) -> None:
    volunteer = holder(card)
    old = make(card, volunteer)
    new = make(card, volunteer)

    refusals = []
    for nowhere in (old, "x" * 43):
        with pytest.raises(NotFound) as refused:
            opened(card, nowhere)
        refusals.append(refused.value.to_problem("zh", ""))
    assert refusals[0] == refusals[1]
    assert opened(card, new)
    for _ in range(2):
        close(card, volunteer)
    with pytest.raises(NotFound):
        own(card, volunteer)
    with pytest.raises(NotFound) as closed:
        opened(card, new)
    assert closed.value.to_problem("zh", "") == refusals[0]
    assert opened(card, make(card, volunteer))


@pytest.mark.parametrize("status", ["suspended", "pending_review"])
def test_whoever_is_not_active_is_shown_to_nobody_until_they_are_again(card: Card, status: str) -> None:
    volunteer = holder(card)
    token = make(card, volunteer)
    card.volunteer(volunteer_id=str(volunteer.volunteer_id), status=status, version=2)

    with pytest.raises(NotFound):
        opened(card, token)
    with pytest.raises(CardNotInHand):
        make(card, volunteer)
    card.volunteer(volunteer_id=str(volunteer.volunteer_id), version=3)
    assert opened(card, token)


def test_what_identity_knows_sooner_than_the_copy_counts(card: Card) -> None:
    token = make(card, holder(card))
    with pytest.raises(NotFound) as refused:
        opened(card, token, person=NotFound(what="volunteer"))
    assert refused.value.data == {"what": "card page"}, "as if there had never been such a page"


def test_an_organization_that_was_left_or_disabled_is_not_named(card: Card) -> None:
    disabled = card.organization(status="disabled")
    volunteer = holder(card, disabled)
    token = make(card, volunteer)
    assert opened(card, token)["organization_name"] is None
    card.volunteer(card.organization(), volunteer_id=str(volunteer.volunteer_id), version=2)
    assert opened(card, token)["organization_name"] == "测试单位"


def test_of_two_cards_the_newest_is_shown(card: Card) -> None:
    volunteer = holder(card)
    token = make(card, volunteer)
    card.clock.advance(days=40)
    card.apply(volunteer, bank=Bank.CEB)
    assert opened(card, token)["bank"] == "boc", "the second is not made yet"
    number = card.mine(volunteer)[0]["application_no"]
    card.report(card.signed(Bank.CEB, number, {"status": "activated", "at": "2026-04-09T08:00:00+08:00"}))
    assert (opened(card, token)["bank"], opened(card, token)["card_since"]) == ("ceb", date(2026, 4, 9))


def test_a_stolen_row_opens_nothing_and_it_leaves_with_the_person(card: Card) -> None:
    volunteer = holder(card)
    token = make(card, volunteer)
    with card.units() as uow:
        row = uow.session.get_one(CardPage, volunteer.volunteer_id)
        assert token.encode() not in row.token_hash
        assert token not in row.token_sealed
    card.receive(
        VolunteerErased(volunteer_id=str(volunteer.volunteer_id), account_id=str(volunteer.account_id)), version=2
    )
    with card.units() as uow:
        assert uow.session.get(CardPage, volunteer.volunteer_id) is None
    with pytest.raises(NotFound):
        opened(card, token)


def test_what_is_made_and_closed_is_in_the_audit_log_and_a_look_is_not(card: Card) -> None:
    volunteer = holder(card)
    token = make(card, volunteer)
    opened(card, token)
    close(card, volunteer)
    close(card, volunteer)
    with card.units() as uow:
        told = uow.session.scalars(sa.select(AUDIT_LOG.c.action).order_by(AUDIT_LOG.c.id)).all()
    assert [action for action in told if action.startswith("card_page.")] == ["card_page.made", "card_page.closed"]
