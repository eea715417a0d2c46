"""Codes as a phone's camera sees them: small or large, askew, out of focus, from the side, in bad light."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

from gateway import qr
from services.attendance.codes import AttendanceCodes
from services.attendance.domain import Direction
from services.chassis.crypto import KeyRing
from services.chassis.ids import new_id

CODES = AttendanceCodes(KeyRing({"code-1": b"k" * 32}), 30)
TOKENS = {
    "shown": CODES.show(new_id(), Direction.SIGN_IN, datetime(2026, 3, 7, 1, 0, tzinfo=UTC)).token,
    "printed": CODES.print(new_id(), Direction.SIGN_OUT),
}
Sees = Callable[[Image.Image], Image.Image]


def scaled(by: float) -> Sees:
    return lambda seen: seen.resize((round(seen.width * by), round(seen.height * by)), Image.Resampling.BILINEAR)


def rotated(degrees: float) -> Sees:
    return lambda seen: seen.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def blurred(radius: float) -> Sees:
    return lambda seen: seen.filter(ImageFilter.GaussianBlur(radius))


def from_the_side(seen: Image.Image) -> Image.Image:
    """The right edge is a third farther away than the left one, and everything leans."""
    width, height = seen.size
    coefficients = (0.9, 0.05, -0.07 * width, -0.08, 1.1, -0.05 * height, -0.25 / width, 0.0)
    return seen.transform(seen.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC, fillcolor=255)


def in_light(brightness: float, contrast: float) -> Sees:
    return lambda seen: ImageEnhance.Contrast(ImageEnhance.Brightness(seen).enhance(brightness)).enhance(contrast)


def noisy(grain: float) -> Sees:
    """What a sensor adds in the dark; ``grain`` is its standard deviation, in grey levels of 255."""

    def sees(seen: Image.Image) -> Image.Image:
        drawn = random.Random(7)
        grains = bytes(max(0, min(255, value + round(drawn.gauss(0, grain)))) for value in seen.tobytes())
        return Image.frombytes("L", seen.size, grains)

    return sees


def of_them_all(seen: Image.Image) -> Image.Image:
    for change in (scaled(1.2), rotated(7), from_the_side, blurred(1), in_light(0.7, 0.6), noisy(15)):
        seen = change(seen)
    return seen


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize(
    "sees",
    [
        pytest.param(scaled(0.5), id="half the size"),
        pytest.param(scaled(2), id="twice the size"),
        pytest.param(rotated(7), id="askew"),
        pytest.param(rotated(35), id="turned by 35 degrees"),
        pytest.param(rotated(90), id="on its side"),
        pytest.param(blurred(3), id="out of focus"),
        pytest.param(from_the_side, id="from the side"),
        pytest.param(in_light(0.4, 0.5), id="dark"),
        pytest.param(in_light(1.6, 0.4), id="glaring"),
        pytest.param(noisy(40), id="noisy"),
        pytest.param(of_them_all, id="a bad photograph"),
    ],
)
def test_a_phone_reads_the_png(token: str, sees: Sees) -> None:
    picture = sees(Image.open(io.BytesIO(qr.png(token))).convert("L"))
    found = zxingcpp.read_barcode(picture)

    assert found is not None
    assert found.text == token
