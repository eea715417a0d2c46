"""Broken object level authorization: every signed-in route that takes an id, tried by those who have no right to it.

The table must name every such route of the contract, so whoever adds one has to say who may not use it. Each entry
proves itself: whoever has the right to it is *not* refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from marshmallow import Schema, fields

from demo.check import at_once
from demo.client import wait_for
from demo.world import World
from deploy.local.platform import Platform
from gateway.routes import ALL_ROUTES
from gateway.routing import Route, Who
from services.chassis.schema import Id
from tests.e2e.bola_world import ATTACKERS, XLSX, Rows, Scene, build

_REFUSED = frozenset({403, 404})
Try = tuple[str, str, "Entry"]  # method, path, entry


@dataclass(frozen=True)
class Entry:
    """How a route is used. ``path``, ``query`` and ``body`` name the scene's ids in braces.

    ``may``: attackers who have the right to this one, and why; ``open_to_all``: why nobody is refused. ``state``: the
    code with which the rightful caller meets the object's state, and why it is in that state.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    rightful: str = "owner"
    may: Mapping[str, str] = field(default_factory=dict)
    open_to_all: str = ""
    state: tuple[str, str] | None = None
    spreadsheet: bool = False  # the body is a form with a file
    stream: bool = False  # it goes on; its head is what counts
    inside: bool = False  # 200, and each item carries its own refusal


_LOOKS = {"viewer": "a viewer looks, masked"}
_UNIT = {"organization_id": "{unit}"}
_DRAFT, _ACTIVITY, _PAST = ({"activity_id": f"{{{name}}}"} for name in ("draft", "activity", "past"))
_TEAM, _IMPORT = {"organization_id": "{team}"}, {"import_id": "{import}"}
_ATTAINMENT = {"name": "急救培训", "issuer": "越权测试单位", "date": "2026-01-02"}
_CONTACT = {"role": "liaison", "name": "赵一", "post": "干事", "mobile": "14400000001"}
_DECLARED = {"organizations": 1, "volunteers": 2, "league_members": 1}
_SIGN_OUT = {"signed_out_at": "{left_at}", "reason": "忘记签退"}
_GROUP = {"group_id": "{group}"}
_APPROVE, _SHIFT = {"approve": True}, {"shift_id": "{shift}"}

_IN_THE_INBOX = ("already_decided", "it was decided as a review, by the request to its kind")

# In this order the rightful go: what ends something comes last.
TABLE: dict[tuple[str, str], list[Entry]] = {
    ("GET", "/organizations/{organization_id}/tree"): [Entry(_UNIT, may=_LOOKS)],
    ("GET", "/organizations/{organization_id}/members"): [Entry(_UNIT, may=_LOOKS)],
    ("GET", "/organizations/{organization_id}/administrators"): [Entry(_UNIT)],
    ("GET", "/adoption-receipts"): [Entry(query=_UNIT, may=_LOOKS)],
    ("GET", "/supervision"): [Entry(query=_UNIT, may=_LOOKS)],
    ("GET", "/supervision/{indicator}/organizations"): [
        Entry({"indicator": "card_holders"}, query=_UNIT, may=_LOOKS)
    ],
    ("PATCH", "/organizations/{organization_id}"): [Entry(_UNIT, {"principal_name": "钱二"})],
    ("POST", "/organizations/{organization_id}/resubmission"): [
        Entry(_UNIT, state=("illegal_transition", "the unit was approved, so that it has a subtree"))
    ],
    ("PUT", "/organizations/{organization_id}/site"): [Entry(_UNIT, {"domain": "{domain}", "title": "分平台"})],
    ("POST", "/organizations/{organization_id}/site/approval"): [Entry(_UNIT, rightful="above")],
    ("POST", "/organizations/{organization_id}/administrators"): [
        Entry(_UNIT, {"volunteer_no": "{newcomer_no}", "role": "viewer"})
    ],
    ("DELETE", "/organizations/{organization_id}/administrators/{administrator_id}"): [
        Entry({**_UNIT, "administrator_id": "{administrator}"})
    ],
    ("POST", "/organizations/{organization_id}/administrator-invitations"): [
        Entry(_UNIT, {"volunteer_no": "{newcomer_no}", "role": "recorder"})
    ],
    ("GET", "/organizations/{organization_id}/administrator-invitations"): [Entry(_UNIT)],
    ("DELETE", "/organizations/{organization_id}/administrator-invitations/{invitation_id}"): [
        Entry({**_UNIT, "invitation_id": "{third_invitation}"})
    ],
    ("POST", "/me/administrator-invitations/{invitation_id}/acceptance"): [
        Entry({"invitation_id": "{invitation}"}, rightful="member")
    ],
    ("POST", "/me/administrator-invitations/{invitation_id}/refusal"): [
        Entry({"invitation_id": "{invitation}"}, rightful="member",
              state=("illegal_transition", "it was accepted by the request before"))
    ],
    ("POST", "/adoption-receipts"): [
        Entry(body={**_UNIT, "contacts": [_CONTACT], "declared": _DECLARED})
    ],
    ("PUT", "/me/membership"): [
        Entry(body={"organization_id": "{beside}"}, rightful="member",
              open_to_all="anybody may ask any active organization to become theirs; the row is one's own")
    ],
    ("POST", "/reviews/{kind}/decisions"): [
        Entry({"kind": kind}, {"decisions": [{"id": f"{{{id_}}}", **_APPROVE}]}, rightful=who, inside=True)
        for kind, id_, who in (("memberships", "membership", "owner"), ("organizations", "hopeful", "owner"),
                               ("supplements", "supplement", "above"), ("hours", "held", "above"))
    ],
    ("POST", "/reviews/{kind}/{id}/decision"): [
        Entry({"kind": kind, "id": f"{{{id_}}}"}, _APPROVE, rightful=who,
              state=("already_decided", "the bulk decision before this one has decided it"))
        for kind, id_, who in (("memberships", "membership", "owner"), ("organizations", "hopeful", "owner"),
                               ("supplements", "supplement", "above"), ("hours", "held", "above"))
    ] + [
        Entry({"kind": kind, "id": f"{{{id_}}}"}, {"approve": False, "reason": "经核实无误"}, rightful=who)
        for kind, id_, who in (("corrections", "correction", "owner"), ("missing_entries", "missing", "owner"),
                               ("objections", "objection", "owner"), ("appeals", "appeal", "above"))
    ],
    ("GET", "/reviews/{kind}/{id}/history"): [
        Entry({"kind": kind, "id": f"{{{id_}}}"}, rightful=who)
        for kind, id_, who in (("memberships", "membership", "owner"), ("organizations", "hopeful", "owner"),
                               ("supplements", "supplement", "above"), ("hours", "held", "above"),
                               ("corrections", "correction", "owner"), ("missing_entries", "missing", "owner"),
                               ("objections", "objection", "owner"), ("appeals", "appeal", "above"))
    ],
    ("GET", "/organizations/{organization_id}/overdue-records"): [Entry(_UNIT, may=_LOOKS)],
    ("GET", "/organizations/{organization_id}/punctuality"): [
        Entry(_UNIT, query={"from": "2026-03-01", "to": "2026-03-31"}, may=_LOOKS)
    ],
    ("GET", "/activities/{activity_id}/punctuality"): [Entry(_PAST, may=_LOOKS)],
    ("POST", "/organizations/{organization_id}/delegations"): [
        Entry(_UNIT, {"account_id": "{above_account}", "starts_on": "{day}", "ends_on": "{day}"})
    ],
    ("GET", "/organizations/{organization_id}/delegations"): [Entry(_UNIT)],
    ("DELETE", "/organizations/{organization_id}/delegations/{delegation_id}"): [
        Entry({**_UNIT, "delegation_id": "{delegation}"})
    ],
    ("POST", "/volunteers/{volunteer_id}/in-person-verification"): [
        Entry({"volunteer_id": "{colleague}"}, {**_UNIT, "note": "已核对"})
    ],
    ("POST", "/account-recoveries/{recovery_id}/decision"): [Entry({"recovery_id": "{recovery}"}, _APPROVE)],
    ("POST", "/activities"): [Entry(body={**_UNIT, "title": "越权测试草稿"})],
    ("PATCH", "/activities/{activity_id}"): [Entry(_DRAFT, {"title": "越权测试改名"})],
    ("POST", "/activities/{activity_id}/copies"): [Entry(_DRAFT)],
    ("POST", "/activities/{activity_id}/publication"): [Entry(_DRAFT)],
    ("POST", "/activities/{activity_id}/invitations"): [Entry(_ACTIVITY, {"volunteer_ids": ["{third}"]})],
    ("GET", "/activities/{activity_id}/invitations"): [Entry(_ACTIVITY, may=_LOOKS)],
    ("POST", "/invitations/{invitation_id}/decline"): [
        Entry({"invitation_id": "{called}"}, rightful="member",
              state=("illegal_transition", "the member has enrolled, which is an answer"))
    ],
    ("GET", "/activities/{activity_id}/enrollments"): [Entry(_ACTIVITY, may=_LOOKS)],
    ("POST", "/activities/{activity_id}/enrollments"): [
        Entry(_ACTIVITY, _SHIFT, rightful="member", open_to_all="a published activity is for everybody")
    ],
    ("POST", "/enrollments/{enrollment_id}/offer-response"): [
        Entry({"enrollment_id": "{enrollment}"}, {"accept": True}, rightful="member",
              state=("illegal_transition", "an offer takes a full shift and a waiting list"))
    ],
    ("POST", "/enrollments/{enrollment_id}/decision"): [Entry({"enrollment_id": "{enrollment}"}, {"accept": True})],
    ("POST", "/activities/{activity_id}/enrollment-decisions"): [
        Entry(_ACTIVITY, {"decisions": [{"enrollment_id": "{other_enrollment}", "accept": True}]})
    ],
    ("POST", "/activities/{activity_id}/walk-ins"): [
        Entry(_ACTIVITY, {**_SHIFT, "volunteer_id": "{third}"},
              state=("walk_in_outside_shift", "the shift is days ahead"))
    ],
    ("POST", "/enrollments/{enrollment_id}/absence"): [Entry({"enrollment_id": "{no_show}"})],
    ("DELETE", "/enrollments/{enrollment_id}/absence"): [Entry({"enrollment_id": "{no_show}"})],
    ("DELETE", "/enrollments/{enrollment_id}"): [Entry({"enrollment_id": "{enrollment}"}, rightful="member")],
    ("GET", "/activities/{activity_id}/shifts/{shift_id}/attendance-code"): [
        Entry({**_ACTIVITY, "shift_id": "{shift}"}, query={"kind": "sign_in"})
    ],
    ("GET", "/activities/{activity_id}/shifts/{shift_id}/attendance-stream"): [
        Entry({**_ACTIVITY, "shift_id": "{shift}"}, query={"kind": "sign_in"}, stream=True)
    ],
    ("GET", "/activities/{activity_id}/shifts/{shift_id}/static-attendance-code"): [
        Entry({**_ACTIVITY, "shift_id": "{shift}"}, query={"kind": "sign_in"},
              state=("static_code_not_allowed", "its organizer did not ask for printed codes"))
    ],
    ("GET", "/activities/{activity_id}/scan-conflicts"): [Entry(_PAST)],
    ("POST", "/scan-conflicts/{conflict_id}/resolution"): [
        Entry({"conflict_id": "{conflict}"}, {"accept": False, "reason": "经核实未到场"})
    ],
    ("GET", "/organizations/{organization_id}/open-records"): [Entry(_UNIT)],
    ("POST", "/activities/{activity_id}/sign-outs"): [
        Entry({"activity_id": "{left}"}, {"record_ids": ["{open_record}"], **_SIGN_OUT}, inside=True)
    ],
    ("POST", "/service-records/{record_id}/sign-out"): [
        Entry({"record_id": "{open_record}"}, _SIGN_OUT,
              state=("illegal_transition", "the request for many before this one has closed it"))
    ],
    ("POST", "/activities/{activity_id}/supplements"): [
        Entry(_PAST, {"volunteer_id": "{member}", "shift_id": "{past_shift}", "starts_at": "{starts_at}",
                      "ends_at": "{ends_at}", "reason": "手机损坏", "evidence": ["{own_upload}"]},
              state=("overlaps_record", "the supplement on file was approved above"))
    ],
    ("POST", "/activities/{activity_id}/missing-entries"): [
        Entry(_PAST, {"shift_id": "{past_shift}", "starts_at": "{starts_at}", "ends_at": "{ends_at}", "note": "忘记"},
              rightful="member", state=("overlaps_record", "the supplement on file was approved above"))
    ],
    ("GET", "/organizations/{organization_id}/missing-entries"): [Entry(_UNIT)],
    ("POST", "/missing-entries/{missing_entry_id}/decision"): [
        Entry({"missing_entry_id": "{missing}"}, {"confirm": False, "reason": "经核实未到场"}, state=_IN_THE_INBOX)
    ],
    ("POST", "/missing-entries/{missing_entry_id}/withdrawal"): [
        Entry({"missing_entry_id": "{missing}"}, rightful="member",
              state=("illegal_transition", "the request before this one has rejected it"))
    ],
    ("GET", "/volunteers/{volunteer_id}/in-person-verifications"): [Entry({"volunteer_id": "{member}"})],
    ("POST", "/volunteers/{volunteer_id}/in-person-verification/revocation"): [
        Entry({"volunteer_id": "{member}"}, {**_UNIT, "reason": "证件有误"})
    ],
    ("POST", "/activities/{activity_id}/disclosure"): [Entry(_PAST)],
    ("GET", "/me/service-certificates/{serial}"): [Entry({"serial": "{certificate}"}, rightful="member")],
    ("POST", "/service-certificates/{serial}/revocation"): [
        Entry({"serial": "{certificate}"}, {"reason": "不再需要"}, rightful="member")
    ],
    ("POST", "/organizations/{organization_id}/service-certificates"): [Entry(_UNIT)],
    ("GET", "/organizations/{organization_id}/service-certificates"): [Entry(_UNIT)],
    ("GET", "/certificate-batches/{batch_id}"): [Entry({"batch_id": "{batch}"})],
    ("GET", "/certificate-batches/{batch_id}/certificates"): [Entry({"batch_id": "{batch}"})],
    ("GET", "/organizations/{organization_id}/anomalies"): [Entry(_UNIT)],
    ("POST", "/anomalies/{anomaly_id}/resolution"): [
        Entry({"anomaly_id": "{anomaly}"}, {"outcome": "explained", "note": "登记地点有误"})
    ],
    ("POST", "/activities/{activity_id}/evaluations"): [
        Entry({"activity_id": "{disclosed}"}, {"stars": 5}, rightful="member")
    ],
    ("GET", "/activities/{activity_id}/evaluations"): [Entry({"activity_id": "{disclosed}"})],
    ("POST", "/service-records/{record_id}/evaluation"): [Entry({"record_id": "{record}"}, {"grade": "good"})],
    ("POST", "/service-records/{record_id}/corrections"): [
        Entry({"record_id": "{record}"}, {"starts_at": "{left_since}", "ends_at": "{left_at}", "reason": "早到"},
              rightful="member")
    ],
    ("GET", "/organizations/{organization_id}/corrections"): [Entry(_UNIT)],
    ("POST", "/corrections/{correction_id}/decision"): [
        Entry({"correction_id": "{correction}"}, {"grant": False, "reason": "与签到表不符"}, state=_IN_THE_INBOX)
    ],
    ("POST", "/corrections/{correction_id}/withdrawal"): [
        Entry({"correction_id": "{correction}"}, rightful="member",
              state=("illegal_transition", "the request before this one has refused it"))
    ],
    ("POST", "/service-records/{record_id}/amendments"): [
        Entry({"record_id": "{record}"}, {"reason": "经核实未到场"})
    ],
    ("POST", "/volunteers/{volunteer_id}/trainings"): [Entry({"volunteer_id": "{member}"}, _ATTAINMENT)],
    ("POST", "/volunteers/{volunteer_id}/awards"): [Entry({"volunteer_id": "{member}"}, _ATTAINMENT)],
    ("GET", "/volunteers/{volunteer_id}/attainments"): [Entry({"volunteer_id": "{member}"})],
    ("POST", "/attainments/{attainment_id}/revocation"): [
        Entry({"attainment_id": "{attainment}"}, {"reason": "登记错人"})
    ],
    ("GET", "/activities/{activity_id}/objections"): [Entry({"activity_id": "{disclosed}"})],
    ("POST", "/objections/{objection_id}/resolution"): [
        Entry({"objection_id": "{objection}"}, {"upheld": False, "reason": "经核实无误"},
              state=("objection_already_resolved", _IN_THE_INBOX[1]))
    ],
    ("POST", "/objections/{objection_id}/appeal"): [
        Entry({"objection_id": "{objection}"}, {"text": "请上级核实"}, rightful="member")
    ],
    ("GET", "/organizations/{organization_id}/appeals"): [Entry(_UNIT)],
    ("POST", "/appeals/{appeal_id}/decision"): [
        Entry({"appeal_id": "{appeal}"}, {"upheld": False, "reason": "经核实无误"}, rightful="above",
              state=_IN_THE_INBOX)
    ],
    ("POST", "/activities/{activity_id}/revocation"): [Entry(_ACTIVITY, {"reason": "台风"})],
    ("GET", "/uploads/{upload_id}"): [
        Entry({"upload_id": "{upload}"}), Entry({"upload_id": "{claimed_file}"})
    ],
    ("POST", "/card/applications/{application_id}/cancellation"): [
        Entry({"application_id": "{application}"}, rightful="member")
    ],
    ("PATCH", "/card/product-periods/{period_id}"): [
        Entry({"period_id": "{period}"}, {"offered_until": None}, rightful="platform")
    ],
    ("GET", "/card/statements/{bank}/{day}"): [Entry({"bank": "boc", "day": "{day}"}, rightful="platform")],
    ("POST", "/card/refused-messages/{refused_id}/retry"): [
        Entry({"refused_id": "{refused_message}"}, rightful="platform")
    ],
    ("POST", "/card/group-applications"): [
        Entry(body={**_UNIT, "region": "440100", "bank": "boc", "card_type": "debit", "volunteer_ids": ["{member}"],
                    "address": "越秀区寺贝通津一号大院礼堂", "preferred_dates": ["{day}"],
                    "contact": {"name": "联络员甲", "phone": "14400000001"}},
              state=("group_too_small", "thirty people for one line of a table are too many"))
    ],
    ("GET", "/organizations/{organization_id}/card-groups"): [Entry(_UNIT)],
    ("POST", "/me/card-group-proposals/{group_id}/consent"): [
        Entry(_GROUP, {"consent": {"version": "2", "recipient": "boc"}}, rightful="member")
    ],
    ("POST", "/me/card-group-proposals/{group_id}/refusal"): [Entry(_GROUP, rightful="member")],
    ("POST", "/me/card-group-proposals/{group_id}/single-application"): [
        Entry(_GROUP, rightful="member", state=("group_closed", "the member has refused just now"))
    ],
    ("POST", "/card/group-applications/{group_id}/visit"): [
        Entry(_GROUP, {"status": "cancelled", "reason": "改期"})
    ],
    ("GET", "/notifications"): [Entry(query=_UNIT, rightful="platform")],
    ("GET", "/notifications/totals"): [
        Entry(query={**_UNIT, "from": "2026-01-01", "to": "2026-01-02"}, rightful="platform")
    ],
    ("POST", "/notifications/{message_id}/resend"): [
        Entry({"message_id": "{outgoing}"}, rightful="platform",
              state=("message_not_resendable", "it did not fail"))
    ],
    ("POST", "/templates/{key}/preview"): [Entry({"key": "enrollment_accepted"}, {}, rightful="platform")],
    ("POST", "/me/notifications/{notification_id}/read"): [
        Entry({"notification_id": "{notification}"}, rightful="member")
    ],
    ("GET", "/me/exports/{export_id}"): [Entry({"export_id": "{export}"}, rightful="member")],
    ("POST", "/me/consents/{consent_id}/withdrawal"): [
        Entry({"consent_id": "{consent}"}, rightful="member",
              state=("consent_needed", "the account itself rests on this one"))
    ],
    ("POST", "/organizations/{organization_id}/imports"): [Entry(_UNIT, {"kind": "volunteers"}, spreadsheet=True)],
    ("GET", "/organizations/{organization_id}/imports"): [Entry(_UNIT)],
    ("GET", "/imports/{import_id}"): [Entry(_IMPORT)],
    ("GET", "/imports/{import_id}/errors"): [Entry(_IMPORT)],
    ("DELETE", "/imports/{import_id}"): [Entry(_IMPORT)],
    ("POST", "/imports/{import_id}/execution"): [
        Entry(_IMPORT, {"only_good": True}, state=("illegal_transition", "it was cancelled above"))
    ],
    ("POST", "/organizations/{organization_id}/disablement"): [Entry(_TEAM, {"reason": "整顿"})],
    ("DELETE", "/organizations/{organization_id}/disablement"): [Entry(_TEAM)],
    ("POST", "/organizations/{organization_id}/move"): [
        Entry(_TEAM, {"parent_id": "{beside}"}, rightful="above")
    ],
    ("DELETE", "/me/sessions"): [Entry(query={"session_id": "{session}"}, rightful="member")],
    ("POST", "/organizations/{organization_id}/ownership-transfers"): [Entry(_UNIT, {"account_id": "{third_account}"})],
}  # fmt: skip


def _ids_of(schema: Schema) -> Iterator[str]:
    for name, each in schema.fields.items():
        inner: Any = each
        while isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            yield from _ids_of(inner.schema)
        elif isinstance(inner, Id):
            yield name


def _takes_an_id(route: Route) -> bool:
    return bool(route.path_parameters and set(route.path_parameters) != {"kind"}) or any(
        _ids_of((route.from_client or route.request)())
    )


def test_the_table_names_every_signed_in_route_that_takes_an_id() -> None:
    wanted = {
        (route.method, route.path)
        for route in ALL_ROUTES
        if route.who not in (Who.PUBLIC, Who.PARTNER) and _takes_an_id(route)
    }
    assert set(TABLE) == wanted, "a new route needs a line in TABLE: whose is the object, and who may not touch it?"


def test_every_exception_says_why() -> None:
    for entries in TABLE.values():
        for entry in entries:
            assert set(entry.may) <= set(ATTACKERS)
            assert all(entry.may.values())
            assert entry.state is None or all(entry.state)


class Trial:
    """Sends what an entry says as whoever is asked for."""

    def __init__(self, http: httpx.Client, scene: Scene) -> None:
        self._http = http
        self._scene = scene
        self._tokens = {name: client.access_token() for name, client in scene.callers.items()}

    def send(self, method: str, path: str, entry: Entry, caller: str) -> httpx.Response:
        """One request."""
        filled = self._fill(entry, caller)
        address = "/v1" + path.format_map(filled["path"])
        headers = {"Authorization": f"Bearer {self._tokens[caller]}"}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        body: dict[str, Any] = {"json": filled["body"]} if method in {"POST", "PUT", "PATCH"} else {}
        if entry.spreadsheet:
            body = {"data": filled["body"], "files": {"file": ("a.xlsx", self._scene.spreadsheet, XLSX)}}
        if not entry.stream:
            return self._http.request(method, address, params=filled["query"], headers=headers, **body)
        with self._http.stream(method, address, params=filled["query"], headers=headers) as answer:
            if answer.status_code >= 400:
                answer.read()
            return answer

    def faults_of_attackers(self, one: Try) -> list[str]:
        """What went wrong when each attacker without a right tried it: nothing."""
        method, path, entry = one
        answers = [
            (attacker, self.send(method, path, entry, attacker)) for attacker in ATTACKERS if attacker not in entry.may
        ]
        return [
            f"{method} {path} {entry.path} as {attacker}: {answer.status_code} {answer.text[:150]}"
            for attacker, answer in answers
            if not _refuses(answer, entry)
        ]

    def ids(self, entry: Entry) -> set[str]:
        """The ids that an entry speaks of."""
        text = repr((entry.path, entry.query, entry.body))
        return {
            self._scene.ids[name] for name in re.findall(r"\{(\w+)\}", text) if name in _OBJECTS & set(self._scene.ids)
        }

    def _fill(self, entry: Entry, caller: str) -> dict[str, Any]:
        ids = self._scene.ids_for(caller)
        parts = {"path": dict(entry.path), "query": dict(entry.query), "body": entry.body}
        return {name: _filled(part, ids) for name, part in parts.items()}


_OBJECTS = frozenset({
    "unit", "hopeful", "administrator", "membership", "member", "colleague", "draft", "activity", "enrollment",
    "other_enrollment", "no_show", "disclosed", "objection", "past", "supplement", "held", "notification", "outgoing",
    "application", "session", "team", "import", "consent", "export", "recovery", "invitation", "third_invitation",
    "delegation", "certificate", "batch", "conflict", "record", "attainment", "anomaly", "left",
    "open_record", "called", "correction", "appeal", "missing", "period", "group", "refused_message",
})  # fmt: skip


def _filled(part: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return part.format_map(ids)
    if isinstance(part, Mapping):
        return {name: _filled(value, ids) for name, value in part.items()}
    return [_filled(value, ids) for value in part] if isinstance(part, list) else part


@pytest.fixture(scope="module")
def scene(world: World) -> Scene:
    return build(world)


@pytest.fixture(scope="module")
def trial(platform: Platform, scene: Scene) -> Iterator[Trial]:
    with httpx.Client(base_url=platform.base_url, timeout=30, trust_env=False) as http:
        yield Trial(http, scene)


@pytest.fixture(scope="module")
def rows(platform: Platform, scene: Scene) -> Iterator[Rows]:
    read = Rows(platform)
    assert wait_for(read.settled, seconds=200), "events are still on their way"
    yield read
    read.close()


def _tries() -> Iterator[Try]:
    for (method, path), entries in TABLE.items():
        for entry in entries:
            yield method, path, entry


def test_nobody_without_a_right_gets_through_and_no_row_is_changed(trial: Trial, rows: Rows) -> None:
    """All tries are made, and only if rows have moved are they made again one by one, to tell which moved them."""
    entries = [(method, path, entry) for method, path, entry in _tries() if not entry.open_to_all]
    everything = set[str]().union(*(trial.ids(entry) for _, _, entry in entries))
    before = rows.naming(everything)
    wrong = [fault for faults in at_once(trial.faults_of_attackers, entries) for fault in faults]
    moved = sorted({table for table, _ in set(rows.naming(everything)) ^ set(before)})
    assert wrong == []
    assert moved == [], _who_moves_rows(trial, rows, entries)


def _who_moves_rows(trial: Trial, rows: Rows, entries: Sequence[Try]) -> str:
    found = []
    for one in entries:
        ids = trial.ids(one[2])
        before = rows.naming(ids)
        trial.faults_of_attackers(one)
        if changed := set(rows.naming(ids)) ^ set(before):
            found.append(f"{one[0]} {one[1]} {one[2].path}: rows changed in {sorted({table for table, _ in changed})}")
    return "\n".join(found) or "none of them again"


def test_whoever_has_the_right_is_not_refused(trial: Trial) -> None:
    wrong = []
    for method, path, entry in _tries():
        for caller in (entry.rightful, *entry.may):
            answer = trial.send(method, path, entry, caller)
            code = answer.json().get("code") if answer.status_code >= 400 else None
            expected = entry.state[0] if entry.state and caller == entry.rightful else None
            refused_inside = entry.inside and any(item["error"] for item in answer.json().get("items", []))
            meant = answer.status_code not in _REFUSED if entry.open_to_all else code == expected
            if not meant or refused_inside:
                wrong.append(f"{method} {path} {entry.path} as {caller}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


def _refuses(answer: httpx.Response, entry: Entry) -> bool:
    if entry.inside and answer.status_code == 200:
        return all((item["error"] or {}).get("code") in {"not_found", "forbidden"} for item in answer.json()["items"])
    return answer.status_code in _REFUSED
