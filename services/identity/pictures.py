"""Captcha pictures.

Why this module exists: it draws, which is work for the processor, and it decides which letters people can tell apart.
"""

from __future__ import annotations

import base64
import secrets

from captcha.image import ImageCaptcha

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
