"""Certificates on paper: the text and the QR read back, nothing is lost without a word, and who may have which."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from pypdf import PdfReader

from gateway.certificates import pages
from gateway.certificates.fonts import STAND_IN, fit
from gateway.settings import GatewaySettings
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.settings import SettingsError
from tests.unit.gateway.conftest import Site, bearer, settings_for

ADDRESS = "https://hours.example.org/verify/{serial}?code={code}"
SERIAL, CODE = "2026-0000-0001-1", "ABCD0123EFGH4567"


def document(**changes: Any) -> dict[str, Any]:
    """What attendance says of a certificate of three hours."""
    line = {
        "date": "2026-03-07",
        "starts_at": "2026-03-07T09:00:00+08:00",
        "ends_at": "2026-03-07T12:00:00+08:00",
        "minutes": 180,
        "title": "春季植树",
        "address": "人民公园",
        "organization_name": "越秀区志愿者协会",
    }
    told = {
        "serial": SERIAL,
        "status": "valid",
        "organization_id": None,
        "from": None,
        "to": None,
        "minutes": 180,
        "services": 1,
        "issued_at": "2026-03-20T09:00:00+08:00",
        "changed_at": None,
        "reason": None,
        "name": "张小丰",
        "volunteer_no": "4401000001",
        "code": CODE,
        "items": [line],
    }
    return {**told, **changes}


@pytest.fixture(scope="module")
def fonts() -> tuple[Path, ...]:
    """The fonts that an installation has."""
    return GatewaySettings.__dataclass_fields__["certificate_fonts"].default  # type: ignore[return-value]


@pytest.fixture
def printed(fonts: tuple[Path, ...], tmp_path: Path) -> Any:
    """``printed(name=…)``: the PDF of a certificate."""

    def write(**changes: Any) -> PdfReader:
        told = document(**changes)
        folder = tmp_path / new_id()
        folder.mkdir()
        fitted = fit(fonts, pages.characters_of(told), folder)
        return PdfReader(BytesIO(pages.write(told, ADDRESS.format(serial=SERIAL, code=CODE), fitted)))

    return write


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


class TestPages:
    def test_who_when_what_where_how_long_and_by_whom_can_be_read_back(self, printed: Any) -> None:
        text = text_of(printed())
        for told in ("张小丰", "4401000001", "2026-03-07", "春季植树", "人民公园", "3 小时", "越秀区志愿者协会"):
            assert told in text
        assert SERIAL in text
        assert "ABCD-0123-EFGH-4567" in text
        assert STAND_IN not in text

    def test_the_fonts_are_embedded_and_only_what_is_shown_of_them(self, printed: Any) -> None:
        pdf = printed()
        embedded = [
            font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()["/FontFile2"]
            for page in pdf.pages
            for font in page["/Resources"]["/Font"].get_object().values()
        ]
        assert len(embedded) == 2
        assert sum(len(file.get_object().get_data()) for file in embedded) < 150_000

    def test_the_qr_leads_to_the_verification(self, printed: Any) -> None:
        (image,) = printed().pages[-1].images
        read = zxingcpp.read_barcode(image.image)
        assert read is not None
        assert read.text == ADDRESS.format(serial=SERIAL, code=CODE)

    def test_a_character_of_extension_a_is_printed(self, printed: Any) -> None:
        text = text_of(printed(name="张㛃龘"))
        assert "张㛃龘" in text
        assert STAND_IN not in text

    def test_a_character_that_no_font_has_is_named_and_not_a_box(self, printed: Any) -> None:
        text = text_of(printed(name="张𠮷"))
        assert f"张{STAND_IN}" in text
        assert "U+20BB7" in text

    @pytest.mark.parametrize(("status", "words"), [("revoked", "本证明已撤销"), ("outdated", "本证明不再有效")])
    def test_one_that_is_good_no_more_says_so(self, printed: Any, status: str, words: str) -> None:
        assert words in text_of(printed(status=status))
        assert words not in text_of(printed())

    def test_a_long_list_goes_on_with_its_headings_and_the_serial_on_each_page(self, printed: Any) -> None:
        line = document()["items"][0]
        pdf = printed(items=[line] * 60, services=60)
        assert len(pdf.pages) == 3
        assert all(SERIAL in page.extract_text() for page in pdf.pages)
        assert all("记录单位" in page.extract_text() for page in pdf.pages)


@pytest.mark.parametrize(
    ("minutes", "words"), [(180, "3 小时"), (200, "3 小时 20 分钟"), (40, "40 分钟"), (0, "0 小时")]
)
def test_minutes_are_told_in_hours(minutes: int, words: str) -> None:
    assert pages.hours(minutes) == words


class TestRoutes:
    @pytest.fixture
    def gateway(self, site: Any) -> Site:
        made: Site = site(ZHIYUAN_CERTIFICATE_ADDRESS=ADDRESS)
        made.rpc.answers["attendance.issue_certificate"] = document()
        made.rpc.answers["attendance.get_certificate"] = document()
        return made

    def test_a_certificate_is_json_unless_a_pdf_is_asked_for(self, gateway: Site) -> None:
        answer = gateway.http.post("/v1/me/service-certificates", json={"from": "2026-01-01"}, headers=bearer())
        assert (answer.status_code, answer.json()["serial"]) == (201, SERIAL)
        assert gateway.rpc.asked[0][1] == {"from": "2026-01-01"}

    def test_downloaded_again_it_is_the_same_pdf(self, gateway: Site) -> None:
        headers = {**bearer(), "Accept": "application/pdf"}
        first, again = (gateway.http.get(f"/v1/me/service-certificates/{SERIAL}", headers=headers) for _ in range(2))
        assert first.headers["content-type"] == "application/pdf"
        assert first.content == again.content
        assert "张小丰" in text_of(PdfReader(BytesIO(first.content)))

    def test_a_mistyped_serial_is_told_at_once(self, gateway: Site) -> None:
        answer = gateway.http.get("/v1/service-certificates/2026-0000-0001-5?code=1")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "bad_serial")
        assert gateway.rpc.asked == []

    def test_whoever_scans_it_with_a_camera_gets_a_page(self, gateway: Site) -> None:
        gateway.rpc.answers["attendance.verify_certificate"] = {
            "serial": SERIAL, "status": "valid", "name_masked": "张*丰", "from": None, "to": None, "minutes": 180,
            "services": 1, "organizations": ["<b>协会</b>"], "issued_at": "2026-03-20T09:00:00+08:00",
            "changed_at": None,
        }  # fmt: skip
        path = f"/v1/service-certificates/{SERIAL}?code={CODE}"
        page = gateway.http.get(path, headers={"Accept": "text/html,*/*"})
        assert page.headers["content-type"].startswith("text/html")
        assert "有效" in page.text
        assert "张*丰" in page.text
        assert "<b>" not in page.text
        assert gateway.http.get(path).json()["minutes"] == 180

    def test_a_batch_comes_as_a_zip_of_all_its_pages(self, gateway: Site) -> None:
        second = document(serial="2026-0000-0002-0", name="李/雷", volunteer_no="4401000002")
        answers = [
            {"items": [document()], "next_cursor": "more"},
            {"items": [second], "next_cursor": None},
        ]

        async def call(target: str, payload: Any, caller: Any, *, deadline: float) -> Any:
            gateway.rpc.asked.append((target, payload, caller))
            return answers.pop(0)

        gateway.rpc.call = call  # type: ignore[method-assign]
        batch = new_id()
        answer = gateway.http.get(
            f"/v1/certificate-batches/{batch}/certificates",
            headers=bearer("administrator", roles=[["org", "organizer"]]),
        )
        packed = zipfile.ZipFile(BytesIO(answer.content))
        assert packed.namelist() == [
            f"张小丰-4401000001-{SERIAL}.pdf",
            "李_雷-4401000002-2026-0000-0002-0.pdf",
        ]
        assert all(packed.read(name).startswith(b"%PDF") for name in packed.namelist())
        assert [asked[1] for asked in gateway.rpc.asked] == [
            {"batch_id": batch},
            {"batch_id": batch, "cursor": "more"},
        ]

    def test_a_refusal_of_the_service_is_no_empty_zip(self, gateway: Site) -> None:
        gateway.rpc.answers["attendance.hand_out_certificates"] = NotFound(what="batch")
        answer = gateway.http.get(
            f"/v1/certificate-batches/{new_id()}/certificates",
            headers=bearer("administrator", roles=[["org", "organizer"]]),
        )
        assert answer.status_code == 404


class TestSettings:
    def test_a_missing_font_stops_the_start_and_says_what_to_install(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match=r"ZHIYUAN_CERTIFICATE_FONTS.*/no/such\.ttf.*fonts-droid-fallback"):
            settings_for(tmp_path, ZHIYUAN_CERTIFICATE_FONTS="/no/such.ttf")

    def test_production_must_say_what_address_stands_on_paper(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="ZHIYUAN_CERTIFICATE_ADDRESS"):
            settings_for(tmp_path, ZHIYUAN_ENVIRONMENT="production")

    @pytest.mark.parametrize(
        "address", ["https://a.example.org/", "https://a.example.org/{serial}", "{serial}{code}{x}"]
    )
    def test_an_address_without_serial_and_code_is_refused(self, tmp_path: Path, address: str) -> None:
        with pytest.raises(SettingsError, match="must hold"):
            settings_for(tmp_path, ZHIYUAN_CERTIFICATE_ADDRESS=address)

    def test_development_prints_its_own_address(self, tmp_path: Path) -> None:
        settings = settings_for(tmp_path, ZHIYUAN_HTTP_HOST="0.0.0.0", ZHIYUAN_HTTP_PORT="8123")
        assert settings.verification_address.startswith("http://127.0.0.1:8123/v1/service-certificates/{serial}?code=")
