"""The columns of a spreadsheet, and what each of its rows must be: the template, the reader and the checks agree here.

``ROWS`` are the same fields, under the same rules, as those of a single registration; only the spelling of a cell is
wider (``domain/imports.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import fields

from services.chassis.errors import FieldError, Invalid
from services.chassis.schema import Day, Id, Mobile, RegionCode, Request, Text, list_of, one_of
from services.identity.domain import imports
from services.identity.domain.certificates import CertType
from services.identity.domain.imports import ImportKind as ImportKind  # the gateway names them, too
from services.identity.domain.imports import cell_text as cell_text
from services.identity.domain.imports import day_text, labels
from services.identity.schemas.requests import Email, PoliticalStatus

MAX_CELL = 500


@dataclass(frozen=True)
class Column:
    """One column: its name in the API, its heading in both languages, and what may stand in it."""

    name: str
    zh: str
    en: str
    required: bool = False
    note_zh: str = ""
    note_en: str = ""
    words: Mapping[str, str] = field(default_factory=dict)  # what a cell may say -> what the API calls it
    spell: Callable[[str], Any] = str  # the text of a cell as the API spells it

    def value(self, text: str) -> Any:
        """The text of a cell as the API would be sent it."""
        return self.spell(self.words.get(text, text))


_CERT_NOTE = ("证件号码列请设为文本格式", "Format this column as text")
_PATH_NOTE = (
    "本组织以下的路径，以 / 分隔；留空为本组织",
    "The names below the importing organization, with / between them; empty for itself",
)
_DAY_NOTE = ("证件号码不含出生日期时必填，如 1995-03-07", "Needed if the certificate tells none, as 1995-03-07")
_LABEL_NOTE = ("多项以顿号分隔", "Several, separated by commas")

COLUMNS: Mapping[ImportKind, tuple[Column, ...]] = {
    ImportKind.VOLUNTEERS: (
        Column("name", "姓名", "Name", True, "与证件一致", "As the certificate has it"),
        Column("cert_type", "证件类型", "Certificate", True, words=imports.CERTIFICATES),
        Column("cert_no", "证件号码", "Certificate number", True, *_CERT_NOTE),
        Column("phone", "手机号", "Mobile", True, "首次登录以短信确认", "Confirmed by SMS on first login"),
        Column("region", "行政区划代码", "Division", True, "六位代码，如 440104", "Six digits, as 440104"),
        Column("organization", "归属组织", "Home organization", False, *_PATH_NOTE),
        Column("birth_date", "出生日期", "Birth date", False, *_DAY_NOTE, spell=day_text),
        Column("email", "邮箱", "E-mail"),
        Column("political_status", "政治面貌", "Political status", words=imports.POLITICAL_STATUSES),
        Column("clothing_size", "服装尺码", "Clothing size"),
        Column("skills", "特长", "Skills", False, *_LABEL_NOTE, spell=labels),
        Column("service_types", "服务类别", "Service types", False, *_LABEL_NOTE, spell=labels),
    ),
    ImportKind.ORGANIZATIONS: (
        Column("name", "组织名称", "Organization", True),
        Column("kind", "组织类型", "Kind", True, words=imports.ORGANIZATION_KINDS),
        Column("parent", "上级组织", "Parent", False, *_PATH_NOTE),
        Column("region", "行政区划代码", "Division", True, "六位代码，如 440104", "Six digits, as 440104"),
        Column("uscc", "统一社会信用代码", "USCC"),
        Column("principal_name", "负责人姓名", "Principal", True),
        Column("principal_cert_type", "负责人证件类型", "Principal's certificate", True, words=imports.CERTIFICATES),
        Column("principal_cert_no", "负责人证件号码", "Principal's certificate number", True, *_CERT_NOTE),
        Column("principal_phone", "负责人手机号", "Principal's mobile", True, "首次登录以短信确认",
               "Confirmed by SMS on first login"),
        Column("account", "登录账号", "Account name", True, "4 至 32 位，以字母开头", "4 to 32, begins with a letter"),
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class VolunteerRow:
    """A row of a volunteers' file whose cells have the right form."""

    name: str
    cert_type: str
    cert_no: str
    phone: str
    region: str
    organization: str
    birth_date: Any
    email: str | None
    political_status: str | None
    clothing_size: str | None
    skills: list[str]
    service_types: list[str]


@dataclass(frozen=True, kw_only=True)
class OrganizationRow:
    """A row of an organizations' file whose cells have the right form."""

    name: str
    kind: str
    parent: str
    region: str
    uscc: str | None
    principal_name: str
    principal_cert_type: str
    principal_cert_no: str
    principal_phone: str
    account: str


class VolunteerRowSchema(Request):
    """What ``POST /volunteers`` takes, without what an organization cannot know: code and password."""

    class Meta:
        command = VolunteerRow

    name = Text(min=2, max=50, required=True)
    cert_type = one_of(CertType, required=True)
    cert_no = Text(max=40, required=True)
    phone = Mobile(required=True)
    region = RegionCode(required=True)
    organization = Text(max=300, load_default="")
    birth_date = Day(load_default=None)
    email = Email(load_default=None)
    political_status = one_of(PoliticalStatus, load_default=None)
    clothing_size = Text(max=10, load_default=None)
    skills = list_of(Text(max=50), max=30, load_default=list)
    service_types = list_of(Text(max=50), max=30, load_default=list)


class OrganizationRowSchema(Request):
    """What ``POST /organizations`` takes, without code and password."""

    class Meta:
        command = OrganizationRow

    name = Text(min=2, max=100, required=True)
    kind = one_of(imports.ORGANIZATION_KINDS.values(), required=True)
    parent = Text(max=300, load_default="")
    region = RegionCode(required=True)
    uscc = Text(max=40, load_default=None)
    principal_name = Text(min=2, max=50, required=True)
    principal_cert_type = one_of(CertType, required=True)
    principal_cert_no = Text(max=40, required=True)
    principal_phone = Mobile(required=True)
    account = Text(max=32, required=True)


_ROWS: Mapping[ImportKind, Request] = {
    ImportKind.VOLUNTEERS: VolunteerRowSchema(),
    ImportKind.ORGANIZATIONS: OrganizationRowSchema(),
}
_BY_NAME = {kind: {column.name: column for column in columns} for kind, columns in COLUMNS.items()}


def read_cells(kind: ImportKind, cells: Mapping[str, str]) -> tuple[Any, list[FieldError]]:
    """The row that ``cells`` are, or None and every column whose form is wrong."""
    columns = _BY_NAME[kind]
    written = {name: cell_text(text) for name, text in cells.items()}
    values = {name: columns[name].value(text) for name, text in written.items() if text and name in columns}
    try:
        return _ROWS[kind].parse(values), []
    except Invalid as refusal:
        return None, [
            FieldError(error.field.partition(".")[0], error.code, error.zh, error.en) for error in refusal.errors
        ]


def heading(kind: ImportKind, name: str, locale: str) -> str:
    """What a column is called in the file."""
    column = _BY_NAME[kind].get(name)
    return name if column is None else column.zh if locale == "zh" else column.en


class GetImportTemplate(Request):
    """``GET /import-templates/{kind}``."""

    kind = one_of(ImportKind, required=True)
    format = one_of(("xlsx", "csv"), load_default="xlsx")


class SendImport(Request):
    """``POST /organizations/{organization_id}/imports``: a form with the file; ``import_id`` goes on with that one."""

    organization_id = Id(required=True)
    kind = one_of(ImportKind, required=True)
    import_id = Id(load_default=None)
    file = fields.String(metadata={"format": "binary"})
