"""A text as a QR, drawn as PNG or SVG.

Why this module exists: drawing takes milliseconds of CPU, so callers do it in a thread, not in the event loop. Level M
corrects 15 % of errors: a code on a projector with a glare, or on a wrinkled sheet, still reads.
"""

from __future__ import annotations

from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

# Pixels (PNG) or tenths of a millimetre (SVG) a module, and the quiet zone that the standard asks for, in modules.
_MODULE = 10
_QUIET_ZONE = 4


def png(text: str) -> bytes:
    """The QR as a PNG, some 400 pixels wide for an attendance code."""
    return _drawn(text, PilImage)


def svg(text: str) -> bytes:
    """The QR as an SVG, for screens of any size."""
    return _drawn(text, SvgPathImage)


def _drawn(text: str, factory: type) -> bytes:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=_MODULE, border=_QUIET_ZONE, image_factory=factory)
    code.add_data(text)
    drawn = BytesIO()
    code.make_image().save(drawn)
    return drawn.getvalue()
