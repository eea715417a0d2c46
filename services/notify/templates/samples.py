"""What stands in for an event when an operator looks at a template: ordinary words of ordinary length."""

from __future__ import annotations

from collections.abc import Mapping

from services.notify.templates.template import Kind

_OF_KIND = {
    Kind.TEXT: "示例文字",
    Kind.NUMBER: "120",
    Kind.DATE: "2026-03-05",
    Kind.MOMENT: "2026-03-05T14:30:00+08:00",
}
_BY_NAME = {
    "code": "246810",
    "minutes": "5",
    "title": "社区清洁日志愿服务活动",
    "organization_name": "示例市志愿者联合会",
    "name": "示例大学青年志愿者协会",
    "address": "越秀区示例路1号示例社区服务中心",
    "old_address": "天河区示例大道2号",
    "branch": "示例银行广州分行",
    "reason": "提交的资料不完整，请补充",
    "role": "reviewer",
    "role_zh": "审核员",
    "role_en": "",
    "more_zh": "",
    "more_en": "",
    "status": "produced",
    "status_zh": "已制卡",
    "application_no": "GD20260305000001",
}


def samples(kinds: Mapping[str, Kind]) -> dict[str, str]:
    """A value for each parameter."""
    return {name: _BY_NAME.get(name, _OF_KIND[kind]) for name, kind in kinds.items()}
