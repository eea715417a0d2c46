"""A snapshot that comes back from a client is read, and not trusted."""

from __future__ import annotations

import pytest

from services.notify.domain import Snapshot


@pytest.mark.parametrize("text", ["5:5:", "5:9:5,7", "742:750:742,745,749"])
def test_what_postgresql_writes_comes_back_as_it_was(text: str) -> None:
    assert str(Snapshot.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "5", "5:5", "0:5:", "9:5:", "5:9:4", "5:9:9", "5:9:7,6", "5:9:6,6", "5:9:6,", "-1:5:", "5:9:6 or true"]
)
def test_what_postgresql_would_not_write_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no snapshot"):
        Snapshot.parse(text)
