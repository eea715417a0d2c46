"""What organization answers: the tree, reviews (of every service), members, sites, receipts and supervision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from gateway import csv_answers, spreadsheets
from gateway.csv_answers import csv_response
from gateway.endpoints import accepts
from gateway.incoming import locale_of
from gateway.routing import AllOf, OneOf, Route, Who
from gateway.sites import LOGO_TYPES, ListOrganizationsOfSite, check_logo, filter_by_site, host_of, show_logo
from gateway.spreadsheets import xlsx_response
from services.attendance import errors as attendance
from services.chassis.context import Caller
from services.chassis.errors import AlreadyDecided, IllegalTransition
from services.chassis.schema import Request
from services.organization import errors
from services.organization.schemas import delegations, invitations, members, reports, reviews, shaping, sites, tree

if TYPE_CHECKING:
    from gateway.app import Gateway


async def _add_host(
    request: HttpRequest, _caller: Caller, payload: dict[str, Any], _gateway: Gateway
) -> dict[str, Any]:
    return {**payload, "host": host_of(request)}


_LISTS = (csv_answers.MEDIA_TYPE, spreadsheets.MEDIA_TYPE)
_INDICATOR_COLUMNS = ("organization_id", "as_of", "since", "indicator", "value", "numerator", "denominator", "target",
                      "formula")  # fmt: skip
_CONTRIBUTION_COLUMNS = ("organization_id", "name", "kind", "region", "numerator", "denominator")


_RECEIPT_COLUMNS = ("receipt_id", "organization_id", "organization_name", "submitted_at",
                    "declared_organizations", "declared_volunteers", "declared_league_members",
                    "role", "name", "post", "mobile", "wechat", "remarks",
                    "organization_tree", "organization_tree_details", "training", "training_plan", "problems",
                    "opinions")  # fmt: skip


async def _as_list(
    request: HttpRequest, columns: tuple[str, ...], rows: list[dict[str, Any]], next_cursor: str | None = None
) -> Response | None:
    """As CSV or XLSX for whoever asks for one of them."""
    wanted = accepts(request, *_LISTS)
    if wanted == csv_answers.MEDIA_TYPE:
        return csv_response(request, columns, rows, next_cursor)
    return None if wanted is None else await xlsx_response(request, columns, rows, next_cursor)


async def _indicators_listed(request: HttpRequest, answer: Any) -> Response | None:
    locale = locale_of(request)
    common = {name: answer[name] for name in ("organization_id", "as_of", "since")}
    rows = [{**common, **each, "formula": each["formula"][locale]} for each in answer["indicators"]]
    return await _as_list(request, _INDICATOR_COLUMNS, rows)


async def _contributions_listed(request: HttpRequest, answer: Any) -> Response | None:
    return await _as_list(request, _CONTRIBUTION_COLUMNS, answer["items"], answer["next_cursor"])


async def _receipts_listed(request: HttpRequest, answer: Any) -> Response | None:
    """A row for each contact of each receipt."""
    rows = [
        {**receipt, **receipt["needs"], **{f"declared_{name}": n for name, n in receipt["declared"].items()}, **contact}
        for receipt in answer["items"]
        for contact in receipt["contacts"]
    ]
    return await _as_list(request, _RECEIPT_COLUMNS, rows, answer["next_cursor"])


async def _note_format(
    request: HttpRequest, _caller: Caller, payload: dict[str, Any], _gateway: Gateway
) -> dict[str, Any]:
    return {**payload, "as_file": accepts(request, *_LISTS) is not None}


_MEMBER_COLUMNS = ("volunteer_no", "name", "cert_type", "cert_no_masked", "phone_masked", "political_status", "status",
                   "submitted_at", "decided_at", "organization_id")  # fmt: skip


async def _members_listed(request: HttpRequest, answer: Any) -> Response | None:
    return await _as_list(request, _MEMBER_COLUMNS, answer["items"], answer["next_cursor"])


_TREE, _REVIEWS, _REPORTS = ("organizations",), ("reviews",), ("reports",)

ROUTES = [
    Route(
        "GET", "/organizations", "organization.list_organizations",
        request=tree.ListOrganizations, answer=tree.OrganizationPage, who=Who.PUBLIC, tags=_TREE,
        from_client=ListOrganizationsOfSite, prepare=filter_by_site,
        zh="查找组织", en="The active organizations by name, parent or region",
    ),
    Route(
        "GET", "/organizations/{organization_id}", "organization.get_organization",
        request=tree.OrganizationById, answer=tree.Organization, who=Who.PUBLIC, tags=_TREE,
        zh="组织详情", en="One organization",
    ),
    Route(
        "PATCH", "/organizations/{organization_id}", "organization.amend_organization",
        request=tree.AmendOrganization, answer=tree.Organization, who=Who.ADMINISTRATOR, tags=_TREE,
        zh="修改组织资料", en="Change an organization's particulars",
    ),
    Route(
        "POST", "/organizations/{organization_id}/resubmission", "organization.resubmit_organization",
        request=tree.OrganizationById, answer=tree.Organization, who=Who.ADMINISTRATOR, tags=_TREE,
        errors=(IllegalTransition,), zh="重新提交审核", en="Ask for a new review after a rejection",
    ),
    Route(
        "POST", "/organizations/{organization_id}/move", "organization.move_organization",
        request=shaping.MoveOrganization, answer=tree.Organization, who=Who.ADMINISTRATOR, deadline=30, tags=_TREE,
        errors=(errors.MoveUnderItself,), zh="移动组织及其下级", en="Put an organization and its subtree elsewhere",
    ),
    Route(
        "POST", "/organizations/{organization_id}/disablement", "organization.disable_organization",
        request=shaping.DisableOrganization, answer=tree.Organization, who=Who.ADMINISTRATOR, tags=_TREE,
        errors=(IllegalTransition,), zh="停用组织", en="Take an organization out of service",
    ),
    Route(
        "DELETE", "/organizations/{organization_id}/disablement", "organization.enable_organization",
        request=tree.OrganizationById, answer=tree.Organization, who=Who.ADMINISTRATOR, tags=_TREE,
        errors=(IllegalTransition,), zh="恢复组织", en="Bring a disabled organization back",
    ),
    Route(
        "GET", "/divisions", "organization.list_divisions",
        request=shaping.ListDivisions, answer=shaping.Divisions, who=Who.PUBLIC, tags=_TREE,
        zh="行政区划", en="The province's divisions by their codes",
    ),
    Route(
        "GET", "/organizations/{organization_id}/tree", "organization.list_tree",
        request=tree.ListTree, answer=tree.TreePage, who=Who.ADMINISTRATOR, tags=_TREE,
        zh="下级组织", en="The subtree, depth first",
    ),
    Route(
        "GET", "/organizations/{organization_id}/members",
        OneOf("as_file", {"False": "organization.list_members", "True": "organization.export_members"}),
        from_client=tree.ListMembers, request=tree.ListMembersAs, prepare=_note_format, answer=tree.MemberPage,
        who=Who.ADMINISTRATOR, render=_members_listed, formats=_LISTS, tags=_TREE,
        zh="成员名单", en="The members, masked",
    ),
    Route(
        "GET", "/organizations/{organization_id}/administrators", "organization.list_administrators",
        request=tree.ListAdministrators, answer=tree.AdministratorPage, who=Who.ADMINISTRATOR, tags=_TREE,
        zh="管理员名单", en="Who holds a role at the organization",
    ),
    Route(
        "POST", "/organizations/{organization_id}/administrators", "organization.appoint_administrator",
        request=tree.AppointAdministrator, answer=tree.Administrator, who=Who.ADMINISTRATOR, status=201, tags=_TREE,
        zh="指定管理员", en="Give a volunteer or an account a role",
    ),
    Route(
        "DELETE", "/organizations/{organization_id}/administrators/{administrator_id}",
        "organization.dismiss_administrator",
        request=tree.DismissAdministrator, who=Who.ADMINISTRATOR, status=204, tags=_TREE,
        errors=(errors.LastOwner,), zh="撤销管理员", en="End a role",
    ),
    Route(
        "POST", "/organizations/{organization_id}/administrator-invitations", "organization.invite_administrator",
        request=invitations.InviteAdministrator, answer=invitations.Invitation, who=Who.ADMINISTRATOR, status=201,
        tags=_TREE, errors=(errors.OrganizationNotActive, errors.RoleHeld, errors.InvitationOpen),
        zh="邀请管理员", en="Ask a volunteer or an account to take a role",
    ),
    Route(
        "GET", "/organizations/{organization_id}/administrator-invitations",
        "organization.list_administrator_invitations",
        request=invitations.ListInvitations, answer=invitations.InvitationPage, who=Who.ADMINISTRATOR, tags=_TREE,
        zh="管理员邀请列表", en="Who was asked to take a role, newest first",
    ),
    Route(
        "DELETE", "/organizations/{organization_id}/administrator-invitations/{invitation_id}",
        "organization.revoke_administrator_invitation",
        request=invitations.RevokeInvitation, who=Who.ADMINISTRATOR, status=204, tags=_TREE,
        errors=(IllegalTransition,), zh="撤回管理员邀请", en="Take an invitation back",
    ),
    Route(
        "GET", "/me/administrator-invitations", "organization.list_my_administrator_invitations",
        request=invitations.ListMyInvitations, answer=invitations.MyInvitationPage, who=Who.SIGNED_IN, tags=_TREE,
        zh="我收到的管理员邀请", en="The roles that one was asked to take, newest first",
    ),
    Route(
        "POST", "/me/administrator-invitations/{invitation_id}/acceptance",
        "organization.accept_administrator_invitation",
        request=invitations.AnswerInvitation, answer=tree.Administrator, who=Who.SIGNED_IN, tags=_TREE,
        errors=(IllegalTransition, errors.OrganizationNotActive, errors.InviterMayNot),
        zh="接受管理员邀请", en="Take the role",
    ),
    Route(
        "POST", "/me/administrator-invitations/{invitation_id}/refusal",
        "organization.decline_administrator_invitation",
        request=invitations.AnswerInvitation, answer=invitations.MyInvitation, who=Who.SIGNED_IN, tags=_TREE,
        errors=(IllegalTransition,), zh="谢绝管理员邀请", en="Decline it",
    ),
    Route(
        "PUT", "/me/membership", "organization.request_transfer",
        request=tree.RequestTransfer, answer=tree.Membership, who=Who.VOLUNTEER, tags=_TREE,
        errors=(
            errors.OrganizationTakesNoMembers, errors.NoMembershipYet, errors.AlreadyMember, errors.TransferPending,
        ),
        zh="变更归属组织", en="Ask another organization to become one's home",
    ),
    Route(
        "DELETE", "/me/membership", "organization.leave_organization",
        request=members.LeaveOrganization, who=Who.VOLUNTEER, status=204, tags=_TREE,
        errors=(errors.NoMembershipYet,), zh="退出归属组织", en="Leave one's home organization",
    ),
    Route(
        "POST", "/organizations/{organization_id}/ownership-transfers", "organization.transfer_ownership",
        request=members.TransferOwnership, answer=tree.Administrator, who=Who.ADMINISTRATOR, status=201, tags=_TREE,
        zh="转让负责人", en="Hand one's ownership over to another account",
    ),
    Route(
        "GET", "/reviews", AllOf(("organization.count_reviews", "attendance.count_reviews")),
        request=reviews.CountReviews, answer=reviews.AllReviewCounts, who=Who.ADMINISTRATOR, tags=_REVIEWS,
        zh="待审核数量", en="How many reviews wait, by kind",
    ),
    Route(
        "GET", "/reviews/{kind}",
        OneOf("kind", {
            "memberships": "organization.list_membership_reviews",
            "organizations": "organization.list_organization_reviews",
            "supplements": "attendance.list_supplement_reviews",
            "hours": "attendance.list_hours_reviews",
            "corrections": "attendance.list_correction_reviews",
            "missing_entries": "attendance.list_missing_entry_reviews",
            "objections": "attendance.list_objection_reviews",
            "appeals": "attendance.list_appeal_reviews",
        }),
        request=reviews.ListReviews, answer=reviews.AnyReviewPage, who=Who.ADMINISTRATOR, tags=_REVIEWS,
        zh="审核列表", en="Reviews of a kind, oldest first",
    ),
    Route(
        "GET", "/review-reasons",
        OneOf("kind", {
            "memberships": "organization.list_review_reasons",
            "organizations": "organization.list_review_reasons",
            "supplements": "attendance.list_review_reasons",
            "hours": "attendance.list_review_reasons",
            "enrollments": "activity.list_rejection_reasons",
        }, default="memberships"),
        request=reviews.ListReviewReasons, answer=reviews.ReviewReasons, who=Who.PUBLIC, tags=_REVIEWS,
        zh="审核意见列表", en="The reasons that a reviewer may choose from",
    ),
    Route(
        "GET", "/reviews/{kind}/{id}/history",
        OneOf("kind", {
            "memberships": "organization.membership_review_history",
            "organizations": "organization.organization_review_history",
            "supplements": "attendance.supplement_review_history",
            "hours": "attendance.hours_review_history",
            "corrections": "attendance.correction_review_history",
            "missing_entries": "attendance.missing_entry_review_history",
            "objections": "attendance.objection_review_history",
            "appeals": "attendance.appeal_review_history",
        }),
        request=reviews.ReviewHistory, answer=reviews.DecisionHistory, who=Who.ADMINISTRATOR, tags=_REVIEWS,
        errors=(attendance.SuperiorDecides,),
        zh="审核历史", en="What was decided so far",
    ),
    Route(
        "POST", "/reviews/{kind}/{id}/decision",
        OneOf("kind", {
            "memberships": "organization.decide_membership_review",
            "organizations": "organization.decide_organization_review",
            "supplements": "attendance.decide_supplement_review",
            "hours": "attendance.decide_hours_review",
            "corrections": "attendance.decide_correction_review",
            "missing_entries": "attendance.decide_missing_entry_review",
            "objections": "attendance.decide_objection_review",
            "appeals": "attendance.decide_appeal_review",
        }),
        request=reviews.DecideReview, answer=reviews.Decided, who=Who.ADMINISTRATOR, tags=_REVIEWS,
        errors=(
            AlreadyDecided, errors.OwnApplication, errors.OrganizationTakesNoMembers, attendance.OwnSupplement,
            attendance.OwnHours, attendance.AboutOneself, attendance.OwnDecision, attendance.SuperiorDecides,
            attendance.ProvinceDecides, attendance.NotCorrectable, attendance.OverlapsRecord,
            attendance.ObjectionAlreadyResolved, attendance.ActivityRevoked, attendance.NotAccepted,
            attendance.NotVerifiedInPerson,
        ),
        zh="审核", en="Approve, or reject with a reason",
    ),
    Route(
        "POST", "/reviews/{kind}/decisions",
        OneOf("kind", {
            "memberships": "organization.decide_membership_reviews",
            "organizations": "organization.decide_organization_reviews",
            "supplements": "attendance.decide_supplement_reviews",
            "hours": "attendance.decide_hours_reviews",
        }),
        request=reviews.DecideReviews, answer=reviews.DecidedMany, who=Who.ADMINISTRATOR, deadline=15, tags=_REVIEWS,
        zh="批量审核", en="Many decisions, each with its own result",
    ),
    Route(
        "POST", "/organizations/{organization_id}/delegations", "organization.delegate_reviews",
        request=delegations.DelegateReviews, answer=delegations.Delegation, who=Who.ADMINISTRATOR, status=201,
        tags=_REVIEWS, errors=(errors.DelegationOverlaps,),
        zh="委托审核", en="Let somebody review in one's place for a time",
    ),
    Route(
        "GET", "/organizations/{organization_id}/delegations", "organization.list_delegations",
        request=delegations.ListDelegations, answer=delegations.DelegationPage, who=Who.ADMINISTRATOR, tags=_REVIEWS,
        zh="组织的审核委托", en="Who reviews in whose place at an organization, newest first",
    ),
    Route(
        "DELETE", "/organizations/{organization_id}/delegations/{delegation_id}", "organization.revoke_delegation",
        request=delegations.RevokeDelegation, who=Who.ADMINISTRATOR, status=204, tags=_REVIEWS,
        zh="撤销审核委托", en="End a delegation at once",
    ),
    Route(
        "GET", "/me/delegations", "organization.list_my_delegations",
        request=delegations.ListMyDelegations, answer=delegations.DelegationPage, who=Who.ADMINISTRATOR, tags=_REVIEWS,
        zh="本人的审核委托", en="Delegations that one has given or received",
    ),
    Route(
        "GET", "/site", "organization.get_site",
        from_client=Request, request=reports.GetSite, prepare=_add_host, answer=reports.Site, who=Who.PUBLIC,
        tags=_REPORTS, zh="当前站点", en="How the platform looks under this Host",
    ),
    Route(
        "GET", "/site/logo", show_logo,
        who=Who.PUBLIC, tags=_REPORTS, formats=LOGO_TYPES,
        zh="当前站点标志", en="The logo of the sub-platform of this Host",
    ),
    Route(
        "PUT", "/organizations/{organization_id}/site", "organization.put_site",
        request=reports.PutSite, answer=reports.Site, who=Who.ADMINISTRATOR, tags=_REPORTS,
        from_client=reports.PutSite, prepare=check_logo,
        zh="设置分平台", en="Domain and look of a sub-platform",
    ),
    Route(
        "GET", "/sites/waiting", "organization.list_waiting_sites",
        request=sites.ListWaitingSites, answer=sites.SitePage, who=Who.ADMINISTRATOR, tags=_REPORTS,
        zh="待批准的分平台域名", en="Sub-platforms whose domain waits for its approval, oldest first",
    ),
    Route(
        "POST", "/organizations/{organization_id}/site/approval", "organization.approve_site",
        request=tree.OrganizationById, answer=reports.Site, who=Who.ADMINISTRATOR, tags=_REPORTS,
        errors=(errors.DomainTaken,), zh="批准分平台域名", en="Take a sub-platform's domain for its own",
    ),
    Route(
        "POST", "/adoption-receipts", "organization.submit_receipt",
        request=reports.SubmitReceipt, answer=reports.Receipt, who=Who.ADMINISTRATOR, status=201, tags=_REPORTS,
        zh="提交推广应用工作回执", en="Send the receipt of attachment 1",
    ),
    Route(
        "GET", "/adoption-receipts", "organization.list_receipts",
        request=reports.ListReceipts, answer=reports.ReceiptPage, who=Who.ADMINISTRATOR, tags=_REPORTS,
        render=_receipts_listed, formats=_LISTS,
        zh="回执列表", en="Receipts of one's own subtrees, newest first",
    ),
    Route(
        "GET", "/supervision", "organization.get_supervision",
        request=reports.GetSupervision, answer=reports.Supervision, who=Who.ADMINISTRATOR, tags=_REPORTS,
        render=_indicators_listed, formats=_LISTS,
        zh="督导指标", en="The indicators of supervision for a subtree",
    ),
    Route(
        "GET", "/supervision/{indicator}/organizations", "organization.list_indicator_organizations",
        request=reports.ListIndicatorOrganizations, answer=reports.ContributionPage, who=Who.ADMINISTRATOR,
        render=_contributions_listed, formats=_LISTS, tags=_REPORTS,
        zh="指标明细", en="What each organization adds to an indicator",
    ),
]  # fmt: skip
