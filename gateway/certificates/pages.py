"""The pages of a certificate of service (志愿服务记录证明), the same bytes for the same certificate.

Sources: 民政部令67号: who served, when, what and where, for how long, recorded by whom; issued free of charge; verified
online. No certificate number is printed: the service that knows hours never learns one.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import qrcode
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import FontFace
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

from gateway.certificates.fonts import STAND_IN, FittedFonts

_MARGIN, _QR = 18.0, 34.0  # millimetres
_RED, _BLACK, _GREY = (190, 20, 20), (0, 0, 0), (90, 90, 90)
_COLUMNS = ("日期", "服务内容", "服务地点", "时长", "记录单位")
_WIDTHS = (22, 48, 46, 22, 36)
_TITLE, _SUBTITLE = "志愿服务记录证明", "Certificate of Volunteer Service"
_NOT_VALID = {
    "outdated": "所载服务记录已更正，本证明不再有效 · OUTDATED",
    "revoked": "本证明已撤销 · REVOKED",
}
_STATEMENT = (
    "　　兹证明 {name}（志愿者编号 {volunteer_no}）于 {first} 至 {last} 期间，{at}参加志愿服务 {services} 次，"
    "累计服务时长 {hours}。"
)
_AT_LISTED_UNITS = "在下列记录单位"
_FOOT = "证明编号 {serial}　第 {page} / {{nb}} 页"
_PROOF = "证明编号　{serial}\n验证码　　{code}\n出具日期　{day}\n"
_NOTICE = (
    "本证明依据《志愿服务记录与证明出具办法（试行）》（民政部令第67号）免费出具，仅载明公示期满无异议的服务时长。"
    "扫描二维码，或凭证明编号与验证码，可在线核验真伪与是否有效。"
)
_MISSING = f"注：{STAND_IN} 代替字库未收录的字："
_HOURS = "{} 小时", "{} 分钟"

_FIXED = frozenset(
    "".join((*_COLUMNS, _TITLE, _SUBTITLE, *_NOT_VALID.values(), _STATEMENT, _AT_LISTED_UNITS, _FOOT, _PROOF))
    + "".join((_NOTICE, _MISSING, *_HOURS, "0123456789ABCDEFU+-—、 "))
)


def characters_of(certificate: dict[str, Any]) -> frozenset[str]:
    """Every character that the pages of ``certificate`` may show."""
    texts = [certificate["name"], certificate["volunteer_no"], certificate["serial"], certificate["code"]]
    for line in certificate["items"]:
        texts += [line["title"], line["address"] or "", line["organization_name"]]
    return _FIXED.union(*texts)


def write(certificate: dict[str, Any], url: str, fonts: FittedFonts) -> bytes:
    """The PDF; ``certificate`` is attendance's ``CertificateDocument``, ``url`` stands in the QR."""
    pages = _Pages(certificate, fonts)
    pages.head()
    pages.statement()
    pages.services()
    pages.proof(url)
    return bytes(pages.output())


def hours(minutes: int) -> str:
    """``3 小时 20 分钟``."""
    whole, rest = divmod(minutes, 60)
    parts = [_HOURS[0].format(whole)] if whole or not rest else []
    return " ".join([*parts, _HOURS[1].format(rest)] if rest else parts)


class _Pages(FPDF):
    """A4; each part writes what follows, from the top to the bottom."""

    def __init__(self, certificate: dict[str, Any], fonts: FittedFonts) -> None:
        super().__init__(format="A4")
        self._certificate, self._fitted = certificate, fonts
        for file in fonts.files:
            self.add_font(file.stem, fname=file)
        self._family, *others = (file.stem for file in fonts.files)
        self.set_fallback_fonts(others)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN + 6)
        self.set_creation_date(datetime.fromisoformat(certificate["issued_at"]))
        self.set_title(f"{_TITLE} {certificate['serial']}")
        self.set_lang("zh-CN")
        self.add_page()

    def footer(self) -> None:
        """At the foot of each page, because pages get separated."""
        self.set_y(-_MARGIN)
        self._write_in(8, _GREY)
        foot = _FOOT.format(serial=self._certificate["serial"], page=self.page_no())
        self.cell(0, 6, foot, align="C")

    def head(self) -> None:
        """What it is, and whether it is good no more."""
        self._write_in(22)
        self._paragraph(_TITLE, 13, "C")
        self._write_in(10, _GREY)
        self._paragraph(_SUBTITLE, 6, "C")
        if self._certificate["status"] in _NOT_VALID:
            self._write_in(14, _RED)
            self._paragraph(_NOT_VALID[self._certificate["status"]], 10, "C")
        self.ln(6)

    def statement(self) -> None:
        """Who has served for how long."""
        told = self._certificate
        days = [line["date"] for line in told["items"]] or ["—"]
        self._write_in(12)
        self._paragraph(
            _STATEMENT.format(
                name=told["name"],
                volunteer_no=told["volunteer_no"],
                first=told["from"] or days[0],
                last=told["to"] or days[-1],
                at="" if told["organization_id"] is None else _AT_LISTED_UNITS,
                services=told["services"],
                hours=hours(told["minutes"]),
            ),
            8,
        )
        self.ln(4)

    def services(self) -> None:
        """Time, content, place and recording unit of each service; the headings stand on every page."""
        self._write_in(9)
        with self.table(
            col_widths=_WIDTHS,
            text_align=("CENTER", "LEFT", "LEFT", "CENTER", "LEFT"),
            line_height=6,
            padding=1,
            headings_style=FontFace(fill_color=(235, 235, 235)),
            wrapmode=WrapMode.CHAR,
        ) as table:
            table.row(_COLUMNS)
            for line in self._certificate["items"]:
                place, unit = line["address"] or "—", line["organization_name"]
                cells = (line["date"], line["title"], place, hours(line["minutes"]), unit)
                table.row([self._fitted.readable(cell) for cell in cells])

    def proof(self, url: str) -> None:
        """The QR with all that is needed to verify, and what was lost for want of a font."""
        self.ln(6)
        if self.will_page_break(_QR + 6):
            self.add_page()
        top = self.get_y()
        self.image(_qr(url), x=_MARGIN, y=top, w=_QR, alt_text=url)
        self.set_left_margin(_MARGIN + _QR + 6)
        self.set_xy(_MARGIN + _QR + 6, top + 2)
        self._write_in(10)
        code, day = _grouped(self._certificate["code"]), self._certificate["issued_at"][:10]
        self._paragraph(_PROOF.format(serial=self._certificate["serial"], code=code, day=day), 6)
        self._write_in(8, _GREY)
        self._paragraph(_NOTICE, 5)
        self.set_left_margin(_MARGIN)
        lost = sorted(self._fitted.missing & characters_of(self._certificate))
        if lost:
            self.set_y(max(self.get_y(), top + _QR) + 3)
            self._paragraph(_MISSING + "、".join(f"U+{ord(character):04X}" for character in lost), 5)

    def _write_in(self, points: float, colour: tuple[int, int, int] = _BLACK) -> None:
        self.set_font(self._family, size=points)
        self.set_text_color(*colour)

    def _paragraph(self, text: str, height: float, align: str = "L") -> None:
        self.multi_cell(
            0, height, self._fitted.readable(text), align=align,
            new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=WrapMode.CHAR,
        )  # fmt: skip


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _qr(text: str) -> BytesIO:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=6, border=4, image_factory=PilImage)
    code.add_data(text)
    drawn = BytesIO()
    code.make_image().save(drawn)
    return drawn
