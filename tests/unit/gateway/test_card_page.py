"""The page behind the QR on a card's front, over HTTP: for programs, and for whoever holds a phone to a card."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import zxingcpp

from gateway import card_page
from services.card.errors import CardNotInHand
from services.chassis.errors import NotFound, TooMany, Unavailable
from services.chassis.settings import SettingsError
from tests.unit.gateway.conftest import Site, bearer, settings_for

ADDRESS = "https://zhiyuan.example.org/card/{token}"
TOKEN = "t" * 43
OWN = {"token": TOKEN, "created_at": "2026-03-02T08:00:00+08:00"}
PAGE = {
    "volunteer_no": "440000000001",
    "name_masked": "测*者",
    "organization_name": "某某<b>志愿队</b>",
    "bank": "boc",
    "bank_name": "中国银行",
    "card_since": "2026-03-01",
    "confirmed_minutes": 6_030,
    "star": 1,
}
PATH = f"/v1/card-pages/{TOKEN}"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN,zh;q=0.9"}
ENGLISH = BROWSER | {"Accept-Language": "en-GB,en;q=0.9"}


@pytest.fixture
def gateway(site: Any) -> Site:
    made: Site = site(ZHIYUAN_CARD_PAGE_ADDRESS=ADDRESS)
    for method in ("make_card_page", "show_own_card_page"):
        made.rpc.answers[f"card.{method}"] = OWN
    made.rpc.answers["card.open_card_page"] = PAGE
    return made


class TestOnesOwn:
    def test_the_volunteer_makes_sees_and_closes_it(self, gateway: Site) -> None:
        address = ADDRESS.format(token=TOKEN)
        shown = {"url": address, "created_at": OWN["created_at"]}

        made = gateway.http.post("/v1/me/card-page", headers=bearer())
        assert (made.status_code, made.json()) == (201, shown)
        seen = gateway.http.get("/v1/me/card-page", headers=bearer())
        assert (seen.status_code, seen.json()) == (200, shown)
        assert gateway.http.delete("/v1/me/card-page", headers=bearer()).status_code == 204
        assert [target for target, _, _ in gateway.rpc.asked] == [
            "card.make_card_page", "card.show_own_card_page", "card.close_card_page",
        ]  # fmt: skip

    def test_the_qr_is_drawn_as_a_picture_that_leads_to_the_page(self, gateway: Site) -> None:
        png = gateway.http.get("/v1/me/card-page", headers=bearer() | {"Accept": "image/png"})
        found = zxingcpp.read_barcodes(PIL.Image.open(io.BytesIO(png.content)).convert("L"))
        assert [code.text for code in found] == [ADDRESS.format(token=TOKEN)]
        assert (png.headers["content-type"], png.headers["cache-control"]) == ("image/png", "no-store")
        svg = gateway.http.get("/v1/me/card-page", headers=bearer() | {"Accept": "image/svg+xml"})
        assert svg.headers["content-type"] == "image/svg+xml"
        assert b"<svg" in svg.content

    def test_only_volunteers_have_one_and_only_with_a_card(self, gateway: Site) -> None:
        assert gateway.http.get("/v1/me/card-page").status_code == 401
        assert gateway.http.post("/v1/me/card-page", headers=bearer("administrator")).status_code == 403
        gateway.rpc.answers["card.make_card_page"] = CardNotInHand()
        refused = gateway.http.post("/v1/me/card-page", headers=bearer())
        assert (refused.status_code, refused.json()["code"]) == (409, "card_not_in_hand")


class TestForAnybody:
    def test_a_program_gets_json_without_signing_in(self, gateway: Site) -> None:
        answer = gateway.http.get(PATH)

        assert (answer.status_code, answer.json()) == (200, PAGE)
        assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        ((target, payload, caller),) = gateway.rpc.asked
        assert (target, payload, caller.kind) == ("card.open_card_page", {"token": TOKEN}, "anonymous")

    def test_a_phone_gets_a_page_in_its_language(self, gateway: Site) -> None:
        chinese, english = gateway.http.get(PATH, headers=BROWSER), gateway.http.get(PATH, headers=ENGLISH)

        assert chinese.headers["content-type"] == english.headers["content-type"] == "text/html; charset=utf-8"
        assert '<html lang="zh-CN">' in chinese.text
        assert '<html lang="en">' in english.text
        for shown in (
            "440000000001",
            "测*者",
            "某某&lt;b&gt;志愿队&lt;/b&gt;",
            "中国银行",
            "100 小时 30 分钟",
            "2026-03-01",
        ):
            assert shown in chinese.text, shown
        for shown in ("440000000001", "测*者", "Bank of China", "100 h 30 min", "1 of 5"):
            assert shown in english.text, shown

    @pytest.mark.parametrize("refusal", [None, NotFound(what="card page")], ids=["a page", "no page"])
    def test_it_is_a_page_that_runs_nothing_loads_nothing_and_is_kept_nowhere(
        self, gateway: Site, refusal: NotFound | None
    ) -> None:
        if refusal is not None:
            gateway.rpc.answers["card.open_card_page"] = refusal
        answer = gateway.http.get(PATH, headers=BROWSER)

        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert "unsafe" not in str(policy)
        none = {"default-src", "base-uri", "form-action", "frame-ancestors"}
        assert {name for name, sources in policy.items() if sources == "'none'"} == none
        (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert policy["style-src"] == f"'sha256-{digest}'"
        assert not re.search(r"<script|\bon\w+=|<link|<img|<iframe|style=|url\(|@import|https?://", answer.text)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert '<meta name="robots" content="noindex, nofollow, noarchive">' in answer.text
        assert answer.headers["vary"] == "Accept, Accept-Language"
        assert TOKEN not in answer.text

    def test_where_there_is_no_page_the_phone_is_told_in_words_and_a_program_in_a_problem(self, gateway: Site) -> None:
        gateway.rpc.answers["card.open_card_page"] = NotFound(what="card page")

        phone, english = gateway.http.get(PATH, headers=BROWSER), gateway.http.get(PATH, headers=ENGLISH)
        assert (phone.status_code, english.status_code) == (404, 404)
        assert "没有这个页面" in phone.text
        assert "card page" not in phone.text
        assert "There is no such page" in english.text
        program = gateway.http.get(PATH)
        assert (program.status_code, program.json()["code"]) == (404, "not_found")

    def test_while_a_part_is_down_the_phone_is_told_to_try_again(self, gateway: Site) -> None:
        gateway.rpc.answers["card.open_card_page"] = Unavailable()
        answer = gateway.http.get(PATH, headers=BROWSER)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert Unavailable().title("zh") in answer.text

    def test_whoever_tries_addresses_is_slowed_down(self, site: Any) -> None:
        gateway: Site = site(ZHIYUAN_STRICT_RATE_LIMIT="2/hour")
        gateway.rpc.answers["card.open_card_page"] = NotFound(what="card page")
        statuses = [gateway.http.get(f"/v1/card-pages/{n}").status_code for n in range(4)]
        assert set(statuses) == {404, TooMany.status}
        assert statuses[-1] == TooMany.status


class TestWords:
    def test_without_attendance_it_says_that_the_hours_cannot_be_read(self) -> None:
        page = PAGE | {"confirmed_minutes": None, "star": None}
        assert "暂时无法读取" in card_page.render(page, "zh")
        assert "cannot be read at the moment" in card_page.render(page, "en")
        assert "None" not in card_page.render(page, "zh")

    @pytest.mark.parametrize(
        ("minutes", "zh", "en"),
        [
            (0, "0 小时", "0 h"),
            (45, "45 分钟", "45 min"),
            (120, "2 小时", "2 h"),
            (150, "2 小时 30 分钟", "2 h 30 min"),
        ],
    )
    def test_minutes_are_read_as_hours(self, minutes: int, zh: str, en: str) -> None:
        page = PAGE | {"confirmed_minutes": minutes}
        assert f"<dd>{zh}</dd>" in card_page.render(page, "zh")
        assert f"<dd>{en}</dd>" in card_page.render(page, "en")

    @pytest.mark.parametrize(
        ("star", "zh", "en"), [(0, "暂无", "none yet"), (3, "★★★☆☆", "★★★☆☆"), (5, "★★★★★", "5 of 5")]
    )
    def test_stars_are_drawn(self, star: int, zh: str, en: str) -> None:
        assert zh in card_page.render(PAGE | {"star": star}, "zh")
        assert en in card_page.render(PAGE | {"star": star}, "en")

    def test_whoever_belongs_to_no_organization_has_no_line_for_one(self) -> None:
        assert "所属组织" in card_page.render(PAGE, "zh")
        assert "所属组织" not in card_page.render(PAGE | {"organization_name": None}, "zh")


class TestAddress:
    def test_production_must_say_what_address_the_qr_leads_to(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="ZHIYUAN_CARD_PAGE_ADDRESS"):
            settings_for(
                tmp_path,
                ZHIYUAN_ENVIRONMENT="production",
                ZHIYUAN_CERTIFICATE_ADDRESS="https://a.example.org/{serial}/{code}",
            )

    @pytest.mark.parametrize("address", ["https://a.example.org/", "https://a.example.org/{token}/{x}"])
    def test_an_address_without_a_token_is_refused(self, tmp_path: Path, address: str) -> None:
        with pytest.raises(SettingsError, match="must hold"):
            settings_for(tmp_path, ZHIYUAN_CARD_PAGE_ADDRESS=address)

    def test_development_shows_its_own_address(self, tmp_path: Path) -> None:
        settings = settings_for(tmp_path, ZHIYUAN_HTTP_HOST="0.0.0.0", ZHIYUAN_HTTP_PORT="8123")
        assert settings.card_page("abc") == "http://127.0.0.1:8123/v1/card-pages/abc"
