"""8, the front of the card: its QR opens a page for anybody, until its holder closes it."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import PIL.Image
import zxingcpp

from demo.world import Organization, Stage, Volunteer


def show_the_card(stage: Stage, team: Organization, holder: Volunteer, without_card: Volunteer) -> None:
    """Made, scanned, looked at by a stranger, closed, made anew."""
    world, check = stage.world, stage.check
    check.refused(
        lambda: without_card.client.post("/me/card-page"),
        "whoever has no card has no page of it",
        status=409,
        code="card_not_in_hand",
    )
    made = holder.client.post("/me/card-page")
    picture = PIL.Image.open(io.BytesIO(holder.client.fetch("/me/card-page", "image/png")))
    found = zxingcpp.read_barcodes(picture.convert("L"))
    leads_to = found[0].text if found else ""
    check.equal(leads_to, made["url"], "the QR on the card's front is read by a decoder")
    address = _path(leads_to)
    _a_stranger_looks(stage, team, holder, address)

    holder.client.delete("/me/card-page")
    nowhere = "once its holder has closed it, the address leads nowhere"
    check.refused(lambda: world.visitor.get(address), nowhere, status=404, code="not_found")
    anew = _path(holder.client.post("/me/card-page")["url"])
    check.equal(world.visitor.get(anew)["volunteer_no"], holder.volunteer_no, "asked for again, it has another address")
    check.refused(lambda: world.visitor.get(address), "and the old one stays closed", status=404, code="not_found")
    world.count("card", "zhiyuan_card_pages_total", by=2, step="made")
    world.count("card", "zhiyuan_card_pages_total", step="closed")


def _a_stranger_looks(stage: Stage, team: Organization, holder: Volunteer, address: str) -> None:
    world, check = stage.world, stage.check

    def with_hours() -> dict[str, Any] | None:
        """The page; while attendance is away it has no hours."""
        page: dict[str, Any] = world.visitor.get(address)
        return page if page["confirmed_minutes"] is not None else None

    page = check.eventually(with_hours, "a stranger who has scanned it sees a page, without signing in")
    if page is None:
        return
    summary = holder.client.get("/me/service-summary")
    check.equal(
        (page["confirmed_minutes"], page["star"]),
        (summary["confirmed_minutes"], summary["star"]),
        f"with the {page['confirmed_minutes'] // 60} confirmed hours of this journey, and the star they are worth",
    )
    check.equal(
        (page["volunteer_no"], page["organization_name"], page["bank"]),
        (holder.volunteer_no, team.name, "boc"),
        "and number, organization and bank",
    )
    name = holder.person.name
    check.that("*" in page["name_masked"] and name not in str(page), "the name is masked", seen=page["name_masked"])
    shown = world.visitor.fetch(address, "text/html").decode()
    check.that(
        holder.volunteer_no in shown and name not in shown and "<script" not in shown,
        "a phone's browser gets the same as a page that runs nothing",
    )


def _path(url: str) -> str:
    return urlsplit(url).path.removeprefix("/v1")
