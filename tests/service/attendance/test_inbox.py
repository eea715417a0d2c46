"""One inbox: corrections, missing hours, objections and appeals of all activities, each by the rule of its kind."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.attendance import commands, errors
from services.attendance.use_cases import (
    requesting_corrections,
    reviewing,
)
from services.chassis.context import Caller, Role
from services.chassis.errors import AlreadyDecided, AppError, Invalid, NotFound
from services.chassis.ids import new_id
from services.organization.schemas.reviews import DecideReview
from tests.service.attendance.conftest import World
from tests.service.attendance.inbox import (
    NEW_KINDS,
    NONE_WAITS,
    ONE_EACH,
    Inbox,
    appeal,
    ask_for_correction,
    one_of_each,
    report_missing,
    who,
)

PHOTO = commands.EvidenceFile(upload_id=new_id(), sha256="c" * 64, content_type="image/jpeg", name="合影.jpg")


@pytest.fixture
def inbox(world: World) -> Inbox:
    """The day after the shift."""
    return one_of_each(world)


class TestCounting:
    @pytest.mark.parametrize("where", ["city", "province"])
    def test_an_owner_above_is_told_of_each_how_many_wait_and_since_when(self, inbox: Inbox, where: str) -> None:
        owner = who(inbox, "owner", where)
        inbox.world.clock.advance(days=3)

        assert inbox.counted(owner) == ONE_EACH
        assert {datetime.fromisoformat(since) for since in inbox.since(owner).values()} == {inbox.handed_in_at}

    def test_of_two_that_wait_the_older_says_since_when(self, inbox: Inbox) -> None:
        owner = who(inbox, "owner", "city")
        inbox.world.clock.advance(minutes=1)
        report_missing(inbox.world, inbox.world.volunteer())

        assert inbox.counted(owner)["missing_entries"] == 2
        assert datetime.fromisoformat(inbox.since(owner)["missing_entries"]) == inbox.handed_in_at

    @pytest.mark.parametrize(
        ("role", "where", "kinds"),
        [
            ("owner", "team", {"corrections", "missing_entries", "objections"}),
            ("organizer", "team", {"corrections", "missing_entries"}),
            ("recorder", "team", {"corrections", "missing_entries", "objections"}),
            ("reviewer", "team", {"objections"}),
            ("reviewer", "city", {"objections", "appeals"}),
            ("organizer", "city", {"corrections", "missing_entries"}),
            ("viewer", "city", set()),
            ("owner", "other_city", set()),
        ],
    )
    def test_everybody_is_told_of_what_they_may_decide(
        self, inbox: Inbox, role: str, where: str, kinds: set[str]
    ) -> None:
        caller = who(inbox, role, where)
        assert inbox.counted(caller) == NONE_WAITS | dict.fromkeys(kinds, 1)
        waiting = {kind for kind, since in inbox.since(caller).items() if since is not None}
        assert waiting == kinds

    def test_a_platform_administrator_is_told_of_all(self, inbox: Inbox) -> None:
        assert inbox.counted(Caller(kind="platform", account_id=new_id())) == ONE_EACH

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_what_is_about_oneself_does_not_wait_for_oneself(self, inbox: Inbox, kind: str) -> None:
        above = (Role(inbox.world.province, "owner"),)
        volunteer = Caller(kind="volunteer", account_id=new_id(), volunteer_id=inbox.volunteers[kind], roles=above)
        same_person = Caller(kind="administrator", account_id=inbox.account_of(kind), roles=above)
        for oneself in (volunteer, same_person):
            assert inbox.counted(oneself) == ONE_EACH | {kind: 0}

    @pytest.mark.parametrize("kind", ["objections", "appeals"])
    def test_nor_what_one_has_objected_to(self, inbox: Inbox, kind: str) -> None:
        account_id = inbox.objectors[kind].account_id
        objector = Caller(kind="administrator", account_id=account_id, roles=(Role(inbox.world.province, "owner"),))
        assert inbox.counted(objector) == ONE_EACH | {kind: 0}

    def test_nor_an_appeal_against_what_one_has_resolved(self, inbox: Inbox) -> None:
        account_id = inbox.resolver.account_id
        resolver = Caller(kind="administrator", account_id=account_id, roles=(Role(inbox.world.city, "owner"),))
        assert inbox.counted(resolver) == ONE_EACH | {"appeals": 0}

    def test_an_appeal_waits_above_whoever_resolved_the_objection(self, inbox: Inbox) -> None:
        world, city, province = inbox.world, who(inbox, "owner", "city"), who(inbox, "owner", "province")
        world.resolve(inbox.ids["objections"], who(inbox, "reviewer", "city"), upheld=False)
        of_the_citys = appeal(world, inbox.ids["objections"], inbox.objectors["objections"])

        assert [item["id"] for item in inbox.listed("appeals", city)] == [inbox.ids["appeals"]]
        assert {item["id"] for item in inbox.listed("appeals", province)} == {inbox.ids["appeals"], of_the_citys}
        assert [inbox.counted(owner)["appeals"] for owner in (city, province)] == [1, 2]


class TestListing:
    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_an_owner_above_finds_each_with_its_age_and_whose_activity_it_is_about(
        self, inbox: Inbox, kind: str
    ) -> None:
        inbox.world.clock.advance(days=3)
        (item,) = inbox.listed(kind, who(inbox, "owner", "province"))

        assert (item["id"], item["kind"], item["status"], item["age_days"]) == (inbox.ids[kind], kind, "pending", 3)
        assert datetime.fromisoformat(item["submitted_at"]) == inbox.handed_in_at
        assert (item["organization_id"], item["activity_id"]) == (inbox.world.team, inbox.world.activity)
        assert (item["title"], item["rejection_reason"]) == ("春季植树", None)

    def test_each_says_what_the_list_of_its_own_kind_says(self, inbox: Inbox) -> None:
        owner = who(inbox, "owner", "city")
        found = {kind: inbox.listed(kind, owner)[0] for kind in NEW_KINDS}

        assert (found["corrections"]["reason"], found["corrections"]["record_minutes"]) == ("实际服务到十一点", 60)
        assert (found["missing_entries"]["note"], found["missing_entries"]["witness"]) == ("现场没有网络", "韩梅梅")
        assert (found["objections"]["text"], found["objections"]["contact_masked"]) == ("他提前走了", "138****0001")
        assert (found["objections"]["record_status"], found["objections"]["record_minutes"]) == ("frozen", 60)
        assert (found["appeals"]["objection_status"], found["appeals"]["objection_reason"]) == (
            "dismissed",
            "核实签退表",
        )

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_what_is_listed_is_what_is_counted(self, inbox: Inbox, kind: str) -> None:
        world = inbox.world
        above = (Role(world.province, "owner"),)
        oneself = Caller(kind="volunteer", account_id=new_id(), volunteer_id=inbox.volunteers[kind], roles=above)
        callers = [
            world.administrator(role, where)
            for role in ("owner", "organizer", "recorder", "reviewer", "viewer")
            for where in (world.team, world.city, world.province, world.other_city)
        ]
        for caller in (oneself, *callers):
            assert len(inbox.listed(kind, caller)) == inbox.counted(caller)[kind]

    def test_the_oldest_comes_first_and_pages_go_on_where_they_ended(self, inbox: Inbox) -> None:
        owner = who(inbox, "owner", "province")
        inbox.world.clock.advance(minutes=1)
        younger = report_missing(inbox.world, inbox.world.volunteer())

        first = inbox.page("missing_entries", owner, limit=1)
        second = inbox.page("missing_entries", owner, limit=1, cursor=first["next_cursor"])
        listed = [item["id"] for page in (first, second) for item in page["items"]]
        assert (listed, second["next_cursor"]) == ([inbox.ids["missing_entries"], younger], None)

    @pytest.mark.parametrize(("kind", "status"), [("corrections", "pending"), ("missing_entries", "rejected")])
    def test_a_cursor_of_another_kind_or_status_is_refused(self, inbox: Inbox, kind: str, status: str) -> None:
        owner = who(inbox, "owner", "province")
        report_missing(inbox.world, inbox.world.volunteer())
        cursor = inbox.page("missing_entries", owner, limit=1)["next_cursor"]
        with pytest.raises(Invalid, match="cursor: bad_cursor"):
            inbox.page(kind, owner, status, cursor=cursor)

    def test_what_was_withdrawn_is_no_review_any_more(self, inbox: Inbox) -> None:
        caller, owner = inbox.world.as_volunteer(inbox.volunteers["corrections"]), who(inbox, "owner", "team")
        command = commands.WithdrawCorrection(correction_id=inbox.ids["corrections"])
        inbox.world.do(requesting_corrections.withdraw_correction, command, caller)
        for status in ("pending", "approved", "rejected"):
            assert inbox.listed("corrections", owner, status) == []


class TestVerdicts:
    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_a_no_says_why_and_is_listed_as_rejected(self, inbox: Inbox, kind: str) -> None:
        owner = who(inbox, "owner", "city")
        decided = inbox.decide(kind, owner, approve=False, reason="与签到表不符")

        assert decided == {"id": inbox.ids[kind], "kind": kind, "status": "rejected"}
        assert inbox.counted(owner) == ONE_EACH | {kind: 0}
        (item,) = [each for each in inbox.listed(kind, owner, "rejected") if each["id"] == inbox.ids[kind]]
        assert (item["status"], item["rejection_reason"]) == ("rejected", "与签到表不符")
        with pytest.raises((AlreadyDecided, errors.ObjectionAlreadyResolved)):
            inbox.decide(kind, owner, approve=False, reason="与签到表不符")

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_a_no_without_a_reason_is_refused(self, inbox: Inbox, kind: str) -> None:
        with pytest.raises(Invalid, match="required"):
            inbox.decide(kind, who(inbox, "owner", "city"), approve=False)

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_there_are_no_reasons_to_choose_from(self, inbox: Inbox, kind: str) -> None:
        with pytest.raises(Invalid, match="not_a_choice"):
            inbox.decide(kind, who(inbox, "owner", "city"), approve=False, reason_code="other")

    def test_a_correction_is_granted_as_it_was_asked_for(self, inbox: Inbox) -> None:
        decided = inbox.decide("corrections", who(inbox, "recorder", "team"), approve=True)
        assert decided["status"] == "approved"
        assert inbox.world.summary(inbox.volunteers["corrections"])["total_minutes"] == 120
        (item,) = inbox.listed("corrections", who(inbox, "owner", "team"), "approved")
        assert item["minutes"] == 120

    def test_missing_hours_are_confirmed_by_the_files_of_their_claim_or_not_at_all(self, inbox: Inbox) -> None:
        world, owner = inbox.world, who(inbox, "owner", "team")
        with pytest.raises(Invalid) as refused:
            inbox.decide("missing_entries", owner, approve=True)
        self.names_the_route_that_takes_more(
            refused.value, f"POST /missing-entries/{inbox.ids['missing_entries']}/decision"
        )
        assert [error.code for error in refused.value.errors] == ["needs_evidence"]

        inbox.ids["missing_entries"] = report_missing(world, world.volunteer(), PHOTO)
        assert inbox.decide("missing_entries", owner, approve=True)["status"] == "approved"
        superior = world.administrator("reviewer", world.city)
        assert world.do(reviewing.count_reviews, commands.CountReviews(), superior)["supplements"] == 1

    @pytest.mark.parametrize(("kind", "path"), [("corrections", "corrections"), ("missing_entries", "missing-entries")])
    def test_of_a_time_that_fits_no_more_a_mere_yes_is_not_enough(self, inbox: Inbox, kind: str, path: str) -> None:
        world, owner = inbox.world, who(inbox, "owner", "team")
        inbox.ids["missing_entries"] = report_missing(world, world.volunteer(), PHOTO)
        world.move_shift(hours=-4)

        with pytest.raises(Invalid) as refused:
            inbox.decide(kind, owner, approve=True)
        self.names_the_route_that_takes_more(refused.value, f"POST /{path}/{inbox.ids[kind]}/decision")
        assert [error.code for error in refused.value.errors] == ["needs_time"]
        assert inbox.decide(kind, owner, approve=False, reason="班次已改期")["status"] == "rejected"

    def test_what_was_decided_lacks_nothing_any_more(self, inbox: Inbox) -> None:
        world, owner = inbox.world, who(inbox, "owner", "team")
        world.move_shift(hours=-4)
        for kind in ("corrections", "missing_entries"):
            inbox.decide(kind, owner, approve=False, reason="班次已改期")
            with pytest.raises(AlreadyDecided):
                inbox.decide(kind, owner, approve=True)

    @staticmethod
    def names_the_route_that_takes_more(refused: Invalid, path: str) -> None:
        """The refusal is about a field of the request, and says in both languages where there are more."""
        for error in refused.errors:
            assert error.field in DecideReview().load_fields
            assert path in error.zh
            assert path in error.en

    @pytest.mark.parametrize("kind", ["objections", "appeals"])
    def test_a_mere_yes_takes_no_minutes_back(self, inbox: Inbox, kind: str) -> None:
        deed = {"objections": "resolution", "appeals": "decision"}[kind]
        with pytest.raises(Invalid, match="needs_time") as refused:
            inbox.decide(kind, who(inbox, "owner", "city"), approve=True, reason="确有出入")
        self.names_the_route_that_takes_more(refused.value, f"POST /{kind}/{inbox.ids[kind]}/{deed}")
        assert inbox.world.summary(inbox.volunteers[kind])["total_minutes"] == 60

    def test_an_objection_to_hours_as_a_whole_is_upheld_by_a_yes_and_so_is_an_appeal(self, inbox: Inbox) -> None:
        world, owner = inbox.world, who(inbox, "owner", "city")
        inbox.ids["objections"] = world.object_to(None).id
        assert inbox.decide("objections", owner, approve=True, reason="人数有误")["status"] == "approved"
        objector = inbox.objectors["appeals"]
        in_vain = world.object_to(None, objector)
        world.resolve(in_vain.id, inbox.resolver, upheld=False)
        inbox.ids["appeals"] = appeal(world, in_vain.id, objector)
        assert inbox.decide("appeals", owner, approve=True, reason="人数有误")["status"] == "approved"

    @pytest.mark.parametrize("kind", NEW_KINDS)
    @pytest.mark.parametrize(
        ("role", "where", "refusal"), [("owner", "other_city", NotFound), ("viewer", "city", NotFound)]
    )
    def test_for_whoever_may_not_there_is_nothing_to_decide(
        self, inbox: Inbox, kind: str, role: str, where: str, refusal: type[AppError]
    ) -> None:
        for approve in (False, True):
            with pytest.raises(refusal):
                inbox.decide(kind, who(inbox, role, where), approve=approve, reason="不属实")

    @pytest.mark.parametrize("kind", NEW_KINDS)
    def test_nobody_decides_about_their_own_hours(self, inbox: Inbox, kind: str) -> None:
        above = (Role(inbox.world.province, "owner"),)
        own = Caller(kind="volunteer", account_id=new_id(), volunteer_id=inbox.volunteers[kind], roles=above)
        with pytest.raises(errors.AboutOneself):
            inbox.decide(kind, own, approve=False, reason="不属实")


class TestHistory:
    @pytest.mark.parametrize("kind", ["corrections", "missing_entries", "objections"])
    def test_what_was_decided_last_comes_first(self, inbox: Inbox, kind: str) -> None:
        world, owner, volunteer_id = inbox.world, who(inbox, "owner", "team"), inbox.volunteers[kind]
        record_id = inbox.listed(kind, owner)[0].get("record_id")
        for reason in ("与签到表不符", "仍与签到表不符"):
            inbox.decide(kind, owner, approve=False, reason=reason)
            world.clock.advance(minutes=1)
            if kind == "corrections":
                inbox.ids[kind] = ask_for_correction(world, volunteer_id, record_id)
            elif kind == "missing_entries":
                inbox.ids[kind] = report_missing(world, volunteer_id)
            else:
                inbox.ids[kind] = world.object_to(record_id).id

        assert [past["reason"] for past in inbox.history(kind, owner)] == ["仍与签到表不符", "与签到表不符"]
