"""Everything that a bank was handed on a day, handed over again: for a bank that has lost a database, or a key.

Why this module exists: messages come with the ids they had, so that a bank that knows some of them takes no harm. They
are sealed anew, each in a transaction of its own with identity's answer between, as at the first time: a sweep works
through the day while applicants go on applying. What has ended is not told again, its end excepted.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from services.card import commands, metrics
from services.card.domain import FINAL, Status
from services.card.models import HandOver, PartnerReplay
from services.card.partner_exchange import Type
from services.card.repository import CardUnitOfWork
from services.card.schemas.exchange import ReplayDay
from services.card.settings import CardSettings
from services.card.signatures import require_signer, signed_bytes
from services.card.use_cases.bank_reports import json_of, speaker
from services.card.use_cases.group_visits import visit_document
from services.card.use_cases.handing_over import hand_over_again
from services.card.use_cases.routing import CLAIM, DEADLINE_SECONDS, Sealer, sealing_request
from services.chassis.errors import AppError, DeadlineExceeded, Unavailable
from services.chassis.ids import new_id
from services.chassis.logs import get_logger

log = get_logger(__name__)

BATCH = 100
_AWAY = (DeadlineExceeded, Unavailable)


def request_replay(command: commands.RequestReplay, uow: CardUnitOfWork) -> dict[str, Any]:
    """A bank has asked on the telephone; for platform administrators."""
    uow.caller.require_platform()
    return _begin(uow, command.bank.value, command.day)


def request_own_replay(command: commands.RequestOwnReplay, units: Any, settings: CardSettings) -> dict[str, Any]:
    """A bank asks itself, signed. The same request again begins nothing new."""
    bank = require_signer(command, units.clock.now(), settings)
    day = _day(signed_bytes(command))
    with units.for_caller(speaker(bank, units.caller))() as uow:
        known = uow.handovers.replay_of(bank, command.webhook_id)
        if known is not None:
            return show_replay(uow, known)
        return _begin(uow, bank, day, webhook_id=command.webhook_id)


def _day(body: bytes) -> date:
    day: date = ReplayDay().parse(json_of(body))["day"]
    return day


def _begin(uow: CardUnitOfWork, bank: str, day: date, *, webhook_id: str | None = None) -> dict[str, Any]:
    now = uow.clock.now()
    replay = PartnerReplay(
        id=new_id(),
        bank=bank,
        day=day,
        messages=0,
        webhook_id=webhook_id,
        requested_by=uow.caller.label,
        requested_at=now,
    )
    uow.session.add(replay)
    uow.session.flush()
    replay.messages = uow.handovers.mark_for_replay(replay, now)
    uow.audit("card.replay_requested", f"partner_replay:{replay.id}", bank=bank, day=day.isoformat())
    return show_replay(uow, replay)


def list_replays(query: commands.ListReplays, uow: CardUnitOfWork) -> dict[str, Any]:
    """What was asked for, newest first, and how far it is; for platform administrators."""
    uow.caller.require_platform()
    page = uow.page(
        uow.handovers.replays(),
        [(PartnerReplay.requested_at, "desc"), (PartnerReplay.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope="partner-replays",
    )
    return {"items": [show_replay(uow, replay) for replay in page.items], "next_cursor": page.next_cursor}


def show_replay(uow: CardUnitOfWork, replay: PartnerReplay) -> dict[str, Any]:
    """A replay; ``waiting`` messages are still to be handed over."""
    return {
        "replay_id": replay.id,
        "bank": replay.bank,
        "day": replay.day,
        "messages": replay.messages,
        "waiting": uow.handovers.waiting(replay.id),
        "requested_at": replay.requested_at,
    }


def replay_waiting(units: Any, identity: Sealer) -> int:
    """Hand over again what is marked, until nothing is due or identity is away; answers how many were looked at."""
    looked_at = 0
    while True:
        with units.reading() as uow:
            due = uow.handovers.due(uow.clock.now(), BATCH)
        for handover_id in due:
            looked_at += 1
            with units() as uow:
                request = _claim_or_replay(uow, handover_id)
            if request is not None and isinstance(_seal(handover_id, request, units, identity), _AWAY):
                return looked_at
        if not due:
            return looked_at


def _claim_or_replay(uow: CardUnitOfWork, handover_id: str) -> dict[str, Any] | None:
    """What needs nobody else is done at once; for an application, what identity is to be asked."""
    record = uow.handovers.claimable(handover_id, uow.clock.now())
    if record is None:
        return None  # another replica is at it
    if record.type == Type.GROUP_VISIT:
        document = visit_document(uow, uow.handovers.visit_of(record))
        _replay(uow, record, jwe=uow.settings.partner_keys.seal(record.bank, document, uow.clock.now()))
        return None
    application = uow.handovers.application_of(record)
    if record.type == Type.CANCELLATION:
        _replay(uow, record, application_no=application.application_no)
        return None
    if Status(application.status) in FINAL:
        record.next_attempt_at = None  # both sides know how it ended, and the address is gone
        metrics.REPLAYED.labels(record.bank, "ended").inc()
        return None
    record.next_attempt_at = uow.clock.now() + CLAIM
    return sealing_request(uow, application)


def _seal(handover_id: str, request: dict[str, Any], units: Any, identity: Sealer) -> AppError | None:
    """Have an application sealed and hand it over; after a failure the claim runs out, and it is due again."""
    try:
        jwe = identity.call("seal_for_partner", request, deadline=DEADLINE_SECONDS)["jwe"]
    except AppError as failure:
        log.warning("card_replay_failed", handover_id=handover_id, error=failure.code)
        metrics.REPLAYED.labels(request["partner"], "retried").inc()
        return failure
    with units() as uow:
        record = uow.handovers.locked(handover_id)
        if record.next_attempt_at is not None:  # else somebody has done it after our claim ran out
            _replay(uow, record, application_no=request["document"]["application_no"], jwe=jwe)
            uow.audit("card.data_provided_again", f"card_application:{record.application_id}", bank=record.bank)
    return None


def _replay(uow: CardUnitOfWork, record: HandOver, **content: Any) -> None:
    hand_over_again(uow, record, **content)
    metrics.REPLAYED.labels(record.bank, "done").inc()
