"""What notify answers: one's own notifications, the operators' list, and the simulators' inbox."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway import csv_answers, dev_messages_page
from gateway.endpoints import accepts
from gateway.routing import Route, Who
from services.notify import errors
from services.notify.schemas import inbox, operators, preferences, receipts, simulator

_TAGS = ("notifications",)
_COLUMNS = ("message_id", "created_at", "sent_at", "template", "channel", "status", "recipient", "provider", "attempts",
            "segments", "cost", "failure", "shortened", "organization_id")  # fmt: skip


async def _messages_listed(request: Request, answer: Any) -> Response | None:
    """As CSV for whoever asks for it."""
    if accepts(request, csv_answers.MEDIA_TYPE) is None:
        return None
    rows = [{**item, "shortened": " ".join(item["shortened"])} for item in answer["items"]]
    return csv_answers.csv_response(request, _COLUMNS, rows, answer["next_cursor"])


async def _shown_as_page(request: Request, answer: Any) -> Response | None:
    """For a browser, on a phone, too."""
    if accepts(request, "text/html") is None:
        return None
    page = dev_messages_page.render(answer["items"], request.query_params.get("recipient", ""))
    return HTMLResponse(page, headers={"Content-Security-Policy": dev_messages_page.CONTENT_SECURITY_POLICY})


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
        zh="消息偏好", en="Which messages come over which channel, and why some are fixed",
    ),
    Route(
        "PUT", "/me/notification-preferences", "notify.put_preferences",
        request=preferences.PutPreferences, answer=preferences.Preferences, who=Who.SIGNED_IN, tags=_TAGS,
        errors=(errors.PreferenceFixed,), zh="修改消息偏好", en="Switch messages off",
    ),
    Route(
        "GET", "/notifications", "notify.list_messages",
        request=operators.ListMessages, answer=operators.MessagePage, who=Who.PLATFORM, tags=_TAGS,
        render=_messages_listed, formats=(csv_answers.MEDIA_TYPE,),
        zh="全部外发消息", en="Every message that left the house",
    ),
    Route(
        "GET", "/notifications/totals", "notify.sum_messages",
        request=operators.SumMessages, answer=operators.MessageSums, who=Who.PLATFORM, tags=_TAGS, deadline=15.0,
        zh="外发消息的条数与费用", en="How many messages, segments and yuan, by channel, provider and status",
    ),
    Route(
        "POST", "/notifications/{message_id}/resend", "notify.resend_message",
        request=operators.ResendMessage, answer=operators.MessageSummary, who=Who.PLATFORM, status=201, tags=_TAGS,
        errors=(errors.MessageNotResendable,), zh="重发失败的消息", en="Send a message again that has failed",
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
        zh="消息模板", en="Every template with its source, and what it looks like and costs",
    ),
    Route(
        "POST", "/templates/{key}/preview", "notify.preview_template",
        request=operators.PreviewTemplate, answer=operators.RenderedTemplate, who=Who.PLATFORM, tags=_TAGS,
        zh="预览消息模板", en="A template with given parameters, and samples for the rest",
    ),
]  # fmt: skip

DEVELOPMENT_ROUTES = [
    Route(
        "GET", "/dev/messages", "notify.list_simulated_messages",
        render=_shown_as_page, formats=("text/html",),
        request=simulator.ListSimulatedMessages, answer=simulator.SimulatedMessageList, who=Who.PUBLIC,
        tags=("development",), zh="模拟器收到的消息", en="What the simulators were given to send",
    ),
]  # fmt: skip
