"""Captcha pictures, and the QR code of an authenticator app.

Why this module exists: it draws, which is work for the processor, and it decides which letters people can tell apart.
"""

from __future__ import annotations

import base64
import secrets
from io import BytesIO

import qrcode
from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha
from qrcode.image.svg import SvgPathImage

from services.chassis.errors import TooMany
from services.chassis.processor import off_the_hub

FIXED_ANSWER = "0000"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY3456789"  # without those that look like another: 0 O 1 I 2 Z
_LENGTH = 4
_DIGITS = "0123456789"  # what the library has voices for
_LENGTH_ALOUD = 6
# A recording is a third of a second of a processor, in Python: two at once leave room for everybody else.
_RECORDINGS_AT_ONCE = 2
_image = ImageCaptcha()
_audio = AudioCaptcha()
_recording: list[str] = []


def new_answer(how: str, *, aloud: bool = False) -> str:
    """What the next picture shows: random letters (digits if read aloud), or ``0000`` if ``how`` is ``fixed``."""
    if how == "fixed":
        return FIXED_ANSWER
    letters, length = (_DIGITS, _LENGTH_ALOUD) if aloud else (_LETTERS, _LENGTH)
    return "".join(secrets.choice(letters) for _ in range(length))


def picture_of(answer: str) -> str:
    """A PNG of ``answer`` as a data URI."""
    png: bytes = off_the_hub(lambda: _image.generate(answer).getvalue())
    return "data:image/png;base64," + base64.b64encode(png).decode()


def recording_of(answer: str) -> str:
    """A WAV that says ``answer``, as a data URI; raises ``TooMany`` if two are being made."""
    if len(_recording) >= _RECORDINGS_AT_ONCE:
        raise TooMany(retry_after=2)
    _recording.append(answer)
    try:
        wav: bytes = off_the_hub(lambda: bytes(_audio.generate(answer)))
    finally:
        _recording.remove(answer)
    return "data:audio/wav;base64," + base64.b64encode(wav).decode()


def qr_of(text: str) -> str:
    """``text`` as a QR code: an SVG as a data URI."""
    return "data:image/svg+xml;base64," + base64.b64encode(off_the_hub(_qr, text)).decode()


def _qr(text: str) -> bytes:
    drawn = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=4).save(drawn)
    return drawn.getvalue()
