"""Who is told what, and how: one row for each thing that the notice or the people who use such systems want told.

Why this module exists: an auditor reads :data:`TELLINGS` beside the notice, and a new message is a new row. A row's
parameters are the event's fields of the same names; ``also`` computes what an event does not say in those words. The
table stands in README.md, too; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_type_hints

from services.activity.events import (
    EnrollmentAccepted,
    EnrollmentAmended,
    EnrollmentCalledOff,
    EnrollmentMarkedAbsent,
    EnrollmentOffered,
    EnrollmentRejected,
    EnrollmentReminderDue,
    EnrollmentWaitlisted,
    InvitationSent,
)
from services.attendance.events import (
    AppealDecided,
    CorrectionDecided,
    HeldHoursDecided,
    HoursHeld,
    HoursRecorded,
    MissingEntryDecided,
    ObjectionResolved,
    ScanConflictDecided,
    SignOutEntered,
    StarAwarded,
    SupplementDecided,
)
from services.card.events import (
    CardApplicationRouted,
    CardClothingOrdered,
    CardClothingSizeNeeded,
    CardGroupLapsed,
    CardGroupProposed,
    CardGroupVisitChanged,
    CardGroupVisitRequested,
    CardInsuranceStarted,
    CardSingleWayOffered,
    CardStatusChanged,
)
from services.chassis.events import Event, Received
from services.identity.events import (
    AccountSecurityNotice,
    ContactReplaced,
    InPersonVerificationEnded,
    RealnameDecided,
    RecoveryDecided,
    RecoveryRequested,
)
from services.notify.domain import CARD_STATUS_ZH, ROLE_ZH, Channel, can_wait
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES, Kind
from services.notify.use_cases.queueing import Audience, Terms, queue
from services.organization.events import (
    AdministratorInvitationAnswered,
    AdministratorInvited,
    DelegationChanged,
    MembershipApproved,
    MembershipRejected,
    OrganizationApproved,
    OrganizationRejected,
    RecorderReminded,
    ReviewerReminded,
)


@dataclass(frozen=True)
class Way:
    """The channels of a message, those that its reader may not switch off, and whether WeChat takes the place of the
    SMS for those who have bound theirs: an SMS costs, and no rule demands it.
    """

    name: str
    channels: tuple[Channel, ...]
    fixed: frozenset[Channel] = frozenset()
    wechat_replaces_sms: bool = False


# What the notice sends by SMS, and what somebody would travel in vain for.
MANDATED = Way("mandated", (Channel.SMS, Channel.WECHAT, Channel.INBOX), fixed=frozenset({Channel.SMS}))
# What wants an answer, or says whose call to expect.
URGENT = Way("urgent", (Channel.SMS, Channel.WECHAT, Channel.INBOX), wechat_replaces_sms=True)
NEWS = Way("news", (Channel.WECHAT, Channel.INBOX))
# What a thief would switch off first.
SECURITY = Way("security", (Channel.SMS, Channel.EMAIL, Channel.WECHAT, Channel.INBOX), fixed=frozenset(Channel))


def _always(_event: Any) -> bool:
    return True


@dataclass(frozen=True)
class Telling:
    """One row. ``who`` names the field of the event that holds the reader: ``account_id`` or ``volunteer_id``;
    ``useless_after`` the field that holds the moment after which no SMS is sent any more, ``about`` the moments
    at which something begins or lapses: within a day of them it is told at night, too. ``paid_by`` holds the
    organization whose budget it is taken from: what it sends of its own accord, not what the notice makes it send.
    """

    event: type[Event]
    template: str
    way: Way
    who: str
    when: Callable[[Any], bool] = _always
    also: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    useless_after: str | None = None
    about: tuple[str, ...] = ("starts_at", "old_starts_at")
    paid_by: str | None = None

    def __post_init__(self) -> None:
        """Raises ``TypeError`` for what the event could not fill, so that notify does not start with it."""
        known, parameters = get_type_hints(self.event), TEMPLATES[self.template].parameters
        fields = (self.who, self.useless_after, self.paid_by, *(parameters - self.also.keys()))
        lacking = sorted({name for name in fields if name is not None} - known.keys())
        if lacking:
            raise TypeError(f"{self.template} names {', '.join(lacking)}, which {self.event.type} does not have")
        wrong = [name for name, kind in self.kinds.items() if (kind is Kind.MOMENT) != name.endswith("_at")]
        if wrong:
            raise TypeError(f"{self.template}: what ends in _at is a moment, and no other: {', '.join(wrong)}")

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each of the template's parameters is, by the event's fields, or else by the name that ``also`` has."""
        known = get_type_hints(self.event)
        return {
            name: Kind.of(known[name]) if name in known else Kind.of_made_up(name)
            for name in TEMPLATES[self.template].parameters
        }

    def parameters(self, event: Any) -> dict[str, str]:
        """The template's parameters, as text; moments in RFC 3339, because the reader's language is not known yet."""
        found = {}
        for name in TEMPLATES[self.template].parameters:
            value = self.also[name](event) if name in self.also else getattr(event, name)
            found[name] = value.isoformat() if isinstance(value, datetime) else str(value)
        return found

    def terms(self, event: Any, now: datetime) -> Terms:
        """When it goes out, and on whose budget."""
        return Terms(
            expires_at=None if self.useless_after is None else getattr(event, self.useless_after),
            can_wait=self.way is not SECURITY
            and all(can_wait(now, getattr(event, moment, None)) for moment in self.about),
            organization_id=None if self.paid_by is None else getattr(event, self.paid_by),
            wechat_replaces_sms=self.way.wechat_replaces_sms,
        )


def _upheld(event: ObjectionResolved) -> bool:
    return event.upheld


def _dismissed(event: ObjectionResolved) -> bool:
    return not event.upheld and event.appeal_until is None


def _appealable(event: ObjectionResolved) -> bool:
    return event.appeal_until is not None


def _moved(event: EnrollmentAmended) -> bool:
    return (event.old_starts_at, event.old_ends_at) != (event.starts_at, event.ends_at)


def _relocated(event: EnrollmentAmended) -> bool:
    return event.old_address != event.address


def _more_zh(event: EnrollmentAmended) -> str:
    more = f"；另有{event.more}个班次同时变更，见“我的活动”" if event.more else ""
    return f"{more}；与您的“{event.clashes_with}”时间冲突" if event.clashes_with else more


def _more_en(event: EnrollmentAmended) -> str:
    more = f"; {event.more} more of your shifts changed, see “My activities”" if event.more else ""
    return f"{more}; it now overlaps with “{event.clashes_with}”" if event.clashes_with else more


_MORE: Mapping[str, Callable[[Any], Any]] = {"more_zh": _more_zh, "more_en": _more_en}


_SHIFT_ROLE: Mapping[str, Callable[[Any], Any]] = {
    "role_zh": lambda event: f"（岗位：{event.role}）" if event.role else "",
    "role_en": lambda event: f" (as {event.role})" if event.role else "",
}


def _amended(template: str, when: Callable[[EnrollmentAmended], bool]) -> Telling:
    return Telling(EnrollmentAmended, template, MANDATED, "volunteer_id", when=when, also=_MORE)


# `routed` is told by its own event, which knows the branch; `submitted` the applicant has just done.
_TOLD_STATUS = frozenset({"contacted", "approved", "produced", "delivered", "activated", "cancelled", "expired"})

_NOTICES = (
    "login_locked", "password_reset", "totp_enrolled", "totp_removed", "recovery_code_used", "bound", "unbound",
)  # fmt: skip


_ROLE: Mapping[str, Callable[[Any], Any]] = {"role_zh": lambda e: ROLE_ZH[e.role]}


def _of_security(notice: str) -> Telling:
    return Telling(
        AccountSecurityNotice, f"security_{notice}", SECURITY, "account_id", when=lambda event: event.notice == notice
    )


def _of_visit(status: str, way: Way) -> Telling:
    return Telling(
        CardGroupVisitChanged, f"card_group_visit_{status}", way, "account_id",
        when=lambda event: event.status == status, also={"reason": lambda event: event.reason or "—"},
    )  # fmt: skip


TELLINGS: tuple[Telling, ...] = (
    Telling(ContactReplaced, "contact_replaced", SECURITY, "account_id"),
    Telling(RecoveryRequested, "recovery_requested", SECURITY, "account_id"),
    Telling(RecoveryDecided, "recovery_approved", SECURITY, "account_id", when=lambda e: e.approved),
    Telling(RecoveryDecided, "recovery_rejected", SECURITY, "account_id", when=lambda e: not e.approved),
    Telling(
        InPersonVerificationEnded, "in_person_revoked", URGENT, "volunteer_id", when=lambda e: e.cause == "revoked"
    ),
    Telling(
        InPersonVerificationEnded, "in_person_expired", URGENT, "volunteer_id", when=lambda e: e.cause == "expired"
    ),
    Telling(RealnameDecided, "realname_passed", URGENT, "volunteer_id", when=lambda e: e.outcome != "mismatched"),
    Telling(RealnameDecided, "realname_mismatched", MANDATED, "volunteer_id", when=lambda e: e.outcome == "mismatched"),
    Telling(OrganizationApproved, "organization_approved", MANDATED, "account_id", when=lambda e: not e.onboarded),
    Telling(OrganizationApproved, "organization_onboarded", MANDATED, "account_id", when=lambda e: e.onboarded),
    Telling(OrganizationRejected, "organization_rejected", MANDATED, "account_id"),
    Telling(MembershipApproved, "membership_approved", MANDATED, "volunteer_id", when=lambda e: not e.onboarded),
    Telling(MembershipApproved, "volunteer_onboarded", MANDATED, "volunteer_id", when=lambda e: e.onboarded),
    Telling(MembershipRejected, "membership_rejected", MANDATED, "volunteer_id"),
    Telling(AdministratorInvited, "administrator_invited", URGENT, "account_id", also=_ROLE),
    Telling(
        AdministratorInvitationAnswered, "administrator_accepted", NEWS, "account_id",
        when=lambda e: e.outcome == "accepted", also=_ROLE,
    ),
    Telling(
        AdministratorInvitationAnswered, "administrator_declined", NEWS, "account_id",
        when=lambda e: e.outcome == "declined", also=_ROLE,
    ),
    Telling(ReviewerReminded, "reviews_escalated", NEWS, "account_id"),
    Telling(RecorderReminded, "records_overdue", NEWS, "account_id"),
    Telling(DelegationChanged, "reviewing_lent", URGENT, "account_id", when=lambda e: not e.revoked),
    Telling(DelegationChanged, "reviewing_taken_back", NEWS, "account_id", when=lambda e: e.revoked),
    Telling(InvitationSent, "activity_invitation", MANDATED, "volunteer_id", paid_by="organization_id"),
    Telling(EnrollmentAccepted, "enrollment_accepted", MANDATED, "volunteer_id"),
    Telling(EnrollmentRejected, "enrollment_rejected", MANDATED, "volunteer_id"),
    Telling(EnrollmentCalledOff, "activity_revoked", MANDATED, "volunteer_id"),
    Telling(
        EnrollmentReminderDue, "shift_reminder", URGENT, "volunteer_id", also=_SHIFT_ROLE, useless_after="starts_at",
    ),
    _amended("activity_moved", lambda e: _moved(e) and not _relocated(e)),
    _amended("activity_relocated", lambda e: _relocated(e) and not _moved(e)),
    _amended("activity_moved_and_relocated", lambda e: _moved(e) and _relocated(e)),
    Telling(EnrollmentOffered, "enrollment_offered", URGENT, "volunteer_id", about=("expires_at",)),
    Telling(EnrollmentWaitlisted, "enrollment_waitlisted", NEWS, "volunteer_id"),
    Telling(EnrollmentMarkedAbsent, "enrollment_marked_absent", NEWS, "volunteer_id"),
    Telling(SupplementDecided, "supplement_approved", URGENT, "volunteer_id", when=lambda e: e.approved),
    Telling(SupplementDecided, "supplement_rejected", URGENT, "volunteer_id", when=lambda e: not e.approved),
    Telling(HoursHeld, "hours_held", NEWS, "volunteer_id"),
    Telling(HeldHoursDecided, "held_hours_refused", NEWS, "volunteer_id", when=lambda e: not e.granted),
    Telling(ScanConflictDecided, "scan_dismissed", NEWS, "volunteer_id", when=lambda e: not e.accepted),
    Telling(MissingEntryDecided, "missing_entry_confirmed", NEWS, "volunteer_id", when=lambda e: e.confirmed),
    Telling(MissingEntryDecided, "missing_entry_rejected", NEWS, "volunteer_id", when=lambda e: not e.confirmed),
    Telling(CorrectionDecided, "correction_granted", NEWS, "volunteer_id", when=lambda e: e.on_request and e.granted),
    Telling(
        CorrectionDecided, "correction_refused", NEWS, "volunteer_id", when=lambda e: e.on_request and not e.granted
    ),
    Telling(CorrectionDecided, "record_amended", NEWS, "volunteer_id", when=lambda e: not e.on_request),
    Telling(SignOutEntered, "sign_out_entered", NEWS, "volunteer_id"),
    Telling(ObjectionResolved, "objection_upheld", URGENT, "account_id", when=_upheld),
    Telling(ObjectionResolved, "objection_dismissed", URGENT, "account_id", when=_dismissed),
    Telling(
        ObjectionResolved, "objection_dismissed_appealable", URGENT, "account_id",
        when=_appealable, also={"until_at": lambda e: e.appeal_until},
    ),
    Telling(AppealDecided, "appeal_upheld", URGENT, "account_id", when=lambda e: e.upheld),
    Telling(AppealDecided, "appeal_dismissed", URGENT, "account_id", when=lambda e: not e.upheld),
    Telling(HoursRecorded, "hours_recorded", NEWS, "volunteer_id", when=lambda e: e.minutes > 0),
    Telling(
        HoursRecorded, "hours_corrected", NEWS, "volunteer_id",
        when=lambda e: e.minutes < 0, also={"minutes": lambda e: -e.minutes},
    ),
    Telling(StarAwarded, "star_awarded", NEWS, "volunteer_id"),
    Telling(CardApplicationRouted, "card_routed", URGENT, "volunteer_id"),
    Telling(
        CardStatusChanged, "card_status_changed", NEWS, "volunteer_id",
        when=lambda e: e.status in _TOLD_STATUS, also={"status_zh": lambda e: CARD_STATUS_ZH[e.status]},
    ),
    Telling(
        CardStatusChanged, "card_rejected", URGENT, "volunteer_id",
        when=lambda e: e.status == "rejected", also={"reason": lambda e: e.reason or "—"},
    ),
    Telling(CardInsuranceStarted, "card_insurance_started", NEWS, "volunteer_id"),
    Telling(CardClothingOrdered, "card_clothing_ordered", NEWS, "volunteer_id"),
    Telling(CardClothingSizeNeeded, "card_clothing_size_needed", URGENT, "volunteer_id"),
    Telling(
        CardGroupProposed, "card_group_proposed", URGENT, "volunteer_id",
        also={"until_at": lambda e: e.consent_until}, useless_after="consent_until", paid_by="organization_id",
    ),
    Telling(CardGroupVisitRequested, "card_group_visit_requested", URGENT, "account_id"),
    Telling(CardGroupLapsed, "card_group_lapsed", URGENT, "account_id"),
    Telling(
        CardSingleWayOffered, "card_single_way_offered", URGENT, "volunteer_id",
        also={"until_at": lambda e: e.offered_until}, useless_after="offered_until",
    ),
    *(_of_visit(status, way) for status, way in (("scheduled", URGENT), ("done", NEWS), ("cancelled", URGENT))),
    *(_of_security(notice) for notice in _NOTICES),
)  # fmt: skip

TOLD_EVENTS = tuple(dict.fromkeys(telling.event for telling in TELLINGS))
WAYS: dict[str, Way] = {telling.template: telling.way for telling in TELLINGS}
KINDS: dict[str, dict[str, Kind]] = {telling.template: telling.kinds for telling in TELLINGS}


def tell(received: Received[Any], uow: NotifyUnitOfWork) -> None:
    """Queue what the table says of this event; what is only told again for lost copies was said to people before."""
    if received.restated:
        return
    event = received.data
    for telling in TELLINGS:
        if telling.event is not type(event) or not telling.when(event):
            continue
        terms = telling.terms(event, uow.clock.now())
        for audience, channels in _audiences(telling, event, uow):
            queue(uow, received.id, telling.template, audience, channels, telling.parameters(event), terms=terms)


def _audiences(telling: Telling, event: Any, uow: NotifyUnitOfWork) -> Iterator[tuple[Audience, tuple[Channel, ...]]]:
    """Who, and how. An event may bring an address of its own, which has no inbox: of whoever objected without an
    account, of whoever held a contact before (the account hears of that, too, but not over what it was given instead),
    of whoever asks for an account.
    """
    channels, cipher = telling.way.channels, uow.settings.message_cipher
    if isinstance(event, ObjectionResolved) and event.account_id is None and event.contact_sealed is not None:
        yield Audience(address=cipher.decrypt(event.contact_sealed, f"objection:{event.objection_id}")), (Channel.SMS,)
    elif isinstance(event, RecoveryDecided):
        yield Audience(address=cipher.decrypt(event.phone_sealed, f"recovery:{event.recovery_id}")), (Channel.SMS,)
    elif isinstance(event, ContactReplaced):
        replaced = Channel(event.channel)
        yield Audience(address=cipher.decrypt(event.old_sealed, f"old_contact:{event.account_id}")), (replaced,)
        others = tuple(channel for channel in channels if channel is not replaced)
        yield Audience(account_id=event.account_id), others
    else:
        yield Audience(**{telling.who: getattr(event, telling.who)}), channels
