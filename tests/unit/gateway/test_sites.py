"""Sub-platforms by their Host: filtered lists, the home organization of a registration, and the logo."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.ids import new_id
from tests.unit.gateway.conftest import Site, bearer

PNG, PDF = b"\x89PNG\r\n\x1a\n" + bytes(64), b"%PDF-1.7\n" + bytes(64)
CITY, OTHER = new_id(), new_id()
OWNER = bearer("administrator", roles=[[CITY, "owner"]])
LOOKS = {"title": "广州志愿者", "domain": "gz.example.org"}


@pytest.fixture
def city(site: Any) -> Site:
    """A gateway that knows one sub-platform, and by whose Host it is asked."""
    made: Site = site()
    made.rpc.answers["organization.get_site"] = {"main": False, "organization_id": CITY, "logo_upload_id": None}
    return made


def asked(site: Site, target: str) -> Any:
    (payload,) = [payload for name, payload, _ in site.rpc.asked if name == target]
    return payload


def hand_in(site: Site, content: bytes, who: dict[str, str] = OWNER) -> str:
    answer = site.http.post("/v1/uploads", files={"file": ("logo", content)}, headers=who)
    return str(answer.json()["upload_id"])


def put_site(site: Site, upload_id: str) -> Any:
    looks = LOOKS | {"logo_upload_id": upload_id}
    return site.http.put(f"/v1/organizations/{CITY}/site", json=looks, headers=OWNER)


@pytest.mark.parametrize(
    ("path", "target"),
    [("/v1/activities", "activity.search_activities"), ("/v1/organizations", "organization.list_organizations")],
)
def test_a_list_is_the_sub_platforms_where_that_is_asked_for(city: Site, path: str, target: str) -> None:
    assert city.http.get(f"{path}?site=true", headers={"Host": "gz.example.org"}).status_code == 200
    assert asked(city, target) == {"organization_id": CITY}
    assert asked(city, "organization.get_site") == {"host": "gz.example.org"}


@pytest.mark.parametrize("query", ["", "?site=false", f"?site=true&organization_id={OTHER}"])
def test_a_list_that_does_not_ask_for_it_or_names_an_organization_is_not(city: Site, query: str) -> None:
    city.http.get(f"/v1/activities{query}")
    assert asked(city, "activity.search_activities").get("organization_id") == (OTHER if OTHER in query else None)


def test_on_the_main_site_a_list_is_whole(city: Site) -> None:
    city.rpc.answers["organization.get_site"] = {"main": True, "organization_id": OTHER}
    city.http.get("/v1/organizations?site=true")
    assert asked(city, "organization.list_organizations") == {}


def test_site_is_true_or_false(city: Site) -> None:
    refused = city.http.get("/v1/organizations?site=perhaps")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "site")


@pytest.mark.parametrize(
    ("main", "named", "home"), [(False, None, CITY), (False, OTHER, OTHER), (True, OTHER, OTHER), (True, None, None)]
)
def test_who_registers_on_a_sub_platform_belongs_to_its_organization_unless_another_is_named(
    city: Site, main: bool, named: str | None, home: str | None
) -> None:
    city.rpc.answers["organization.get_site"] = {"main": main, "organization_id": CITY}
    person = {
        "name": "陈小明", "cert_type": "resident_id", "cert_no": "11010519491231002X", "phone": "13800000000",
        "code": "000000", "password": "long enough 1", "region": "440106",
    }  # fmt: skip
    answer = city.http.post("/v1/volunteers", json=person | ({"organization_id": named} if named else {}))
    if home is None:
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
            ("organization_id", "required")
        ]
    else:
        assert asked(city, "identity.register_volunteer")["organization_id"] == home


def test_a_logo_is_an_image_that_its_owner_has_handed_in(city: Site) -> None:
    assert put_site(city, hand_in(city, PNG)).status_code == 200
    for upload_id, code in (
        (hand_in(city, PDF), "not_an_image"),
        (hand_in(city, PNG, bearer()), "unknown_upload"),
        (new_id(), "unknown_upload"),
    ):
        refused = put_site(city, upload_id)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert put_site(city, "no id").status_code == 422


def test_anybody_sees_the_logo_of_the_site_they_came_to(city: Site) -> None:
    assert city.http.get("/v1/site/logo").status_code == 404
    city.rpc.answers["organization.get_site"] |= {"logo_upload_id": hand_in(city, PNG)}
    shown = city.http.get("/v1/site/logo")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
