"""A document that only the bank can read, where no applicant's certificate is in it (a group's visit).

Why this module exists: what names a person does not lie in clear on a broker. Applications are sealed by identity,
which adds the certificate (docs/adr/0007); whom to call about a group visit is known to card alone. The form is the
same: compact JWE, ECDH-ES+A256KW and A256GCM, the key's id in the header.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey


@dataclass(frozen=True)
class PartnerKeys:
    """The banks' public keys."""

    by_bank: Mapping[str, ECKey] = field(repr=False)

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> PartnerKeys:
        """From ``{bank: JWK}``; raises ``ValueError``."""
        try:
            return cls({bank: ECKey.import_key(jwk) for bank, jwk in given.items()})  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError):
            raise ValueError("must hold an elliptic-curve JWK for every bank") from None

    def seal(self, bank: str, document: Mapping[str, Any]) -> str:
        """``document`` as compact JWE for ``bank``."""
        key = self.by_bank[bank]
        header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": key.kid}
        return jwe.encrypt_compact(header, json.dumps(document, ensure_ascii=False).encode(), key)
