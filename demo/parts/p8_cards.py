"""8. The volunteer card: applications, a group's visit, and the bank (notice, 一.3 and attachment 3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import AMQPError

from demo.check import needed
from demo.client import wait_for
from demo.parts.card_page import show_the_card
from demo.parts.group_cards import ENOUGH, go_as_group
from demo.parts.reconciling import reconcile
from demo.world import Stage, Volunteer
from deploy.partner import bank_consumer, bank_reports
from deploy.partner.bank_consumer import Message

TITLE = "The volunteer card and the bank"

GUANGZHOU, TIANHE, SHENZHEN = "440100", "440106", "440300"
CONSENT_VERSION = "2"
_CONSENT = {"version": CONSENT_VERSION, "recipient": "boc"}
WAY = ("contacted", "approved", "produced", "delivered", "activated")


def play(stage: Stage) -> None:
    """Apply, be refused, go as a group; then the bank."""
    world, check = stage.world, stage.check
    volunteers = needed(world.volunteers, "the volunteers")
    applicant = world.unscanned or volunteers[0]  # who has served for a star by now
    _refusals(stage, applicant)
    application = _applies(stage, applicant)
    others = [volunteer for volunteer in volunteers if volunteer is not applicant]
    team = needed(world.team, "the team")
    group_id = go_as_group(stage, team, others, _CONSENT)
    _what_a_bank_reaches(stage)
    _the_bank_receives(stage, applicant, application, group_id)
    _the_bank_reports(stage, applicant, application)
    check.equal(applicant.client.get("/me/card-applications")["items"][0]["status"], "activated", "the card is in hand")
    show_the_card(stage, team, applicant, others[0])
    reconcile(stage, "boc", application, "activated")


def _form(**changed: Any) -> dict[str, Any]:
    return {
        "bank": "boc",
        "card_type": "debit",
        "region": TIANHE,
        "address": "天河区体育东路一百号某室",
        "consent": _CONSENT,
        **changed,
    }


def _refusals(stage: Stage, applicant: Volunteer) -> None:
    world, check = stage.world, stage.check

    def apply(**changed: Any) -> Any:
        return applicant.client.post("/card/applications", **_form(**changed))

    refusal = check.refused(
        lambda: apply(region=SHENZHEN), "Shenzhen, which has no branch", status=409, code="no_branch_in_city"
    )
    if refusal is not None:
        possible = [place["city_name"] for place in refusal.data.get("possible", [])]
        check.that(
            len(possible) == 20 and "广州" in possible and "深圳" not in possible,
            "the refusal lists the 20 cities that are possible, and the banks' hotlines",
            seen=(possible, refusal.data.get("hotlines")),
        )
    check.refused(lambda: apply(consent=None), "no consent", status=422, code="consent_required")
    check.refused(
        lambda: apply(consent={"version": CONSENT_VERSION, "recipient": "ceb"}),
        "a consent that names another bank",
        status=422,
        code="consent_required",
    )
    rejected = {"no_branch_in_city": 1, "consent_required": 2}
    for code, times in rejected.items():
        world.count("card", "zhiyuan_card_refusals_total", by=times, code=code)


def _applies(stage: Stage, applicant: Volunteer) -> dict[str, Any]:
    world, check = stage.world, stage.check
    hidden = world.visitor.get("/card/products", region=TIANHE)["items"]
    check.that(
        len(hidden) == 4 and all(product["contact"] is None for product in hidden),
        "everybody sees that Guangzhou has four cards to offer; contacts are for those who are signed in",
        seen=len(hidden),
    )
    application = applicant.client.post("/card/applications", **_form())
    contacts = world.platform.pages("/card/branch-contacts", region=GUANGZHOU, bank="boc")
    branch = next(contact for contact in contacts if contact["card_type"] == "debit")
    check.that(
        (application["branch"], application["contact"]) == (branch["branch"], branch["contact"]),
        "Guangzhou, Bank of China, debit: the application goes to that very branch's contact",
    )
    outcome = "routed" if application["status"] == "routed" else "waiting"
    world.count("card", "zhiyuan_card_applications_total", bank="boc", card_type="debit", outcome=outcome)
    world.count_sms("card_routed")

    def routed() -> bool:
        return bool(applicant.client.get("/me/card-applications")["items"][0]["status"] == "routed")

    check.eventually(routed, "it is routed to the bank")
    check.eventually(lambda: world.inbox.of(applicant.person.phone, "card_routed"), "the applicant is told by SMS")
    check.refused(
        lambda: applicant.client.post("/card/applications", **_form()),
        "one application at a time",
        status=409,
        code="application_open",
    )
    return dict(application)


def _what_a_bank_reaches(stage: Stage) -> None:
    check, partner = stage.check, stage.world.access["partner"]
    own = partner["boc"]["amqp_url"]
    base, _, _ = own.rpartition("/")
    check.that(_amqp_refuses(f"{base}/zhiyuan", None), "a bank cannot enter the services' vhost")
    check.that(
        _amqp_refuses(own, lambda channel: channel.basic_get(partner["ceb"]["queue"])), "nor read another bank's queue"
    )
    check.that(_amqp_refuses(own, lambda channel: channel.queue_declare("partner.boc.more")), "nor make a queue")
    check.that(
        _amqp_refuses(own, lambda channel: _publish(channel, "partner.applications")),
        "nor write to the platform's side",
    )


def _publish(channel: Any, exchange: str) -> None:
    channel.confirm_delivery()
    channel.basic_publish(exchange, "boc", b"{}")


def _amqp_refuses(url: str, attempt: Any) -> bool:
    """Whether the broker refuses the connection or, once connected, ``attempt(channel)``."""
    try:
        connection = pika.BlockingConnection(pika.URLParameters(url))
    except AMQPError:
        return True
    try:
        if attempt is not None:
            attempt(connection.channel())
        return False
    except AMQPError:
        return True
    finally:
        if connection.is_open:
            connection.close()


def _the_bank_receives(stage: Stage, applicant: Volunteer, application: dict[str, Any], group_id: str) -> None:
    check, bank = stage.check, stage.world.access["partner"]["boc"]
    key = json.loads(Path(bank["key_file"]).read_text())
    received: list[Message] = []

    def all_have_come() -> bool:
        received.extend(bank_consumer.messages(bank["amqp_url"], bank["queue"], key, idle_seconds=1))
        mine = [m for m in received if m.application_no == application["application_no"]]
        of_group = [m.application_no for m in received if (m.document or {}).get("group_id") == group_id]
        return bool(mine) and None in of_group and len(set(of_group)) == 1 + ENOUGH

    check.that(
        wait_for(all_have_come),
        "the bank takes the application, the visit and the group's 30 from its own queue, with its own credentials",
    )
    documents = [m.document for m in received if m.application_no == application["application_no"] and m.document]
    check.equal(len(documents), 1, "the application comes once")
    for document in documents:
        person = document["applicant"]
        check.that(
            (person["name"], person["cert_no"], person["phone"])
            == (applicant.person.name, applicant.person.cert_no, applicant.person.phone),
            "decrypted with the bank's key, it holds what the applicant has consented to",
        )
        check.that(
            document["consent"]["recipient"] == "boc" and document["branch"] == application["branch"],
            "and the consent, and the branch",
        )


def _the_bank_reports(stage: Stage, applicant: Volunteer, application: dict[str, Any]) -> None:
    world, check, bank = stage.world, stage.check, stage.world.access["partner"]["boc"]
    number = application["application_no"]
    reported = 0

    def report(status: str, **other: Any) -> dict[str, Any]:
        given = {"secret": bank["webhook_secret"], "clock": lambda: world.clock.now().timestamp(), **other}
        return bank_reports.report(world.access["base_url"], given.pop("secret"), number, status, **given)

    def steps() -> list[str]:
        mine = applicant.client.get("/me/card-applications")["items"]
        return next([step["status"] for step in a["history"]] for a in mine if a["application_no"] == number)

    def refused(sentence: str, status: int, code: str, reported_status: str, **other: Any) -> None:
        before = steps()
        try:
            answer: Any = report(reported_status, **other)
        except bank_reports.Refused as refusal:
            answer = (refusal.status, refusal.problem.get("code"))
        check.equal((answer, steps()), ((status, code), before), f"{sentence}: {code}, and nothing changes")

    wrong = "whsec_" + "A" * 43 + "="
    refused("a wrong signature", 401, "bad_signature", "contacted", secret=wrong, attempts=1)
    ceb = world.access["partner"]["ceb"]["webhook_secret"]
    refused("a report signed by the other bank", 404, "not_found", "contacted", secret=ceb, attempts=1)
    long_ago = (world.clock.now() - timedelta(minutes=10)).timestamp()
    refused("a report signed ten minutes ago", 401, "timestamp_out_of_tolerance", "contacted", clock=lambda: long_ago)
    early = "a first spend before the activation"
    refused(early, 409, "illegal_transition", "first_spend", attempts=1)
    for status in WAY:
        answer = report(status, webhook_id=f"msg_{world.invented.number}_{number}_{status}")
        reported += answer["changed"]
        world.count("card", "zhiyuan_card_statuses_total", bank="boc", status=status)
    check.equal(reported, len(WAY), "signed reports take it from contacted to activated")
    last = f"msg_{world.invented.number}_{number}_activated"
    replay = report("activated", webhook_id=last)
    check.equal((replay["changed"], steps()), (False, ["submitted", "routed", *WAY]), "a replay changes nothing")
    refused("the same webhook-id with another content", 409, "webhook_id_reused", "produced", webhook_id=last)
    backward = report("contacted")
    check.equal(
        (backward["changed"], backward["status"], steps()),
        (False, "activated", ["submitted", "routed", *WAY]),
        "a backward status changes nothing",
    )
    world.count("card", "zhiyuan_card_reports_without_change_total", by=3, bank="boc")
    world.count("card", "zhiyuan_card_signatures_refused_total", code="bad_signature")
    world.count("card", "zhiyuan_card_signatures_refused_total", code="timestamp_out_of_tolerance")
    _what_comes_with_it(stage, applicant, report)
    check.eventually(
        lambda: any("已激活" in n["text"] for n in applicant.client.pages("/me/notifications")),
        "the applicant reads each step in the inbox",
    )


def _what_comes_with_it(stage: Stage, applicant: Volunteer, report: Callable[..., dict[str, Any]]) -> None:
    world, check = stage.world, stage.check
    insured = applicant.client.get("/me/card-benefits")
    check.that(
        insured["insurance"] is not None and insured["insurance"]["up_to_yuan"] == 100_000 and not insured["clothing"],
        "the activation has started the insurance, up to 100,000 yuan",
        seen=insured,
    )
    applicant.client.put("/me/card-benefits/clothing-size", clothing_size="XL")
    check.equal(
        (report("first_spend")["changed"], report("first_spend")["changed"]),
        (True, False),
        "the bank reports the first spend, and again in vain",
    )
    clothing = applicant.client.get("/me/card-benefits")["clothing"]
    check.that(
        clothing["clothing_size"] == "XL" and clothing["ordered_at"] is not None,
        "which orders the clothing, in the size that the volunteer has chosen before",
        seen=clothing,
    )
    check.refused(
        lambda: applicant.client.put("/me/card-benefits/clothing-size", clothing_size="S"),
        "another size after the order",
        status=409,
        code="clothing_already_ordered",
    )
    for kind in ("insurance", "clothing"):
        world.count("card", "zhiyuan_card_benefits_total", bank="boc", kind=kind)
