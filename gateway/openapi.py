"""OpenAPI 3.1, made from the route declarations: what is validated is what is documented.

Why this module exists: frontends generate their clients from this document, and ``/docs`` is drawn from it. Nothing in
it is written by hand but the introduction; a route that names a parameter its schema does not know is found at start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from gateway.errors import TooLarge, UnsupportedMediaType
from gateway.routing import OneOf, Route, Who
from services.chassis.errors import (
    AppError,
    BadRequest,
    DeadlineExceeded,
    Forbidden,
    Invalid,
    NotAuthenticated,
    NotFound,
    TooMany,
    Unavailable,
)
from services.chassis.schema import Answer, Timestamp

PREFIX = "/v1"
_JSON = "application/json"
_DESCRIPTION = """\
全省志愿服务平台的 HTTP 接口。时间为带时区的 RFC 3339，时长以分钟计，编号为 UUIDv7。
错误一律为 `application/problem+json`，语言随 `Accept-Language`。任何 POST 都可带 `Idempotency-Key`。

The HTTP contract of the province's volunteer platform. Times are RFC 3339 with an offset,
durations minutes, ids UUIDv7. Every error is `application/problem+json` in the language of `Accept-Language`.
Any POST may carry an `Idempotency-Key`.
"""
WHO_IN_CHINESE = {
    Who.PUBLIC: "公开",
    Who.ENROLLING: "已登录用户（含尚未启用动态验证码者）",
    Who.SIGNED_IN: "已登录用户",
    Who.VOLUNTEER: "志愿者",
    Who.ADMINISTRATOR: "组织管理员",
    Who.PLATFORM: "平台管理员",
    Who.PARTNER: "合作方（签名）",
}


class ProblemField(Answer):
    """One field that breaks one rule; ``field`` is a path such as ``shifts.0.starts_at``."""

    field = fields.String()
    code = fields.String()
    message = fields.String()


class Problem(Answer):
    """A refusal (RFC 9457). ``code`` is stable: programs decide by it, people read ``detail``."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String()
    request_id = fields.String()
    data = fields.Dict()
    errors = fields.List(fields.Nested(ProblemField))


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """The OpenAPI document of ``routes``."""
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    spec = APISpec(
        title="志愿 Zhiyuan",
        version="1",
        openapi_version="3.1.0",
        info={"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        servers=[{"url": "/"}],
        plugins=[plugin],
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.security_scheme(
        "partner",
        {"type": "apiKey", "in": "header", "name": "webhook-signature", "description": "Standard Webhooks, HMAC"},
    )
    spec.components.parameter(
        "IdempotencyKey",
        "header",
        {
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "maxLength": 128},
            "description": "同一键与同一内容只生效一次。 The same key and body take effect once.",
        },
    )
    spec.components.schema(_schema_name(Problem), schema=Problem)
    for tag in dict.fromkeys(tag for route in routes for tag in route.tags):
        spec.tag({"name": tag})
    converter: Any = plugin.converter
    converter.add_attribute_function(_moment)
    for route in routes:
        spec.path(f"{PREFIX}{route.path}", operations={route.method.lower(): _operation(route, converter)})
    return spec.to_dict()


def _moment(_converter: Any, field: Any, **_: Any) -> dict[str, Any]:
    return {"examples": ["2026-03-05T14:30:00+08:00"]} if isinstance(field, Timestamp) else {}


def _operation(route: Route, converter: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{route.path.strip('/').translate(_AS_NAME)}",
        "summary": f"{route.zh} · {route.en}",
        "description": f"{WHO_IN_CHINESE[route.who]} · {route.who.value}",
        "x-who": route.who.name.lower(),
        "tags": list(route.tags),
        "parameters": _parameters(route, converter),
        "responses": _responses(route),
    }
    body = _request_body(route)
    if body is not None:
        operation["requestBody"] = body
    if route.who is Who.PARTNER:
        operation["security"] = [{"partner": []}]
    elif route.who is not Who.PUBLIC:
        operation["security"] = [{"bearer": []}]
    return operation


_AS_NAME = str.maketrans({"/": "_", "{": "", "}": "", "-": "_", ".": "_"})


def _parameters(route: Route, converter: Any) -> list[Any]:
    sent = (route.from_client or route.request)()
    declared = {**route.request().fields, **sent.fields}
    parameters: list[Any] = []
    for name in route.path_parameters:
        if name not in declared:
            raise ValueError(f"{route.method} {route.path}: {route.request.__name__} has no field {name}")
        schema = converter.field2property(declared[name])
        if isinstance(route.rpc, OneOf) and name == route.rpc.parameter:
            schema = {"type": "string", "enum": list(route.rpc.targets)}
        parameters.append({"in": "path", "name": name, "required": True, "schema": schema})
    if not route.takes_body:
        query = [name for name in sent.fields if name not in route.path_parameters]
        if query:
            parameters += converter.schema2parameters(type(sent)(only=query), location="query")
    if route.method == "POST":
        parameters.append("IdempotencyKey")
    return parameters


def _request_body(route: Route) -> dict[str, Any] | None:
    if not route.takes_body:
        return None
    if route.raw_body and route.from_client is None:
        return {"required": True, "content": {"*/*": {"schema": {}}}}
    schema = route.from_client or route.request
    beside_path = [name for name in schema().fields if name not in route.path_parameters]
    if not beside_path:
        return None
    in_path = [name for name in schema().fields if name in route.path_parameters]
    required = any(schema().fields[name].required for name in beside_path)
    return {"required": required, "content": {route.body_type: {"schema": schema(exclude=in_path)}}}


def _responses(route: Route) -> dict[str, Any]:
    success: dict[str, Any] = {
        "description": route.answer.__doc__.strip() if route.answer and route.answer.__doc__ else "OK"
    }
    content: dict[str, Any] = {}
    if route.answer is not None and route.status != 204:
        content[_JSON] = {"schema": route.answer}
    content |= {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in route.formats}
    if route.events:
        content["text/event-stream"] = {"schema": {"oneOf": list(route.events)}}
        success["description"] = " ".join(event.__doc__.strip() for event in route.events if event.__doc__)
    if content:
        success["content"] = content
    return {str(route.status): success, **_refusals(route)}


def _refusals(route: Route) -> dict[str, Any]:
    found: list[type[AppError]] = [TooMany, *route.errors]
    if route.targets:
        found += [Unavailable, DeadlineExceeded]
    if route.request().fields:
        found += [BadRequest, Invalid]
    if route.who not in (Who.PUBLIC, Who.PARTNER):
        found += [NotAuthenticated, Forbidden]
    if route.path_parameters:
        found.append(NotFound)
    if route.takes_body:
        found += [TooLarge, UnsupportedMediaType]
    by_status: dict[int, list[type[AppError]]] = {}
    for error in sorted(set(found), key=lambda error: (error.status, error.code)):
        by_status.setdefault(error.status, []).append(error)
    return {
        str(status): {
            "description": "; ".join(f"`{error.code}` {error.title_zh} · {error.title_en}" for error in errors),
            "content": {"application/problem+json": {"schema": Problem}},
        }
        for status, errors in by_status.items()
    }


def _schema_name(schema: Any) -> str:
    """``identity.Volunteer``: services may use one word each in their own way. What a body is without the parameters
    that stand in the path is another schema: ``identity.DecideBody``.
    """
    if isinstance(schema, type):
        return f"{_owner(schema)}.{schema.__name__}"
    return f"{_owner(type(schema))}.{type(schema).__name__}{'Body' if schema.exclude else ''}"


def _owner(schema_class: type[Schema]) -> str:
    """The service that a schema belongs to; a page made at run time belongs where its items do."""
    parts = schema_class.__module__.split(".")
    if parts[0] == "services":
        return parts[1]
    items = schema_class._declared_fields.get("items")
    inner = getattr(getattr(items, "inner", None), "nested", None)
    return _owner(inner) if isinstance(inner, type) else "gateway"
