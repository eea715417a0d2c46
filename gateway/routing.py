"""What a route is: one declaration, from which come validation, the OpenAPI document and the docs page.

    Route(
        "POST", "/activities/{activity_id}/enrollments", "activity.enroll",
        request=schemas.Enroll, answer=schemas.Enrollment, who=Who.VOLUNTEER, status=201,
        zh="报名", en="Enroll for a shift",
    )

Path parameters, the query (GET, DELETE) or the JSON body (others) make one payload. The gateway validates it with
``request``, so that all bad fields stand in one answer, and sends it on unchanged as the RPC's one argument.

Where the RPC needs what only HTTP knows (the Host, headers, what is known of an upload), ``prepare`` makes its payload
of what the client sent:

    read -> validate with ``from_client`` (if given) -> prepare(request, caller, payload, gateway) -> validate with
    ``request`` -> RPC

    Route("GET", "/site", "organization.get_site", from_client=Request, request=schemas.GetSite, prepare=add_host, …)

``from_client`` says what a client may send where that is not ``request``; it is also what the documents show. Without
it, ``prepare`` gets a payload that nobody has looked at yet. A route with ``raw_body`` (a signed webhook: the very
bytes count) gets path, query and ``body_base64`` as its payload, whatever the body's type; ``prepare`` may add headers,
and ``from_client`` only describes the body in the documents.

``who`` is coarse: is anybody signed in, and of which kind. Whether *this* caller may touch *this* row is decided in the
service that owns it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from gateway.errors import EnrollmentRequired, UnknownPath
from services.chassis.context import Caller
from services.chassis.errors import AppError, Forbidden, NotAuthenticated
from services.chassis.schema import Answer, Request

if TYPE_CHECKING:
    from gateway.app import Gateway

# (request, caller, payload as read, gateway) -> the RPC's payload: adds what only HTTP knows (headers, Host, uploads).
Prepare = Callable[[HttpRequest, Caller, dict[str, Any], "Gateway"], Awaitable[dict[str, Any]]]
# (request, caller, gateway) -> the response of a route that no service answers: uploads, the movable clock.
Direct = Callable[[HttpRequest, Caller, "Gateway"], Awaitable[Response]]
# (request, answer) -> a response in another format, or None for JSON.
Render = Callable[[HttpRequest, Any], Awaitable[Response | None]]


class Who(Enum):
    """Who may call a route at all (API.md, column "Who")."""

    PUBLIC = "public"
    ENROLLING = "signed in, with or without a second factor that is required"
    SIGNED_IN = "signed in"
    VOLUNTEER = "volunteer"
    ADMINISTRATOR = "administrator of an organization"  # a volunteer may be one, too
    PLATFORM = "platform administrator"
    PARTNER = "partner, by signature"

    def check(self, caller: Caller) -> None:
        """Raises ``NotAuthenticated``, ``EnrollmentRequired`` or ``Forbidden`` for a caller of another kind."""
        if self in (Who.PUBLIC, Who.PARTNER):
            return
        if caller.kind == "anonymous":
            raise NotAuthenticated()
        if caller.kind == "enrolling" and self is not Who.ENROLLING:
            raise EnrollmentRequired()
        if caller.kind not in _KINDS[self] and not (self is Who.ADMINISTRATOR and caller.roles):
            raise Forbidden()


_KINDS: dict[Who, frozenset[str]] = {
    Who.ENROLLING: frozenset({"enrolling", "volunteer", "administrator", "platform"}),
    Who.SIGNED_IN: frozenset({"volunteer", "administrator", "platform"}),
    Who.VOLUNTEER: frozenset({"volunteer"}),
    # a platform administrator reviews the root organizations, and sees what administrators see
    Who.ADMINISTRATOR: frozenset({"administrator", "platform"}),
    Who.PLATFORM: frozenset({"platform"}),
}


@dataclass(frozen=True)
class OneOf:
    """The RPC that answers is chosen by a parameter: each kind of review is kept by its own service."""

    parameter: str
    targets: Mapping[str, str]  # the parameter's value -> "service.method"
    default: str | None = None

    def target(self, payload: dict[str, Any]) -> str:
        """The RPC for ``payload``; raises ``UnknownPath`` where there is none."""
        target = self.targets.get(str(payload.get(self.parameter, self.default)))
        if target is None:
            raise UnknownPath()
        return target


@dataclass(frozen=True)
class AllOf:
    """Several services answer an object each; together they are one, and so are objects in them of the same name."""

    targets: tuple[str, ...]


_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, eq=False)
class Route:
    """One promise of the HTTP contract. Two of them are never the same one, however alike they are."""

    method: str
    path: str  # below /v1
    rpc: str | OneOf | AllOf | Direct  # "service.method"
    request: type[Request] = Request
    answer: type[Answer] | None = None
    who: Who = Who.SIGNED_IN
    status: int = 200
    zh: str = ""
    en: str = ""
    deadline: float = 5.0  # seconds until 504
    strict: bool = False  # counts against the strict rate limit
    prepare: Prepare | None = None
    from_client: type[Request] | None = None  # what a client may send, where ``prepare`` makes ``request`` of it
    body_type: str = "application/json"  # what the documents say of the body; only JSON is read by itself
    max_bytes: int | None = None  # of the body, where it is not the setting's
    raw_body: bool = False  # the payload holds the body's bytes as ``body_base64``
    render: Render | None = None
    formats: tuple[str, ...] = ()  # media types that ``render`` may answer with, beside JSON
    events: tuple[type[Answer], ...] = ()  # what a stream (text/event-stream) is made of
    errors: tuple[type[AppError], ...] = ()  # refusals worth naming in the documents
    tags: tuple[str, ...] = field(default=())

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names between braces."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def takes_body(self) -> bool:
        """Whether the payload comes as a JSON body, and not in the query."""
        return self.method in {"POST", "PUT", "PATCH"}

    @property
    def targets(self) -> tuple[str, ...]:
        """Every RPC that this route may call."""
        if isinstance(self.rpc, str):
            return (self.rpc,)
        if isinstance(self.rpc, OneOf):
            return tuple(self.rpc.targets.values())
        return self.rpc.targets if isinstance(self.rpc, AllOf) else ()

    def targets_for(self, payload: dict[str, Any]) -> tuple[str, ...]:
        """The RPCs that answer ``payload``; raises ``UnknownPath``."""
        return (self.rpc.target(payload),) if isinstance(self.rpc, OneOf) else self.targets
