"""What several of card's requests and answers are made of."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from services.chassis.schema import Answer, Text


class Untrimmed(Text):
    """Text of many lines that keeps its first blank ones: errors name lines by their number."""

    def __init__(self, *, max: int, **kwargs: Any) -> None:
        super().__init__(max=max, multiline=True, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        super()._deserialize(value, attr, data, **kwargs)
        return str(value)


class Code(fields.Enum):
    """A word of a closed list, as the enum that the domain knows it by."""

    def __init__(self, enum: Any, **kwargs: Any) -> None:
        words = ", ".join(member.value for member in enum)
        unknown = f"not_a_choice|应为以下之一：{words}|must be one of {words}"
        super().__init__(enum, by_value=True, error_messages={"unknown": unknown, "must_be_one_of": unknown}, **kwargs)


class PersonToCall(Answer):
    """Somebody at a branch, or the bank's hotline."""

    name = fields.String()
    phone = fields.String()


class Card(Answer):
    """Which card where, by code and by name."""

    bank = fields.String()
    bank_name = fields.String()
    card_type = fields.String()
    card_type_name = fields.String()
    city = fields.String()
    city_name = fields.String()
