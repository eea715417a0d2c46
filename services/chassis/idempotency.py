"""Idempotency keys: the same request twice has one effect and one answer (API.md, "Lists").

Why this module exists: the gateway may be restarted, and there may be several, so the memory of what was answered has
to be kept where the effect is: in the service, in the same transaction. An advisory lock tells a request that is still
running (409) from one that has ended (replayed); a saga, which runs over several transactions, claims its key in the
first of them.

A request may hold a password, an answer a refresh token or somebody's data. So the request is kept as a keyed digest
that cannot be guessed through, and the answer is kept sealed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.chassis import metrics
from services.chassis.context import Caller
from services.chassis.crypto import BlindIndex, FieldCipher, KeyRing
from services.chassis.errors import IdempotencyKeyReused, RequestInFlight
from services.chassis.tables import IDEMPOTENCY_KEY

# A claim without an answer after this long was left by a process that died: three times what a caller waits for one.
CLAIM_SECONDS = 15
_CLAIM: dict[str, Any] = {"claimed": True}


class IdempotentRequest:
    """One request that came with a key, by one caller, to one method."""

    def __init__(self, caller: Caller, method: str, payload: Any, keys: KeyRing) -> None:
        self._key = caller.idempotency_key or ""
        self._method = method
        self._scope = f"{caller.account_id or caller.remote_address or 'anonymous'}/{method}"
        self._request = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode()
        self._keys = keys
        self._cipher = FieldCipher(keys)
        self._context = f"idempotency:{self._scope}:{self._key}"

    def recall(self, session: Session) -> dict[str, Any] | None:
        """The answer given before, wrapped as ``{"answer": …}``; None if this is the first time.

        Raises :class:`RequestInFlight` while the first is running, :class:`IdempotencyKeyReused` for another body.
        Holds an advisory lock until the transaction ends.
        """
        lock = int.from_bytes(hashlib.sha256(f"{self._scope}\0{self._key}".encode()).digest()[:8], "big", signed=True)
        if not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(lock))):
            raise RequestInFlight()
        claimed_for = sa.func.extract("epoch", sa.func.now() - IDEMPOTENCY_KEY.c.created_at)
        row = session.execute(
            sa.select(IDEMPOTENCY_KEY.c.request_hash, IDEMPOTENCY_KEY.c.answer, claimed_for.label("age")).where(
                self._its_row()
            )
        ).one_or_none()
        if row is None:
            return None
        if not any(hmac.compare_digest(row.request_hash, digest) for digest in self._digests()):
            raise IdempotencyKeyReused()
        if row.answer == _CLAIM:
            if row.age < CLAIM_SECONDS:
                raise RequestInFlight()
            return None
        metrics.IDEMPOTENT_REPLAYS.labels(self._method).inc()
        return {"answer": orjson.loads(self._cipher.decrypt(row.answer["sealed"], self._context))}

    def begin(self, session: Session) -> dict[str, Any] | None:
        """As :meth:`recall`; the first time the key is claimed, for the transactions that follow this one."""
        recalled = self.recall(session)
        if recalled is None:
            self._keep(session, _CLAIM)
        return recalled

    def give_up(self, session: Session) -> None:
        """The claimed request was refused: the key is free for another try."""
        session.execute(sa.delete(IDEMPOTENCY_KEY).where(self._its_row(), IDEMPOTENCY_KEY.c.answer == _CLAIM))

    def remember(self, session: Session, answer: Any) -> None:
        """Keep ``answer`` beside the effect it tells of."""
        self._keep(session, {"sealed": self._cipher.encrypt(orjson.dumps(answer).decode(), self._context)})

    def _keep(self, session: Session, answer: dict[str, Any]) -> None:
        row = insert(IDEMPOTENCY_KEY).values(
            scope=self._scope, key=self._key, request_hash=next(self._digests()), answer=answer
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["scope", "key"],
                set_={"answer": row.excluded.answer, "created_at": sa.func.now()},
                where=IDEMPOTENCY_KEY.c.answer == _CLAIM,
            )
        )

    def _its_row(self) -> sa.ColumnElement[bool]:
        return sa.and_(IDEMPOTENCY_KEY.c.scope == self._scope, IDEMPOTENCY_KEY.c.key == self._key)

    def _digests(self) -> Iterator[bytes]:
        """The request's digest under each key, the current one first."""
        return (BlindIndex(key).digest(self._context, self._request) for key in self._keys.keys.values())
