"""The page that a phone shows which has scanned the QR on a volunteer card (``GET /v1/card-pages/{token}``).

Why this module exists: whoever is shown a card has a camera and no account. The page is plain: it runs nothing, loads
nothing, and its one style is known to the policy by its digest. In Chinese or English, as the phone asks.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from services.chassis.errors import AppError, NotFound

MEDIA_TYPE = "text/html"
_ROBOTS = "noindex, nofollow, noarchive"
_STYLE = """
:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:auto;max-width:30rem;padding:1.5rem;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
main{padding:1rem 1.2rem;border:1px solid #8886;border-top:.4rem solid #c8102e;border-radius:.8rem}
h1{margin:0 0 .8rem;font-size:1.3rem}dl{margin:0}dt{font-size:.85rem;opacity:.7}
dd{margin:0 0 .7rem;font-size:1.15rem;overflow-wrap:anywhere}p{margin:.8rem 0 0}footer{margin-top:1rem;opacity:.7}
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

ROBOTS = {"X-Robots-Tag": _ROBOTS}
"""For search engines that have come across an address."""

HEADERS = {
    **ROBOTS,
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Vary": "Accept, Accept-Language",
}

_MOST_STARS = 5


@dataclass(frozen=True)
class _Words:
    language: str
    title: str
    number: str
    name: str
    hours: str
    star: str
    organization: str
    bank: str
    since: str
    hour: str
    minute: str
    of_stars: str
    no_star: str
    not_now: str
    about: str
    no_page: tuple[str, str]
    banks: Mapping[str, str]  # where the bank's own name is not in this language


_WORDS = {
    "zh": _Words(
        language="zh-CN",
        title="注册志愿者证",
        number="志愿者编号",
        name="姓名",
        hours="志愿服务时长（已公示确认）",
        star="星级",
        organization="所属组织",
        bank="制证银行",
        since="持证时间",
        hour="小时",
        minute="分钟",
        of_stars="{star} / {most}",
        no_star="暂无",
        not_now="暂时无法读取，请稍后再看",
        about="本页由持证人自愿公开，姓名已隐去部分文字，持证人可随时停用。",
        no_page=("没有这个页面", "地址有误，或持证人已停用该页面。"),
        banks={},
    ),
    "en": _Words(
        language="en",
        title="Volunteer card",
        number="Volunteer number",
        name="Name",
        hours="Hours of service, confirmed after disclosure",
        star="Star",
        organization="Organization",
        bank="Issuing bank",
        since="Holder since",
        hour="h",
        minute="min",
        of_stars="{star} of {most}",
        no_star="none yet",
        not_now="cannot be read at the moment; look again later",
        about="The holder has chosen to show this page, and can close it. The name is masked.",
        no_page=("There is no such page", "The address is wrong, or the holder has closed the page."),
        banks={"boc": "Bank of China", "ceb": "China Everbright Bank"},
    ),
}


def render(page: Mapping[str, Any], locale: str) -> str:
    """The page for card's ``CardPage``."""
    words = _WORDS[locale]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in _rows(page, words))
    return _document(words, words.title, f"<dl>{rows}</dl><footer>{escape(words.about)}</footer>")


def render_refusal(error: AppError, locale: str) -> str:
    """Why nothing is shown, in words for whoever holds the phone."""
    words = _WORDS[locale]
    title, detail = words.no_page if isinstance(error, NotFound) else (error.title(locale), error.detail(locale))
    return _document(words, title, f"<p>{escape(detail)}</p>")


def _rows(page: Mapping[str, Any], words: _Words) -> Iterator[tuple[str, str]]:
    yield words.number, page["volunteer_no"]
    yield words.name, page["name_masked"]
    if page["confirmed_minutes"] is None:
        yield words.hours, words.not_now
    else:
        yield words.hours, _hours(page["confirmed_minutes"], words)
        yield words.star, _star(page["star"], words)
    if page["organization_name"] is not None:
        yield words.organization, page["organization_name"]
    yield words.bank, words.banks.get(page["bank"], page["bank_name"])
    yield words.since, page["card_since"]


def _hours(minutes: int, words: _Words) -> str:
    hours, rest = divmod(minutes, 60)
    parts = ((hours, words.hour), (rest, words.minute))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or f"0 {words.hour}"


def _star(star: int, words: _Words) -> str:
    if star == 0:
        return words.no_star
    return f"{'★' * star}{'☆' * (_MOST_STARS - star)} {words.of_stars.format(star=star, most=_MOST_STARS)}"


def _document(words: _Words, title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="{_ROBOTS}"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
