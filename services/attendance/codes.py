"""Sign-in and sign-out codes: what stands in the QR that an organizer shows (notice, attachment 2, 三.9).

Why this module exists: a code must be checked thousands of times in the minutes before a shift, so it proves itself: it
carries shift, direction and the 30-second step in which it was shown, under an HMAC, and no row is read to believe it.
A photograph of it is worthless a minute later. About 60 characters: a QR of moderate size that an old phone reads.

A printed code is another thing: it carries no step and is signed for a purpose of its own, so that neither can pass for
the other. It proves the shift and nothing of the moment, which is why an activity has to allow it, and why what it
counts says so for good.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.attendance.domain import Direction, Interval
from services.attendance.errors import CodeExpired, CodeInvalid
from services.chassis.crypto import BadSignature, KeyRing, Signer

_PURPOSE = "attendance code v1"
_LAYOUT = struct.Struct(">16sBI")  # shift, direction, step
_PRINTED_PURPOSE = "printed attendance code v1"
_PRINTED_LAYOUT = struct.Struct(">16sB")  # shift, direction
_DIRECTIONS = (Direction.SIGN_IN, Direction.SIGN_OUT)
# A code shown at the end of its step is scanned in the next; a phone's or server's clock may be a little behind.
_STEPS_OF_GRACE = 1


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says. A printed one names no step."""

    shift_id: str
    direction: Direction
    step: int | None

    @property
    def printed(self) -> bool:
        """Whether it hangs on a wall, and proves nothing of the moment."""
        return self.step is None


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code to show now, and the moment at which the next one takes its place."""

    token: str
    kind: str
    valid_until: datetime


class AttendanceCodes:
    """Makes and reads codes with a ring of keys; the first makes, all are believed."""

    def __init__(self, keyring: KeyRing, step_seconds: int) -> None:
        self._signer = Signer(keyring)
        self._step_seconds = step_seconds

    def show(self, shift_id: str, direction: Direction, now: datetime) -> ShownCode:
        """The code of this step: the same, however often it is asked for."""
        step = self._step_of(now)
        payload = _LAYOUT.pack(UUID(shift_id).bytes, _DIRECTIONS.index(direction), step)
        ends_at = datetime.fromtimestamp((step + 1) * self._step_seconds, UTC)
        return ShownCode(self._signer.sign(payload, _PURPOSE), direction.value, ends_at)

    def print(self, shift_id: str, direction: Direction) -> str:
        """The code of a shift to print and hang up: always the same."""
        payload = _PRINTED_LAYOUT.pack(UUID(shift_id).bytes, _DIRECTIONS.index(direction))
        return self._signer.sign(payload, _PRINTED_PURPOSE)

    def read(self, token: str) -> Code:
        """What ``token`` says, however old it is; raises ``CodeInvalid`` if it is none of ours."""
        try:
            return self._read_shown(token)
        except BadSignature:
            return self._read_printed(token)
        except (ValueError, struct.error, IndexError) as error:
            raise CodeInvalid() from error

    def _read_shown(self, token: str) -> Code:
        shift, direction, step = _LAYOUT.unpack(self._signer.verify(token, _PURPOSE))
        return Code(str(UUID(bytes=shift)), _DIRECTIONS[direction], step)

    def _read_printed(self, token: str) -> Code:
        try:
            shift, direction = _PRINTED_LAYOUT.unpack(self._signer.verify(token, _PRINTED_PURPOSE))
            return Code(str(UUID(bytes=shift)), _DIRECTIONS[direction], None)
        except (BadSignature, ValueError, struct.error, IndexError) as error:
            raise CodeInvalid() from error

    def require_fresh(self, code: Code, now: datetime) -> None:
        """Raises ``CodeExpired`` unless ``code`` is of this step or a neighbouring one; a printed one is never old."""
        if code.step is not None and abs(self._step_of(now) - code.step) > _STEPS_OF_GRACE:
            raise CodeExpired()

    def shown_during(self, code: Code) -> Interval | None:
        """When a screen showed ``code``; None for a printed one, which hangs there all the time."""
        if code.step is None:
            return None
        starts_at = datetime.fromtimestamp(code.step * self._step_seconds, UTC)
        return Interval(starts_at, starts_at + timedelta(seconds=self._step_seconds))

    def _step_of(self, moment: datetime) -> int:
        return int(moment.timestamp()) // self._step_seconds
