"""What notify answers: one's own notifications, the operators' list, and the simulators' inbox."""

from __future__ import annotations

from gateway.routing import Route, Who
from services.notify import errors, schemas

_TAGS = ("notifications",)

ROUTES = [
    Route(
        "GET", "/me/notifications", "notify.list_notifications",
        request=schemas.ListNotifications, answer=schemas.NotificationPage, who=Who.SIGNED_IN, tags=_TAGS,
        zh="我的消息", en="One's own notifications, newest first",
    ),
    Route(
        "POST", "/me/notifications/{notification_id}/read", "notify.read_notification",
        request=schemas.ReadNotification, answer=schemas.Notification, who=Who.SIGNED_IN, tags=_TAGS,
        zh="标为已读", en="Mark a notification as read",
    ),
    Route(
        "GET", "/me/notification-preferences", "notify.get_preferences",
        request=schemas.GetPreferences, answer=schemas.Preferences, who=Who.SIGNED_IN, tags=_TAGS,
        zh="消息偏好", en="Which messages come by SMS, and which of them are fixed",
    ),
    Route(
        "PUT", "/me/notification-preferences", "notify.put_preferences",
        request=schemas.PutPreferences, answer=schemas.Preferences, who=Who.SIGNED_IN, tags=_TAGS,
        errors=(errors.PreferenceFixed,), zh="修改消息偏好", en="Switch messages off",
    ),
    Route(
        "GET", "/notifications", "notify.list_messages",
        request=schemas.ListMessages, answer=schemas.MessagePage, who=Who.PLATFORM, tags=_TAGS,
        zh="全部外发消息", en="Every message that left the house",
    ),
    Route(
        "POST", "/callbacks/sms/tencent", "notify.take_tencent_receipts",
        request=schemas.TakeReceipts, answer=schemas.TencentReceiptsTaken, who=Who.PUBLIC, raw_body=True,
        errors=(errors.CallbackRefused,), tags=("callbacks",),
        zh="腾讯云短信回执", en="Tencent tells which SMS arrived; the secret is in the address that it was told",
    ),
    Route(
        "POST", "/callbacks/sms/aliyun", "notify.take_aliyun_receipts",
        request=schemas.TakeReceipts, answer=schemas.AliyunReceiptsTaken, who=Who.PUBLIC, raw_body=True,
        errors=(errors.CallbackRefused,), tags=("callbacks",),
        zh="阿里云短信回执", en="Aliyun tells which SMS arrived; the secret is in the address that it was told",
    ),
    Route(
        "GET", "/templates", "notify.list_templates",
        request=schemas.ListTemplates, answer=schemas.TemplateList, who=Who.PLATFORM, tags=_TAGS,
        zh="消息模板", en="Every template with its source",
    ),
]  # fmt: skip

DEVELOPMENT_ROUTES = [
    Route(
        "GET", "/dev/messages", "notify.list_simulated_messages",
        request=schemas.ListSimulatedMessages, answer=schemas.SimulatedMessageList, who=Who.PUBLIC,
        tags=("development",), zh="模拟器收到的消息", en="What the simulators were given to send",
    ),
]  # fmt: skip
