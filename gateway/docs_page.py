"""``/docs``: the OpenAPI document as one page for people, with nothing fetched from elsewhere.

Why this module exists: who writes a frontend wants to search, read and copy a curl line, on a network that may reach no
CDN. Drawn once at start from the document, so it cannot say anything else than the document does.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import orjson

# Scripts and styles stand in the page; it loads nothing, and nothing can be put in its frame.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'"
)
_METHODS = ("get", "post", "put", "patch", "delete")
_MAX_DEPTH = 4

_STYLE = """
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5b6577;--line:#dfe4ec;--paper:#fff;--ground:#f5f7fa;
--accent:#c8102e;--get:#0a7d4f;--post:#1f5fbf;--put:#a15c00;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#9aa4b5;--line:#333b49;--paper:#1c222c;--ground:#141920;
--accent:#ff6b7d;--get:#4cc38a;--post:#7aa9f7;--put:#e0a458;--delete:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
header,main{max-width:62rem;margin:auto;padding:1rem}
h1{margin:.5rem 0 0;font-size:1.6rem}h2{margin:2rem 0 .5rem;font-size:1.1rem;color:var(--accent)}
h4{margin:1rem 0 .3rem;font-size:.9rem;color:var(--soft)}
header p{white-space:pre-line;color:var(--soft)}
a{color:var(--accent)}nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:1rem 0 0}
input{width:100%;padding:.6rem .8rem;font:inherit;color:inherit;background:var(--paper);
border:1px solid var(--line);border-radius:.5rem}
details{margin:.35rem 0;background:var(--paper);border:1px solid var(--line);border-radius:.5rem}
summary{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:baseline;padding:.5rem .8rem;cursor:pointer}
summary::before{content:"▸";color:var(--soft)}[open]>summary::before{content:"▾"}
details>div{padding:0 .8rem .8rem}
.m{width:4.2rem;font-weight:700;font-size:.8rem}
.get{color:var(--get)}.post{color:var(--post)}.put,.patch{color:var(--put)}.delete{color:var(--delete)}
code{font:.9em/1.5 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.zh{font-weight:600}.en,.who{color:var(--soft)}.who{margin-left:auto;font-size:.85rem}
table{width:100%;border-collapse:collapse;font-size:.9rem}
td{padding:.25rem .5rem .25rem 0;border-top:1px solid var(--line);vertical-align:top}
pre{margin:0;padding:.6rem .8rem;overflow-x:auto;background:var(--ground);border-radius:.4rem}
.need{color:var(--accent)}
@media(max-width:40rem){tr{display:block;padding:.25rem 0;border-top:1px solid var(--line)}
td{display:block;padding:0;border:0}}
"""

_SCRIPT = """
const find=document.getElementById('find'),all=[...document.querySelectorAll('details')];
find.addEventListener('input',()=>{const words=find.value.toLowerCase().split(/\\s+/).filter(Boolean);
for(const one of all)one.hidden=!words.every(w=>one.dataset.text.includes(w));
for(const part of document.querySelectorAll('section'))
part.hidden=![...part.querySelectorAll('details')].some(d=>!d.hidden)});
const open=()=>{const one=document.getElementById(location.hash.slice(1));if(one)one.open=true};
addEventListener('hashchange',open);open();
for(const one of all)one.addEventListener('toggle',()=>{if(one.open)history.replaceState(null,'','#'+one.id)});
"""


def render(document: dict[str, Any]) -> str:
    """The page for an OpenAPI document."""
    info = document["info"]
    tags = [tag["name"] for tag in document.get("tags", ())]
    links = "".join(f'<a href="#{_anchor(tag)}">{escape(tag)}</a>' for tag in tags)
    sections = "".join(_section(tag, document) for tag in tags)
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{escape(info['title'])}</h1><p>{_with_code(info['description'])}</p>"
        '<p><a href="/openapi.json">openapi.json</a></p>'
        '<input id="find" type="search" placeholder="搜索 · Search" aria-label="搜索 · Search">'
        f"<nav>{links}</nav></header>"
        f"<main>{sections}</main><script>{_SCRIPT}</script></body></html>"
    )


def _section(tag: str, document: dict[str, Any]) -> str:
    operations = "".join(
        _operation(method, path, item[method], document)
        for path, item in sorted(document["paths"].items())
        for method in _METHODS
        if method in item and tag in item[method]["tags"]
    )
    return f'<section id="{_anchor(tag)}"><h2>{escape(tag)}</h2>{operations}</section>'


def _anchor(tag: str) -> str:
    return escape("of_" + tag.replace(" ", "_"))


def _operation(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    zh, _, en = operation["summary"].partition(" · ")
    text = f"{method} {path} {operation['summary']} {' '.join(operation['tags'])}".lower().replace("`", "")
    parts = [
        _parameters(operation.get("parameters", ()), document),
        _bodies("请求 · Request", operation.get("requestBody", {}), document),
        f"<h4>示例 · Example</h4><pre><code>{escape(_curl(method, path, operation, document))}</code></pre>",
        _answers(operation["responses"], document),
    ]
    return (
        f'<details id="{escape(operation["operationId"])}" data-text="{escape(text)}"><summary>'
        f'<span class="m {method}">{method.upper()}</span><code>{escape(path)}</code>'
        f'<span class="zh">{escape(zh)}</span><span class="en">{_with_code(en)}</span>'
        f'<span class="who">{escape(operation["description"])}</span></summary><div>{"".join(parts)}</div></details>'
    )


def _parameters(parameters: Any, document: dict[str, Any]) -> str:
    rows = "".join(
        _row(p["name"], p["schema"], document, p.get("required", False), f"{p['in']} {p.get('description', '')}")
        for p in (_resolved(parameter, document) for parameter in parameters)
    )
    return f"<h4>参数 · Parameters</h4><table>{rows}</table>" if rows else ""


def _bodies(title: str, holder: dict[str, Any], document: dict[str, Any]) -> str:
    return "".join(
        f"<h4>{title} <code>{escape(media_type)}</code></h4>"
        f"<table>{''.join(row for schema in _choices(content['schema']) for row in _rows(schema, document))}</table>"
        for media_type, content in holder.get("content", {}).items()
    )


def _choices(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The kinds of event that a stream is made of; any other body is of one kind."""
    return list(schema.get("oneOf", [schema]))


def _answers(responses: dict[str, Any], document: dict[str, Any]) -> str:
    done, refused = "", ""
    for status, response in sorted(responses.items()):
        if status < "400":
            done += _bodies(f"{status} {_with_code(response['description'])}", response, document)
        else:
            refused += f"<tr><td>{status}</td><td>{_with_code(response['description'])}</td></tr>"
    return f"{done}<h4>拒绝 · Refusals</h4><table>{refused}</table>"


def _with_code(text: str) -> str:
    pieces = escape(text).replace("``", "`").split("`")  # docstrings double them
    return "".join(f"<code>{piece}</code>" if i % 2 else piece for i, piece in enumerate(pieces))


def _rows(schema: dict[str, Any], document: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[str]:
    schema = _resolved(schema, document)
    for name, member in schema.get("properties", {}).items():
        inner = _resolved(member, document)
        yield _row(f"{prefix}{name}", inner, document, name in schema.get("required", ()), "")
        if depth < _MAX_DEPTH:
            nested = inner.get("items", inner)
            step = f"{prefix}{name}[]." if "items" in inner else f"{prefix}{name}."
            yield from _rows(nested, document, step, depth + 1)


def _row(name: str, schema: dict[str, Any], document: dict[str, Any], required: bool, note: str) -> str:
    need = '<span class="need">必填 · required</span>' if required else ""
    kind = escape(_type(schema, document))
    return f"<tr><td><code>{escape(name)}</code> {need}</td><td>{kind}</td><td>{escape(note)}</td></tr>"


def _type(schema: dict[str, Any], document: dict[str, Any]) -> str:
    """``string, 2…50``, ``[uuid]``, ``a | b``: what a reader needs to know of a value."""
    if "enum" in schema:
        return " | ".join("null" if choice is None else str(choice) for choice in schema["enum"])
    kinds = schema.get("type", "object" if "properties" in schema else "any")
    kinds = list(kinds) if isinstance(kinds, list) else [kinds]
    if "array" in kinds:
        return f"[{_type(_resolved(schema.get('items', {}), document), document)}]"
    kinds[0] = schema.get("format", kinds[0])
    least = schema.get("minimum", schema.get("minLength", ""))
    most = schema.get("maximum", schema.get("maxLength", ""))
    return " | ".join(kinds) + (f", {least}…{most}" if least != most else "")


def _curl(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    line = f"curl -s -X {method.upper()} $BASE{path}"
    if "bearer" in str(operation.get("security", "")):
        line += ' \\\n  -H "Authorization: Bearer $TOKEN"'
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        example = orjson.dumps(_example(content["application/json"]["schema"], document)).decode()
        line += f" \\\n  -H 'Content-Type: application/json' -d '{example}'"
    elif "multipart/form-data" in content:
        line += " \\\n  -F file=@photo.jpg"
    return line


def _example(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> Any:
    schema = _resolved(schema, document)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" and depth <= _MAX_DEPTH:
        wanted = schema.get("required") or list(schema.get("properties", {}))
        return {name: _example(schema["properties"][name], document, depth + 1) for name in wanted}
    if kind == "array":
        return [_example(schema.get("items", {}), document, depth + 1)]
    samples = {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}
    return samples.get(kind, schema.get("examples", ["…"])[0])


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref") or next((part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part), None)
    if reference is None:
        nullable = next((part for part in schema.get("anyOf", ()) if "$ref" in part), None)
        return schema if nullable is None else _resolved(nullable, document)
    found: dict[str, Any] = document
    for step in str(reference).removeprefix("#/").split("/"):
        found = found[step]
    return found
