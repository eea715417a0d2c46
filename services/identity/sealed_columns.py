"""Identity's sealed columns: one line each (``services/chassis/sealed.py``)."""

from __future__ import annotations

from services.chassis.sealed import SealedColumn
from services.identity.models import (
    Account,
    AccountRecovery,
    Binding,
    DataExportPart,
    ImportRow,
    LoginSession,
    Principal,
    Totp,
    Volunteer,
)

SEALED_COLUMNS = (
    SealedColumn(Account.phone_sealed, "account.phone:{id}", "field_cipher"),
    SealedColumn(Account.email_sealed, "account.email:{id}", "field_cipher"),
    SealedColumn(Volunteer.cert_no_sealed, "volunteer.cert_no:{id}", "field_cipher"),
    SealedColumn(Volunteer.guardian_name_sealed, "volunteer.guardian_name:{id}", "field_cipher"),
    SealedColumn(Volunteer.guardian_phone_sealed, "volunteer.guardian_phone:{id}", "field_cipher"),
    SealedColumn(Volunteer.emergency_name_sealed, "volunteer.emergency_name:{id}", "field_cipher"),
    SealedColumn(Volunteer.emergency_phone_sealed, "volunteer.emergency_phone:{id}", "field_cipher"),
    SealedColumn(LoginSession.address_sealed, "login_session.address:{id}", "field_cipher"),
    SealedColumn(Principal.cert_no_sealed, "principal.cert_no:{account_id}", "field_cipher"),
    SealedColumn(Totp.secret_sealed, "totp.secret:{account_id}", "field_cipher"),
    SealedColumn(Binding.openid_sealed, "binding.openid:{account_id}:{provider}", "field_cipher"),
    SealedColumn(AccountRecovery.phone_sealed, "account_recovery.phone:{id}", "field_cipher"),
    SealedColumn(ImportRow.payload_sealed, "import_row.payload:{id}", "field_cipher"),
    SealedColumn(DataExportPart.document_sealed, "data_export_part.document:{export_id}:{service}", "field_cipher"),
)
