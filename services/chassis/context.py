"""Who is calling, and for what request: signed, carried with every message, verified on arrival.

Why this module exists: a service must never trust a bare ``user_id`` header. Whoever holds the context keys (the
gateway and the services) packs the caller into one header, ``zhiyuan-context``; the receiver refuses what does not
verify. Besides the caller it carries what ties one request together: request id and traceparent.

The format is ``kid.base64url(json).base64url(hmac-sha256)``. HMAC and not a JWT: it is checked at every hop, and
costs microseconds. It is no bearer token: it lives as long as the message that carries it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import orjson

from services.chassis.errors import Forbidden, NotAuthenticated

CONTEXT_HEADER = "zhiyuan-context"

# ``enrolling``: known by the password, and may do nothing before a second factor is set up (docs/adr/0016)
Kind = Literal["anonymous", "enrolling", "volunteer", "administrator", "platform", "bank", "service"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role held at one organization; it reaches the whole subtree below."""

    organization_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Caller:
    """The verified identity behind a request."""

    kind: Kind = "anonymous"
    account_id: str | None = None
    volunteer_id: str | None = None
    roles: tuple[Role, ...] = ()
    locale: str = "zh"
    request_id: str = ""
    traceparent: str = ""
    idempotency_key: str | None = None
    remote_address: str | None = None
    session_id: str | None = None
    user_agent: str | None = None  # what the client says it is, as the gateway has shortened it

    def require_signed_in(self) -> Caller:
        """Itself, unless nobody is signed in (raises ``NotAuthenticated``)."""
        if self.kind == "anonymous":
            raise NotAuthenticated()
        return self

    def require_volunteer(self) -> str:
        """The volunteer's id; raises ``NotAuthenticated`` or ``Forbidden``."""
        self.require_signed_in()
        if self.kind != "volunteer" or self.volunteer_id is None:
            raise Forbidden()
        return self.volunteer_id

    def require_account(self) -> str:
        """The id of the signed-in account; raises ``NotAuthenticated``."""
        self.require_signed_in()
        if self.account_id is None:
            raise Forbidden()
        return self.account_id

    def require_platform(self) -> Caller:
        """Itself, if a platform administrator (raises ``NotAuthenticated`` or ``Forbidden``)."""
        self.require_signed_in()
        if self.kind != "platform":
            raise Forbidden()
        return self

    def organizations_as(self, *fitting_roles: str) -> tuple[str, ...]:
        """Ids of the organizations at which the caller holds one of ``fitting_roles``."""
        return tuple(r.organization_id for r in self.roles if r.role in fitting_roles)

    def require_service(self, *names: str) -> Caller:
        """Itself, if one of the named services is asking; raises ``Forbidden``."""
        if self.kind != "service" or self.account_id not in names:
            raise Forbidden()
        return self

    def through_service(self, service: str) -> Caller:
        """The caller of a further hop: the asking service itself, within the same request and trace."""
        return Caller(
            kind="service",
            account_id=service,
            locale=self.locale,
            request_id=self.request_id,
            traceparent=self.traceparent,
        )

    @property
    def label(self) -> str:
        """``kind:account id``, for the audit log; never a name."""
        return f"{self.kind}:{self.account_id or '-'}"


ANONYMOUS = Caller()


@dataclass(frozen=True)
class ContextKeys:
    """The keys that sign contexts: the first signs, all verify."""

    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> ContextKeys:
        """From ``kid:base64,kid2:base64``; the first is the current one."""
        pairs = (part.strip().split(":", 1) for part in text.split(",") if part.strip())
        keys = {kid: base64.b64decode(encoded) for kid, encoded in pairs}
        if not keys or any(len(key) < 32 for key in keys.values()):
            raise ValueError("context keys are `kid:base64` with at least 32 bytes each")
        return cls(keys)

    def seal(self, caller: Caller) -> str:
        """The header's value for ``caller``."""
        kid, key = next(iter(self.keys.items()))
        body = base64.urlsafe_b64encode(orjson.dumps(_pack(caller)))
        mac = base64.urlsafe_b64encode(hmac.digest(key, body, "sha256"))
        return f"{kid}.{body.decode()}.{mac.decode()}"

    def open(self, header: str) -> Caller:
        """The caller in ``header``; raises ``NotAuthenticated`` if it was not sealed with one of the keys."""
        try:
            kid, body, mac = header.split(".")
            expected = hmac.digest(self.keys[kid], body.encode(), hashlib.sha256)
            if not hmac.compare_digest(base64.urlsafe_b64decode(mac), expected):
                raise NotAuthenticated()
            return _unpack(orjson.loads(base64.urlsafe_b64decode(body)))
        except (ValueError, KeyError) as error:
            raise NotAuthenticated() from error


def _pack(caller: Caller) -> dict[str, Any]:
    packed: dict[str, Any] = {"k": caller.kind, "rid": caller.request_id, "l": caller.locale}
    for short, value in (
        ("a", caller.account_id),
        ("v", caller.volunteer_id),
        ("tp", caller.traceparent),
        ("ik", caller.idempotency_key),
        ("ip", caller.remote_address),
        ("s", caller.session_id),
        ("ua", caller.user_agent),
    ):
        if value:
            packed[short] = value
    if caller.roles:
        packed["r"] = [[role.organization_id, role.role] for role in caller.roles]
    return packed


def _unpack(packed: dict[str, Any]) -> Caller:
    return Caller(
        kind=cast(Kind, packed["k"]),
        account_id=packed.get("a"),
        volunteer_id=packed.get("v"),
        roles=tuple(Role(organization_id, role) for organization_id, role in packed.get("r", ())),
        locale=packed.get("l", "zh"),
        request_id=packed.get("rid", ""),
        traceparent=packed.get("tp", ""),
        idempotency_key=packed.get("ik"),
        remote_address=packed.get("ip"),
        session_id=packed.get("s"),
        user_agent=packed.get("ua"),
    )
