"""Invitations to become an administrator: open until answered, taken back, or too old (docs/adr/0022). No I/O."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from services.chassis.errors import IllegalTransition


class InvitationStatus(StrEnum):
    """Where an invitation stands. Nothing leads on from any but ``open``."""

    OPEN = "open"
    ACCEPTED = "accepted"  # by the invited: the role is theirs
    DECLINED = "declined"  # by the invited
    REVOKED = "revoked"  # by an owner
    LAPSED = "lapsed"  # nobody answered in time


def standing(status: str, expires_at: datetime, now: datetime) -> InvitationStatus:
    """Where an invitation stands at ``now``: an open one lapses by itself, without anybody writing it down."""
    kept = InvitationStatus(status)
    return InvitationStatus.LAPSED if kept is InvitationStatus.OPEN and now >= expires_at else kept


def end_invitation(standing: InvitationStatus, attempted: InvitationStatus) -> InvitationStatus:
    """``attempted``, if an invitation may end so from where it stands; raises ``IllegalTransition``."""
    if standing is not InvitationStatus.OPEN or attempted is InvitationStatus.OPEN:
        raise IllegalTransition(current=standing.value, attempted=attempted.value)
    return attempted
