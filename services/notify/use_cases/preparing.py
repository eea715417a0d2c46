"""From rows that are due to messages that can go: to whom, in which words, and whether now.

Why this module exists: what a thousand messages need is asked in a handful of queries, and the same words are made
once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.chassis.clock import SHANGHAI
from services.chassis.crypto import CannotDecrypt
from services.chassis.logs import get_logger
from services.notify.domain import Channel, ErrorClass, next_day, segments
from services.notify.due_messages import DueMessage
from services.notify.models import ContactPoint
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES
from services.notify.use_cases.handing_over import Outgoing, Words
from services.notify.use_cases.queueing import unseal

log = get_logger(__name__)


@dataclass(frozen=True)
class Refusal:
    """Why a message cannot go, and what that means for the next attempt."""

    due: DueMessage
    error_class: ErrorClass
    reason: str


@dataclass
class Prepared:
    """What is to be done with each of the messages that were due."""

    outgoing: list[Outgoing] = field(default_factory=list)
    held: dict[tuple[str, datetime], list[str]] = field(default_factory=lambda: defaultdict(list))
    unwanted: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def prepare(uow: NotifyUnitOfWork, due: Sequence[DueMessage]) -> Prepared:
    """Sort them, and take from the organizations' budgets what is going to be sent."""
    people = _People(uow, due)
    prepared = Prepared()
    morning = uow.settings.quiet_hours.end_of(uow.clock.now()) if uow.settings.quiet_hours else None
    for message in due:
        if morning is not None and message.can_wait:
            prepared.held[("quiet_hours", morning)].append(message.id)
        else:
            _sort(uow, message, people, prepared)
    prepared.outgoing = _within_budget(uow, prepared)
    return prepared


class _People:
    """Who the readers are, and what they do not want; and the words that were made for one of them already."""

    def __init__(self, uow: NotifyUnitOfWork, due: Iterable[DueMessage]) -> None:
        accounts = {message.account_id for message in due if message.account_id is not None}
        volunteers = {message.volunteer_id for message in due if message.volunteer_id is not None}
        contacts = uow.contacts.of_all(accounts, volunteers) if accounts or volunteers else []
        self._by_account = {contact.account_id: contact for contact in contacts}
        self._by_volunteer = {contact.volunteer_id: contact for contact in contacts}
        self._switched_off = uow.preferences.switched_off_by(self._by_account.keys()) if contacts else set()
        self._words: dict[Any, Words] = {}

    def contact(self, message: DueMessage) -> ContactPoint | None:
        if message.account_id is not None:
            return self._by_account.get(message.account_id)
        return self._by_volunteer.get(message.volunteer_id) if message.volunteer_id is not None else None

    def want(self, message: DueMessage, contact: ContactPoint | None) -> bool:
        return contact is None or (contact.account_id, message.template, message.channel) not in self._switched_off

    def words(self, message: DueMessage, locale: str, parameters: Mapping[str, str]) -> Words:
        key = (message.template, message.channel, locale, tuple(sorted(parameters.items())))
        if key not in self._words:
            template = TEMPLATES[message.template]
            text = template.render(locale, parameters)
            read = tuple(sorted(template.words(locale, parameters).items()))
            charged = segments(text) if message.channel == Channel.SMS else None
            self._words[key] = Words(message.template, locale, read, text, charged)
        return self._words[key]


def _sort(uow: NotifyUnitOfWork, message: DueMessage, people: _People, prepared: Prepared) -> None:
    contact = people.contact(message)
    if message.expires_at is not None and message.expires_at <= uow.clock.now():
        prepared.refusals.append(Refusal(message, ErrorClass.PERMANENT, "stale"))
    elif not people.want(message, contact):
        prepared.unwanted.append(message.id)
    else:
        try:
            _address(uow, message, contact, people, prepared)
        except (CannotDecrypt, KeyError, ValueError):  # it would be the first in line again and again
            log.error("message_unreadable", template=message.template, exc_info=True)
            prepared.refusals.append(Refusal(message, ErrorClass.PERMANENT, "unreadable"))


def _address(
    uow: NotifyUnitOfWork, message: DueMessage, contact: ContactPoint | None, people: _People, prepared: Prepared
) -> None:
    if message.recipient_sealed is not None:
        address = unseal(uow, message.id, message.recipient_sealed)
    elif contact is None:
        prepared.refusals.append(Refusal(message, ErrorClass.TEMPORARY, "no_contact_yet"))
        return
    else:
        sealed = _SEALED_ADDRESS[Channel(message.channel)](contact)
        if sealed is None:
            prepared.refusals.append(Refusal(message, ErrorClass.UNREACHABLE, "no_address"))
            return
        address = str(uow.settings.message_cipher.decrypt(sealed, f"contact:{contact.account_id}"))
    parameters = dict(message.parameters)
    if message.secrets_sealed is not None:
        parameters |= json.loads(unseal(uow, message.id, message.secrets_sealed))
    locale = "zh" if contact is None else contact.locale
    prepared.outgoing.append(Outgoing(message, address, people.words(message, locale, parameters)))


_SEALED_ADDRESS = {
    Channel.SMS: lambda contact: contact.phone_sealed,
    Channel.EMAIL: lambda contact: contact.email_sealed,
    Channel.WECHAT: lambda contact: contact.wechat_openid_sealed,
}


def _within_budget(uow: NotifyUnitOfWork, prepared: Prepared) -> list[Outgoing]:
    """What its organization may still send today; the rest is held until tomorrow.

    A budget is used by the first attempt; the next ones (``segments`` stands in the row by then) are free.
    """
    budget = uow.settings.sms_daily_budget
    of: dict[str, list[Outgoing]] = defaultdict(list)
    for item in prepared.outgoing:
        if item.due.organization_id is not None and item.words.segments is not None and item.due.segments is None:
            of[item.due.organization_id].append(item)
    now = uow.clock.now()
    day, held = now.astimezone(SHANGHAI).date(), set()
    for organization_id in sorted(of):  # in one order, so that two replicas never wait for each other
        used = before = uow.budgets.used(organization_id, day)
        for item in of[organization_id]:
            wanted = item.words.segments or 0
            if budget is not None and used + wanted > budget:
                held.add(item.due.id)
                prepared.held[("budget", next_day(now))].append(item.due.id)
            else:
                used += wanted
        uow.budgets.use(organization_id, day, used - before)
    return [item for item in prepared.outgoing if item.due.id not in held]
