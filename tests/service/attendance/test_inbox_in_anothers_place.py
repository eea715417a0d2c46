"""The inbox in another's place: what is lent of it, that nobody's own is decided by standing in, and what is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from services.attendance import commands, errors
from services.attendance.models import HeldHours, Supplement
from services.attendance.use_cases import appealing, correcting, evidence, held_reviews, missing_entries, reviewing
from services.chassis.audit_reading import ListAuditLogQuery, list_audit_log
from services.chassis.context import Caller, Role
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.organization.events import DelegationChanged
from tests.service.attendance.conftest import SHIFT_STARTS, World
from tests.service.attendance.inbox import (
    NEW_KINDS,
    NONE_WAITS,
    ONE_EACH,
    UNTIL,
    Inbox,
    appeal,
    ask_for_correction,
    one_of_each,
    report_missing,
    who,
)

REASON = "与签到表不符"
PHOTO = commands.EvidenceFile(upload_id=new_id(), sha256="d" * 64, content_type="image/jpeg", name="合影.jpg")
AUDITED = {
    "corrections": "correction:{} correction.refused",
    "missing_entries": "missing_entry:{} missing_entry.rejected",
    "objections": "objection:{} objection.dismissed",
    "appeals": "appeal:{} appeal.dismissed",
}


@dataclass
class Lending:
    """An owner of the city has lent their work to a reviewer of the other city."""

    inbox: Inbox
    delegator: Caller
    delegate: Caller
    delegation: DelegationChanged

    @property
    def world(self) -> World:
        """Where it is."""
        return self.inbox.world

    def waits_for_all_but_the_delegate(self, kind: str) -> None:
        """The delegate is neither told of the one of that kind nor finds it, and is told of the others."""
        assert self.inbox.counted(self.delegate) == ONE_EACH | {kind: 0}
        assert self.inbox.listed(kind, self.delegate) == []
        assert self.inbox.counted(who(self.inbox, "owner", "province")) == ONE_EACH

    def no(self, kind: str, caller: Caller | None = None) -> Any:
        """A verdict of no, by the delegate unless somebody else is named."""
        return self.inbox.decide(kind, caller or self.delegate, approve=False, reason=REASON)


def lend(inbox: Inbox, role: str = "owner", account_id: str | None = None) -> Lending:
    """``account_id``: whose, if it is to be somebody's whom the inbox knows."""
    world = inbox.world
    delegator = replace(world.administrator(role, world.city), account_id=account_id or new_id())
    delegate = world.administrator("reviewer", world.other_city)
    world.hold(delegator, world.city, role)
    world.hold(delegate, world.other_city, "reviewer")
    return Lending(inbox, delegator, delegate, world.lend(delegator, world.city, delegate))


@pytest.fixture
def inbox(world: World) -> Inbox:
    """The day after the shift."""
    return one_of_each(world)


@pytest.fixture
def lending(inbox: Inbox) -> Lending:
    """In force."""
    return lend(inbox)


def with_role(caller: Caller, organization_id: str, role: str) -> Caller:
    """The same person with another role beside."""
    return replace(caller, roles=(*caller.roles, Role(organization_id, role)))


class TestWhatIsLent:
    def test_the_delegate_is_told_of_each_and_finds_it(self, lending: Lending) -> None:
        assert lending.inbox.counted(lending.delegate) == ONE_EACH
        for kind in NEW_KINDS:
            assert [item["id"] for item in lending.inbox.listed(kind, lending.delegate)] == [lending.inbox.ids[kind]]

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_the_delegate_decides_and_history_and_audit_log_say_in_whose_place(
        self, lending: Lending, kind: str
    ) -> None:
        lending.no(kind)

        past = lending.inbox.history(kind, who(lending.inbox, "owner", "province"))[0]
        assert (past["outcome"], past["reason"], past["decided_by"], past["on_behalf_of"]) == (
            "rejected",
            REASON,
            lending.delegate.account_id,
            lending.delegator.account_id,
        )
        subject, action = AUDITED[kind].format(lending.inbox.ids[kind]).split()
        asked = ListAuditLogQuery(service=None, subject=subject, action=action, limit=20, cursor=None)
        page = lending.world.do(list_audit_log, asked, Caller(kind="platform", account_id=new_id()))
        assert [row.details["on_behalf_of"] for row in page.items] == [lending.delegator.account_id]

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_whoever_has_the_right_decides_in_their_own_name(self, lending: Lending, kind: str) -> None:
        both = with_role(lending.delegate, lending.world.province, "owner")
        lending.no(kind, both)
        past = lending.inbox.history(kind, both)[0]
        assert (past["decided_by"], past["on_behalf_of"]) == (both.account_id, None)

    def test_nobody_lends_more_than_they_may_themselves(self, inbox: Inbox) -> None:
        lending = lend(inbox, role="reviewer")
        assert inbox.counted(lending.delegate) == NONE_WAITS | {"objections": 1, "appeals": 1}
        for kind in ("corrections", "missing_entries"):
            with pytest.raises(NotFound):
                lending.no(kind)
            with pytest.raises(NotFound):
                inbox.history(kind, lending.delegate)
        for kind in ("objections", "appeals"):
            lending.no(kind)

    def test_it_ends_with_the_delegation(self, lending: Lending) -> None:
        lending.world.hear(replace(lending.delegation, revoked=True), version=2)
        assert lending.inbox.counted(lending.delegate) == NONE_WAITS
        for kind in NEW_KINDS:
            with pytest.raises(NotFound):
                lending.no(kind)
            with pytest.raises(NotFound):
                lending.inbox.history(kind, lending.delegate)

    def test_the_files_are_the_delegates_to_look_at(self, inbox: Inbox) -> None:
        world = inbox.world
        corrected = replace(PHOTO, upload_id=new_id())
        volunteer_id = world.volunteer()
        world.clock.advance(days=-1)
        record = world.serve(volunteer_id, minutes=30)
        world.clock.advance(days=1)
        ask_for_correction(world, volunteer_id, record.id, corrected)
        report_missing(world, world.volunteer(), PHOTO)
        lending = lend(inbox)
        for upload_id in (corrected.upload_id, PHOTO.upload_id):
            asked = commands.MaySeeUpload(upload_id=upload_id)
            assert world.do(evidence.may_see_upload, asked, lending.delegate) == {"allowed": True}
        world.hear(replace(lending.delegation, revoked=True), version=2)
        for upload_id in (corrected.upload_id, PHOTO.upload_id):
            asked = commands.MaySeeUpload(upload_id=upload_id)
            assert world.do(evidence.may_see_upload, asked, lending.delegate) == {"allowed": False}

    def test_it_lends_decisions_and_nothing_else(self, lending: Lending) -> None:
        (item,) = lending.inbox.listed("corrections", lending.delegate)
        amend = commands.AmendRecord(record_id=item["record_id"], reason=REASON, corrected=None)
        with pytest.raises(NotFound):
            lending.world.do(correcting.amend_record, amend, lending.delegate)
        with pytest.raises(Forbidden):
            lending.world.supplement(lending.world.volunteer(), lending.delegate)


class TestNobodysOwn:
    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_not_the_hours_of_who_stands_in(self, lending: Lending, kind: str) -> None:
        oneself = replace(lending.delegate, kind="volunteer", volunteer_id=lending.inbox.volunteers[kind])
        assert lending.inbox.counted(oneself) == ONE_EACH | {kind: 0}
        with pytest.raises(errors.AboutOneself):
            lending.no(kind, oneself)

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_not_the_hours_of_who_is_stood_in_for(self, inbox: Inbox, kind: str) -> None:
        lending = lend(inbox, account_id=inbox.account_of(kind))
        lending.waits_for_all_but_the_delegate(kind)
        with pytest.raises(errors.AboutOneself):
            lending.no(kind)
        lending.no(kind, who(inbox, "owner", "province"))
        rejected = [item["id"] for item in inbox.listed(kind, lending.delegate, "rejected")]
        assert inbox.ids[kind] not in rejected

    @pytest.mark.parametrize("kind", ["objections", "appeals"])
    def test_not_what_who_stands_in_has_objected_to(self, lending: Lending, kind: str) -> None:
        lending.world.hold(lending.inbox.objectors[kind], lending.world.other_city, "reviewer")
        objector = lending.inbox.objectors[kind]
        lending.world.lend(lending.delegator, lending.world.city, objector)
        assert lending.inbox.counted(objector) == ONE_EACH | {kind: 0}
        with pytest.raises(errors.AboutOneself):
            lending.no(kind, objector)

    @pytest.mark.parametrize("kind", ["objections", "appeals"])
    def test_not_what_who_is_stood_in_for_has_objected_to(self, inbox: Inbox, kind: str) -> None:
        lending = lend(inbox, account_id=inbox.objectors[kind].account_id)
        lending.waits_for_all_but_the_delegate(kind)
        with pytest.raises(errors.AboutOneself):
            lending.no(kind)

    def test_not_a_correction_that_who_is_stood_in_for_has_asked_for(self, inbox: Inbox) -> None:
        with inbox.world.units() as uow:
            asked = uow.corrections.find(inbox.ids["corrections"])
            assert asked is not None
            asker = asked.requested_by
        lending = lend(inbox, account_id=asker)
        lending.waits_for_all_but_the_delegate("corrections")
        with pytest.raises(errors.AboutOneself):
            lending.no("corrections")

    @pytest.mark.parametrize("party", ["objector", "appellant"])
    def test_no_appeal_of_either_party_where_they_are_two(self, inbox: Inbox, party: str) -> None:
        world, objector = inbox.world, inbox.objectors["objections"]
        world.resolve(inbox.ids["objections"], inbox.resolver, served_minutes=30)
        inbox.decide("appeals", who(inbox, "owner", "province"), approve=False, reason=REASON)
        appellant = world.as_volunteer(inbox.volunteers["objections"])
        inbox.ids["appeals"] = appeal(world, inbox.ids["objections"], appellant)
        concerned = {"objector": objector, "appellant": appellant}[party]
        assert (
            inbox.listed("appeals", replace(with_role(concerned, world.province, "owner"), kind="administrator")) == []
        )

        lending = lend(inbox, account_id=concerned.account_id)
        assert inbox.listed("appeals", lending.delegate) == []
        with pytest.raises(errors.AboutOneself):
            lending.no("appeals")

    def test_no_appeal_against_what_who_is_stood_in_for_has_resolved(self, inbox: Inbox) -> None:
        lending = lend(inbox, account_id=inbox.resolver.account_id)
        lending.waits_for_all_but_the_delegate("appeals")
        with pytest.raises(errors.AboutOneself):
            lending.no("appeals")

    def test_who_is_concerned_lends_in_vain_and_somebody_else_does_not(self, inbox: Inbox) -> None:
        lending = lend(inbox, account_id=inbox.account_of("corrections"))
        another = inbox.world.administrator("owner", inbox.world.city)
        inbox.world.hold(another, inbox.world.city, "owner")
        inbox.world.clock.advance(minutes=1)
        inbox.world.lend(another, inbox.world.city, lending.delegate)

        assert inbox.counted(lending.delegate) == ONE_EACH
        lending.no("corrections")
        assert inbox.history("corrections", lending.delegate)[0]["on_behalf_of"] == another.account_id

    def test_nor_does_somebody_else_lend_what_is_out_of_their_reach(self, inbox: Inbox) -> None:
        lending = lend(inbox, account_id=inbox.account_of("corrections"))
        another = inbox.world.administrator("owner", inbox.world.other_city)
        inbox.world.hold(another, inbox.world.other_city, "owner")
        inbox.world.lend(another, inbox.world.other_city, lending.delegate)
        lending.waits_for_all_but_the_delegate("corrections")

    def test_where_it_concerns_every_lender_it_is_nobodys_to_lend(self, inbox: Inbox) -> None:
        lending = lend(inbox, account_id=inbox.account_of("objections"))
        objector = inbox.objectors["objections"]
        inbox.world.hold(objector, inbox.world.province, "owner")
        inbox.world.lend(objector, inbox.world.province, lending.delegate)
        lending.waits_for_all_but_the_delegate("objections")

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_what_one_may_decide_oneself_waits_whatever_was_lent(self, inbox: Inbox, kind: str) -> None:
        lending = lend(inbox, account_id=inbox.account_of(kind))
        assert inbox.counted(with_role(lending.delegate, inbox.world.province, "owner")) == ONE_EACH


class TestWhatComesNext:
    """A decision made in somebody's place is theirs, too, wherever nobody decides twice."""

    def test_an_appeal_goes_above_the_organization_whose_work_was_lent_and_to_neither_of_the_two(
        self, lending: Lending
    ) -> None:
        inbox, world = lending.inbox, lending.world
        objection_id = inbox.ids["objections"]
        lending.no("objections")
        inbox.ids["appeals"] = appeal(world, objection_id, inbox.objectors["objections"])

        with pytest.raises(errors.SuperiorDecides):
            lending.no("appeals", world.administrator("owner", world.city))
        for decided in (lending.delegate, lending.delegator):
            above = with_role(decided, world.province, "owner")
            assert inbox.ids["appeals"] not in [item["id"] for item in inbox.listed("appeals", above)]
            with pytest.raises(errors.OwnDecision):
                lending.no("appeals", above)
        deputy, superior = world.administrator("reviewer", world.other_city), lending.delegator
        world.hold(deputy, world.other_city, "reviewer")
        world.hold(superior, world.province, "owner")
        world.lend(superior, world.province, deputy)
        with pytest.raises(errors.AboutOneself):
            lending.no("appeals", deputy)
        lending.no("appeals", who(inbox, "owner", "province"))

    def test_of_two_who_lend_it_is_the_nearest_in_whose_name_an_objection_is_resolved(self, inbox: Inbox) -> None:
        world, objection_id = inbox.world, inbox.ids["objections"]
        delegate = world.administrator("reviewer", world.other_city)
        world.hold(delegate, world.other_city, "reviewer")
        high, low = (world.administrator("owner", organization_id) for organization_id in (world.province, world.city))
        for delegator, organization_id in ((high, world.province), (low, world.city)):
            world.hold(delegator, organization_id, "owner")
            world.lend(delegator, organization_id, delegate)
            world.clock.advance(minutes=1)
        inbox.decide("objections", delegate, approve=False, reason=REASON)

        assert inbox.history("objections", delegate)[0]["on_behalf_of"] == low.account_id
        inbox.ids["appeals"] = appeal(world, objection_id, inbox.objectors["objections"])
        inbox.decide("appeals", who(inbox, "owner", "province"), approve=False, reason=REASON)

    def confirm_missing(self, lending: Lending, hours: int = 2) -> str:
        """A claim with a photo is confirmed by the delegate; answers the supplement's id."""
        world = lending.world
        entry_id = report_missing(world, world.volunteer(), PHOTO, until=SHIFT_STARTS + timedelta(hours=hours))
        command = commands.DecideMissingEntry(missing_entry_id=entry_id, confirm=True, reason=None, corrected=None)
        return str(world.do(missing_entries.decide_missing_entry, command, lending.delegate)["supplement_id"])

    def test_missing_hours_are_confirmed_in_anothers_place(self, lending: Lending) -> None:
        supplement_id = self.confirm_missing(lending)
        with lending.world.units() as uow:
            supplement = uow.session.get_one(Supplement, supplement_id)
            assert (supplement.submitted_by, supplement.submitted_on_behalf_of) == (
                lending.delegate.account_id,
                lending.delegator.account_id,
            )

    def test_the_supplement_is_decided_by_neither_of_the_two_nor_in_their_place(self, lending: Lending) -> None:
        world, supplement_id = lending.world, self.confirm_missing(lending)
        deputy = world.administrator("reviewer", world.other_city)
        superior = with_role(lending.delegator, world.province, "reviewer")
        world.hold(deputy, world.other_city, "reviewer")
        world.hold(superior, world.province, "reviewer")
        world.lend(superior, world.province, deputy)
        for decided in (superior, with_role(lending.delegate, world.province, "reviewer"), deputy):
            assert world.do(reviewing.count_reviews, commands.CountReviews(), decided)["supplements"] == 0
            with pytest.raises(errors.OwnSupplement):
                world.decide(supplement_id, decided)
        world.decide(supplement_id, world.administrator("reviewer", world.city))

    def held(self, world: World) -> HeldHours:
        """The one that waits."""
        with world.units() as uow:
            (held,) = uow.session.query(HeldHours).filter(HeldHours.status == "waiting").all()
            uow.session.expunge(held)
        return held  # type: ignore[no-any-return]

    def corrected_beyond_a_day(self, lending: Lending) -> Supplement:
        """An hour waits of what the delegate has corrected, beside seven of the supplement that is answered."""
        world, volunteer_id = lending.world, lending.inbox.volunteers["corrections"]
        other = world.supplement(
            volunteer_id,
            world.administrator("recorder", world.team),
            starts_at=UNTIL,
            ends_at=UNTIL + timedelta(hours=7),
        )
        world.decide(other.id, world.administrator("reviewer", world.city))
        lending.inbox.decide("corrections", lending.delegate, approve=True)
        with world.units() as uow:
            return uow.session.get_one(Supplement, other.id)  # type: ignore[no-any-return]

    def test_what_still_waits_of_them_when_others_leave_room_is_theirs_as_before(self, lending: Lending) -> None:
        world, other = lending.world, self.corrected_beyond_a_day(lending)
        shorter = commands.AmendRecord(
            record_id=str(other.record_id),
            reason=REASON,
            corrected=commands.CorrectedTime(starts_at=UNTIL, ends_at=other.ends_at - timedelta(minutes=30)),
        )
        world.do(correcting.amend_record, shorter, world.administrator("owner", world.team))
        held = self.held(world)
        assert (held.minutes, held.recorded_by, held.recorded_on_behalf_of) == (
            30,
            lending.delegate.account_id,
            lending.delegator.account_id,
        )

    @pytest.mark.parametrize("by", ["supplement", "correction", "objection", "appeal"])
    def test_hours_that_a_day_does_not_count_at_once_are_granted_by_neither_of_the_two_nor_in_their_place(
        self, lending: Lending, by: str
    ) -> None:
        world, inbox = lending.world, lending.inbox
        nine_hours = commands.CorrectedTime(starts_at=SHIFT_STARTS, ends_at=SHIFT_STARTS + timedelta(hours=9))
        if by == "supplement":
            world.decide(self.confirm_missing(lending, hours=9), world.administrator("reviewer", world.city))
        elif by == "correction":
            self.corrected_beyond_a_day(lending)
        elif by == "objection":
            world.resolve_as(inbox.ids["objections"], lending.delegate, nine_hours)
        else:
            longer = commands.DecideAppeal(
                appeal_id=inbox.ids["appeals"], upheld=True, reason=REASON, corrected=nine_hours
            )
            world.do(appealing.decide_appeal, longer, lending.delegate)
        held = self.held(world)
        assert (held.minutes, held.recorded_by, held.recorded_on_behalf_of) == (
            60,
            lending.delegate.account_id,
            lending.delegator.account_id,
        )
        deputy = world.administrator("reviewer", world.other_city)
        superior = with_role(lending.delegator, world.province, "reviewer")
        world.hold(deputy, world.other_city, "reviewer")
        world.hold(superior, world.province, "reviewer")
        world.lend(superior, world.province, deputy)
        decision = commands.DecideReview(kind="hours", id=held.id, approve=True, reason=None)
        for decided in (superior, with_role(lending.delegate, world.province, "reviewer"), deputy):
            assert world.do(reviewing.count_reviews, commands.CountReviews(), decided)["hours"] == 0
            with pytest.raises(errors.OwnHours):
                world.do(held_reviews.decide_hours_review, decision, decided)
        world.do(held_reviews.decide_hours_review, decision, world.administrator("reviewer", world.city))
