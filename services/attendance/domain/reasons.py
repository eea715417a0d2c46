"""Why a supplement is rejected, or held hours are refused, as lists to choose from (notice, 三.9 with 三.5)."""

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

HELD_REASONS = Reasons(
    {
        "not_plausible": ("单日时长不合理", "So long a day is not plausible"),
        "breaks_counted": ("包含休息、用餐或往返时间", "Breaks, meals or travel were counted"),
        "left_early": ("实际提前离开", "The volunteer had left before"),
        "not_arranged": ("活动未安排超时服务", "The activity had arranged for no such hours"),
        "other": ("其他原因", "Another reason"),
    }
)
"""Why hours beyond what a day counts at once are refused (FACTS.md, "Practice on i志愿")."""
