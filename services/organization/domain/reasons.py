"""Why a review ends in a rejection, as a list to choose from (notice, attachment 2, 三.5)."""

from __future__ import annotations

from services.chassis.reasons import Reasons

REASONS = Reasons(
    {
        "incomplete": ("资料不完整", "The particulars are incomplete"),
        "not_matching": ("姓名与证件不符", "Name and certificate do not match"),
        "not_of_this_organization": ("不属于本组织", "Does not belong to this organization"),
        "duplicate": ("重复申请", "A duplicate"),
        "unfit_name": ("名称不规范", "The name does not follow the rules"),
        "wrong_superior": ("上级组织选择有误", "The wrong superior was chosen"),
        "other": ("其他原因", "Another reason"),
    }
)
