"""Invented activities, as publishing and enrolling leave them: where people live, about what they do, over nine years.

Growing in number, published two and a half weeks ahead on average; a tenth lasts for more than a day, a few for
months. Texts are made of parts: some words are in a tenth of all titles, and a community's name in a few dozen.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from deploy.scale.shape import Node
from services.activity.domain import listing
from services.chassis.clock import SHANGHAI
from services.chassis.ids import new_id

Rows = dict[str, list[dict[str, Any]]]

SPAN = timedelta(days=9 * 365)
LISTED = ("activity.listing", "activity.enrollment")
"""What is not for every activity."""

_REVOKED_SHARE, _PLACED_SHARE = 0.01, 0.8
_ENROLLED_SHARE = (0.1, 0.3, 0.6, 0.9, 1.0)
_DISTRICTS_A_CITY = 6
# city: latitude, longitude of its middle, roughly
_CITIES = {
    "4401": (23.13, 113.26), "4402": (24.81, 113.60), "4403": (22.54, 114.06), "4404": (22.27, 113.58),
    "4405": (23.35, 116.68), "4406": (23.02, 113.12), "4407": (22.58, 113.08), "4408": (21.27, 110.36),
    "4409": (21.66, 110.93), "4412": (23.05, 112.47), "4413": (23.11, 114.42), "4414": (24.29, 116.12),
    "4415": (22.79, 115.38), "4416": (23.74, 114.70), "4417": (21.86, 111.98), "4418": (23.68, 113.06),
    "4419": (23.02, 113.75), "4420": (22.52, 113.39), "4451": (23.66, 116.62), "4452": (23.55, 116.37),
    "4453": (22.92, 112.04),
}  # fmt: skip
# category: how often, and what is done
_WORKS = {
    "environment": (14, ("河道清洁", "海滩清洁", "公园捡拾垃圾", "垃圾分类宣传", "植树护绿", "护河巡查", "旧物回收")),
    "community": (14, ("社区清洁", "社区巡逻", "楼道整理", "文明劝导", "防诈骗宣传", "邻里节服务")),
    "elderly_care": (12, ("关爱老人", "长者探访", "独居老人送餐", "敬老院慰问", "教老人用手机", "重阳敬老")),
    "education": (12, ("课后辅导", "图书馆整理", "山区支教", "暑期托管", "绘本阅读", "科普讲解")),
    "culture": (8, ("文艺演出", "博物馆讲解", "非遗体验", "书法教学", "春节写春联", "中秋游园")),
    "health": (8, ("无偿献血", "义诊服务", "健康讲座", "导医服务", "急救培训", "心理陪伴")),
    "children": (8, ("关爱留守儿童", "儿童乐园", "亲子阅读", "护送学童过马路", "小小志愿者")),
    "traffic": (7, ("文明交通劝导", "路口值守", "共享单车整理", "春运暖冬行动", "地铁引导")),
    "disability": (5, ("助残出行", "盲人陪跑", "手语教学", "自闭症儿童陪伴")),
    "sports": (5, ("马拉松服务", "龙舟赛引导", "校园运动会裁判", "徒步活动补给")),
    "animals": (3, ("流浪动物救助", "观鸟调查", "湿地巡护")),
    "emergency": (4, ("台风后清理", "防汛值守", "消防宣传", "应急演练")),
}  # fmt: skip
_ENDS = ("志愿服务", "志愿活动", "行动", "公益活动", "志愿服务活动", "专场", "主题活动", "招募")
_NAME = (
    "安百宝碧滨彩长朝城翠大德东恒福富港光桂海和红宏花华怀惠吉嘉建江金锦景康兰乐丽联林龙绿茂美民明"
    "南宁平浦启前庆泉仁荣瑞三山尚胜盛石顺泰塘天田万文西祥新兴秀旭阳怡益永裕元园源月云泽正中竹"
)
_PLACES = ("社区", "花园", "公园", "小学", "中学", "广场", "村", "街道文化站", "敬老院", "图书馆", "地铁站")
_SENTENCES = (
    "请提前十五分钟到达集合点签到，听从现场负责人安排。", "服从分组，注意交通安全，自带饮用水和雨具。",
    "活动提供志愿者马甲、手套和工具，完成后统一归还。", "欢迎有经验的志愿者带新人一起参加。",
    "请穿着轻便的衣服和运动鞋，天气炎热注意防暑。", "如遇恶劣天气活动顺延，另行通知。",
    "服务时长以签到签退为准，请勿代签。", "名额有限，报名后无法参加请提前取消。",
)  # fmt: skip
_SKILLS = ("first_aid", "driving", "photography", "english", "teaching", "sign_language")
_CATEGORIES = tuple(_WORKS)
_WEIGHTS = tuple(weight for weight, _ in _WORKS.values())


@dataclass(frozen=True, slots=True)
class Host:
    """An organization that holds activities."""

    id: str
    path: tuple[str, ...]
    region: str

    @classmethod
    def of(cls, node: Node) -> Host:
        """What matters of it."""
        return cls(node.id, node.path, node.region)


def activity_rows(
    serials: range, total: int, hosts: Sequence[Host], volunteers: Sequence[str], now: datetime, seed: int
) -> Rows:
    """Activities ``serials`` of ``total`` in order of their publication, at ``hosts`` (those near the start far more
    often). ``volunteers``: ids of those who enroll for what has not ended."""
    chance = random.Random(seed)
    rows: Rows = {"activity.activity": [], "activity.shift": [], **{table: [] for table in LISTED}}
    for serial in serials:
        published = now - SPAN + SPAN * ((serial + chance.random()) / total) ** 0.5  # ever more of them
        host = hosts[int(len(hosts) * chance.random() ** 2)]
        activity = _activity(host, published, chance)
        shifts = _shifts(activity, chance)
        revoked = chance.random() < _REVOKED_SHARE
        if revoked:
            activity |= {"status": "revoked", "revoked_at": published + timedelta(hours=20), "version": 3,
                         "revocation_reason": "报名人数不足"}  # fmt: skip
        else:
            rows["activity.listing"].append(_listing(activity, host))
            if activity["ends_at"] > now:
                rows["activity.enrollment"] += _enrollments(activity, shifts, volunteers, now, chance)
        rows["activity.activity"].append(activity)
        rows["activity.shift"] += shifts
    return rows


def _activity(host: Host, published: datetime, chance: random.Random) -> dict[str, Any]:
    region, point = _place(host.region, chance)
    name = "".join(chance.choices(_NAME, k=2)) + chance.choice(_PLACES)
    category = chance.choices(_CATEGORIES, _WEIGHTS)[0]
    work = chance.choice(_WORKS[category][1])
    starts = _moment(published + timedelta(days=1 + chance.expovariate(1 / 17)), chance)
    asks = chance.random()
    return {
        "id": new_id(), "organization_id": host.id, "status": "published",
        "title": f"{name}{work}{chance.choice(_ENDS)}", "category": category,
        "description": f"{name}{work}，现招募志愿者。{''.join(chance.sample(_SENTENCES, 2))}",
        "region": region, "address": f"{region[:4]}号片区{name}{chance.randrange(1, 400)}号正门",
        "latitude": point[0], "longitude": point[1], "fence_metres": None, "enroll_by": starts,
        "contact": "020-00000000", "insurance_note": "", "risk_note": "",
        "min_age": 18 if asks < 0.3 else 14 if asks < 0.5 else None, "max_age": 60 if asks < 0.1 else None,
        "skills": (chance.choice(_SKILLS),) if chance.random() < 0.1 else (), "members_only": chance.random() < 0.15,
        "approval": "instant" if chance.random() < 0.6 else "manual", "static_codes_allowed": False,
        "starts_at": starts, "ends_at": starts, "created_at": published, "published_at": published,
        "revoked_at": None, "revocation_reason": None, "series_id": None, "occurs_on": None, "own_fields": (),
        "changed_at": published, "version": 2,
    }  # fmt: skip


def _place(region: str, chance: random.Random) -> tuple[str, tuple[float | None, float | None]]:
    """A district of the region, and mostly a point in it."""
    city = region[:4] if region[:4] in _CITIES else chance.choice(tuple(_CITIES))
    district = region if region[:4] == city and not region.endswith("00") else None
    if district is None:
        district = f"{city}{chance.randrange(2, 2 + _DISTRICTS_A_CITY):02}"
    if chance.random() >= _PLACED_SHARE:
        return district, (None, None)
    latitude, longitude = _middle(district)
    return district, (round(latitude + chance.gauss(0, 0.04), 6), round(longitude + chance.gauss(0, 0.04), 6))


@cache
def _middle(district: str) -> tuple[float, float]:
    aside = random.Random(district)
    latitude, longitude = _CITIES[district[:4]]
    return latitude + aside.uniform(-0.2, 0.2), longitude + aside.uniform(-0.2, 0.2)


def _moment(near: datetime, chance: random.Random) -> datetime:
    """An hour of that day at which something begins."""
    day = near.astimezone(SHANGHAI)
    return day.replace(hour=chance.choice((8, 9, 9, 9, 10, 14, 14, 15, 19)), minute=chance.choice((0, 0, 30)),
                       second=0, microsecond=0)  # fmt: skip


def _shifts(activity: dict[str, Any], chance: random.Random) -> list[dict[str, Any]]:
    """One shift mostly; a tenth of all lasts for days, and some of these for months."""
    long = chance.random()
    days = chance.randrange(30, 300) if long < 0.03 else chance.randrange(2, 8) if long < 0.1 else 0
    starts = activity["starts_at"]
    offsets = sorted({0, days} | ({days // 2} if days > 2 else set()))
    shifts = []
    for place, offset in enumerate(offsets):
        begin = starts + timedelta(days=offset)
        shifts.append({"id": new_id(), "activity_id": activity["id"], "place": place, "starts_at": begin,
                       "ends_at": begin + timedelta(hours=chance.choice((2, 3, 3, 4))),
                       "capacity": chance.choice((5, 10, 10, 20, 30, 50)), "role": None})  # fmt: skip
    activity["enroll_by"] = shifts[-1]["starts_at"]
    activity["ends_at"] = shifts[-1]["ends_at"]
    return shifts


def _listing(activity: dict[str, Any], host: Host) -> dict[str, Any]:
    text = listing.folded(f"{activity['title']} {activity['description']} {activity['address']}")
    latitude, longitude = activity["latitude"], activity["longitude"]
    facets = listing.facets_of(
        region_code=activity["region"],
        category_name=activity["category"],
        organization_path=host.path,
        span=(activity["starts_at"], activity["ends_at"]),
        point=None if latitude is None else (latitude, longitude),
    )
    copied = ("organization_id", "starts_at", "ends_at", "published_at", "enroll_by", "latitude", "longitude",
              "min_age", "max_age", "skills", "members_only")  # fmt: skip
    return {"activity_id": activity["id"], **{name: activity[name] for name in copied}, "text": text,
            "facets": facets, "words": listing.words_in(text)}  # fmt: skip


def _enrollments(
    activity: dict[str, Any],
    shifts: Sequence[dict[str, Any]],
    volunteers: Sequence[str],
    now: datetime,
    chance: random.Random,
) -> list[dict[str, Any]]:
    rows = []
    for shift in shifts:
        taken = min(len(volunteers), round(shift["capacity"] * chance.choice(_ENROLLED_SHARE)))
        for volunteer_id in chance.sample(volunteers, taken):
            rows.append({"id": new_id(), "activity_id": activity["id"], "shift_id": shift["id"],
                         "volunteer_id": volunteer_id, "status": "accepted", "reason": None, "waiting_no": None,
                         "accompanied_by_sealed": None, "offer_expires_at": None, "created_at": now, "decided_at": now,
                         "changed_at": now, "source": "self", "late": False, "signed_in_at": None, "minutes": 0,
                         "version": 1})  # fmt: skip
    return rows
