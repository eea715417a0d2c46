"""Notify's sealed columns: one line each (``services/chassis/sealed.py``).

Contact points are kept as identity has sealed them for notify.
"""

from __future__ import annotations

from services.chassis.sealed import SealedColumn
from services.notify.models import ContactPoint, Message

SEALED_COLUMNS = (
    SealedColumn(ContactPoint.phone_sealed, "contact:{account_id}", "message_cipher"),
    SealedColumn(ContactPoint.email_sealed, "contact:{account_id}", "message_cipher"),
    SealedColumn(ContactPoint.wechat_openid_sealed, "contact:{account_id}", "message_cipher"),
    SealedColumn(Message.recipient_sealed, "message:{id}", "message_cipher"),
    SealedColumn(Message.secrets_sealed, "message:{id}", "message_cipher"),
)
