"""How people and organizations get in: what several parts do in the same way."""

from __future__ import annotations

from typing import Any

from demo.client import Client, Refused, wait_for
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
    world.count("organization", "zhiyuan_organization_registered_total", kind=kind)
    world.count("identity", "zhiyuan_identity_registrations_total", kind="administrator")
    return Organization(str(organization_id), name, owner, principal.phone)


def expect_decided(world: World, outcome: str, by: int = 1) -> None:
    """Note that so many organizations were decided, and told by SMS."""
    world.count("organization", "zhiyuan_organization_reviews_decided_total", by=by, kind="organizations")
    world.count_sms(f"organization_{outcome}", by=by)


def standing_organization(world: World, account: str, kind: str) -> Organization | None:
    """What an earlier run has registered under this account, if one has."""
    owner: Client = world.visitor.signed_in_as(account, PASSWORD)
    try:
        roles = owner.sign_in()["roles"]
    except Refused as refused:
        if refused.refusal.code != "bad_credentials":
            raise
        return None
    held = (owner.get(f"/organizations/{role['organization_id']}") for role in roles)
    found = next((organization for organization in held if organization["kind"] == kind), None)
    return None if found is None else Organization(found["organization_id"], found["name"], owner, phone="")


def province_of_somebody_else(world: World, account: str) -> Organization | None:
    """A root that was here before the first run: a platform has one, so its administrator appoints our account there.

    Only an account that the tree has heard of can be appointed: it registers an office below the root first.
    """
    roots = [found for found in world.visitor.pages("/organizations") if found["kind"] == "province"]
    if not roots:
        return None
    root = Organization(roots[0]["organization_id"], roots[0]["name"], world.platform, phone="")
    office = standing_organization(world, account, "system") or register_organization(
        world, "演示工作组", kind="system", region="440000", account=account, parent=root
    )
    if office.owner.get(f"/organizations/{office.id}")["status"] == "pending":
        world.platform.post(f"/reviews/organizations/{office.id}/decision", approve=True)
        expect_decided(world, "approved")
    account_id = office.owner.sign_in()["account_id"]
    world.platform.post(f"/organizations/{root.id}/administrators", account_id=account_id, role="owner")

    def is_owner() -> bool:
        return {"organization_id": root.id, "role": "owner"} in office.owner.sign_in()["roles"]

    if not wait_for(is_owner):
        raise AssertionError("the appointment has not reached the token")
    return Organization(root.id, root.name, office.owner, phone="")
