"""Keys, field encryption, blind index and signed tokens: what goes in comes out, and nothing else does."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.chassis.crypto import (
    BadKeys,
    BadSignature,
    BlindIndex,
    CannotDecrypt,
    FieldCipher,
    KeyRing,
    Signer,
    UnknownKey,
    parse_key,
)

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()
OLD_RING = KeyRing.parse(f"old:{OLD}")
ROTATED_RING = KeyRing.parse(f"new:{NEW},old:{OLD}")
NEW_RING = KeyRing.parse(f"new:{NEW}")

URL_SAFE = string.ascii_letters + string.digits + "-_"


@st.composite
def one_character_changed(draw: st.DrawFn, token: str) -> str:
    """``token`` with one character replaced by another. What is drawn does not depend on the token, which is another
    each time."""
    characters = URL_SAFE + ".=é"
    at, further = draw(st.integers(0, len(token) - 1)), draw(st.integers(1, len(characters) - 1))
    other = characters[(characters.index(token[at]) + further) % len(characters)]
    return token[:at] + other + token[at + 1 :]


class TestKeyRing:
    def test_the_first_key_is_current(self) -> None:
        assert ROTATED_RING.current_id == "new"
        assert dict(ROTATED_RING.keys) == {"new": b"n" * 32, "old": b"o" * 32}

    def test_spaces_and_a_trailing_comma_do_no_harm(self) -> None:
        assert list(KeyRing.parse(f" new:{NEW} , old:{OLD},").keys) == ["new", "old"]

    def test_url_safe_base64_without_padding_is_understood(self) -> None:
        raw = bytes(range(224, 256))
        assert parse_key(base64.urlsafe_b64encode(raw).rstrip(b"=").decode()) == raw

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "no key"),
            ("   ,", "no key"),
            (OLD, "without a colon"),
            (f":{OLD}", "key id"),
            (f"a.b:{OLD}", "key id"),
            ("a:not base64!", "not base64"),
            ("a:c2hvcnQ=", "fewer than 32 bytes"),
            (f"a:{OLD},a:{NEW}", "twice"),
        ],
    )
    def test_a_useless_setting_is_refused_with_a_reason(self, text: str, why: str) -> None:
        with pytest.raises(BadKeys, match=why):
            KeyRing.parse(text)

    def test_a_refusal_never_shows_the_key(self) -> None:
        with pytest.raises(BadKeys) as refusal:
            KeyRing.parse(f"a:{OLD[:20]}!")
        assert OLD[:20] not in str(refusal.value)
        assert refusal.value.__cause__ is None

    def test_keys_are_not_in_the_representation(self) -> None:
        assert "ooo" not in repr(OLD_RING)

    def test_a_ring_cannot_be_changed_afterwards(self) -> None:
        source = {"old": b"o" * 32}
        ring = KeyRing(source)
        source["new"] = b"n" * 32
        assert list(ring.keys) == ["old"]


class TestFieldCipher:
    @given(plaintext=st.text(), context=st.text())
    def test_what_was_encrypted_is_decrypted_in_the_same_context(self, plaintext: str, context: str) -> None:
        cipher = FieldCipher(OLD_RING)
        assert cipher.decrypt(cipher.encrypt(plaintext, context), context) == plaintext

    def test_the_token_names_version_and_key_and_hides_the_text(self) -> None:
        token = FieldCipher(ROTATED_RING).encrypt("440101199001011234", "volunteers.cert_no:1")
        version, kid, body = token.split(".")
        assert (version, kid) == ("v1", "new")
        assert set(body) <= set(URL_SAFE)
        assert "440101" not in token

    def test_the_same_text_is_never_the_same_token(self) -> None:
        cipher = FieldCipher(OLD_RING)
        assert cipher.encrypt("same", "here") != cipher.encrypt("same", "here")

    @given(plaintext=st.text(), context=st.text(), other=st.text())
    def test_a_token_moved_to_another_context_is_refused(self, plaintext: str, context: str, other: str) -> None:
        assume(context != other)
        cipher = FieldCipher(OLD_RING)
        with pytest.raises(CannotDecrypt):
            cipher.decrypt(cipher.encrypt(plaintext, context), other)

    @given(plaintext=st.text(max_size=20), data=st.data())
    def test_a_token_with_any_character_changed_is_refused(self, plaintext: str, data: st.DataObject) -> None:
        cipher = FieldCipher(ROTATED_RING)
        token = cipher.encrypt(plaintext, "here")
        with pytest.raises(CannotDecrypt):
            cipher.decrypt(data.draw(one_character_changed(token)), "here")

    @given(plaintext=st.text(max_size=20), data=st.data())
    def test_a_token_with_any_bit_of_its_body_flipped_is_refused(self, plaintext: str, data: st.DataObject) -> None:
        cipher = FieldCipher(OLD_RING)
        prefix, _, body = cipher.encrypt(plaintext, "here").rpartition(".")
        raw = bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        flipped = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        with pytest.raises(CannotDecrypt):
            cipher.decrypt(f"{prefix}.{flipped}", "here")

    @given(text=st.text())
    def test_text_that_is_no_token_is_refused(self, text: str) -> None:
        with pytest.raises(CannotDecrypt):
            FieldCipher(OLD_RING).decrypt(text, "here")

    @pytest.mark.parametrize("token", ["v1.old.", "v1.old.AA", "v1.old.====", "v1.old", "v2.old.AAAA"])
    def test_a_cut_token_is_refused(self, token: str) -> None:
        with pytest.raises(CannotDecrypt):
            FieldCipher(OLD_RING).decrypt(token, "here")

    @given(plaintext=st.text())
    def test_after_rotation_old_tokens_are_read_and_named_for_rewriting(self, plaintext: str) -> None:
        old_token = FieldCipher(OLD_RING).encrypt(plaintext, "here")
        rotated = FieldCipher(ROTATED_RING)
        assert rotated.needs_rotation(old_token)
        rewritten = rotated.encrypt(rotated.decrypt(old_token, "here"), "here")
        assert not rotated.needs_rotation(rewritten)
        assert FieldCipher(NEW_RING).decrypt(rewritten, "here") == plaintext

    def test_a_token_of_a_dropped_key_is_refused_by_name(self) -> None:
        old_token = FieldCipher(OLD_RING).encrypt("text", "here")
        with pytest.raises(UnknownKey, match="old"):
            FieldCipher(NEW_RING).decrypt(old_token, "here")

    def test_the_same_key_id_with_another_key_is_refused(self) -> None:
        token = FieldCipher(OLD_RING).encrypt("text", "here")
        with pytest.raises(CannotDecrypt):
            FieldCipher(KeyRing.parse(f"old:{NEW}")).decrypt(token, "here")

    def test_rotation_of_what_is_no_token_is_refused(self) -> None:
        with pytest.raises(CannotDecrypt):
            FieldCipher(OLD_RING).needs_rotation("440101199001011234")


class TestBlindIndex:
    INDEX = BlindIndex(b"k" * 32)

    @given(field=st.text(), value=st.text())
    def test_equal_values_of_a_field_have_equal_digests_of_32_bytes(self, field: str, value: str) -> None:
        digest = self.INDEX.digest(field, value)
        assert len(digest) == 32
        assert digest == BlindIndex.parse(base64.b64encode(b"k" * 32).decode()).digest(field, value)

    @given(one=st.tuples(st.text(), st.text()), other=st.tuples(st.text(), st.text()))
    def test_another_field_or_value_has_another_digest(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        assume(one != other)
        assert self.INDEX.digest(*one) != self.INDEX.digest(*other)

    def test_the_border_between_field_and_value_counts(self) -> None:
        assert self.INDEX.digest("ab", "c") != self.INDEX.digest("a", "bc")

    def test_another_key_gives_another_digest(self) -> None:
        assert self.INDEX.digest("phone", "13800000000") != BlindIndex(b"q" * 32).digest("phone", "13800000000")

    @pytest.mark.parametrize("text", ["", "c2hvcnQ=", "not base64!"])
    def test_a_useless_key_is_refused(self, text: str) -> None:
        with pytest.raises(BadKeys):
            BlindIndex.parse(text)


class TestSigner:
    @given(payload=st.binary(), purpose=st.text())
    def test_what_was_signed_is_verified_for_the_same_purpose(self, payload: bytes, purpose: str) -> None:
        signer = Signer(OLD_RING)
        assert signer.verify(signer.sign(payload, purpose), purpose) == payload

    @given(payload=st.binary(), purpose=st.text(), other=st.text())
    def test_a_token_of_one_purpose_is_refused_for_another(self, payload: bytes, purpose: str, other: str) -> None:
        assume(purpose != other)
        signer = Signer(OLD_RING)
        with pytest.raises(BadSignature):
            signer.verify(signer.sign(payload, purpose), other)

    @given(payload=st.binary(max_size=20), data=st.data())
    def test_a_token_with_any_character_changed_is_refused(self, payload: bytes, data: st.DataObject) -> None:
        signer = Signer(ROTATED_RING)
        with pytest.raises(BadSignature):
            signer.verify(data.draw(one_character_changed(signer.sign(payload, "cursor"))), "cursor")

    @given(text=st.text())
    def test_text_that_is_no_token_is_refused(self, text: str) -> None:
        with pytest.raises(BadSignature):
            Signer(OLD_RING).verify(text, "cursor")

    def test_a_token_is_safe_in_a_url_and_short(self) -> None:
        token = Signer(OLD_RING).sign(b"x" * 24, "attendance code")
        assert set(token) <= set(URL_SAFE + ".")
        assert len(token) <= 60

    def test_after_rotation_old_tokens_are_still_good_and_new_ones_use_the_new_key(self) -> None:
        rotated = Signer(ROTATED_RING)
        assert rotated.verify(Signer(OLD_RING).sign(b"payload", "link"), "link") == b"payload"
        assert rotated.sign(b"payload", "link").startswith("new.")

    def test_a_token_of_a_dropped_key_is_refused(self) -> None:
        with pytest.raises(BadSignature):
            Signer(NEW_RING).verify(Signer(OLD_RING).sign(b"payload", "link"), "link")

    def test_a_key_shared_by_cipher_index_and_signer_is_three_keys(self) -> None:
        """A setting used twice by mistake must not let one use forge or reveal the other."""
        key = b"s" * 32
        ring = KeyRing({"shared": key})
        mac = base64.urlsafe_b64encode(BlindIndex(key).digest("link", "cGF5bG9hZA")[:16]).rstrip(b"=").decode()
        with pytest.raises(BadSignature):
            Signer(ring).verify(f"shared.cGF5bG9hZA.{mac}", "link")
