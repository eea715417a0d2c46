"""Identity's tables, a module per topic."""

from __future__ import annotations

from services.identity.models.access import Captcha, LoginFailure, LoginSession, RefreshToken, VerificationCode
from services.identity.models.base import Base
from services.identity.models.bindings import Binding, BindingScene, ProviderPush
from services.identity.models.imports import ImportJob, ImportRow
from services.identity.models.people import Account, Principal, RoleGrant, Volunteer
from services.identity.models.privacy import ConsentRecord, DataExport, DataExportPart
from services.identity.models.recovering import AccountRecovery, InPersonVerification
from services.identity.models.reviewing import RealnameCheck, ReviewStep
from services.identity.models.second_factor import RecoveryCode, Totp

__all__ = [
    "Account",
    "AccountRecovery",
    "Base",
    "Binding",
    "BindingScene",
    "Captcha",
    "ConsentRecord",
    "DataExport",
    "DataExportPart",
    "ImportJob",
    "ImportRow",
    "InPersonVerification",
    "LoginFailure",
    "LoginSession",
    "Principal",
    "ProviderPush",
    "RealnameCheck",
    "RecoveryCode",
    "RefreshToken",
    "ReviewStep",
    "RoleGrant",
    "Totp",
    "VerificationCode",
    "Volunteer",
]
