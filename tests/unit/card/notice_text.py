"""A text shaped like attachment 3 of the notice, with invented names and numbers: 58 contacts in 20 cities."""

from __future__ import annotations

from services.card.domain import Bank, CardType
from services.chassis.regions import CITIES

SHENZHEN = "440300"
TWO_BANKS = {"440100", "440400", "440500", "440600", "441300", "441900", "442000", "440700", "440800"}
CITIES_SERVED = [code for code in CITIES if code != SHENZHEN]

_BANKS = {Bank.BOC: "中国银行", Bank.CEB: "光大银行"}
_CARDS = {CardType.DEBIT: "借记卡", CardType.CREDIT: "贷记卡"}
_BEFORE_THE_TABLE = """关于推广使用平台的通知

附件：1.回执
　　　3.注册志愿者证简介及制证银行地市分行联系人

附件3

注册志愿者证简介及制证银行地市分行联系人
一、注册志愿者证简介
由中国银行、光大银行合作发行。
二、制证银行地市分行联系人
\t地市
\t银行名称（卡种）
\t联系人
\t联系电话

"""


def notice_text(*, generation: int = 0) -> str:
    """The text; another ``generation`` has other numbers for the same branches."""
    blocks = []
    for code in CITIES_SERVED:
        city_cell = f"\t{CITIES[code]}"
        for bank in (Bank.BOC, Bank.CEB) if code in TWO_BANKS else (Bank.BOC,):
            for card_type, words in _CARDS.items():
                name = "甲  乙" if card_type is CardType.DEBIT else "丙丁戊"
                phone = f"139{generation:02d}{len(blocks):06d}"
                blocks.append(f"{city_cell}\n\t{_BANKS[bank]}{CITIES[code]}分行（{words}）\n\t{name}\n\t{phone}\n")
                city_cell = "\t"
    return _BEFORE_THE_TABLE + "\n".join(blocks) + " "


def line_of(text: str, words: str) -> int:
    """The number of the first line that holds ``words``."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)
