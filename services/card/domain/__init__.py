"""The rules of the volunteer card: who issues it and where, who may have it, and which way an application goes.

Why this module exists: these are the rules that the notice, the banks and the law of personal information made. It is
plain Python: no database, no clock, no broker.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from services.card.errors import AdultRequired, BirthDateRequired, ConsentRequired
from services.chassis.clock import age_on
from services.chassis.errors import IllegalTransition


class Bank(StrEnum):
    """An issuing bank (notice, attachment 3)."""

    BOC = "boc"
    CEB = "ceb"


BANK_NAMES: dict[Bank, str] = {Bank.BOC: "中国银行", Bank.CEB: "中国光大银行"}
# What clients, people and the notice call them.
BANK_ALIASES: dict[str, Bank] = {
    "boc": Bank.BOC,
    "ceb": Bank.CEB,
    "中国银行": Bank.BOC,
    "中国光大银行": Bank.CEB,
    "光大银行": Bank.CEB,
}
# The banks' public customer service numbers.
HOTLINES: dict[Bank, str] = {Bank.BOC: "95566", Bank.CEB: "95595"}
HOTLINE_NAME = "客服热线"


class CardType(StrEnum):
    """Debit or credit; the branch contacts differ."""

    DEBIT = "debit"
    CREDIT = "credit"


CARD_TYPE_NAMES: dict[CardType, str] = {CardType.DEBIT: "借记卡", CardType.CREDIT: "贷记卡"}


def bank_called(word: str) -> Bank | None:
    """The bank with this code or Chinese name."""
    return BANK_ALIASES.get(word)


# statuses ---------------------------------------------------------------------------------------------------------


class Status(StrEnum):
    """Where an application is (DESIGN.md, 6. States)."""

    SUBMITTED = "submitted"
    ROUTED = "routed"
    CONTACTED = "contacted"
    APPROVED = "approved"
    PRODUCED = "produced"
    DELIVERED = "delivered"
    ACTIVATED = "activated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


STATUS_NAMES: dict[Status, str] = {
    Status.SUBMITTED: "已提交",
    Status.ROUTED: "已转交银行",
    Status.CONTACTED: "银行已联系",
    Status.APPROVED: "银行已批准",
    Status.PRODUCED: "已制卡",
    Status.DELIVERED: "已寄达",
    Status.ACTIVATED: "已激活",
    Status.REJECTED: "银行未批准",
    Status.CANCELLED: "已取消",
    Status.EXPIRED: "已过期",
}

_WAY = [
    Status.SUBMITTED,
    Status.ROUTED,
    Status.CONTACTED,
    Status.APPROVED,
    Status.PRODUCED,
    Status.DELIVERED,
    Status.ACTIVATED,
]
BANK_STATUSES = (*_WAY[_WAY.index(Status.CONTACTED) :], Status.REJECTED)
"""What a bank may report."""
FINAL = frozenset({Status.ACTIVATED, Status.REJECTED, Status.CANCELLED, Status.EXPIRED})
OPEN = tuple(status for status in Status if status not in FINAL)
WITHDRAWABLE = frozenset({Status.SUBMITTED, Status.ROUTED, Status.CONTACTED, Status.APPROVED})
"""Once the card is made there is nothing left to withdraw; the cardholder closes the account at the bank."""
WITHOUT_CARD = frozenset({Status.REJECTED, Status.CANCELLED, Status.EXPIRED})
"""Ends after which one applies again."""


def after_report(current: Status, reported: Status) -> Status:
    """The status after a bank's report.

    Banks may skip steps: not every system of theirs knows all of them. What is repeated, would go backwards, or comes
    after the end changes nothing, since messages may come late and twice (DESIGN.md, 6).
    """
    if reported not in BANK_STATUSES:
        raise IllegalTransition(current=current.value, attempted=reported.value)
    if current in FINAL:
        return current
    if reported is Status.REJECTED:
        return reported
    return reported if _WAY.index(reported) > _WAY.index(current) else current


def route(current: Status) -> Status:
    """An application that was sealed goes to the bank."""
    if current is not Status.SUBMITTED:
        raise IllegalTransition(current=current.value, attempted=Status.ROUTED.value)
    return Status.ROUTED


def cancel(current: Status) -> Status:
    """The applicant withdraws; raises ``IllegalTransition`` once the card is made, or at the end."""
    return _ended_before_the_card(current, Status.CANCELLED)


def expire(current: Status) -> Status:
    """Nothing has come of it for long; raises ``IllegalTransition`` once the card is made, or at the end."""
    return _ended_before_the_card(current, Status.EXPIRED)


def _ended_before_the_card(current: Status, end: Status) -> Status:
    if current not in WITHDRAWABLE:
        raise IllegalTransition(current=current.value, attempted=end.value)
    return end


def delay_before_sealing_again(attempts: int) -> timedelta:
    """How long an application waits after its n-th failed attempt: 10 s, then twice as long, at most 10 minutes."""
    return min(timedelta(seconds=10 * 2 ** (min(attempts, 10) - 1)), timedelta(minutes=10))


# application numbers ----------------------------------------------------------------------------------------------

_PREFIX = "ZY"
_MODULUS = 97


def application_number(year: int, serial: int) -> str:
    """``ZY`` + year + serial (8 digits or more) + 2 check digits (ISO 7064, MOD 97-10).

    People read it out on the phone: a wrong digit and two that changed places are found at once.
    """
    body = f"{year:04d}{serial:08d}"
    check = (_MODULUS + 1) - int(body) * 100 % _MODULUS
    return f"{_PREFIX}{body}{check:02d}"


def is_application_number(text: str) -> bool:
    """Whether ``text`` is well formed and its check digits are right."""
    digits = text.removeprefix(_PREFIX)
    well_formed = text.startswith(_PREFIX) and len(digits) >= 14 and digits.isascii() and digits.isdigit()
    return well_formed and int(digits) % _MODULUS == 1


# who may have one -------------------------------------------------------------------------------------------------


def needs_guardian(
    card_type: CardType, birth_date: date | None, today: date, *, credit_from: int, guardian_below: int
) -> bool:
    """Whether a guardian has to agree, and to come to the branch along: for a young applicant's debit card.

    Raises ``AdultRequired`` for a credit card, which a guardian cannot help to, and ``BirthDateRequired``.
    """
    if birth_date is None:
        raise BirthDateRequired()
    age = age_on(today, birth_date)
    if card_type is CardType.CREDIT and age < credit_from:
        raise AdultRequired(min_age=credit_from)
    return age < guardian_below


class GivenBy(StrEnum):
    """Whose consent it is."""

    ONESELF = "oneself"
    GUARDIAN = "guardian"


def require_consent(bank: Bank, version: str | None, recipient: str | None, current_version: str) -> None:
    """A consent counts for the text in force and the bank that it names (PIPL 23)."""
    if version != current_version or recipient is None or bank_called(recipient) is not bank:
        raise ConsentRequired(bank=bank.value, bank_name=BANK_NAMES[bank], version=current_version)
