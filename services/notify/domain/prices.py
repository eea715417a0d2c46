"""What an SMS costs: each provider's price for a segment, by contract."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Prices:
    """Yuan a segment, by provider."""

    by_provider: tuple[tuple[str, Decimal], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Prices:
        """``tencent:0.045,aliyun:0.04``; raises ``ValueError``."""
        try:
            pairs = (part.partition(":") for part in text.split(","))
            return cls(tuple((name.strip(), Decimal(price)) for name, _, price in pairs))
        except InvalidOperation:
            raise ValueError("must be names with prices, as in tencent:0.045") from None

    def cost(self, provider: str, segments: int | None) -> Decimal | None:
        """In yuan; None where nobody has said what it costs, and for what is no SMS."""
        price = dict(self.by_provider).get(provider)
        return None if price is None or segments is None else price * segments
