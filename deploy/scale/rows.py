"""What an organization or a volunteer is in each database: exactly the rows that registering and approving leave.

Versions are those after the approval, so that whatever the services tell next is newer than every copy.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.scale.people import Person, person
from deploy.scale.shape import Node
from services.chassis.ids import new_id
from services.chassis.masking import masked_mobile
from services.chassis.organizations import ltree_path
from services.identity.domain.certificates import CertType, masked_number
from services.identity.vault import Vault

Rows = dict[str, list[dict[str, Any]]]
"""``database.table`` and its rows, in an order that foreign keys allow."""

COPIES = ("identity", "activity", "attendance", "card")
PENDING_SHARE = 0.015
_CARD_SHARE, _LEAGUE_SHARE, _ACTIVITY_SHARE = 0.2, 0.4, 0.4
_DECLARING = frozenset({"system", "district"})


def organization_rows(
    nodes: Sequence[Node], vault: Vault, password_hash: str, now: datetime, chance: random.Random
) -> Rows:
    """Nodes with their accounts, owners, receipts and activities, and everybody's copies of the tree."""
    rows: Rows = {}

    def add(table: str, **values: Any) -> None:
        rows.setdefault(table, []).append(values)

    for node in nodes:
        registered = now - timedelta(minutes=chance.randint(60 * 24 * 30, 60 * 24 * 700))
        submitted = registered if node.active else now - timedelta(minutes=chance.randint(1, 60 * 24 * 10))
        owner = chance.randrange(18_000_000)
        _add_account(add, node, person(owner), vault, password_hash, registered)
        status, version = ("active", 2) if node.active else ("pending", 1)
        place = {"name": node.name, "kind": node.kind, "region": node.region, "status": status,
                 "path": ltree_path(node.path), "version": version}  # fmt: skip
        add(
            "organization.organization", id=node.id, parent_id=node.parent_id, uscc=None, rejection_reason=None,
            account_id=node.account_id, principal_name=person(owner).name, registered_at=registered,
            submitted_at=submitted, decided_at=submitted + timedelta(hours=9) if node.active else None, **place,
        )  # fmt: skip
        role = new_id()
        held = {
            "account_id": node.account_id,
            "organization_id": node.id,
            "role": "owner",
            "active": True,
            "version": 1,
        }
        add("organization.administrator", id=role, appointed_at=registered, ended_at=None, **held)
        add("identity.role_grant", administrator_id=role, **held)
        for service in COPIES:
            add(f"{service}.organization_copy", id=node.id, **place)
        if node.kind in _DECLARING:
            add("organization.adoption_receipt", **_receipt(node, now, chance))
        if node.active and chance.random() < _ACTIVITY_SHARE:
            published = now - timedelta(days=chance.randint(1, 700))
            add("organization.published_activity", id=new_id(), organization_id=node.id, published_at=published,
                revoked_at=None)  # fmt: skip
    return rows


def _add_account(add: Any, node: Node, owner: Person, vault: Vault, password_hash: str, registered: datetime) -> None:
    add(
        "identity.account", id=node.account_id, kind="administrator", account_name=f"scale-{node.id}", name=owner.name,
        password_hash=password_hash, phone_sealed=vault.seal("account.phone", node.account_id, owner.phone),
        phone_digest=vault.phone_digest(owner.phone), locale="zh", created_at=registered, erased_at=None, version=1,
    )  # fmt: skip
    add(
        "identity.principal", account_id=node.account_id, organization_id=node.id, cert_type=CertType.RESIDENT_ID,
        cert_no_sealed=vault.seal("principal.cert_no", node.account_id, owner.cert_no),
        cert_no_digest=vault.certificate_digest(CertType.RESIDENT_ID, owner.cert_no), birth_date=owner.birth_date,
        confirmed_at=registered,
    )  # fmt: skip


def _receipt(node: Node, now: datetime, chance: random.Random) -> dict[str, Any]:
    return {
        "id": new_id(), "organization_id": node.id, "contacts": [], "needs": {},
        "declared_organizations": chance.randint(500, 2000), "declared_volunteers": chance.randint(5000, 20000),
        "declared_league_members": chance.randint(2000, 8000), "submitted_by": node.account_id,
        "submitted_at": now - timedelta(days=chance.randint(1, 90)),
    }  # fmt: skip


def volunteer_rows(
    serials: range, homes: Sequence[tuple[str, str]], vault: Vault, password_hash: str, now: datetime, seed: int
) -> Rows:
    """Volunteers at ``homes`` ((organization, region), those near the start far more often)."""
    chance = random.Random(seed)
    rows: Rows = {}
    for serial in serials:
        home = homes[min(int(len(homes) * chance.random() ** 2), len(homes) - 1)]
        for table, values in _volunteer(person(serial), home, vault, password_hash, now, chance).items():
            rows.setdefault(table, []).append(values)
        pending = rows["identity.volunteer"][-1]["status"] != "active"
        if not pending and chance.random() < _CARD_SHARE:
            card = {"id": new_id(), "volunteer_id": rows["identity.volunteer"][-1]["id"], "status": "activated"}
            rows.setdefault("organization.card_application", []).append({**card, "version": 5})
    return rows


def _volunteer(
    who: Person, home: tuple[str, str], vault: Vault, password_hash: str, now: datetime, chance: random.Random
) -> dict[str, dict[str, Any]]:
    account_id, volunteer_id, membership_id = new_id(), new_id(), new_id()
    organization_id, region = home
    pending = chance.random() < PENDING_SHARE
    age = timedelta(minutes=chance.randint(1, 60 * 24 * (20 if pending else 700)))
    at, decided = now - age, None if pending else now - age / 2
    status, version = ("pending_review", 1) if pending else ("active", 2)
    league = "league_member" if chance.random() < _LEAGUE_SHARE else "masses"
    return {
        "identity.account": {
            "id": account_id, "kind": "volunteer", "account_name": None, "name": who.name,
            "password_hash": password_hash, "phone_sealed": vault.seal("account.phone", account_id, who.phone),
            "phone_digest": vault.phone_digest(who.phone), "locale": "zh", "created_at": at, "erased_at": None,
            "version": 1,
        },
        "identity.volunteer": {
            "id": volunteer_id, "account_id": account_id, "volunteer_no": who.volunteer_no, "status": status,
            "rejection_reason": None, "organization_id": organization_id, "cert_type": CertType.RESIDENT_ID,
            "cert_no_sealed": vault.seal("volunteer.cert_no", volunteer_id, who.cert_no),
            "cert_no_digest": vault.certificate_digest(CertType.RESIDENT_ID, who.cert_no), "certificate_warnings": (),
            "birth_date": who.birth_date, "region": region, "political_status": league, "clothing_size": "L",
            "skills": (), "service_types": (), "registered_at": at, "submitted_at": at, "decided_at": decided,
            "version": version,
        },
        "organization.membership": {
            "id": membership_id, "volunteer_id": volunteer_id, "organization_id": organization_id,
            "status": "pending" if pending else "approved", "rejection_reason": None, "submitted_at": at,
            "decided_at": decided, "left_at": None, "version": version,
        },
        "organization.applicant": {
            "volunteer_id": volunteer_id, "name": who.name, "volunteer_no": who.volunteer_no,
            "cert_type": CertType.RESIDENT_ID, "cert_no_masked": masked_number(who.cert_no),
            "phone_masked": masked_mobile(who.phone), "version": 1,
        },
        "organization.volunteer": {
            "id": volunteer_id, "account_id": account_id, "volunteer_no": who.volunteer_no, "name": who.name,
            "status": status, "political_status": league, "version": version,
        },
        "activity.volunteer_copy": {
            "id": volunteer_id, "volunteer_no": who.volunteer_no, "name": who.name, "status": status,
            "birth_date": who.birth_date, "accompanied_until": None, "region": region,
            "organization_id": organization_id, "skills": (), "version": version,
        },
    }  # fmt: skip
