"""How good a service was, and an activity; what somebody has learnt and is honoured with (民政部令67号)."""

from __future__ import annotations

from enum import StrEnum

MOST_STARS = 5
"""What a volunteer gives an activity: one star to five."""


class Grade(StrEnum):
    """What an organization says of a volunteer's service: 优秀, 良好, 合格, 不合格."""

    EXCELLENT = "excellent"
    GOOD = "good"
    SATISFACTORY = "satisfactory"
    UNSATISFACTORY = "unsatisfactory"


class AttainmentKind(StrEnum):
    """What stands in a volunteer's record beside the hours: 培训, 表彰奖励."""

    TRAINING = "training"
    AWARD = "award"


class AttainmentStatus(StrEnum):
    """Whether it stands, or was entered by mistake."""

    RECORDED = "recorded"
    REVOKED = "revoked"
