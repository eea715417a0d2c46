"""Invitations to become an administrator: requests and answers."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, PageRequest, Request, Timestamp, one_of, page_of
from services.organization.commands import invitations as commands
from services.organization.domain.invitations import InvitationStatus
from services.organization.schemas.tree import NamesOnePerson


class InviteAdministrator(NamesOnePerson):
    """``POST /organizations/{organization_id}/administrator-invitations``."""

    class Meta:
        command = commands.InviteAdministrator


class ListInvitations(PageRequest):
    """``GET /organizations/{organization_id}/administrator-invitations``."""

    class Meta:
        command = commands.ListInvitations

    organization_id = Id(required=True)
    status = one_of(InvitationStatus, load_default=None)


class RevokeInvitation(Request):
    """``DELETE /organizations/{organization_id}/administrator-invitations/{invitation_id}``."""

    class Meta:
        command = commands.RevokeInvitation

    organization_id = Id(required=True)
    invitation_id = Id(required=True)


class ListMyInvitations(PageRequest):
    """``GET /me/administrator-invitations``."""

    class Meta:
        command = commands.ListMyInvitations

    status = one_of(InvitationStatus, load_default=None)


class AnswerInvitation(Request):
    """``POST /me/administrator-invitations/{invitation_id}/acceptance`` and ``…/refusal``."""

    class Meta:
        command = commands.AnswerInvitation

    invitation_id = Id(required=True)


class MyInvitation(Answer):
    """What the invited sees. ``ended_at``: when it was answered, taken back or put down as lapsed."""

    invitation_id = Id()
    organization_id = Id()
    organization_name = fields.String()
    role = fields.String()
    status = fields.String()
    invited_at = Timestamp()
    expires_at = Timestamp()
    ended_at = Timestamp(allow_none=True)


class Invitation(MyInvitation):
    """What owners see. ``name`` is None where only identity knows it."""

    account_id = Id()
    name = fields.String(allow_none=True)


MyInvitationPage = page_of(MyInvitation)
InvitationPage = page_of(Invitation)
