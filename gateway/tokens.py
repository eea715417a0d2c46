"""Access tokens: who is calling, by identity's signature.

Why this module exists: verifying an Ed25519 signature costs more than the rest of a request, and one token comes with
many; what was verified is remembered until it expires.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.chassis.clock import Clock
from services.chassis.context import Role
from services.chassis.errors import NotAuthenticated

ISSUER = "zhiyuan"
_REMEMBERED = 20_000
_KINDS = frozenset({"volunteer", "administrator", "platform", "enrolling"})


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says about its bearer."""

    kind: Any
    account_id: str | None
    volunteer_id: str | None
    roles: tuple[Role, ...]
    session_id: str | None
    expires_at: float


NOBODY = Identity("anonymous", None, None, (), None, float("inf"))


class TokenVerifier:
    """Reads ``Authorization: Bearer``."""

    def __init__(self, keys: KeySet, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._known: OrderedDict[str, Identity] = OrderedDict()

    def identify(self, authorization: str) -> Identity:
        """The bearer; raises ``NotAuthenticated`` for anything that is not a good token."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated()
        identity = self._known.get(token)
        if identity is None:
            identity = self._verify(token)
            self._known[token] = identity
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        if identity.expires_at <= self._clock.now().timestamp():
            self._known.pop(token, None)
            raise NotAuthenticated()
        return identity

    def _verify(self, token: str) -> Identity:
        try:
            decoded = jwt.decode(token, self._keys, algorithms=["Ed25519"])
            claims = decoded.claims
            if "kid" not in decoded.header or claims["iss"] != ISSUER or claims["kind"] not in _KINDS:
                raise NotAuthenticated()
            return Identity(
                kind=claims["kind"],
                account_id=str(claims["sub"]),
                volunteer_id=claims.get("vid"),
                roles=tuple(Role(str(o), str(r)) for o, r in claims.get("roles", ())),
                session_id=claims.get("sid"),
                expires_at=float(claims["exp"]),
            )
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise NotAuthenticated() from error
