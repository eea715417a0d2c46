"""What card answers: products, applications, group visits, branch contacts, and the banks' signed reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from gateway.routing import Route, Who
from services.card import errors, schemas_partner
from services.card.schemas import applications, contacts, groups, partner, products
from services.chassis.context import Caller
from services.chassis.errors import IllegalTransition

if TYPE_CHECKING:
    from gateway.app import Gateway

_TAGS = ("card",)
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


async def add_signature(
    request: Request, _caller: Caller, payload: dict[str, Any], _gateway: Gateway
) -> dict[str, Any]:
    """The three headers of Standard Webhooks; what is missing is empty, and then no signature verifies."""
    return payload | {name.replace("-", "_"): request.headers.get(name, "") for name in _HEADERS}


ROUTES = [
    Route(
        "GET", "/card/products", "card.find_products",
        request=products.FindProducts, answer=products.ProductPage, who=Who.PUBLIC, tags=_TAGS,
        zh="可办理的银行、卡种和网点", en="Which cards can be had where, and the consent texts",
    ),
    Route(
        "POST", "/card/applications", "card.apply",
        request=applications.Apply, answer=applications.Application, who=Who.VOLUNTEER, status=201, tags=_TAGS,
        errors=(
            errors.VolunteerNotActive, errors.NoBranchInCity, errors.ConsentRequired, errors.BirthDateRequired,
            errors.AdultRequired, errors.GuardianRequired, errors.ApplicationOpen,
        ),
        zh="申办注册志愿者证", en="Apply for the volunteer card",
    ),
    Route(
        "GET", "/me/card-applications", "card.list_my_applications",
        request=applications.ListMyApplications, answer=applications.ApplicationPage, who=Who.VOLUNTEER, tags=_TAGS,
        zh="我的办证申请", en="One's own applications with every step, newest first",
    ),
    Route(
        "POST", "/card/applications/{application_id}/cancellation", "card.cancel_application",
        request=applications.CancelApplication, answer=applications.Application, who=Who.VOLUNTEER, tags=_TAGS,
        errors=(IllegalTransition,), zh="取消办证申请", en="Withdraw an application before the card is made",
    ),
    Route(
        "POST", "/card/group-applications", "card.apply_as_group",
        request=groups.ApplyAsGroup, answer=groups.GroupApplication, who=Who.ADMINISTRATOR, status=201, tags=_TAGS,
        errors=(errors.NoBranchInCity, errors.GroupTooSmall),
        zh="集中申办（银行上门服务）", en="Ask the bank to come to a unit of 30 people or more",
    ),
    Route(
        "POST", "/partner/card/applications/{application_no}/status", "card.report_status",
        request=partner.ReportStatus, answer=partner.ReportTaken, who=Who.PARTNER, tags=("partner",),
        prepare=add_signature, raw_body=True,
        errors=(errors.SignatureRefused, errors.TimestampOutOfTolerance, errors.WebhookIdReused),
        zh="银行回报办证进度", en="A bank reports a status, signed as Standard Webhooks",
    ),
    Route(
        "GET", "/card/branch-contacts", "card.list_branch_contacts",
        request=contacts.ListBranchContacts, answer=contacts.BranchContactPage, who=Who.PLATFORM, tags=_TAGS,
        zh="制证银行分行联系人", en="The branch contacts in force",
    ),
    Route(
        "POST", "/card/branch-contacts/import", "card.import_branch_contacts",
        request=contacts.ImportBranchContacts, answer=contacts.BranchContactsImported, who=Who.PLATFORM, tags=_TAGS,
        zh="导入分行联系人", en="Import branch contacts from the notice's text or CSV, all or nothing",
    ),
    Route(
        "GET", "/card/unknown-reports", "card.list_unknown_reports",
        request=partner.ListUnknownReports, answer=partner.UnknownReportPage, who=Who.PLATFORM, tags=_TAGS,
        zh="编号不明的银行回报", en="Bank reports on numbers that the bank was never given",
    ),
    Route(
        "GET", "/card/refused-messages", "card.list_refused_messages",
        request=schemas_partner.ListRefusedMessages, answer=schemas_partner.RefusedMessagePage, who=Who.PLATFORM,
        tags=_TAGS, zh="未能处理的银行消息", en="Messages of banks over AMQP that could not be taken",
    ),
]  # fmt: skip
