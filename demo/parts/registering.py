"""How people and organizations get in: what several parts do in the same way."""

from __future__ import annotations

from typing import Any

from demo.client import Client, Refused
from demo.people import PASSWORD, Person
from demo.world import Organization, Volunteer, World


def ask_for_code(world: World, phone: str) -> str:
    """A captcha solved, a code sent by SMS, and read."""
    world.visitor.post(
        "/verification-codes", channel="sms", recipient=phone, purpose="register", **world.visitor.solved_captcha()
    )
    world.count_sms("verification_code")
    return world.inbox.code(phone)


def volunteer_form(world: World, person: Person, organization_id: str, **other: Any) -> dict[str, Any]:
    """What somebody fills in, with a code that has just come by SMS."""
    return {
        "name": person.name,
        "cert_type": "resident_id",
        "cert_no": person.cert_no,
        "phone": person.phone,
        "code": ask_for_code(world, person.phone),
        "password": PASSWORD,
        "region": "440106",
        "organization_id": organization_id,
        "clothing_size": "L",
        **other,
    }


def register_volunteer(
    world: World, person: Person, organization_id: str, **other: Any
) -> tuple[Volunteer, dict[str, Any]]:
    """Somebody who waits for review, and what the platform answered."""
    client = world.visitor.signed_in_as(person.phone, PASSWORD)
    try:
        answer = world.visitor.post("/volunteers", **volunteer_form(world, person, organization_id, **other))
    except Refused as refused:
        if not refused.refusal.repeated:
            raise
        answer = client.get("/me")["volunteer"]  # the first try took effect, and its answer was lost on the way
        answer["status"] = {"pending_review": "verifying"}.get(answer["status"], answer["status"])
    return Volunteer(answer["volunteer_id"], answer["volunteer_no"], person, client), answer


def register_organization(
    world: World,
    name: str,
    *,
    kind: str,
    region: str,
    account: str,
    parent: Organization | None = None,
) -> Organization:
    """An organization that waits for review, with an invented principal."""
    principal = world.invented.person()
    owner = world.visitor.signed_in_as(account, PASSWORD)
    form = {
        "name": name,
        "kind": kind,
        "parent_id": None if parent is None else parent.id,
        "region": region,
        "account": account,
        "password": PASSWORD,
        "principal": {
            "name": principal.name,
            "cert_type": "resident_id",
            "cert_no": principal.cert_no,
            "phone": principal.phone,
        },
        "code": ask_for_code(world, principal.phone),
    }
    try:
        organization_id = world.visitor.post("/organizations", **form)["organization_id"]
    except Refused as refused:
        if not refused.refusal.repeated:
            raise
        organization_id = owner.sign_in()["roles"][0]["organization_id"]
    return Organization(str(organization_id), name, owner, principal.phone)


def standing_organization(world: World, account: str) -> Organization | None:
    """What an earlier run has registered under this account, if one has."""
    owner: Client = world.visitor.signed_in_as(account, PASSWORD)
    try:
        roles = owner.sign_in()["roles"]
    except Refused as refused:
        if refused.refusal.code != "bad_credentials":
            raise
        return None
    organization = owner.get(f"/organizations/{roles[0]['organization_id']}")
    return Organization(organization["organization_id"], organization["name"], owner, phone="")
