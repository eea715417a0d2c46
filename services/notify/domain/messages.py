"""One message: its states, its priority, what a refusal means for it, what it is charged as."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum, StrEnum

from services.chassis.errors import IllegalTransition


class Channel(StrEnum):
    """A way to reach somebody."""

    SMS = "sms"
    EMAIL = "email"
    WECHAT = "wechat"
    INBOX = "inbox"


class Status(StrEnum):
    """Where a message stands (DESIGN.md, 6. States)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


_NEXT: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.SENDING, Status.FAILED, Status.SUPPRESSED}),
    Status.SENDING: frozenset({Status.QUEUED, Status.SENT, Status.FAILED}),
    Status.SENT: frozenset({Status.DELIVERED, Status.FAILED}),
    Status.DELIVERED: frozenset(),
    Status.FAILED: frozenset(),
    Status.SUPPRESSED: frozenset(),
}


def change_status(current: Status, attempted: Status) -> Status:
    """``attempted``, if a message may go there from ``current``; raises ``IllegalTransition``."""
    if attempted not in _NEXT[current]:
        raise IllegalTransition(current=current.value, attempted=attempted.value)
    return attempted


class Priority(IntEnum):
    """Lower goes first: somebody is waiting for a code with the phone in hand."""

    CODE = 0
    RESULT = 5
    NEWS = 9


class ErrorClass(StrEnum):
    """What a provider's refusal means for the next attempt (FACTS.md, "Providers")."""

    TEMPORARY = "temporary"  # down, or nobody knows: later
    THROTTLED = "throttled"  # too fast: later, and slower
    PERMANENT = "permanent"  # bad number, blacklist, daily limit of the number: never again
    ACCOUNT = "account"  # our balance, signature or template: somebody must act; another provider may do
    UNREACHABLE = "unreachable"  # not over this channel: who does not follow the service account gets no WeChat message


# What a bank has reported (DESIGN.md, 6. States), as the applicant reads it.
CARD_STATUS_ZH = {
    "contacted": "银行已与您联系",
    "approved": "银行审核通过",
    "produced": "已制卡",
    "delivered": "已送达",
    "activated": "已激活",
    "cancelled": "已取消",
    "expired": "已过期",
}

# What an administrator may be (organization's roles), as the invited reads it.
ROLE_ZH = {
    "owner": "负责人",
    "reviewer": "审核员",
    "organizer": "活动管理员",
    "recorder": "考勤记录员",
    "viewer": "查看员",
}

MAX_ATTEMPTS = 9
# Before the second attempt; each further one waits four times as long. A provider that is down is mostly back within
# minutes; one that says "slower" means it; a balance is paid in by somebody, maybe in the morning.
_FIRST_DELAY = {
    ErrorClass.TEMPORARY: timedelta(seconds=2),
    ErrorClass.THROTTLED: timedelta(seconds=10),
    ErrorClass.ACCOUNT: timedelta(minutes=5),
}
_LONGEST_DELAY = timedelta(hours=6)
# A code lapses within minutes: by then it has been tried some thirty times at the most, and is dropped.
_LONGEST_DELAY_OF_A_CODE = timedelta(seconds=8)


def is_final(error_class: ErrorClass, attempts: int, priority: Priority) -> bool:
    """Whether a message that was refused for the ``attempts``-th time is given up.

    A code is tried for as long as it can be used: an outage of a minute must not outlast its attempts.
    """
    if error_class not in _FIRST_DELAY:
        return True
    return attempts >= MAX_ATTEMPTS and not _is_hurried(error_class, priority)


def delay_before_attempt(error_class: ErrorClass, attempts: int, priority: Priority) -> timedelta:
    """How long to wait after ``attempts`` failures, the last of this class.

    While a provider is down: 2 s, 8 s, 32 s … up to six hours; for a code 2 s, then 8 s each.
    """
    longest = _LONGEST_DELAY_OF_A_CODE if _is_hurried(error_class, priority) else _LONGEST_DELAY
    return min(_FIRST_DELAY[error_class] * 4 ** min(attempts - 1, MAX_ATTEMPTS), longest)


def _is_hurried(error_class: ErrorClass, priority: Priority) -> bool:
    """Who says "slower" is heard by codes, too."""
    return priority is Priority.CODE and error_class is ErrorClass.TEMPORARY


def segments(text: str) -> int:
    """How many SMS the text is charged as: one up to 70 characters with the signature, else one per 67."""
    return 1 if len(text) <= 70 else -(-len(text) // 67)


def masked_recipient(recipient: str) -> str:
    """A phone number or address that operators may see: ``138****0000``, ``z***@example.org``."""
    local, at, domain = recipient.partition("@")
    if at:
        return f"{local[:1]}***@{domain}"
    return f"{recipient[:3]}****{recipient[-4:]}" if len(recipient) >= 8 else "****"
