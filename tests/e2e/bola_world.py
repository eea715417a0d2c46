"""One object of each kind at one unit, and those who have no business with it.

The unit stands below the root, with a team below it and another unit beside it. All attackers are volunteers who hold
a role somewhere, so that no route refuses them for their kind alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
import yaml

from demo.client import Client, wait_for
from demo.figures import Figures
from demo.parts.p6_hours import _signature_sheet as signature_sheet
from demo.parts.p10_people import _filled_in as sheet
from demo.parts.registering import register_organization, register_volunteer
from demo.world import Organization, Volunteer, World
from deploy.local.layout import ROOT
from deploy.local.platform import Platform
from deploy.local.topology import SERVICES
from deploy.partner import bank_reports
from services.chassis.database import driver_url
from tests.live import GUANGZHOU, active_volunteers, province

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HERE, _FAR = {"latitude": 23.1291, "longitude": 113.2644}, {"latitude": 22.5431, "longitude": 114.0579}
EVENTS = ROOT / "docs/events/asyncapi.yaml"
ATTACKERS = ("stranger", "sibling", "child", "viewer")


@dataclass(frozen=True)
class Scene:
    """Who there is, and the ids of what there is."""

    callers: Mapping[str, Client]
    ids: Mapping[str, str]
    uploads: Mapping[str, str]  # each caller's own
    spreadsheet: bytes  # of volunteers

    def ids_for(self, caller: str) -> dict[str, str]:
        """What a request of ``caller`` is made of; whoever is asked for evidence has some of their own."""
        return {**self.ids, "own_upload": self.uploads[caller]}


def build(world: World) -> Scene:
    """Everything, through the API alone."""
    root = province(world)
    unit = _below(world, root, "unit", "越权测试单位")
    team = _below(world, unit, "team", "越权测试队")
    beside, elsewhere = (_below(world, root, "unit", f"越权测试旁边单位{n}") for n in (1, 2))
    hopeful = _below(world, unit, "team", "越权测试待审队", approved=False)
    many = active_volunteers(world, unit, 30)  # as many as make a group
    members = many[:3]
    outsiders = active_volunteers(world, beside, 5)
    above_account = root.owner.sign_in()["account_id"]
    day, soon = ((world.clock.now() + timedelta(days=n)).date().isoformat() for n in (40, 5))
    attackers = dict(zip(ATTACKERS, outsiders, strict=False))
    posts = (("stranger", elsewhere, "owner"), ("sibling", beside, "owner"), ("child", team, "owner"))
    for name, at, role in (*posts, ("viewer", unit, "viewer")):
        at.owner.post(f"/organizations/{at.id}/administrators", volunteer_no=attackers[name].volunteer_no, role=role)
    recorder = unit.owner.post(
        f"/organizations/{unit.id}/administrators", volunteer_no=members[1].volunteer_no, role="recorder"
    )
    invitation, third_invitation = (
        unit.owner.post(f"/organizations/{unit.id}/administrator-invitations", volunteer_no=one.volunteer_no,
                        role="viewer")["invitation_id"]
        for one in (members[0], members[2])
    )  # fmt: skip
    applicant = register_volunteer(world, world.invented.person(), unit.id)[0]
    (membership,) = wait_for(lambda: unit.owner.get("/reviews/memberships")["items"])
    ids = {
        "unit": unit.id, "team": team.id, "hopeful": hopeful.id, "beside": beside.id,
        "administrator": recorder["administrator_id"], "membership": membership["id"], "applicant": applicant.id,
        "invitation": invitation, "third_invitation": third_invitation,
        "member": members[0].id, "colleague": members[1].id, "third": members[2].id,
        "third_account": members[2].client.sign_in()["account_id"],
        "third_no": members[2].volunteer_no, "newcomer_no": outsiders[4].volunteer_no,
        "domain": f"bola-{world.invented.number}.example.org",
        "day": day, "above_account": above_account,
        "delegation": unit.owner.post(
            f"/organizations/{unit.id}/delegations", account_id=above_account, starts_on=soon, ends_on=soon
        )["delegation_id"],
    }  # fmt: skip
    ids |= _hours(world, unit, root, members) | _papers(world, unit, members[0])
    ids |= _activities(world, unit, members)
    member = members[0].client
    ids["notification"] = wait_for(lambda: member.get("/me/notifications")["items"])[0]["notification_id"]
    sent = wait_for(lambda: world.platform.get("/notifications", status="sent")["items"])
    ids["outgoing"] = sent[0]["message_id"]
    ids["application"] = member.post(
        "/card/applications", bank="boc", card_type="debit", region="440106", address="天河区体育东路一百号某室",
        consent={"version": "2", "recipient": "boc"},
    )["application_id"]  # fmt: skip
    ids |= {
        "import": _import(
            world, unit, template := unit.owner.fetch("/import-templates/volunteers", XLSX, format="xlsx")
        ),
        "recovery": _recovery(world, unit, members[2]),
        "refused_message": _refused_message(world),
        "consent": member.get("/me/consents")["items"][0]["consent_id"],
        "export": member.post("/me/exports")["export_id"],
        "group": unit.owner.post(
            "/card/group-applications",
            organization_id=unit.id,
            region=GUANGZHOU,
            bank="boc",
            card_type="debit",
            volunteer_ids=[one.id for one in many],
            address="越秀区寺贝通津一号大院礼堂",
            preferred_dates=[day],
            contact={"name": "联络员甲", "phone": "14400000001"},
        )["group_id"],
        "period": world.platform.get("/card/product-periods", region=GUANGZHOU)["items"][0]["period_id"],
    }
    callers = {
        **{name: one.client for name, one in attackers.items()},
        "owner": unit.owner, "above": root.owner, "member": member, "platform": world.platform,
    }  # fmt: skip
    for client in callers.values():
        client.sign_in()  # roles travel in the token, and time was moved
    member.sign_in()
    ids["session"] = member.get("/me/sessions")["items"][0]["session_id"]
    uploads = {name: client.upload("签到表.png", signature_sheet(), "image/png") for name, client in callers.items()}
    return Scene(callers, {**ids, "upload": uploads["owner"]}, uploads, sheet(template, [world.invented.person()]))


def _below(world: World, parent: Organization, kind: str, name: str, *, approved: bool = True) -> Organization:
    number = world.invented.phone()[3:]  # new in this run, and known by it
    made = register_organization(
        world, f"{name}（{number}）", kind=kind, region=GUANGZHOU, parent=parent, account=f"bola-{number}"
    )
    if approved:
        parent.owner.post(f"/reviews/organizations/{made.id}/decision", approve=True)
    return made


def _draft(unit: Organization, starts: datetime, hours: int = 3, **other: Any) -> dict[str, Any]:
    shift = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=hours)).isoformat(), "capacity": 5}
    drafted = unit.owner.post(
        "/activities", organization_id=unit.id, title="越权测试活动", category="culture", description="引导读者。",
        region=GUANGZHOU, address="天河区珠江东路四号图书馆大堂", enroll_by=starts.isoformat(),
        contact="越权测试单位 020-00000000", shifts=[shift], **other,
    )  # fmt: skip
    return dict(drafted)


def _published(unit: Organization, starts: datetime, hours: int = 3, **other: Any) -> dict[str, Any]:
    draft = _draft(unit, starts, hours, **other)
    return dict(unit.owner.post(f"/activities/{draft['activity_id']}/publication"))


def _nine(world: World, days: int) -> datetime:
    now = world.clock.now()
    return datetime.combine((now + timedelta(days=days)).date(), time(9), now.tzinfo)


def _activities(world: World, unit: Organization, members: list[Volunteer]) -> dict[str, str]:
    """A draft, and a published one for which two have applied."""
    draft, activity = _draft(unit, _nine(world, 9)), _published(unit, _nine(world, 8))
    shift = activity["shifts"][0]["shift_id"]
    unit.owner.post(f"/activities/{activity['activity_id']}/invitations", volunteer_ids=[members[0].id])
    (called,) = members[0].client.get("/me/invitations")["items"]
    applied = [
        one.client.post(f"/activities/{activity['activity_id']}/enrollments", shift_id=shift)["enrollment_id"]
        for one in members[:2]
    ]
    return {
        "draft": draft["activity_id"], "activity": activity["activity_id"], "shift": shift, "enrollment": applied[0],
        "other_enrollment": applied[1], "called": called["invitation_id"],
    }  # fmt: skip


def _hours(world: World, unit: Organization, root: Organization, members: list[Volunteer]) -> dict[str, str]:
    """A past activity that is disclosed and objected to, another with a supplement that waits; an hour beyond eight."""
    disclosed = _published(unit, _nine(world, 1), approval="instant", location=_HERE)
    far = _published(unit, _nine(world, 1) + timedelta(hours=3), approval="instant", location=_FAR)
    long = _published(unit, _nine(world, 2), 9, approval="instant")
    waiting = _published(unit, _nine(world, 3), approval="instant")
    left = _published(unit, _nine(world, 3) + timedelta(hours=3), approval="instant")
    member = members[0]
    unit.owner.post(f"/volunteers/{member.id}/in-person-verification", organization_id=unit.id, note="已核对")
    for activity in (disclosed, far, long, waiting, left):
        member.client.post(
            f"/activities/{activity['activity_id']}/enrollments", shift_id=activity["shifts"][0]["shift_id"]
        )
    no_show = members[1].client.post(
        f"/activities/{waiting['activity_id']}/enrollments", shift_id=waiting["shifts"][0]["shift_id"]
    )["enrollment_id"]
    world.clock.advance_to(datetime.fromisoformat(waiting["shifts"][0]["ends_at"]) + timedelta(minutes=5))

    def supplement(activity: dict[str, Any]) -> str:
        (shift,) = activity["shifts"]
        form = {
            "volunteer_id": member.id, "shift_id": shift["shift_id"], "starts_at": shift["starts_at"],
            "ends_at": shift["ends_at"], "reason": "手机损坏", "evidence": [evidence],
        }  # fmt: skip
        return str(unit.owner.post(f"/activities/{activity['activity_id']}/supplements", **form)["supplement_id"])

    evidence = unit.owner.upload("签到表.png", signature_sheet(), "image/png")
    for activity in (disclosed, far, long):
        root.owner.post(f"/reviews/supplements/{supplement(activity)}/decision", approve=True)
    (held,) = [item for item in root.owner.pages("/reviews/hours") if item["activity_id"] == long["activity_id"]]
    unit.owner.post(f"/activities/{disclosed['activity_id']}/disclosure")
    (shift,) = waiting["shifts"]
    shown = unit.owner.get(
        f"/activities/{waiting['activity_id']}/shifts/{shift['shift_id']}/attendance-code", kind="sign_in"
    )
    kept = {"token": shown["token"], "nonce": "kept-by-a-phone", "scanned_at": world.clock.now().isoformat()}
    (handed_in,) = member.client.post("/attendance/offline-scans", scans=[kept])["items"]  # the shift is over
    objection = member.client.post(
        f"/activities/{disclosed['activity_id']}/objections", text="多记了一小时。", contact=member.person.phone
    )
    in_vain = member.client.post(
        f"/activities/{disclosed['activity_id']}/objections", text="人数不对。", contact=member.person.phone
    )["objection_id"]  # fmt: skip
    unit.owner.post(f"/objections/{in_vain}/resolution", upheld=False, reason="经核实无误")
    appeal = member.client.post(f"/objections/{in_vain}/appeal", text="请上级核实。")["appeal_id"]
    (past,) = waiting["shifts"]
    claimed = member.client.upload("现场照片.png", signature_sheet(), "image/png")
    missing = member.client.post(
        f"/activities/{waiting['activity_id']}/missing-entries", shift_id=past["shift_id"],
        starts_at=past["starts_at"], ends_at=past["ends_at"], note="忘记扫码", witness="赵一",
        evidence=[claimed],
    )["missing_entry_id"]  # fmt: skip
    (shift_left,) = left["shifts"]
    at_the_door = f"/activities/{left['activity_id']}/shifts/{shift_left['shift_id']}/attendance-code"
    code = unit.owner.get(at_the_door, kind="sign_in")["token"]
    forgotten = member.client.post("/attendance/scans", token=code, nonce="never-signed-out")["record_id"]
    return {
        "left": left["activity_id"], "left_since": shift_left["starts_at"], "left_at": shift_left["ends_at"],
        "open_record": forgotten, "appeal": appeal, "missing": missing, "claimed_file": claimed,
        "conflict": handed_in["conflict_id"], "disclosed": disclosed["activity_id"],
        "objection": objection["objection_id"], "past": waiting["activity_id"],
        "no_show": no_show, "held": held["id"],
        "past_shift": shift["shift_id"], "supplement": supplement(waiting), "starts_at": shift["starts_at"],
        "ends_at": shift["ends_at"],
    }  # fmt: skip


def _papers(world: World, unit: Organization, member: Volunteer) -> dict[str, str]:
    """The disclosed hours are confirmed, and certified for the member and the unit; what else stands in a record."""
    world.clock.advance_to(world.clock.now() + timedelta(days=8))
    assert wait_for(lambda: member.client.get("/me/service-summary")["confirmed_minutes"])
    batch = unit.owner.post(f"/organizations/{unit.id}/service-certificates")["batch_id"]
    assert wait_for(lambda: unit.owner.get(f"/certificate-batches/{batch}")["status"] == "done")
    (anomaly,) = wait_for(lambda: unit.owner.get(f"/organizations/{unit.id}/anomalies")["items"])
    attainment = unit.owner.post(
        f"/volunteers/{member.id}/trainings", name="急救培训", issuer="越权测试单位", date="2026-01-02"
    )
    records = member.client.get("/me/service-records")["items"]
    confirmed = next(record for record in records if record["status"] == "confirmed")
    correction = member.client.post(
        f"/service-records/{confirmed['record_id']}/corrections", starts_at=confirmed["starts_at"],
        ends_at=confirmed["ends_at"], reason="时间记录有误",
    )["correction_id"]  # fmt: skip
    return {
        "correction": correction,
        "certificate": member.client.post("/me/service-certificates")["serial"], "batch": batch,
        "record": records[0]["record_id"],
        "attainment": attainment["attainment_id"], "anomaly": anomaly["anomaly_id"],
    }  # fmt: skip


def _recovery(world: World, unit: Organization, lost: Volunteer) -> str:
    """Somebody with a new phone asks for their account."""
    phone = world.invented.phone()
    world.visitor.post(
        "/verification-codes", channel="sms", recipient=phone, purpose="recover_account",
        **world.visitor.solved_captcha(),
    )  # fmt: skip
    world.visitor.post(
        "/account-recoveries", cert_type="resident_id", cert_no=lost.person.cert_no, name=lost.person.name, phone=phone,
        code=world.inbox.code(phone),
    )  # fmt: skip
    (waiting,) = wait_for(lambda: unit.owner.get("/account-recoveries")["items"])
    return str(waiting["recovery_id"])


def _import(world: World, unit: Organization, template: bytes) -> str:
    """A spreadsheet with a good row and a bad one, checked."""
    filled = sheet(template, [world.invented.person() for _ in range(2)])
    sent = unit.owner.send_file(f"/organizations/{unit.id}/imports", "a.xlsx", filled, XLSX, kind="volunteers")
    assert wait_for(lambda: unit.owner.get(f"/imports/{sent['import_id']}")["status"] == "checked")
    return str(sent["import_id"])


def _refused_message(world: World) -> str:
    """What a bank sent that makes no sense."""
    message_id = bank_reports.new_id()
    bank = bank_reports.AmqpReporter(world.access["partner"]["boc"]["amqp_url"], "boc")
    bank.send(message_id, b"{}")
    bank.close()

    def listed() -> list[str]:
        refused = world.platform.get("/card/refused-messages", state="refused")["items"]
        return [one["refused_id"] for one in refused if one["message_id"] == message_id]

    return str(wait_for(listed)[0])


def _listeners() -> Iterator[tuple[str, str]]:
    """Each handler, and an event that it listens to, by the document that is made from the code."""
    operations = yaml.safe_load(EVENTS.read_text())["operations"]
    for name, operation in operations.items():
        if operation["action"] == "receive":
            queue, _, event_key = name.partition("-")
            yield queue.partition(".")[2], event_key


class Rows:
    """What the services' databases say of some ids; what merely moves (the chassis' own tables) is left out."""

    _MOVING = frozenset({
        "alembic_version", "audit_head", "audit_log", "captcha", "idempotency_key", "inbox", "login_failure", "outbox",
        "refresh_token", "verification_code",
    })  # fmt: skip

    # Those that change rows because days have passed; what runs once a day or only sends is none of them.
    _TIMERS = {
        "activity": ("lapse_overdue", "relist"),
        "attendance": ("disclose_complete", "look_for_anomalies", "look_after_duties", "confirm_undisputed"),
        "card": ("look_after_applications", "end_overdue_groups"),
        "organization": ("escalate_reviews", "put_away_counters"),
    }

    def __init__(self, platform: Platform) -> None:
        self._metrics = platform.access()["metrics"]
        self._begun = Figures.read(self._metrics)
        self._listeners = list(_listeners())
        urls = (platform.job_environment(service)["ZHIYUAN_DATABASE_URL"] for service in SERVICES)
        self._engines = [sa.create_engine(driver_url(url, "psycopg2"), pool_size=1) for url in urls]
        self._statements = [sa.text(self._statement(engine)) for engine in self._engines]

    def naming(self, ids: set[str]) -> list[tuple[str, str]]:
        """A checksum by table of all rows that name one of ``ids``."""
        wanted = {"wanted": [f"%{id_}%" for id_ in sorted(ids)]}
        return [
            tuple(row)
            for engine, statement in zip(self._engines, self._statements, strict=True)
            for row in self._read(engine, statement, wanted)
        ]

    def settled(self) -> bool:
        """Whether the timers have seen to all that was made, every event has been handled, and no row moves."""
        if not self._timers_have_run():
            return False
        before = self.naming({""})
        return not self._under_way() and self.naming({""}) == before

    def _timers_have_run(self) -> bool:
        now = Figures.read(self._metrics)
        return all(
            now.rise(self._begun, service, "zhiyuan_timer_runs_total", timer=timer)
            for service, timers in self._TIMERS.items()
            for timer in timers
        )

    def _under_way(self) -> set[tuple[str, str]]:
        """Handlers, and the events that they have yet to handle."""
        published = "SELECT event_id, exchange, routing_key FROM outbox WHERE destination = 'events'"
        told = [
            (event_id, f"{exchange.removesuffix('.events')}.{routing_key}")
            for event_id, exchange, routing_key in self._everywhere(published)
        ]
        handled = set(self._everywhere("SELECT consumer, event_id FROM inbox"))
        return {
            (handler, event_id)
            for handler, heard in self._listeners
            for event_id, event_key in told
            if event_key == heard
        } - handled

    def _everywhere(self, statement: str) -> Iterator[Any]:
        for engine in self._engines:
            yield from self._read(engine, sa.text(statement), {})

    def close(self) -> None:
        """Give the connections back."""
        for engine in self._engines:
            engine.dispose()

    def _statement(self, engine: sa.Engine) -> str:
        tables = sorted(set(sa.inspect(engine).get_table_names()) - self._MOVING)
        return " UNION ALL ".join(
            f"SELECT '{engine.url.database}.{table}', md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), ''))"
            f" FROM {table} AS r WHERE r::text LIKE ANY (:wanted)"
            for table in tables
        )

    @staticmethod
    def _read(engine: sa.Engine, statement: Any, values: dict[str, Any]) -> Iterator[Any]:
        with engine.connect() as connection:
            yield from connection.execute(statement, values).all()
