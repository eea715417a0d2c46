"""What card answers: products, applications, group visits, branch contacts, and the banks' signed reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from gateway import csv_answers
from gateway.endpoints import accepts
from gateway.routing import Route, Who
from services.card import errors
from services.card.schemas import applications, benefits, contacts, exchange, groups, partner, products
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


_COLUMNS = ("application_no", "bank", "card_type", "city", "city_name", "branch", "status", "status_name",
            "submitted_at", "moved_at", "working_days_waiting", "escalation_level")  # fmt: skip


async def _applications_listed(request: Request, answer: Any) -> Response | None:
    """As CSV for whoever asks for it."""
    if accepts(request, csv_answers.MEDIA_TYPE) is None:
        return None
    return csv_answers.csv_response(request, _COLUMNS, answer["items"], answer["next_cursor"])


async def add_signed_path(
    request: Request, caller: Caller, payload: dict[str, Any], gateway: Gateway
) -> dict[str, Any]:
    """The headers, and the path: where there is no body, that is what is signed."""
    return await add_signature(request, caller, payload, gateway) | {"path": request.url.path}


_RULES = (
    errors.VolunteerNotActive, errors.NoBranchInCity, errors.ConsentRequired, errors.BirthDateRequired,
    errors.AdultRequired, errors.GuardianRequired, errors.ApplicationOpen,
)  # fmt: skip
_SIGNED = (errors.SignatureRefused, errors.TimestampOutOfTolerance)

ROUTES = [
    Route(
        "GET", "/card/products", "card.find_products",
        request=products.FindProducts, answer=products.ProductPage, who=Who.PUBLIC, tags=_TAGS,
        zh="可办理的银行、卡种和网点", en="Which cards can be had where, and the consent texts",
    ),
    Route(
        "POST", "/card/applications", "card.apply",
        request=applications.Apply, answer=applications.Application, who=Who.VOLUNTEER, status=201, tags=_TAGS,
        errors=_RULES,
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
        "GET", "/me/card-benefits", "card.list_my_benefits",
        request=benefits.ListMyBenefits, answer=benefits.Benefits, who=Who.VOLUNTEER, tags=_TAGS,
        zh="我的持证权益", en="Insurance and clothing that came with one's card, with dates",
    ),
    Route(
        "PUT", "/me/card-benefits/clothing-size", "card.change_clothing_size",
        request=benefits.ChangeClothingSize, answer=benefits.Benefits, who=Who.VOLUNTEER, tags=_TAGS,
        errors=(errors.ClothingAlreadyOrdered,), zh="更改服装尺码", en="Another size, until the clothing is ordered",
    ),
    Route(
        "POST", "/card/group-applications", "card.apply_as_group",
        request=groups.ApplyAsGroup, answer=groups.GroupApplication, who=Who.ADMINISTRATOR, status=201, tags=_TAGS,
        errors=(errors.NoBranchInCity, errors.GroupTooSmall),
        zh="集中申办（银行上门服务）",
        en="Ask members of a unit whether they go as a group; from 30 consents on the bank comes",
    ),
    Route(
        "GET", "/organizations/{organization_id}/card-groups", "card.list_groups",
        request=groups.ListGroups, answer=groups.GroupApplicationPage, who=Who.ADMINISTRATOR, tags=_TAGS,
        zh="本组织的集中申办", en="A unit's groups, with how many have said what and where the visit is",
    ),
    Route(
        "POST", "/card/group-applications/{group_id}/visit", "card.change_visit",
        request=groups.ChangeVisit, answer=groups.GroupApplication, who=Who.ADMINISTRATOR, tags=_TAGS,
        errors=(IllegalTransition,), zh="登记上门服务安排", en="The visit is scheduled, done or called off",
    ),
    Route(
        "GET", "/me/card-group-proposals", "card.list_group_proposals",
        request=groups.ListProposals, answer=groups.ProposalPage, who=Who.VOLUNTEER, tags=_TAGS,
        zh="邀我参加的集中申办", en="Groups that one is asked to join, with what one would consent to",
    ),
    Route(
        "POST", "/me/card-group-proposals/{group_id}/consent", "card.consent_to_group",
        request=groups.ConsentToGroup, answer=groups.Proposal, who=Who.VOLUNTEER, tags=_TAGS,
        errors=(*_RULES, errors.GroupClosed, IllegalTransition),
        zh="同意参加集中申办", en="Consent to one's data going to this bank, as a member of a group",
    ),
    Route(
        "POST", "/me/card-group-proposals/{group_id}/refusal", "card.refuse_group",
        request=groups.OneProposal, answer=groups.Proposal, who=Who.VOLUNTEER, tags=_TAGS,
        errors=(errors.GroupClosed, IllegalTransition),
        zh="不参加集中申办", en="Refuse, or take a consent back, without a reason",
    ),
    Route(
        "POST", "/me/card-group-proposals/{group_id}/single-application", "card.apply_singly",
        request=groups.OneProposal, answer=applications.Application, who=Who.VOLUNTEER, status=201, tags=_TAGS,
        errors=(*_RULES, errors.GroupClosed),
        zh="转为个人申办", en="Apply alone by one click where too few have consented",
    ),
    Route(
        "POST", "/partner/card/group-visits/{group_id}/status", "card.report_visit",
        request=groups.ReportVisit, answer=groups.VisitReportTaken, who=Who.PARTNER, tags=("partner",),
        prepare=add_signature, raw_body=True, errors=(*_SIGNED, errors.WebhookIdReused),
        zh="银行回报上门安排", en="A bank reports on a group's visit, signed as Standard Webhooks",
    ),
    Route(
        "POST", "/partner/card/applications/{application_no}/status", "card.report_status",
        request=partner.ReportStatus, answer=partner.ReportTaken, who=Who.PARTNER, tags=("partner",),
        prepare=add_signature, raw_body=True,
        errors=(*_SIGNED, errors.WebhookIdReused, IllegalTransition),
        zh="银行回报办证进度", en="A bank reports a status or the first spend, signed as Standard Webhooks",
    ),
    Route(
        "GET", "/card/branch-contacts", "card.list_branch_contacts",
        request=contacts.ListBranchContacts, answer=contacts.BranchContactPage, who=Who.PLATFORM, tags=_TAGS,
        zh="制证银行分行联系人", en="The branch contacts in force",
    ),
    Route(
        "GET", "/card/branch-contacts/history", "card.list_former_contacts",
        request=contacts.ListBranchContacts, answer=contacts.BranchContactPage, who=Who.PLATFORM, tags=_TAGS,
        zh="分行联系人的变更历史", en="Every contact that there ever was, with its period, newest first",
    ),
    Route(
        "POST", "/card/branch-contacts/preview", "card.preview_branch_contacts",
        request=contacts.PreviewImport, answer=contacts.ImportPreview, who=Who.PLATFORM, tags=_TAGS,
        zh="预览导入的变动", en="What an import would change, from what to what; nothing is changed",
    ),
    Route(
        "POST", "/card/branch-contacts/import", "card.import_branch_contacts",
        request=contacts.ImportBranchContacts, answer=contacts.BranchContactsImported, who=Who.PLATFORM, tags=_TAGS,
        errors=(errors.ContactsChanged,),
        zh="导入分行联系人", en="Import branch contacts from the notice's text or CSV, all or nothing",
    ),
    Route(
        "GET", "/card/product-periods", "card.list_product_periods",
        request=products.ListProductPeriods, answer=products.ProductPeriodPage, who=Who.PLATFORM, tags=_TAGS,
        zh="卡种办理期间", en="From when until when each card is offered in each city",
    ),
    Route(
        "POST", "/card/product-periods", "card.open_product_period",
        request=products.OpenProductPeriod, answer=products.ProductPeriod, who=Who.PLATFORM, status=201, tags=_TAGS,
        errors=(errors.PeriodsOverlap,), zh="新增办理期间", en="A bank offers a card in a city from a day on",
    ),
    Route(
        "PATCH", "/card/product-periods/{period_id}", "card.end_product_period",
        request=products.EndProductPeriod, answer=products.ProductPeriod, who=Who.PLATFORM, tags=_TAGS,
        errors=(errors.PeriodsOverlap,), zh="设定办理截止日", en="The last day on which a card is offered, or none",
    ),
    Route(
        "GET", "/card/applications", "card.list_applications",
        request=applications.ListApplications, answer=applications.OverseenApplicationPage, who=Who.PLATFORM,
        tags=_TAGS, formats=(csv_answers.MEDIA_TYPE,), render=_applications_listed,
        zh="全部办证申请", en="Everybody's applications, without anything of the person; as CSV, too",
    ),
    Route(
        "GET", "/card/overdue-applications", "card.list_overdue_applications",
        request=applications.ListOverdueApplications, answer=applications.OverseenApplicationPage, who=Who.PLATFORM,
        tags=_TAGS, formats=(csv_answers.MEDIA_TYPE,), render=_applications_listed,
        zh="银行逾期未处理的申请", en="Applications that the bank has not moved for its working days, longest first",
    ),
    Route(
        "GET", "/card/unknown-reports", "card.list_unknown_reports",
        request=partner.ListUnknownReports, answer=partner.UnknownReportPage, who=Who.PLATFORM, tags=_TAGS,
        zh="编号不明的银行回报", en="Bank reports on numbers that the bank was never given",
    ),
    Route(
        "GET", "/card/refused-messages", "card.list_refused_messages",
        request=partner.ListRefusedMessages, answer=partner.RefusedMessagePage, who=Who.PLATFORM,
        tags=_TAGS, zh="未能处理的银行消息", en="Messages of banks over AMQP that could not be taken when they came",
    ),
    Route(
        "POST", "/card/refused-messages/{refused_id}/retry", "card.retry_refused_message",
        request=partner.RetryRefusedMessage, answer=partner.RefusedMessage, who=Who.PLATFORM, tags=_TAGS,
        errors=(errors.MessageAlreadyTaken, errors.MessageNotWhole),
        zh="重新处理银行消息", en="Take a refused message as if it came now; `state` says whether it was taken",
    ),
    Route(
        "POST", "/card/partner-replays", "card.request_replay",
        request=exchange.RequestReplay, answer=exchange.Replay, who=Who.PLATFORM, status=201, tags=_TAGS,
        zh="向银行重发某日全部消息", en="Hand a bank everything of a day again, under the same ids",
    ),
    Route(
        "GET", "/card/partner-replays", "card.list_replays",
        request=exchange.ListReplays, answer=exchange.ReplayPage, who=Who.PLATFORM, tags=_TAGS,
        zh="重发请求", en="Replays, newest first, and how far they are",
    ),
    Route(
        "POST", "/partner/card/replays", "card.request_own_replay",
        request=exchange.RequestOwnReplay, from_client=exchange.ReplayDay, answer=exchange.Replay, who=Who.PARTNER,
        status=201, tags=("partner",), prepare=add_signature, raw_body=True, errors=_SIGNED,
        zh="银行请求重发某日全部消息", en="A bank asks for everything of a day again, signed",
    ),
    Route(
        "GET", "/card/statements/{bank}/{day}", "card.show_statement",
        request=exchange.ShowStatement, answer=exchange.Statement, who=Who.PLATFORM, deadline=15.0, tags=_TAGS,
        zh="平台对账单", en="The platform's statement of a day for a bank: CSV and manifest",
    ),
    Route(
        "GET", "/partner/card/reconciliations/{day}", "card.fetch_statement",
        request=exchange.FetchStatement, from_client=exchange.StatementOfDay, answer=exchange.Statement,
        who=Who.PARTNER, deadline=15.0, tags=("partner",), prepare=add_signed_path, errors=_SIGNED,
        zh="银行获取平台对账单", en="A bank fetches the platform's statement of a day; its path is signed",
    ),
    Route(
        "POST", "/partner/card/reconciliations/{day}", "card.hand_in_statement",
        request=exchange.HandInStatement, from_client=exchange.BankStatement, answer=exchange.StatementCompared,
        who=Who.PARTNER, deadline=15.0, tags=("partner",), prepare=add_signature, raw_body=True,
        max_bytes=exchange.MAX_STATEMENT_BYTES, errors=_SIGNED,
        zh="银行提交对账单", en="A bank hands in its statement of a day, signed, and is told what differs",
    ),
    Route(
        "GET", "/card/reconciliations", "card.list_reconciliations",
        request=exchange.ListReconciliations, answer=exchange.ReconciliationPage, who=Who.PLATFORM, tags=_TAGS,
        zh="银行已提交的对账单", en="The statements that banks have handed in",
    ),
    Route(
        "GET", "/card/reconciliation-differences", "card.list_differences",
        request=exchange.ListDifferences, answer=exchange.DifferencePage, who=Who.PLATFORM, tags=_TAGS,
        zh="对账差异", en="Applications about which a bank says something else than we do",
    ),
]  # fmt: skip
