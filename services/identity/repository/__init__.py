"""Identity's unit of work: its queries (``people``, ``access``), its vault, and the copy of the tree."""

from __future__ import annotations

from typing import Any

from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork
from services.identity.repository.access import (
    CaptchaRepository,
    CodeRepository,
    LoginRepository,
    SessionRepository,
)
from services.identity.repository.bindings import BindingRepository
from services.identity.repository.imports import ImportRepository
from services.identity.repository.people import AccountRepository, RoleRepository, VolunteerRepository
from services.identity.repository.privacy import ConsentRepository, ExportRepository
from services.identity.repository.recovering import InPersonRepository, RecoveryRepository
from services.identity.repository.reviewing import ReviewingRepository
from services.identity.repository.second_factor import SecondFactorRepository
from services.identity.settings import IdentitySettings
from services.identity.vault import Vault


class IdentityUnitOfWork(UnitOfWork):
    """A unit of work with identity's repositories and its vault."""

    settings: IdentitySettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vault = Vault(self.settings.field_cipher, self.settings.message_cipher, self.settings.blind_index)
        self.accounts = AccountRepository(self)
        self.volunteers = VolunteerRepository(self)
        self.roles = RoleRepository(self)
        self.reviewing = ReviewingRepository(self)
        self.recoveries = RecoveryRepository(self)
        self.in_person = InPersonRepository(self)
        self.captchas = CaptchaRepository(self)
        self.codes = CodeRepository(self)
        self.logins = LoginRepository(self)
        self.sessions = SessionRepository(self)
        self.second_factors = SecondFactorRepository(self)
        self.bindings = BindingRepository(self)
        self.imports = ImportRepository(self)
        self.consents = ConsentRepository(self)
        self.exports = ExportRepository(self)
        self.organizations = Organizations(self.session, self.caller)


UNIT_OF_WORK = IdentityUnitOfWork
