"""Why somebody is not taken for a shift, as a list to choose from (notice, attachment 2, 三.8 with 三.5)."""

from __future__ import annotations

from services.chassis.reasons import Reasons

REASONS = Reasons(
    {
        "enough_people": ("人数已满", "Enough people were taken"),
        "requirements_not_met": ("不符合岗位要求", "Does not meet what the post asks for"),
        "experience_needed": ("需要相关服务经验", "Experience of this kind of service is needed"),
        "training_needed": ("须先参加岗前培训", "A training comes first"),
        "own_volunteers_first": ("优先录用本组织志愿者", "The organization's own volunteers come first"),
        "absent_before": ("此前录用后未到场", "Was accepted before and did not come"),
        "other": ("其他原因", "Another reason"),
    }
)
