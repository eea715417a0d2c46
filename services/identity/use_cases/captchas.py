"""Pictures to read before anything costs money or guesses a secret: once, within five minutes."""

from __future__ import annotations

from datetime import timedelta
from hmac import compare_digest
from typing import Any

from services.chassis.errors import FieldError
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.models import Captcha
from services.identity.pictures import new_answer, picture_of, recording_of
from services.identity.repository import IdentityUnitOfWork

WRONG_CAPTCHA = FieldError(
    "captcha_answer",
    "wrong_captcha",
    "验证码图片答案不正确或已失效",
    "is not what the picture shows, or comes too late",
)


def create_captcha(units: Any, command: commands.CreateCaptcha) -> dict[str, str | None]:
    """Draw a picture, and keep the digest of what it shows. No transaction is open while it is drawn or spoken.

    Raises ``TooMany`` if as many recordings are being made as a process makes at once.
    """
    aloud = command.kind == "audio"
    captcha_id = new_id()
    with units() as uow:
        answer = new_answer(uow.settings.captcha, aloud=aloud)
        digest = _digest(uow, captcha_id, answer)
        expires_at = uow.clock.now() + timedelta(minutes=uow.settings.captcha_minutes)
        uow.session.add(Captcha(id=captcha_id, answer_digest=digest, expires_at=expires_at))
    audio = recording_of(answer) if aloud else None
    return {"captcha_id": captcha_id, "image": picture_of(answer), "audio": audio}


def read_right(uow: IdentityUnitOfWork, captcha_id: str, answer: str) -> bool:
    """Whether ``answer`` is what the picture shows. Right or wrong, the picture is spent; commit that."""
    captcha = uow.captchas.take(captcha_id)
    if captcha is None or captcha.expires_at <= uow.clock.now():
        return False
    return compare_digest(captcha.answer_digest, _digest(uow, captcha_id, answer))


def _digest(uow: IdentityUnitOfWork, captcha_id: str, answer: str) -> bytes:
    return uow.vault.secret_digest(f"captcha:{captcha_id}", answer.strip().upper())
