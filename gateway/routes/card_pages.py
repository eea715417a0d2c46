"""The page behind the QR on a card's front: its holder makes, sees and closes it; anybody who has scanned it looks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from marshmallow import fields
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from gateway import card_page, qr
from gateway.endpoints import accepts
from gateway.payloads import read_payload
from gateway.problems import problem
from gateway.routing import Route, Who
from services.card.errors import CardNotInHand
from services.card.schemas import pages
from services.chassis.context import Caller
from services.chassis.errors import AppError, NotFound
from services.chassis.schema import Answer, Timestamp

if TYPE_CHECKING:
    from gateway.app import Gateway

_TAGS = ("card page",)
_DRAWN = {"image/png": qr.png, "image/svg+xml": qr.svg}


class OwnCardPage(Answer):
    """Where one's own page is. Whoever has the address sees the page."""

    url = fields.String()
    created_at = Timestamp()


async def make(request: HttpRequest, caller: Caller, gateway: Gateway) -> Response:
    """A new address; the one before leads nowhere."""
    own = _own(await _ask(request, caller, gateway, _MAKE, "card.make_card_page"), gateway)
    return JSONResponse(own, status_code=_MAKE.status)


async def show_own(request: HttpRequest, caller: Caller, gateway: Gateway) -> Response:
    """The address, or the QR for the card's front, by Accept."""
    own = _own(await _ask(request, caller, gateway, _SHOW_OWN, "card.show_own_card_page"), gateway)
    media_type = accepts(request, *_DRAWN)
    if media_type is None:
        return JSONResponse(own)
    picture = await asyncio.to_thread(_DRAWN[media_type], own["url"])
    return Response(picture, media_type=media_type, headers={"Vary": "Accept"})


async def open_page(request: HttpRequest, caller: Caller, gateway: Gateway) -> Response:
    """For the camera of a phone, which opens a browser, a page, also where there is none; programs get JSON."""
    as_page = accepts(request, card_page.MEDIA_TYPE) is not None
    try:
        answer = await _ask(request, caller, gateway, _OPEN, "card.open_card_page")
    except AppError as error:
        if not as_page:
            raise
        return _refusal_page(error, caller)
    if not as_page:
        return JSONResponse(answer, headers=card_page.ROBOTS)
    return Response(card_page.render(answer, caller.locale), media_type=card_page.MEDIA_TYPE, headers=card_page.HEADERS)


async def _ask(request: HttpRequest, caller: Caller, gateway: Gateway, route: Route, target: str) -> Any:
    payload = await read_payload(request, route, gateway.settings.max_json_bytes)
    route.request().parse(payload)
    return await gateway.rpc.call(target, payload, caller, deadline=route.deadline)


def _own(answer: dict[str, Any], gateway: Gateway) -> dict[str, Any]:
    return {"url": gateway.settings.card_page(answer["token"]), "created_at": answer["created_at"]}


def _refusal_page(error: AppError, caller: Caller) -> Response:
    """What a program would be told, as a page: counted alike, and with the same moment to try again."""
    told = problem(error, caller.locale, caller.request_id)
    again = {name: told.headers[name] for name in ("Retry-After",) if name in told.headers}
    return Response(
        card_page.render_refusal(error, caller.locale),
        status_code=told.status_code,
        media_type=card_page.MEDIA_TYPE,
        headers={**card_page.HEADERS, **again},
    )


_MAKE = Route(
    "POST", "/me/card-page", make,
    request=pages.MakeCardPage, answer=OwnCardPage, who=Who.VOLUNTEER, status=201, tags=_TAGS,
    errors=(CardNotInHand,), zh="开通或更换注册志愿者证的公开页面",
    en="A page with what one's card shows, for the QR on its front; the address before leads nowhere",
)  # fmt: skip
_SHOW_OWN = Route(
    "GET", "/me/card-page", show_own,
    request=pages.ShowOwnCardPage, answer=OwnCardPage, who=Who.VOLUNTEER, tags=_TAGS, formats=tuple(_DRAWN),
    errors=(NotFound,), zh="我的公开页面及其二维码", en="The address of one's page; by Accept its QR, PNG or SVG",
)  # fmt: skip
_OPEN = Route(
    "GET", "/card-pages/{token}", open_page,
    request=pages.OpenCardPage, answer=pages.CardPage, who=Who.PUBLIC, strict=True, tags=_TAGS,
    formats=(card_page.MEDIA_TYPE,), errors=(NotFound,), zh="扫码查看注册志愿者证",
    en="What a card shows, for whoever has scanned it; the address is all it takes",
)  # fmt: skip

ROUTES = [
    _MAKE,
    _SHOW_OWN,
    Route(
        "DELETE", "/me/card-page", "card.close_card_page",
        request=pages.CloseCardPage, who=Who.VOLUNTEER, status=204, tags=_TAGS,
        zh="停用我的公开页面", en="Let the address lead nowhere, until a new one is asked for",
    ),
    _OPEN,
]  # fmt: skip
