"""The province's cities by their division codes (GB/T 2260), as several services need them.

District data stays with the organization service. Dongguan and Zhongshan have no districts.
"""

from __future__ import annotations

PROVINCE = "440000"

CITIES: dict[str, str] = {
    "440100": "广州",
    "440200": "韶关",
    "440300": "深圳",
    "440400": "珠海",
    "440500": "汕头",
    "440600": "佛山",
    "440700": "江门",
    "440800": "湛江",
    "440900": "茂名",
    "441200": "肇庆",
    "441300": "惠州",
    "441400": "梅州",
    "441500": "汕尾",
    "441600": "河源",
    "441700": "阳江",
    "441800": "清远",
    "441900": "东莞",
    "442000": "中山",
    "445100": "潮州",
    "445200": "揭阳",
    "445300": "云浮",
}


def city_of(region: str) -> str | None:
    """The code of the city in which ``region`` (six digits) lies; None for the province or another province."""
    code = region[:4] + "00"
    return code if code in CITIES else None
