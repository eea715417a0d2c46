"""Why a review ends in a rejection, as a list to choose from (notice, attachment 2, 三.5)."""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    "incomplete": ("资料不完整", "The particulars are incomplete"),
    "not_matching": ("姓名与证件不符", "Name and certificate do not match"),
    "not_of_this_organization": ("不属于本组织", "Does not belong to this organization"),
    "duplicate": ("重复申请", "A duplicate"),
    "unfit_name": ("名称不规范", "The name does not follow the rules"),
    "wrong_superior": ("上级组织选择有误", "The wrong superior was chosen"),
    "other": ("其他原因", "Another reason"),
}


def in_words(reason_code: str | None, reason: str | None) -> str | None:
    """What the applicant reads: the listed reason, then what the reviewer wrote; None if neither is given."""
    listed = None if reason_code is None else REASONS[reason_code][0]
    return "：".join(part for part in (listed, reason) if part) or None
