"""The generated pages: written, compared, and never quietly out of date."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from services.chassis import docs


@pytest.fixture
def written(tmp_path: Path) -> Path:
    assert docs.main([], root=tmp_path) == 0
    return tmp_path


def test_pages_just_written_are_true(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--check"], root=written) == 0
    assert capsys.readouterr().out == ""


def test_rendering_twice_gives_the_same_text() -> None:
    assert docs.render() == docs.render()


def test_a_changed_page_is_shown_as_a_difference(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = written / "docs/errors.md"
    page.write_text(page.read_text().replace("`forbidden`", "`verboten`"))
    assert docs.main(["--check"], root=written) == 1
    shown = capsys.readouterr()
    assert "-| 403 | `verboten`" in shown.out
    assert "+| 403 | `forbidden`" in shown.out
    assert "python -m services.chassis.docs" in shown.err


def test_a_missing_page_is_a_difference(written: Path) -> None:
    (written / "docs/metrics.md").unlink()
    assert docs.main(["--check"], root=written) == 1


def test_checking_writes_nothing(tmp_path: Path) -> None:
    assert docs.main(["--check"], root=tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_errors_page_says_status_code_words_and_meaning() -> None:
    row = next(line for line in docs.errors_page().splitlines() if "`forbidden`" in line)
    assert row == (
        "| 403 | `forbidden` | 没有权限<br>Not allowed | The caller is known and may not do this. "
        "| 您没有执行此操作的权限。<br>You have no right to do this. |"
    )


def test_an_error_that_only_carries_anothers_words_is_not_on_the_page() -> None:
    assert "`relayed`" not in docs.errors_page()


def test_the_metrics_page_says_name_as_scraped_kind_labels_and_meaning() -> None:
    rows = docs.metrics_page().splitlines()
    assert (
        "| `zhiyuan_inbox_duplicates_total` | counter | `handler` "
        "| Events that came again and were recognised |" in rows
    )
    assert any(row.startswith("| `zhiyuan_rpc_server_seconds` | histogram | `method`, `outcome` |") for row in rows)


def test_the_events_page_is_yaml_without_anchors() -> None:
    page = docs.asyncapi_page()
    assert yaml.safe_load(page)["asyncapi"] == "3.0.0"
    assert "&id" not in page


def test_the_chassis_comes_first_among_the_parts() -> None:
    assert docs.parts()[0] == "services.chassis"
