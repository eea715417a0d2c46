"""Why a supplement is rejected, as a list to choose from (notice, attachment 2, 三.9 with 三.5)."""

from __future__ import annotations

from services.chassis.reasons import Reasons

REASONS = Reasons(
    {
        "evidence_missing": ("缺少证明材料", "Evidence is missing"),
        "evidence_unreadable": ("证明材料无法辨认", "The evidence cannot be made out"),
        "times_do_not_fit": ("时间与活动不符", "The times do not fit the activity"),
        "not_a_witness": ("材料不能证明本人参加服务", "The evidence does not show this person at service"),
        "duplicate": ("重复补录", "A duplicate"),
        "other": ("其他原因", "Another reason"),
    }
)
