"""What would have been sent, as a page: a phone without a network (``GET /v1/dev/messages``, outside production only).

Why this module exists: whoever tries the platform out waits for a code, and has no SMS to read it from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"

_CHANNELS = {"sms": "短信 SMS", "email": "邮件 E-mail", "wechat": "微信 WeChat"}
_STYLE = """
:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:auto;max-width:40rem;padding:1rem;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:1.2rem}form{display:flex;gap:.5rem}input{flex:1;min-width:0;padding:.5rem;font:inherit}
button{padding:.5rem 1rem;font:inherit}article{margin:1rem 0;padding:.8rem;border:1px solid #8886;border-radius:.8rem}
p{margin:.3rem 0 0;white-space:pre-line;overflow-wrap:anywhere}small{opacity:.7}
"""


def render(messages: Sequence[Mapping[str, Any]], recipient: str) -> str:
    """The page, the newest message first; it looks for more every five seconds."""
    shown = "".join(map(_article, reversed(messages)))
    return f"""<!doctype html>
<html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="5"><title>已发消息 Messages</title><style>{_STYLE}</style>
<h1>模拟器收到的消息 <small>What would have been sent</small></h1>
<form><input name="recipient" value="{escape(recipient)}" placeholder="手机号或邮箱 Recipient" aria-label="Recipient">
<button>查找 Find</button></form>
{shown or "<p>还没有消息。<br>Nothing yet.</p>"}</html>"""


def _article(message: Mapping[str, Any]) -> str:
    channel = _CHANNELS.get(message["channel"], message["channel"])
    said = " · ".join(escape(str(part)) for part in (channel, message["recipient"], message["at"], message["template"]))
    cut = ", ".join(map(escape, message["shortened"]))
    shortened = f"<small>已截短 Shortened: {cut}</small>" if cut else ""
    return f"<article><small>{said}</small><p>{escape(message['text'])}</p>{shortened}</article>"
