"""The simulators as one web application, and what they were given: a page to read, and the same as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Lifespan

from deploy.simulators.aliyun import Aliyun
from deploy.simulators.moods import Mood, phone_with
from deploy.simulators.tencent import Tencent
from deploy.simulators.wechat import WeChat
from deploy.simulators.world import Kept, World
from services.chassis.clock import SHANGHAI

_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>模拟器收到的消息</title><style>body{{font:15px sans-serif;margin:2em}}td,th{{padding:.3em 1em;text-align:left;
vertical-align:top;border-bottom:1px solid #ddd}}</style><h1>模拟器收到的消息 What the simulators were given</h1>
<table><tr><th>时间<th>通道<th>接收人<th>内容<th>编号</tr>{rows}</table>
<h2>特殊号码 Numbers with moods</h2><p>邮箱与 openid 以同样的词开头，如 <code>blacklisted@example.org</code>。</p>
<table>{moods}</table></html>"""


def simulators(world: World, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """Tencent at ``/tencent``, Aliyun at ``/aliyun``, WeChat at ``/wechat``; messages at ``/`` and ``/messages``."""
    wechat = WeChat(world)

    async def page(_request: Request) -> Response:
        rows = "".join(_row(kept) for kept in reversed(world.kept))
        moods = "".join(f"<tr><td>{phone_with(m)}<td>{m.value}</tr>" for m in Mood if m is not Mood.FINE)
        return HTMLResponse(_PAGE.format(rows=rows, moods=moods))

    async def messages(request: Request) -> Response:
        recipient = request.query_params.get("recipient")
        found = [asdict(kept) for kept in world.kept if recipient in (None, kept.recipient)]
        return JSONResponse({"items": found})

    async def ready(_request: Request) -> Response:
        return JSONResponse({"ready": True})

    async def metrics(_request: Request) -> Response:
        return Response(f"zhiyuan_simulated_messages {len(world.kept)}\n", media_type="text/plain")

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/tencent", Tencent(world).send, methods=["POST"]),
            Route("/aliyun", Aliyun(world).send, methods=["POST"]),
            Route("/wechat/cgi-bin/stable_token", wechat.stable_token, methods=["POST"]),
            Route("/wechat/cgi-bin/message/template/send", wechat.send, methods=["POST"]),
            Route("/", page),
            Route("/messages", messages),
            Route("/livez", ready),
            Route("/readyz", ready),
            Route("/metrics", metrics),
        ],
    )


def _row(kept: Kept) -> str:
    at = datetime.fromtimestamp(kept.at, SHANGHAI).strftime("%m-%d %H:%M:%S")
    cells = (at, kept.provider, kept.recipient, kept.text, kept.serial)
    return f"<tr>{''.join(f'<td>{escape(cell)}' for cell in cells)}</tr>"
