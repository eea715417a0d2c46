"""What notify answers: one's own notifications, the operators' list, and the simulators' inbox."""

from __future__ import annotations

from gateway.routing import Route, Who
from services.notify import errors
from services.notify.schemas import inbox, operators, preferences, receipts, simulator

_TAGS = ("notifications",)

ROUTES = [
    Route(
        "GET", "/me/notifications", "notify.list_notifications",
        request=inbox.ListNotifications, answer=inbox.NotificationPage, who=Who.SIGNED_IN, tags=_TAGS,
        zh="我的消息", en="One's own notifications, newest first",
    ),
    Route(
        "POST", "/me/notifications/{notification_id}/read", "notify.read_notification",
        request=inbox.ReadNotification, answer=inbox.Notification, who=Who.SIGNED_IN, tags=_TAGS,
        zh="标为已读", en="Mark a notification as read",
    ),
    Route(
        "POST", "/me/notifications/read", "notify.read_notifications",
        request=inbox.ReadNotifications, answer=inbox.ReadAnswer, who=Who.SIGNED_IN, tags=_TAGS,
        zh="全部标为已读", en="Mark all notifications as read, or those up to the newest that was seen",
    ),
    Route(
        "GET", "/me/notification-preferences", "notify.get_preferences",
        request=preferences.GetPreferences, answer=preferences.Preferences, who=Who.SIGNED_IN, tags=_TAGS,
        zh="消息偏好", en="Which messages come by SMS, and which of them are fixed",
    ),
    Route(
        "PUT", "/me/notification-preferences", "notify.put_preferences",
        request=preferences.PutPreferences, answer=preferences.Preferences, who=Who.SIGNED_IN, tags=_TAGS,
        errors=(errors.PreferenceFixed,), zh="修改消息偏好", en="Switch messages off",
    ),
    Route(
        "GET", "/notifications", "notify.list_messages",
        request=operators.ListMessages, answer=operators.MessagePage, who=Who.PLATFORM, tags=_TAGS,
        zh="全部外发消息", en="Every message that left the house",
    ),
    Route(
        "POST", "/callbacks/sms/tencent", "notify.take_tencent_receipts",
        request=receipts.TakeReceipts, answer=receipts.TencentReceiptsTaken, who=Who.PUBLIC, raw_body=True,
        errors=(errors.CallbackRefused,), tags=("callbacks",),
        zh="腾讯云短信回执", en="Tencent tells which SMS arrived; the secret is in the address that it was told",
    ),
    Route(
        "POST", "/callbacks/sms/aliyun", "notify.take_aliyun_receipts",
        request=receipts.TakeReceipts, answer=receipts.AliyunReceiptsTaken, who=Who.PUBLIC, raw_body=True,
        errors=(errors.CallbackRefused,), tags=("callbacks",),
        zh="阿里云短信回执", en="Aliyun tells which SMS arrived; the secret is in the address that it was told",
    ),
    Route(
        "GET", "/templates", "notify.list_templates",
        request=operators.ListTemplates, answer=operators.TemplateList, who=Who.PLATFORM, tags=_TAGS,
        zh="消息模板", en="Every template with its source",
    ),
]  # fmt: skip

DEVELOPMENT_ROUTES = [
    Route(
        "GET", "/dev/messages", "notify.list_simulated_messages",
        request=simulator.ListSimulatedMessages, answer=simulator.SimulatedMessageList, who=Who.PUBLIC,
        tags=("development",), zh="模拟器收到的消息", en="What the simulators were given to send",
    ),
]  # fmt: skip
