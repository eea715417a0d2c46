"""Documents that only somebody outside the platform can read: their public keys, and which of them counts now.

Why this module exists: a bank changes its key without a day on which everything must happen at once. Each key says
from when and until when it is used; the newest in force seals, and its id stands in the header, so that whoever holds
several private keys knows which one opens. Compact JWE, ECDH-ES+A256KW with A256GCM (docs/adr/0007, 0038).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.chassis import metrics
from services.chassis.errors import NoKeyInForce

KEY_WRAPPING, ENCRYPTION = "ECDH-ES+A256KW", "A256GCM"
_ALWAYS, _FOREVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class RecipientKey:
    """A public key and the time in which it is sealed for. It may be opened with for as long as its owner keeps it."""

    key: ECKey
    valid_from: datetime = _ALWAYS
    valid_until: datetime = _FOREVER


@dataclass(frozen=True)
class RecipientKeys:
    """The keys of every recipient, by name."""

    by_name: Mapping[str, tuple[RecipientKey, ...]] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> RecipientKeys:
        """From JSON, ``{name: JWK}`` or ``{name: [JWK, …]}``; each JWK has a ``kid`` and may have ``valid_from`` and
        ``valid_until`` (RFC 3339 with offset). Raises ``ValueError``."""
        try:
            given = {name: jwks if isinstance(jwks, list) else [jwks] for name, jwks in json.loads(text).items()}
            keys = {name: tuple(_key(dict(jwk)) for jwk in jwks) for name, jwks in given.items()}
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(
                "must be a JSON object of names and elliptic-curve public JWK with kid, one or a list each;"
                " valid_from and valid_until as RFC 3339"
            ) from None
        for name, of_one in keys.items():
            kids = [one.key.kid for one in of_one]
            if not kids or len(set(kids)) != len(kids):
                raise ValueError(f"must hold a key for {name}, each kid once")
        return cls(keys)

    def current(self, name: str, now: datetime) -> ECKey:
        """The newest key in force; raises :class:`NoKeyInForce`, or ``KeyError`` for a name that is not known."""
        known = self.by_name.get(name, ())
        if not known:
            raise KeyError(name)
        in_force = [one for one in known if one.valid_from <= now < one.valid_until]
        if not in_force:
            raise NoKeyInForce(recipient=name)
        end = max(one.valid_until for one in known)
        metrics.RECIPIENT_KEYS_END.labels(name).set(float("inf") if end == _FOREVER else end.timestamp())
        return max(in_force, key=lambda one: one.valid_from).key

    def seal(self, name: str, document: Mapping[str, Any], now: datetime) -> str:
        """``document`` as compact JWE for ``name``; raises :class:`NoKeyInForce`."""
        key = self.current(name, now)
        header = {"alg": KEY_WRAPPING, "enc": ENCRYPTION, "kid": key.kid, "cty": "application/json"}
        return jwe.encrypt_compact(header, orjson.dumps(document), key, algorithms=[KEY_WRAPPING, ENCRYPTION])


def _key(jwk: dict[str, Any]) -> RecipientKey:
    valid_from = _moment(jwk.pop("valid_from", None), _ALWAYS)
    valid_until = _moment(jwk.pop("valid_until", None), _FOREVER)
    key = ECKey.import_key(jwk)
    if not key.kid or key.is_private or valid_from >= valid_until:
        raise ValueError
    return RecipientKey(key, valid_from, valid_until)


def _moment(text: str | None, otherwise: datetime) -> datetime:
    moment = otherwise if text is None else datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment
