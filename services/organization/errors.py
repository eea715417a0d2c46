"""What organization refuses."""

from __future__ import annotations

from services.chassis.errors import Conflict, Forbidden


class OrganizationTakesNoMembers(Conflict):
    """Nobody can join an organization that is not active."""

    code = "organization_takes_no_members"
    title_zh, title_en = "该组织暂不接收成员", "The organization takes no members"
    detail_zh, detail_en = "该组织尚未通过审核或已停用。", "It has not been approved, or was disabled."


class OrganizationIdTaken(Conflict):
    """The id of a registration belongs to another registration."""

    code = "organization_id_taken"
    title_zh, title_en = "组织编号已被使用", "The organization's id is taken"
    detail_zh, detail_en = "请重新提交注册。", "Register again."


class LastOwner(Conflict):
    """An organization is never without an owner."""

    code = "last_owner"
    title_zh, title_en = "组织必须有负责人", "An organization needs an owner"
    detail_zh, detail_en = "请先指定另一位负责人。", "Appoint another owner first."


class NoMembershipYet(Conflict):
    """A transfer starts from an approved membership; whoever has none yet waits for the review, or resubmits."""

    code = "no_membership_yet"
    title_zh, title_en = "尚未加入任何组织", "No membership to transfer"
    detail_zh = "注册审核通过后才能变更归属组织。"
    detail_en = "The home organization can be changed once the registration has been approved."


class AlreadyMember(Conflict):
    """The volunteer belongs to this organization."""

    code = "already_member"
    title_zh, title_en = "已是该组织成员", "Already a member"
    detail_zh, detail_en = "您的归属组织就是该组织。", "This is your home organization."


class TransferPending(Conflict):
    """One request for a home organization at a time."""

    code = "transfer_pending"
    title_zh, title_en = "已有待审核的归属变更", "A transfer is waiting already"
    detail_zh, detail_en = "请等待审核结果。", "Wait until it has been decided."


class MoveUnderItself(Conflict):
    """An organization cannot stand under itself or under one of its own subtree."""

    code = "move_under_itself"
    title_zh, title_en = "不能移到自身之下", "Not under itself"
    detail_zh = "不能将组织移到它自己或其下级之下。"
    detail_en = "An organization cannot be moved under itself or below its own subtree."


class OrganizationNotActive(Conflict):
    """An organization that is not active gets no administrators by invitation."""

    code = "organization_not_active"
    title_zh, title_en = "该组织未启用", "The organization is not active"
    detail_zh, detail_en = "该组织尚未通过审核或已停用。", "It has not been approved, or was disabled."


class RoleHeld(Conflict):
    """The invited holds the role already."""

    code = "role_held"
    title_zh, title_en = "对方已担任该角色", "The role is held already"
    detail_zh, detail_en = "无需再次邀请。", "No invitation is needed."


class InvitationOpen(Conflict):
    """One open invitation for an account at an organization."""

    code = "invitation_open"
    title_zh, title_en = "已有待答复的邀请", "An invitation is open already"
    detail_zh = "请等待对方答复，或先撤销原邀请。"
    detail_en = "Wait for the answer, or revoke that one first."


class InviterMayNot(Conflict):
    """Whoever sent the invitation is no owner of the organization or above it any more."""

    code = "inviter_may_not"
    title_zh, title_en = "邀请已失去效力", "The invitation has no force"
    detail_zh = "邀请人已不是该组织的负责人，请联系现任负责人。"
    detail_en = "Whoever sent it is no owner any more. Ask a present one."


class DomainTaken(Conflict):
    """Another organization's site was approved for the domain meanwhile."""

    code = "domain_taken"
    title_zh, title_en = "域名已被使用", "The domain is taken"
    detail_zh, detail_en = "该域名已批准给其他组织。", "It was approved for another organization."


class OwnApplication(Forbidden):
    """Nobody decides their own application, and nobody does it in their place."""

    code = "own_application"
    title_zh, title_en = "不能审核本人的申请", "This is your own application"
    detail_zh, detail_en = "本人或本人所负责组织的申请须由其他管理员审核。", "Somebody else has to decide it."


class DelegationOverlaps(Conflict):
    """Whoever delegates has one delegate at a time, so that it is clear in whose place a decision is made."""

    code = "delegation_overlaps"
    title_zh, title_en = "该时段已有审核委托", "Delegated for that time already"
    detail_zh, detail_en = "请先撤销该时段内的委托。", "Revoke the delegation of that time first."
