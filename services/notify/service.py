"""Notify over RPC and events: parse -> use case -> dump, nothing else."""

from __future__ import annotations

from services.chassis.audit_reading import AuditLogPage, ListAuditLog, list_audit_log
from services.chassis.entrypoints import SettingsDependency, UnitsOfWork, command, every, on, query, sweep
from services.identity.events import (
    CodeRequested,
    ContactChanged,
    ExportRequested,
    VolunteerErased,
    WechatMessageReported,
)
from services.notify.channels import desk_for
from services.notify.repository import NotifyUnitOfWork
from services.notify.schemas import inbox as inbox_schemas
from services.notify.schemas import operators, simulator
from services.notify.schemas import preferences as preference_schemas
from services.notify.schemas import receipts as receipt_schemas
from services.notify.settings import NotifySettings
from services.notify.use_cases import (
    codes,
    contacts,
    delivery,
    exporting,
    inbox,
    preferences,
    reading,
    receipts,
    sending_again,
    telling,
    templates,
)
from services.notify.use_cases.handing_over import Breakers


class NotifyService:
    """Messages, contact points, preferences and the in-app inbox."""

    name = "notify"
    settings_class = NotifySettings
    unit_of_work = UnitsOfWork(NotifyUnitOfWork)
    settings = SettingsDependency()
    breakers = Breakers()  # this process's own: what it has seen of the providers

    # what people and operators see

    @query(inbox_schemas.ListNotifications, inbox_schemas.NotificationPage)
    def list_notifications(self, query, uow):
        return inbox.list_notifications(query, uow)

    @command(inbox_schemas.ReadNotification, inbox_schemas.Notification)
    def read_notification(self, command, uow):
        return inbox.read_notification(command, uow)

    @command(inbox_schemas.ReadNotifications, inbox_schemas.ReadAnswer)
    def read_notifications(self, command, uow):
        return inbox.read_notifications(command, uow)

    @query(inbox_schemas.WatchInbox, inbox_schemas.InboxNow)
    def watch_inbox(self, query, uow):
        return inbox.watch_inbox(query, uow)

    @query(inbox_schemas.ListReadersOfNews, inbox_schemas.ReadersOfNews)
    def list_readers_of_news(self, query, uow):
        return inbox.list_readers_of_news(query, uow)

    @query(preference_schemas.GetPreferences, preference_schemas.Preferences)
    def get_preferences(self, query, uow):
        return preferences.get_preferences(query, uow)

    @command(preference_schemas.PutPreferences, preference_schemas.Preferences)
    def put_preferences(self, command, uow):
        return preferences.put_preferences(command, uow)

    @query(operators.ListMessages, operators.MessagePage)
    def list_messages(self, query, uow):
        return reading.list_messages(query, uow)

    @query(operators.SumMessages, operators.MessageSums)
    def sum_messages(self, query, uow):
        return reading.sum_messages(query, uow)

    @command(operators.ResendMessage, operators.MessageSummary)
    def resend_message(self, command, uow):
        return sending_again.resend_message(command, uow)

    @query(operators.ListTemplates, operators.TemplateList)
    def list_templates(self, query, uow):
        return templates.list_templates(query, uow)

    @query(operators.PreviewTemplate, operators.RenderedTemplate)
    def preview_template(self, query, uow):
        return templates.preview_template(query, uow)

    @query(simulator.ListSimulatedMessages, simulator.SimulatedMessageList)
    def list_simulated_messages(self, query, uow):
        return reading.list_simulated_messages(query, uow)

    # what providers push

    @command(receipt_schemas.TakeReceipts, receipt_schemas.TencentReceiptsTaken)
    def take_tencent_receipts(self, command, uow):
        return receipts.take_tencent(command, uow)

    @command(receipt_schemas.TakeReceipts, receipt_schemas.AliyunReceiptsTaken)
    def take_aliyun_receipts(self, command, uow):
        return receipts.take_aliyun(command, uow)

    @on(WechatMessageReported)
    def take_wechat_receipt(self, event, uow):
        receipts.take_wechat(event, uow)

    @every(seconds=1)
    def settle_receipts(self, uow):
        receipts.settle(uow)

    @query(ListAuditLog, AuditLogPage)
    def list_audit_log(self, query, uow):
        return list_audit_log(query, uow)

    # what the others tell

    @on(CodeRequested)
    def send_code(self, event, uow):
        codes.send_code(event, uow)

    @on(*telling.TOLD_EVENTS)
    def tell(self, event, uow):
        telling.tell(event, uow)

    @on(ContactChanged)
    def keep_contact(self, event, uow):
        contacts.keep_contact(event, uow)

    @on(VolunteerErased)
    def forget(self, event, uow):
        contacts.forget(event, uow)

    @on(ExportRequested)
    def export_person(self, event, uow):
        exporting.export_person(event, uow)

    # somebody is waiting for a code with the phone in hand: half a second is a wait they do not notice
    @sweep(seconds=0.5)
    def deliver_codes(self):
        self._deliver(delivery.SMS_CODES)

    @sweep(seconds=0.5)
    def deliver_codes_by_mail(self):
        self._deliver(delivery.EMAIL_CODES)

    @sweep(seconds=0.5)
    def deliver_mails(self):
        self._deliver(delivery.EMAIL)

    @sweep(seconds=0.5)
    def deliver(self):
        self._deliver(delivery.SMS)

    @sweep(seconds=1)
    def deliver_wechat(self):
        self._deliver(delivery.WECHAT)

    @every(seconds=10)
    def queue_abandoned(self, uow):
        delivery.queue_abandoned(uow)

    def _deliver(self, lane):
        desk = desk_for(lane, self.settings, self.unit_of_work, self.breakers)
        delivery.deliver_all_due(self.unit_of_work, lane, desk)


SERVICE = NotifyService
