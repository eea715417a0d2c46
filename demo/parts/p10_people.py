"""10. People, complete: a second factor, a spreadsheet of staff, a sub-platform of one's own, and being forgotten."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pyotp

from demo.check import needed
from demo.client import Client
from demo.people import PASSWORD, Person, with_wrong_check_digit
from demo.world import Organization, Stage

TITLE = "A second factor, a spreadsheet, a sub-platform, and being forgotten"

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEW_PASSWORD = "Chu-Ci-Deng-Lu-2026"
GOOD_ROWS = 5


def play(stage: Stage) -> None:
    """The unit's administrator secures the account, brings in the staff, opens a site; one of the staff leaves."""
    unit = needed(stage.world.unit, "the unit")
    _second_factor(stage, unit)
    staff = _spreadsheet(stage, unit)
    _sub_platform(stage, unit)
    _forgotten(stage, unit, _first_login(stage, staff[0]), staff[0])


def _second_factor(stage: Stage, unit: Organization) -> None:
    world, check = stage.world, stage.check
    secret = unit.owner.post("/me/totp", password=PASSWORD)["secret"]
    app = pyotp.TOTP(secret)
    recovery = unit.owner.post("/me/totp/confirmation", code=app.at(world.clock.now()))["recovery_codes"]
    check.that(recovery, f"{unit.name}'s administrator sets up an authenticator app, and gets recovery codes")
    check.refused(lambda: _sign_in(unit.owner), "the password alone does not do any more", status=401,
                  code="totp_required")  # fmt: skip
    now = world.clock.advance(timedelta(minutes=1))  # each code of the app is good once
    wrong = f"{(int(app.at(now)) + 1) % 10**6:06}"
    check.refused(lambda: _sign_in(unit.owner, totp=wrong), "nor does a wrong code", status=401, code="bad_totp")
    right = app.at(world.clock.now())
    check.that(_sign_in(unit.owner, totp=right)["access_token"], "password and code together do")
    check.refused(lambda: _sign_in(unit.owner, totp=right), "the same code a second time does not", status=401,
                  code="bad_totp")  # fmt: skip
    unit.owner.post("/me/totp/removal", password=PASSWORD, code=recovery[0])
    check.that(_sign_in(unit.owner)["access_token"], "with a recovery code the app is taken off again")


def _sign_in(owner: Client, **totp: str) -> dict[str, Any]:
    """One attempt by hand: the client of an owner would try again by itself."""
    visitor = owner.anonymous()
    return dict(visitor.post("/sessions", account=owner.account, password=PASSWORD, **totp, **visitor.solved_captcha()))


def _spreadsheet(stage: Stage, unit: Organization) -> list[Person]:
    world, check = stage.world, stage.check
    people = [world.invented.person() for _ in range(GOOD_ROWS + 1)]
    template = unit.owner.fetch("/import-templates/volunteers", XLSX, format="xlsx")
    sent = unit.owner.send_file(
        f"/organizations/{unit.id}/imports", "staff.xlsx", _filled_in(template, people), XLSX, kind="volunteers"
    )
    path = f"/imports/{sent['import_id']}"
    check.eventually(
        lambda: unit.owner.get(path)["status"] == "checked", "the unit's spreadsheet is checked, row by row"
    )
    found = unit.owner.get(path)
    check.equal((found["good"], found["bad"], found["imported"]), (GOOD_ROWS, 1, 0), "five rows are good, one is bad,"
                " and nothing has been imported")  # fmt: skip
    faults = [(row["row"], error["column"]) for row in unit.owner.pages(f"{path}/errors") for error in row["errors"]]
    check.equal([column for _row, column in faults], ["cert_no"], "the bad one is told with its row and column")
    check.refused(lambda: unit.owner.post(f"{path}/execution", only_good=False), "all or nothing: nothing", status=409,
                  code="import_has_errors")  # fmt: skip
    unit.owner.post(f"{path}/execution", only_good=True)
    check.eventually(lambda: unit.owner.get(path)["status"] == "done", "the good ones are imported")
    check.equal(unit.owner.get(path)["imported"], GOOD_ROWS, "all five")
    world.count("identity", "zhiyuan_identity_registrations_total", by=GOOD_ROWS, kind="volunteer")
    world.count("organization", "zhiyuan_organization_reviews_decided_total", by=GOOD_ROWS, kind="memberships")
    names = {person.name for person in people[:GOOD_ROWS]}
    check.eventually(lambda: len(_members(unit)) >= GOOD_ROWS, f"{unit.name} has {len(names)} members more")
    return people[:GOOD_ROWS]


def _filled_in(template: bytes, people: list[Person]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    for person in people:
        cert_no = person.cert_no if person is not people[-1] else with_wrong_check_digit(person.cert_no)
        sheet.append([person.name, "居民身份证", cert_no, person.phone, "440106"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _members(unit: Organization) -> list[dict[str, Any]]:
    return list(unit.owner.pages(f"/organizations/{unit.id}/members"))


def _first_login(stage: Stage, person: Person) -> Client:
    world, check = stage.world, stage.check
    visitor = world.visitor
    visitor.post("/password-resets", account=person.phone, channel="sms")
    world.count_sms("verification_code")
    code = world.inbox.code(person.phone)
    visitor.put("/password-resets", account=person.phone, code=code, new_password=NEW_PASSWORD)
    client = visitor.signed_in_as(person.phone, NEW_PASSWORD)
    check.eventually(
        lambda: client.get("/me")["volunteer"]["status"] == "active",
        "somebody of the staff confirms by SMS, and is active",
    )
    return client


def _sub_platform(stage: Stage, unit: Organization) -> None:
    world, check = stage.world, stage.check
    host = f"unit-{world.invented.number}.example.org"
    unit.owner.put(f"/organizations/{unit.id}/site", domain=host, title="单位志愿服务", primary_color="#c8102e")
    check.that(world.visitor.get_at(host, "/site")["main"], f"{host} shows nothing of the unit's before it is approved")
    world.platform.post(f"/organizations/{unit.id}/site/approval")
    site = world.visitor.get_at(host, "/site")
    check.equal(
        (site["title"], site["organization_id"]), ("单位志愿服务", unit.id), f"{host} shows the unit's own face"
    )
    check.that(world.visitor.get_at("nobody.example.org", "/site")["main"], "an unknown Host gets the main site")
    listed = {each["organization_id"] for each in world.visitor.get_at(host, "/organizations", site="true")["items"]}
    team = needed(world.team, "the team")
    check.that(unit.id in listed and needed(world.guangzhou, "Guangzhou").id not in listed,
               f"its lists hold what stands below it, such as {team.name}, and nothing else")  # fmt: skip


def _forgotten(stage: Stage, unit: Organization, client: Client, person: Person) -> None:
    check = stage.check
    told = client.get("/me/export")
    check.equal(
        told["volunteer"]["cert_no"], person.cert_no, "whoever asks is given all that is kept of them, in clear"
    )
    before = len(_members(unit))
    client.delete("/me")
    check.refused(client.sign_in, "whoever asks to be forgotten cannot sign in any more", status=401,
                  code="bad_credentials")  # fmt: skip
    check.eventually(lambda: len(_members(unit)) == before - 1, "and is no member any more")
    check.refused(lambda: client.get("/me"), "and the token is good for nothing", status=401, code="bad_credentials")
