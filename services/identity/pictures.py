"""Captcha pictures, and the QR code of an authenticator app.

Why this module exists: it draws, which is work for the processor, and it decides which letters people can tell apart.
"""

from __future__ import annotations

import base64
import secrets
from io import BytesIO

import qrcode
from captcha.image import ImageCaptcha
from qrcode.image.svg import SvgPathImage

from services.chassis.processor import off_the_hub

FIXED_ANSWER = "0000"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY3456789"  # without those that look like another: 0 O 1 I 2 Z
_LENGTH = 4
_image = ImageCaptcha()


def new_answer(how: str) -> str:
    """What the next picture shows: random letters, or ``0000`` if ``how`` (the setting) is ``fixed``."""
    return FIXED_ANSWER if how == "fixed" else "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def picture_of(answer: str) -> str:
    """A PNG of ``answer`` as a data URI."""
    png: bytes = off_the_hub(lambda: _image.generate(answer).getvalue())
    return "data:image/png;base64," + base64.b64encode(png).decode()


def qr_of(text: str) -> str:
    """``text`` as a QR code: an SVG as a data URI."""
    return "data:image/svg+xml;base64," + base64.b64encode(off_the_hub(_qr, text)).decode()


def _qr(text: str) -> bytes:
    drawn = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=4).save(drawn)
    return drawn.getvalue()
