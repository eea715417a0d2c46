"""What the gateway reads from the environment."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import KeySet

from services.chassis.context import ContextKeys
from services.chassis.settings import Secret, Settings, setting

_BRACES = re.compile(r"\{\w*\}")


def _key_set(text: str) -> KeySet:
    """Keys by kid. A token names the one that signed it, so that two are good while they are being changed."""
    try:
        given = json.loads(text)
        keys = KeySet.import_key_set(given)
        kids = [key["kid"] for key in given["keys"]]
    except Exception as error:
        raise ValueError(f"is no JWK set of keys with a kid each: {error}") from None
    if not kids or len(set(kids)) != len(kids):
        raise ValueError("must hold at least one key, and no kid twice")
    if any(key.is_private for key in keys.keys):
        raise ValueError("holds a private key, which is identity's alone")
    return keys


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in text.split(os.pathsep) if part)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(Settings):
    """Where to listen, whom to ask, whose tokens to believe, and how much to take."""

    amqp_url: Secret = setting("ZHIYUAN_AMQP_URL", "The broker, with the services' vhost.", parse=Secret)
    context_keys: ContextKeys = setting(
        "ZHIYUAN_CONTEXT_KEYS", "Keys that sign the caller's context: kid:base64,…", parse=ContextKeys.parse
    )
    token_keys: KeySet = setting(
        "ZHIYUAN_TOKEN_PUBLIC_KEYS", "Identity's public keys: a JWK set, Ed25519.", parse=_key_set
    )
    http_host: str = setting("ZHIYUAN_HTTP_HOST", "The address to listen on.", default="127.0.0.1")
    http_port: int = setting("ZHIYUAN_HTTP_PORT", "The port to listen on.", parse=int, default=8000)
    upload_dir: Path = setting("ZHIYUAN_UPLOAD_DIR", "Where uploaded files are kept.", parse=Path)
    redis_url: Secret | None = setting(
        "ZHIYUAN_REDIS_URL", "Where rate limits are counted for all gateways; without it, each counts alone.",
        parse=Secret, default=None,
    )  # fmt: skip
    rate_limit: str = setting(
        "ZHIYUAN_RATE_LIMIT", "Requests of one account or address, as `limits` writes it.", default="6000/minute"
    )
    strict_rate_limit: str = setting(
        "ZHIYUAN_STRICT_RATE_LIMIT",
        "Requests of one address to each route that costs money or guesses secrets.",
        default="60/minute",
    )
    trusted_proxies: tuple[str, ...] = setting(
        "ZHIYUAN_TRUSTED_PROXIES", "Addresses whose X-Forwarded-For is believed.", parse=_names, default=()
    )
    allowed_origins: tuple[str, ...] = setting(
        "ZHIYUAN_ALLOWED_ORIGINS", "Origins of frontends on other hosts (CORS).", parse=_names, default=()
    )
    certificate_fonts: tuple[Path, ...] = setting(
        "ZHIYUAN_CERTIFICATE_FONTS",
        "TrueType fonts of certificates of service, with colons between; each is asked for what those before it lack.",
        parse=_paths,
        default=(
            Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
            Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
        ),
    )
    certificate_address: str = setting(
        "ZHIYUAN_CERTIFICATE_ADDRESS",
        "What the QR of a certificate leads to, with {serial} and {code} in it; else this gateway's own address.",
        default="",
    )
    card_page_address: str = setting(
        "ZHIYUAN_CARD_PAGE_ADDRESS",
        "What the QR on a volunteer card leads to, with {token} in it; else this gateway's own address.",
        default="",
    )
    streams_per_account: int = setting(
        "ZHIYUAN_STREAMS_PER_ACCOUNT", "Event streams that one account may have open.", parse=int, default=5
    )
    streams_in_all: int = setting(
        "ZHIYUAN_STREAMS_IN_ALL", "Event streams that one gateway keeps open.", parse=int, default=200
    )
    inbox_streams_in_all: int = setting(
        "ZHIYUAN_INBOX_STREAMS_IN_ALL",
        "Open streams of in-app inboxes, beside those; they share one question a second.",
        parse=int,
        default=5000,
    )
    stream_poll_seconds: float = setting(
        "ZHIYUAN_STREAM_POLL_SECONDS", "How often a stream asks its service for news.", parse=float, default=1.0
    )
    session_check_seconds: float = setting(
        "ZHIYUAN_SESSION_CHECK_SECONDS",
        "How often it is looked at whether the sessions of open streams are over.",
        parse=float,
        default=10.0,
    )
    max_json_bytes: int = setting("ZHIYUAN_MAX_JSON_BYTES", "The largest JSON body.", parse=int, default=1_000_000)
    max_upload_bytes: int = setting(
        "ZHIYUAN_MAX_UPLOAD_BYTES", "The largest uploaded file.", parse=int, default=10_000_000
    )
    upload_days: int = setting(
        "ZHIYUAN_UPLOAD_DAYS", "How long an uploaded file that nothing refers to is kept.", parse=int, default=2
    )
    upload_sweep_seconds: float = setting(
        "ZHIYUAN_UPLOAD_SWEEP_SECONDS",
        "How often files are looked for that nobody needs, or whose owner was erased.",
        parse=float,
        default=3600.0,
    )
    max_import_bytes: int = setting(
        "ZHIYUAN_MAX_IMPORT_BYTES", "The largest spreadsheet to import.", parse=int, default=50_000_000
    )
    max_import_unzipped_bytes: int = setting(
        "ZHIYUAN_MAX_IMPORT_UNZIPPED_BYTES", "What a workbook may unzip to.", parse=int, default=500_000_000
    )
    max_import_rows: int = setting(
        "ZHIYUAN_MAX_IMPORT_ROWS", "The most rows of one spreadsheet.", parse=int, default=200_000
    )

    def faults(self) -> list[str]:
        """A font that is missing, and addresses on paper that lead nowhere, would be noticed when it is too late."""
        found = super().faults()
        missing = [str(font) for font in self.certificate_fonts if not font.is_file()]
        if missing or not self.certificate_fonts:
            found.append(
                f"ZHIYUAN_CERTIFICATE_FONTS names no file: {', '.join(missing) or 'it is empty'}. On Debian: apt-get "
                "install fonts-dejavu-core fonts-droid-fallback"
            )
        if self.production and not self.certificate_address:
            found.append("ZHIYUAN_CERTIFICATE_ADDRESS is not set: certificates are printed with it, and stay on paper")
        if self.certificate_address and {"{serial}", "{code}"} != set(_BRACES.findall(self.certificate_address)):
            found.append("ZHIYUAN_CERTIFICATE_ADDRESS must hold {serial} and {code}")
        if self.production and not self.card_page_address:
            found.append("ZHIYUAN_CARD_PAGE_ADDRESS is not set: cards' QR codes lead to it, and may be printed")
        if self.card_page_address and _BRACES.findall(self.card_page_address) != ["{token}"]:
            found.append("ZHIYUAN_CARD_PAGE_ADDRESS must hold {token}")
        return found

    @property
    def verification_address(self) -> str:
        """What the QR of a certificate leads to, ``{serial}`` and ``{code}`` to be filled in."""
        return self.certificate_address or f"{self._here}/v1/service-certificates/{{serial}}?code={{code}}"

    def card_page(self, token: str) -> str:
        """What the QR on a volunteer card leads to."""
        return (self.card_page_address or f"{self._here}/v1/card-pages/{{token}}").format(token=token)

    @property
    def _here(self) -> str:
        return f"http://{self.http_host.replace('0.0.0.0', '127.0.0.1')}:{self.http_port}"
