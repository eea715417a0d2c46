"""The simulator that is a table of notify's own keeps what delivery builds on, as the real providers do."""

from __future__ import annotations

import pytest

from services.notify.domain import Channel
from services.notify.providers.table import TableSimulator
from tests.service.notify.conftest import Notify
from tests.unit.notify.provider_contract import EveryProvider, Stage


class TestTableSimulator(EveryProvider):
    """It refuses nobody."""

    @pytest.fixture
    def stage(self, notify: Notify) -> Stage:
        return Stage(
            TableSimulator(Channel.SMS, notify.units.factory()),
            lambda: [(sent.recipient, sent.text) for sent in notify.sent()],
            lambda n: f"138{n:08}",
            lambda mood: mood.value,
        )
