"""The edge of a service: what a request must look like, and what an answer looks like.

Why this module exists: marshmallow does the checking, and three things are settled here once, for the RPC side and
for HTTP alike: unknown fields are refused; text that PostgreSQL or a browser would choke on (NUL, control
characters, lone surrogates) never gets in; and every broken field is reported with a code and in two languages.

A :class:`Request` loads into a frozen dataclass (the *command*), named by ``Meta.command``. An :class:`Answer`
dumps what a use case returned. Both are imported by the gateway, which makes OpenAPI out of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, ClassVar, cast
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from services.chassis.clock import SHANGHAI
from services.chassis.errors import FieldError, Invalid

_UNSAFE_LINE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_UNSAFE_BLOCK = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_REGION = re.compile(r"[1-9]\d{5}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DIGITS = re.compile(r"-?[0-9]{1,20}")
# Days that rules may add to and take from without leaving the calendar, and local time may be told of.
_YEARS = range(1900, 2200)


def rule(code: str, zh: str, en: str) -> str:
    """A validation message that keeps its code and both languages until it becomes a :class:`FieldError`."""
    return f"{code}|{zh}|{en}"


_MESSAGES = {
    "required": rule("required", "必填", "is required"),
    "null": rule("required", "不能为空", "may not be null"),
    "validator_failed": rule("invalid", "不符合要求", "is not valid"),
    "type": rule("wrong_type", "类型不正确", "has the wrong type"),
}
fields.Field.default_error_messages.update(_MESSAGES)
_TYPED: list[tuple[Any, str, str]] = [
    (fields.String, "应为文本", "must be text"),
    (fields.Integer, "应为整数", "must be a whole number"),
    (fields.Float, "应为数字", "must be a number"),
    (fields.Boolean, "应为 true 或 false", "must be true or false"),
    (fields.List, "应为列表", "must be a list"),
    (fields.Nested, "应为对象", "must be an object"),
    (fields.Mapping, "应为对象", "must be an object"),
]
for _field, _zh, _en in _TYPED:
    _field.default_error_messages = {
        **_field.default_error_messages,
        **{key: rule("wrong_type", _zh, _en) for key in ("invalid", "type", "too_large", "special")},
    }


def _describe(field: fields.Field[Any], metadata: dict[str, Any]) -> None:
    """Add what OpenAPI should say of ``field``, unless it was said where the field was declared."""
    field.metadata = {**metadata, **field.metadata}


class _Options(ma.SchemaOpts):
    """``Meta`` with one more word: ``command``, the dataclass a request loads into."""

    def __init__(self, meta: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(meta, *args, **kwargs)
        self.command = getattr(meta, "command", None)


class Request(ma.Schema):
    """The shape of a request. Unknown fields are refused (API.md, "Errors")."""

    OPTIONS_CLASS = _Options
    opts: _Options
    error_messages = {
        "unknown": rule("unknown_field", "未知字段", "is not a known field"),
        "type": rule("wrong_type", "应为对象", "must be an object"),
    }

    class Meta:
        unknown = ma.RAISE

    @ma.post_load
    def _to_command(self, data: dict[str, Any], **_: Any) -> Any:
        return self.opts.command(**data) if self.opts.command is not None else data

    def parse(self, payload: object) -> Any:
        """The command in ``payload``; raises :class:`Invalid` naming every field that breaks a rule."""
        try:
            return self.load(payload)  # type: ignore[arg-type]
        except ma.ValidationError as error:
            raise invalid_from(error.messages) from error


class Answer(ma.Schema):
    """The shape of an answer; reads attributes or mapping keys."""

    @cached_property
    def _members(self) -> list[tuple[str, str, Any]]:
        """(what it is read from, key of the answer, field) of each."""
        return [(field.attribute or name, field.data_key or name, field) for name, field in self.dump_fields.items()]

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """As marshmallow does it, and straight on for a dictionary, which nearly every use case returns: a page of
        activities has a thousand members, and to ask for each where to find it took two thirds of the time.

        Straight on means without hooks and defaults, of which answers have none (a test sees to it).
        """
        if type(obj) is not dict or many or self.many:
            return super().dump(obj, many=many)
        return {
            key: field._serialize(obj[source], source, obj) for source, key, field in self._members if source in obj
        }


def invalid_from(messages: Any) -> Invalid:
    """Marshmallow's tree of messages as one :class:`Invalid` with field paths like ``shifts.0.starts_at``."""
    return Invalid(*_flatten("", messages))


def _flatten(path: str, messages: Any) -> list[FieldError]:
    if isinstance(messages, Mapping):
        found: list[FieldError] = []
        for key, inner in messages.items():
            deeper = path if key in ("_schema", "key", "value") else f"{path}.{key}" if path else str(key)
            found += _flatten(deeper, inner)
        return found
    if isinstance(messages, list):
        return [error for inner in messages for error in _flatten(path, inner)]
    code, _, words = str(messages).partition("|")
    zh, _, en = words.partition("|")
    if not en:
        code, zh, en = "invalid", str(messages), str(messages)
    return [FieldError(path or "body", code, zh, en)]


class Text(fields.String):
    """Text of ``min`` to ``max`` characters, trimmed; one line unless ``multiline``."""

    def __init__(self, *, max: int, min: int = 1, multiline: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._unsafe = _UNSAFE_BLOCK if multiline else _UNSAFE_LINE
        self._min, self._max = min, max
        _describe(self, {"minLength": min, "maxLength": max})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if self._unsafe.search(text):
            raise ma.ValidationError(rule("unsafe_text", "含有不允许的字符", "has characters that are not allowed"))
        text = text.strip()
        if not self._min <= len(text) <= self._max:
            raise ma.ValidationError(
                rule(
                    "bad_length",
                    f"长度应为 {self._min} 至 {self._max} 个字符",
                    f"must have {self._min} to {self._max} characters",
                )
            )
        return text


class SecretText(Text):
    """A password or code: neither trimmed nor ever shown."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        super()._deserialize(value, attr, data, **kwargs)
        return str(value)


class Id(fields.String):
    """A UUID in canonical text form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _describe(self, {"format": "uuid"})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        try:
            return str(UUID(super()._deserialize(value, attr, data, **kwargs)))
        except ValueError as error:
            raise ma.ValidationError(rule("bad_id", "不是有效的编号", "is not a UUID")) from error


class Timestamp(fields.Field[datetime]):
    """A moment: RFC 3339 with offset. Aware UTC inside, Asia/Shanghai on the way out (API.md)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _describe(self, {"type": "string", "format": "date-time"})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None and moment.year in _YEARS:
                return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            pass
        raise ma.ValidationError(
            rule("bad_time", "应为带时区的 RFC 3339 时间", "must be an RFC 3339 time with an offset")
        )

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(SHANGHAI).isoformat(timespec="seconds")


class Day(fields.Field[date]):
    """A calendar day, ``YYYY-MM-DD``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _describe(self, {"type": "string", "format": "date"})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        try:
            day = date.fromisoformat(value)
            if day.year in _YEARS:
                return day
        except (TypeError, ValueError):
            pass
        raise ma.ValidationError(rule("bad_date", "应为 YYYY-MM-DD 日期", "must be a date, YYYY-MM-DD"))

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class _Matching(fields.String):
    """Text that matches a pattern; subclasses say which."""

    pattern: ClassVar[re.Pattern[str]]
    message: ClassVar[str]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _describe(self, {"pattern": f"^{self.pattern.pattern}$"})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not self.pattern.fullmatch(text):
            raise ma.ValidationError(self.message)
        return text


class RegionCode(_Matching):
    """A six-digit division code of GB/T 2260."""

    pattern = _REGION
    message = rule("bad_region", "应为六位行政区划代码", "must be a six-digit division code")


class Mobile(_Matching):
    """A mainland mobile number (FACTS.md)."""

    pattern = _MOBILE
    message = rule("bad_mobile", "手机号码格式不正确", "is not a mobile number")


class _WholeNumber(fields.Integer):
    """As JSON writes a whole number, or a query spells it; ``int()`` also takes halves and digits of other scripts."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, int) and not (isinstance(value, str) and _DIGITS.fullmatch(value)):
            raise self.make_error("invalid", input=value)
        return int(super()._validated(value))


def whole_number(*, min: int | None = None, max: int | None = None, **kwargs: Any) -> fields.Integer:
    """A whole number between ``min`` and ``max``, both included."""
    zh, en = f"应在 {min} 与 {max} 之间", f"must be between {min} and {max}"
    return _WholeNumber(validate=validate.Range(min=min, max=max, error=rule("out_of_range", zh, en)), **kwargs)


def one_of(choices: Any, **kwargs: Any) -> fields.String:
    """One of a closed list of words (an enum or a sequence)."""
    words = [str(getattr(choice, "value", choice)) for choice in choices]
    zh, en = "应为以下之一：" + "、".join(words), "must be one of " + ", ".join(words)
    return fields.String(validate=validate.OneOf(words, error=rule("not_a_choice", zh, en)), **kwargs)


def list_of(inner: fields.Field[Any], *, min: int = 0, max: int, **kwargs: Any) -> fields.List[Any]:
    """A list of ``min`` to ``max`` members."""
    zh, en = f"应有 {min} 至 {max} 项", f"must have {min} to {max} members"
    return fields.List(inner, validate=validate.Length(min=min, max=max, error=rule("bad_length", zh, en)), **kwargs)


class PageRequest(Request):
    """``?limit=&cursor=`` of a list (API.md, "Lists")."""

    limit = whole_number(min=1, max=100, load_default=20)
    cursor = Text(max=2000, load_default=None)


class EmptyAnswer(Answer):
    """An answer that says nothing but that it was done (HTTP 204)."""


def page_of(item: type[Answer]) -> type[Answer]:
    """The answer ``{items, next_cursor}`` of a list of ``item``."""
    members: dict[str, fields.Field[Any]] = {
        "items": fields.List(fields.Nested(item)),
        "next_cursor": fields.String(allow_none=True),
    }
    return cast(type[Answer], Answer.from_dict(members, name=f"{item.__name__}Page"))
