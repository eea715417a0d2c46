"""Keys, and what is done with them: encrypt a field, find an encrypted field, sign a short token.

Why this module exists: certificate numbers and phone numbers must be unreadable in a stolen dump, yet unique
and findable; cursors, attendance codes and links leave the platform and come back, and must come back
unchanged. Each of these is a few lines that are easy to get subtly wrong, so they are written once.

Every key has an id (kid) that stands in what was made with it, so keys rotate without downtime: put a new key
in front, let old tokens be read with the old one, rewrite what :meth:`FieldCipher.needs_rotation` names, drop
the old key.

May import the standard library and ``cryptography`` only. Nothing here ever puts a key, a token or a
plaintext into an exception's message.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class BadKeys(ValueError):
    """The text of a setting holds no usable keys; the message says what is wrong and shows no key."""


class CannotDecrypt(Exception):
    """The token was not made by these keys for this context, or was changed since."""


class UnknownKey(CannotDecrypt):
    """The token names a key that is not in the ring: it was dropped before everything was rewritten."""


class BadSignature(Exception):
    """The token was not signed by these keys for this purpose, or was changed since."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by id, in order. The first is current: it makes new tokens; all of them read."""

    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise BadKeys("holds no key; expected kid:base64,kid2:base64 with the current key first")
        for kid, key in self.keys.items():
            if not _KEY_ID.fullmatch(kid):
                raise BadKeys("has a key id that is not 1 to 32 letters, digits, - or _")
            if len(key) < KEY_BYTES:
                raise BadKeys(f"has a key ({kid}) of fewer than {KEY_BYTES} bytes")
        object.__setattr__(self, "keys", MappingProxyType(dict(self.keys)))

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """From ``kid:base64,kid2:base64``, the current key first. Raises :class:`BadKeys`."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            kid, colon, encoded = part.partition(":")
            if not colon:
                raise BadKeys("has a part without a colon; expected kid:base64,kid2:base64")
            if kid in keys:
                raise BadKeys("has a key id twice")
            keys[kid] = parse_key(encoded)
        return cls(keys)

    @property
    def current_id(self) -> str:
        """The id of the key that makes new tokens."""
        return next(iter(self.keys))


def parse_key(text: str) -> bytes:
    """One key from its base64 text (standard or URL-safe, at least 32 bytes). Raises :class:`BadKeys`."""
    standard = text.strip().replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys("has a key that is not base64") from None  # the cause would show the key
    if len(key) < KEY_BYTES:
        raise BadKeys(f"has a key of fewer than {KEY_BYTES} bytes")
    return key


class FieldCipher:
    """Encrypts single fields with AES-256-GCM. A token is ``v1.<kid>.<base64url(nonce + ciphertext + tag)>``.

    The *context* says where the field lives, such as ``volunteers.cert_no:<id>``. It is authenticated with
    the ciphertext, so a token that is copied into another row or column does not decrypt there.

    Nonces are random: one key is good for 2**32 encryptions (NIST SP 800-38D, 8.3), more than this platform
    makes in its life; rotation starts the count anew.
    """

    _VERSION = "v1"
    _NONCE_BYTES = 12

    def __init__(self, keyring: KeyRing) -> None:
        self._current = keyring.current_id
        # Derived, so that a key set given to two uses by mistake is still two keys.
        self._ciphers = {kid: AESGCM(_derive(key, b"zhiyuan field cipher v1")) for kid, key in keyring.keys.items()}

    @property
    def current_id(self) -> str:
        """The id of the key that makes new tokens."""
        return self._current

    def encrypt(self, plaintext: str, context: str) -> str:
        """A token for ``plaintext``, never the same twice, that decrypts with the same ``context`` only."""
        nonce = os.urandom(self._NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(
            nonce, plaintext.encode(), self._associated_data(self._current, context)
        )
        return f"{self._VERSION}.{self._current}.{_encode(nonce + sealed)}"

    def decrypt(self, token: str, context: str) -> str:
        """The plaintext of ``token``; raises :class:`CannotDecrypt`, or :class:`UnknownKey`."""
        kid, body = self._split(token)
        cipher = self._ciphers.get(kid)
        if cipher is None:
            raise UnknownKey(f"no key {kid!r} in the ring")
        try:
            raw = _decode(body)
            nonce, sealed = raw[: self._NONCE_BYTES], raw[self._NONCE_BYTES :]
            return cipher.decrypt(nonce, sealed, self._associated_data(kid, context)).decode()
        except (InvalidTag, ValueError):
            raise CannotDecrypt("the token does not fit its key and context") from None

    def needs_rotation(self, token: str) -> bool:
        """Whether ``token`` was made with another key than the current one. Raises :class:`CannotDecrypt`."""
        return self._split(token)[0] != self._current

    def _split(self, token: str) -> tuple[str, str]:
        version, *rest = token.split(".")
        if version != self._VERSION or len(rest) != 2 or not _KEY_ID.fullmatch(rest[0]):
            raise CannotDecrypt("not a field token")
        return rest[0], rest[1]

    def _associated_data(self, kid: str, context: str) -> bytes:
        return f"{self._VERSION}.{kid}.{context}".encode()


class BlindIndex:
    """Finds an encrypted field by equality: a keyed digest that stands beside the token in an indexed column.

    Without the key it can be neither reversed nor guessed through, though certificate numbers have few
    digits. The key does not rotate like the others do: a new one means computing every digest again from the
    decrypted fields.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise BadKeys(f"has fewer than {KEY_BYTES} bytes")
        self._key = _derive(key, b"zhiyuan blind index v1")

    @classmethod
    def parse(cls, text: str) -> BlindIndex:
        """From the base64 text of one key. Raises :class:`BadKeys`, a ``ValueError``."""
        return cls(parse_key(text))

    def digest(self, field_name: str, normalised_value: str) -> bytes:
        """32 bytes for a value of ``field_name``. Equal values of different fields have unrelated digests.

        The caller normalises (upper case, no spaces, half-width digits): what counts as equal is a rule of
        the field, not of this module.
        """
        return hmac.digest(self._key, _framed(field_name, normalised_value.encode()), "sha256")


class Signer:
    """Signs short tokens that leave the platform and come back: cursors, attendance codes, links in messages.

    A token is ``<kid>.<base64url(payload)>.<base64url(mac)>``, safe in a URL and small enough for a QR code.
    The payload can be *read* by anyone. The *purpose* is part of what is signed and not of the token, so that
    a token made for one use is refused in every other. Tokens do not expire by themselves: put the moment
    into the payload.
    """

    # Half of HMAC-SHA256: the least that RFC 2104, section 5 recommends, and 21 characters less in a QR code.
    _MAC_BYTES = 16

    def __init__(self, keyring: KeyRing) -> None:
        self._current = keyring.current_id
        self._keys = {kid: _derive(key, b"zhiyuan signer v1") for kid, key in keyring.keys.items()}

    def sign(self, payload: bytes, purpose: str) -> str:
        """A token that carries ``payload`` and is good for ``purpose`` only."""
        body = _encode(payload)
        return f"{self._current}.{body}.{self._mac(self._current, purpose, body)}"

    def verify(self, token: str, purpose: str) -> bytes:
        """The payload of ``token``. Raises :class:`BadSignature` if it was not signed for ``purpose``."""
        kid, *rest = token.split(".")
        if len(rest) != 2 or kid not in self._keys or not token.isascii():
            raise BadSignature("not a signed token")
        body, mac = rest
        # The texts are compared, not what they decode to: base64 has several spellings for the same bytes.
        if not hmac.compare_digest(mac, self._mac(kid, purpose, body)):
            raise BadSignature("the signature does not fit")
        return _decode(body)

    def _mac(self, kid: str, purpose: str, body: str) -> str:
        mac = hmac.digest(self._keys[kid], _framed(purpose, body.encode()), "sha256")
        return _encode(mac[: self._MAC_BYTES])


def _derive(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(key)


def _framed(domain: str, message: bytes) -> bytes:
    """``domain`` with its length in front: no other domain and message give the same bytes."""
    name = domain.encode()
    return len(name).to_bytes(4, "big") + name + message


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """The bytes of ``text``. Raises ``ValueError`` for any spelling but the one ``_encode`` writes."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(raw) != text:
        raise ValueError("not canonical base64url")
    return raw
