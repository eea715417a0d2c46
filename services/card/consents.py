"""The consent texts: what an applicant agrees to before anything goes to a bank.

Why this module exists: handing personal data to another party needs a separate consent that names the recipient, the
purpose, the method and the kinds of data (PIPL 23), and financial and location data are sensitive (PIPL 28-30). An
application stores which version was agreed to, so a version that was ever in force stays here for good; the last one
counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.card.domain import BANK_NAMES, Bank

CURRENT_VERSION = "1"


@dataclass(frozen=True)
class Consent:
    """One text, for one recipient."""

    version: str
    recipient: str
    recipient_name: str
    purpose: str
    method: str
    data: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole, as it is shown."""
        kinds = "、".join(self.data)
        return (
            f"为{self.purpose}，我单独同意平台将我的以下个人信息提供给{self.recipient_name}：{kinds}。"
            f"提供方式：{self.method}。我知悉其中的证件信息、住址和金融信息属于敏感个人信息，"
            f"仅用于上述目的；我可以在制卡前取消申请，并可向平台和{self.recipient_name}查询、更正或要求删除。"
        )


_PURPOSE = "申办注册志愿者证（银行卡）并配发志愿者服装"
_METHOD = "以该银行公钥加密后，经专用通道逐笔传输"
_DATA = ("姓名", "证件类型和号码", "手机号码", "出生日期", "邮寄地址", "服装尺码", "所选银行卡种和网点")

CONSENTS: dict[Bank, Consent] = {
    bank: Consent(
        version=CURRENT_VERSION,
        recipient=bank.value,
        recipient_name=BANK_NAMES[bank],
        purpose=_PURPOSE,
        method=_METHOD,
        data=_DATA,
    )
    for bank in Bank
}
"""The texts in force."""
