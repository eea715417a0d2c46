"""Card's sealed columns: one line each (``services/chassis/sealed.py``)."""

from __future__ import annotations

from services.card.models import CardApplication, CardPage, GroupApplication, GroupMember, RefusedMessage
from services.chassis.sealed import SealedColumn

SEALED_COLUMNS = (
    SealedColumn(CardApplication.address_sealed, "card_application.address:{id}", "card_cipher"),
    SealedColumn(CardApplication.guardian_sealed, "card_application.guardian:{id}", "card_cipher"),
    SealedColumn(CardPage.token_sealed, "card_page.token:{volunteer_id}", "card_cipher"),
    SealedColumn(GroupApplication.visit_sealed, "group_application.visit:{id}", "card_cipher"),
    SealedColumn(GroupMember.details_sealed, "group_member.details:{group_id}:{volunteer_id}", "card_cipher"),
    SealedColumn(RefusedMessage.body_sealed, "refused_message.body:{id}", "card_cipher"),
)
