"""What identity keeps unreadable, and how it finds it again.

Why this module exists: contexts and digest names must be the same wherever a field is written, read and looked for. A
context names the column and the row, so that a token copied into another row does not decrypt there.
"""

from __future__ import annotations

from services.chassis.crypto import BlindIndex, FieldCipher
from services.identity.domain.certificates import CertType, normalise
from services.identity.models import Account, Principal, Volunteer


class Vault:
    """Seals, opens and digests for one service; holds keys and no state."""

    def __init__(self, fields: FieldCipher, messages: FieldCipher, index: BlindIndex) -> None:
        self._fields = fields
        self._messages = messages
        self._index = index

    def seal(self, column: str, row_id: str, text: str | None) -> str | None:
        """``text`` for ``column`` (``account.phone``) of the row ``row_id``."""
        return None if text is None else self._fields.encrypt(text, f"{column}:{row_id}")

    def open(self, column: str, row_id: str, sealed: str | None) -> str | None:
        """What :meth:`seal` wrote."""
        return None if sealed is None else self._fields.decrypt(sealed, f"{column}:{row_id}")

    def phone_of(self, account: Account) -> str | None:
        """An account's phone number in clear."""
        return self.open("account.phone", account.id, account.phone_sealed)

    def email_of(self, account: Account) -> str | None:
        """An account's mail address in clear."""
        return self.open("account.email", account.id, account.email_sealed)

    def set_phone(self, account: Account, phone: str | None) -> None:
        """Give an account a phone number, sealed and findable."""
        account.phone_sealed = self.seal("account.phone", account.id, phone)
        account.phone_digest = None if phone is None else self.phone_digest(phone)

    def set_email(self, account: Account, email: str | None) -> None:
        """Give an account a mail address, sealed and findable; nobody has shown yet that the mailbox is theirs."""
        account.email_sealed = self.seal("account.email", account.id, email)
        account.email_digest = None if email is None else self.email_digest(email)
        account.email_verified_at = account.email_verified_by = None

    def cert_no_of(self, person: Volunteer | Principal) -> str | None:
        """A certificate number in clear."""
        if isinstance(person, Volunteer):
            return self.open("volunteer.cert_no", person.id, person.cert_no_sealed)
        return self.open("principal.cert_no", person.account_id, person.cert_no_sealed)

    def for_notify(self, context: str, text: str | None) -> str | None:
        """``text`` sealed for notify (events.py says under which context)."""
        return None if text is None else self._messages.encrypt(text, context)

    def phone_digest(self, phone: str) -> bytes:
        """The blind index of a phone number."""
        return self._index.digest("phone", phone)

    def email_digest(self, email: str) -> bytes:
        """The blind index of a mail address; case does not count."""
        return self._index.digest("email", email.lower())

    def certificate_digest(self, cert_type: CertType, number: str) -> bytes:
        """The blind index of a certificate: the same number of another kind is another certificate."""
        return self._index.digest("certificate", f"{cert_type.value}:{number}")

    def certificate_digests(self, text: str) -> list[bytes]:
        """The digests of every kind of certificate that ``text`` may be the number of."""
        return [self.certificate_digest(cert_type, normalise(text)) for cert_type in CertType]

    def secret_digest(self, place: str, secret: str) -> bytes:
        """The digest of a short secret (captcha answer, code), useless for any other ``place``."""
        return self._index.digest(place, secret)
