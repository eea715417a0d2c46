"""Identity: parse, use case, dump."""

from __future__ import annotations

from services.chassis.audit_reading import AuditLogPage, ListAuditLog, list_audit_log
from services.chassis.entrypoints import SettingsDependency, UnitsOfWork, command, every, on, query, saga, sweep
from services.chassis.rpc_client import ServiceClient
from services.chassis.schema import EmptyAnswer
from services.identity.domain.bindings import Provider
from services.identity.providers import alipay_for, wechat_for
from services.identity.repository import UNIT_OF_WORK
from services.identity.schemas import answers, privacy, profiles, recoveries, requests, second_factor
from services.identity.schemas import bindings as binding_schemas
from services.identity.schemas import imports as import_schemas
from services.identity.schemas import in_person as in_person_schemas
from services.identity.settings import SETTINGS
from services.identity.use_cases import (
    bindings,
    captchas,
    changing,
    codes,
    consenting,
    erasing,
    exporting,
    housekeeping,
    imports,
    in_person,
    in_person_history,
    notices,
    password_resets,
    profile,
    realname,
    recovering,
    registering_organizations,
    registering_volunteers,
    reviews,
    sealing,
    second_factors,
    sessions,
    showing_masked,
    working_imports,
)
from services.identity.verifier import verifier_for
from services.organization.events import (
    AdministratorChanged,
    MembershipApproved,
    MembershipLeft,
    MembershipRejected,
    OrganizationChanged,
)


class IdentityService:
    """Accounts, volunteers, codes, sessions."""

    name = "identity"
    settings_class = SETTINGS
    unit_of_work = UnitsOfWork(UNIT_OF_WORK)
    settings = SettingsDependency()
    organization = ServiceClient("organization")

    @saga(requests.CreateCaptcha, answers.CaptchaAnswer)
    def create_captcha(self, command):
        return captchas.create_captcha(self.unit_of_work, command)

    @saga(requests.RequestCode, answers.CodeOnItsWay)
    def request_code(self, command):
        return codes.request_code(self.unit_of_work, command)

    @saga(requests.RegisterVolunteer, answers.RegisteredVolunteer)
    def register_volunteer(self, command):
        verifier = verifier_for(self.settings)
        return registering_volunteers.register_volunteer(self.unit_of_work, command, self.organization.call, verifier)

    @saga(requests.RegisterOrganization, answers.RegisteredOrganization)
    def register_organization(self, command):
        verifier = verifier_for(self.settings)
        return registering_organizations.register_organization(
            self.unit_of_work, command, self.organization.call, verifier
        )

    @saga(requests.SignIn, answers.SignedIn)
    def sign_in(self, command):
        return sessions.sign_in(self.unit_of_work, command)

    @saga(requests.RefreshSession, answers.SignedIn)
    def refresh_session(self, command):
        return sessions.refresh(self.unit_of_work, command)

    @saga(second_factor.EnrollTotp, second_factor.NewTotp)
    def enroll_totp(self, command):
        return second_factors.enroll_totp(self.unit_of_work, command)

    @saga(second_factor.ConfirmTotp, second_factor.RecoveryCodes)
    def confirm_totp(self, command):
        return second_factors.confirm_totp(self.unit_of_work, command)

    @saga(second_factor.RemoveTotp, EmptyAnswer)
    def remove_totp(self, command):
        return second_factors.remove_totp(self.unit_of_work, command)

    @saga(binding_schemas.SignInByCode, answers.SignedIn)
    def sign_in_by_wechat(self, command):
        return bindings.sign_in_with(self.unit_of_work, Provider.WECHAT, wechat_for(self.settings), command)

    @saga(binding_schemas.SignInByCode, answers.SignedIn)
    def sign_in_by_alipay(self, command):
        return bindings.sign_in_with(self.unit_of_work, Provider.ALIPAY, alipay_for(self.settings), command)

    @saga(binding_schemas.ShowWechatScene, binding_schemas.WechatScene)
    def show_wechat_scene(self, command):
        return bindings.show_wechat_scene(self.unit_of_work, wechat_for(self.settings))

    @command(binding_schemas.UnbindWechat, EmptyAnswer)
    def unbind_wechat(self, command, uow):
        return bindings.unbind(uow, Provider.WECHAT)

    @saga(binding_schemas.BindAlipay, EmptyAnswer)
    def bind_alipay(self, command):
        return bindings.bind_alipay(self.unit_of_work, command, alipay_for(self.settings))

    @command(binding_schemas.UnbindAlipay, EmptyAnswer)
    def unbind_alipay(self, command, uow):
        return bindings.unbind(uow, Provider.ALIPAY)

    @query(binding_schemas.CheckWechatCallback, binding_schemas.PlainText)
    def answer_wechat_check(self, query, uow):
        return bindings.answer_wechat_check(query, uow)

    @command(binding_schemas.TakeWechatPush, binding_schemas.PlainText)
    def take_wechat_push(self, command, uow):
        return bindings.take_wechat_push(command, uow)

    @query(requests.ListSessions, answers.SessionList)
    def list_sessions(self, query, uow):
        return sessions.list_sessions(query, uow)

    @query(requests.FindEndedSessions, answers.SessionsFound)
    def find_ended_sessions(self, query, uow):
        return sessions.find_ended_sessions(query, uow)

    @command(requests.EndSessions, answers.EndedSessions)
    def end_sessions(self, command, uow):
        return sessions.end_sessions(command, uow)

    @command(requests.EndCurrentSession, EmptyAnswer)
    def end_current_session(self, command, uow):
        return sessions.end_current_session(command, uow)

    @command(requests.RequestPasswordReset, answers.CodeOnItsWay)
    def request_password_reset(self, command, uow):
        return password_resets.request_password_reset(command, uow)

    @saga(requests.ResetPassword, EmptyAnswer)
    def reset_password(self, command):
        return password_resets.reset_password(self.unit_of_work, command)

    @query(requests.GetMe, answers.Me)
    def get_me(self, query, uow):
        return profile.get_me(query, uow)

    @saga(requests.UpdateMe, answers.Me)
    def update_me(self, command):
        return changing.update_me(self.unit_of_work, command, verifier_for(self.settings))

    @saga(requests.Resubmit, answers.Me)
    def resubmit(self, command):
        return profile.resubmit(self.unit_of_work, command, verifier_for(self.settings))

    @query(profiles.ListReviewHistory, profiles.ReviewHistory)
    def list_review_history(self, query, uow):
        return profile.list_review_history(query, uow)

    @command(requests.ExportMe, answers.Export)
    def export_me(self, command, uow):
        return profile.export_me(command, uow)

    @query(privacy.ListConsents, privacy.ConsentList)
    def list_consents(self, query, uow):
        return consenting.list_consents(query, uow)

    @command(privacy.WithdrawConsent, privacy.Consent)
    def withdraw_consent(self, command, uow):
        return consenting.withdraw_consent(command, uow)

    @command(privacy.RequestExport, privacy.ExportState)
    def request_export(self, command, uow):
        return exporting.request_export(command, uow)

    @command(privacy.GetExport, privacy.FullExport)
    def get_export(self, command, uow):
        return exporting.get_export(command, uow)

    @query(privacy.FindErasedAccounts, privacy.ErasedAccounts)
    def find_erased_accounts(self, query, uow):
        return erasing.find_erased_accounts(query, uow)

    @command(requests.EraseMe, EmptyAnswer)
    def erase_me(self, command, uow):
        return erasing.erase_me(command, uow)

    @command(requests.VerifyInPerson, answers.VerifiedInPerson)
    def verify_in_person(self, command, uow):
        return in_person.verify_in_person(command, uow)

    @command(requests.RevokeInPersonVerification, EmptyAnswer)
    def revoke_in_person(self, command, uow):
        in_person.revoke(command, uow)

    @command(in_person_schemas.ListInPersonVerifications, in_person_schemas.Verifications)
    def list_in_person_verifications(self, command, uow):
        return in_person_history.list_of_volunteer(command, uow)

    @query(in_person_schemas.ListMyInPersonVerifications, in_person_schemas.MyVerifications)
    def list_my_in_person_verifications(self, query, uow):
        return in_person_history.list_own(query, uow)

    @saga(recoveries.RequestRecovery, recoveries.RecoveryTaken)
    def request_recovery(self, command):
        return recovering.request_recovery(self.unit_of_work, command)

    @query(recoveries.ListRecoveries, recoveries.RecoveryPage)
    def list_recoveries(self, query, uow):
        return recovering.list_recoveries(query, uow)

    @command(recoveries.DecideRecovery, recoveries.RecoveryDecision)
    def decide_recovery(self, command, uow):
        return recovering.decide(command, uow)

    @command(requests.SealForPartner, answers.SealedDocument)
    def seal_for_partner(self, command, uow):
        return sealing.seal_for_partner(command, uow)

    @query(requests.ShowMaskedVolunteer, answers.MaskedVolunteer)
    def show_masked_volunteer(self, query, uow):
        return showing_masked.show_masked_volunteer(query, uow)

    @command(import_schemas.StartImport, import_schemas.Import)
    def start_import(self, command, uow):
        return imports.start_import(command, uow)

    @command(import_schemas.StageImportRows, import_schemas.Import)
    def stage_import_rows(self, command, uow):
        return imports.stage_rows(command, uow)

    @command(import_schemas.FinishStaging, import_schemas.Import)
    def finish_staging(self, command, uow):
        return imports.finish_staging(command, uow)

    @query(import_schemas.ImportById, import_schemas.Import)
    def get_import(self, query, uow):
        return imports.get_import(query, uow)

    @query(import_schemas.ListImports, import_schemas.ImportPage)
    def list_imports(self, query, uow):
        return imports.list_imports(query, uow)

    @query(import_schemas.ListImportErrors, import_schemas.RowErrorsPage)
    def list_import_errors(self, query, uow):
        return imports.list_errors(query, uow)

    @command(import_schemas.ExecuteImport, import_schemas.Import)
    def execute_import(self, command, uow):
        return imports.execute_import(command, uow)

    @command(import_schemas.ImportById, import_schemas.Import)
    def cancel_import(self, command, uow):
        return imports.cancel_import(command, uow)

    @query(ListAuditLog, AuditLogPage)
    def list_audit_log(self, query, uow):
        return list_audit_log(query, uow)

    @on(MembershipApproved)
    def take_over_approval(self, event, uow):
        reviews.take_over_approval(event, uow)

    @on(MembershipRejected)
    def take_over_rejection(self, event, uow):
        reviews.take_over_rejection(event, uow)

    @on(MembershipLeft)
    def take_over_leaving(self, event, uow):
        reviews.take_over_leaving(event, uow)

    @on(AdministratorChanged)
    def take_over_administrator(self, event, uow):
        reviews.take_over_administrator(event, uow)

    @on(OrganizationChanged)
    def take_over_organization(self, event, uow):
        uow.organizations.take_over(event.data, event.aggregate_version)

    @sweep(seconds=1)
    def work_on_imports(self):
        working_imports.work_on_imports(self.unit_of_work, self.organization.call)

    @sweep(seconds=5)
    def check_waiting_names(self):
        realname.check_waiting(self.unit_of_work, verifier_for(self.settings))

    @on(*exporting.PARTS)
    def take_over_part_of_export(self, event, uow):
        exporting.take_over_part(event, uow)

    @every(seconds=5)
    def tell_of_locks(self, uow):
        notices.tell_of_locks(uow)

    @every(seconds=3600)
    def end_old_verifications(self, uow):
        in_person.expire(uow)

    @every(seconds=600)
    def purge(self, uow):
        housekeeping.purge(uow)


SERVICE = IdentityService
