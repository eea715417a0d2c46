"""Tencent, Aliyun, WeChat and mail, the real adapters against simulators that check what the real side checks."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest
from starlette.types import ASGIApp

from deploy.simulators.app import simulators
from deploy.simulators.moods import Mood, phone_with
from deploy.simulators.smtp import MailServer as SimulatedMailServer
from deploy.simulators.world import Accounts, World
from services.chassis.wechat import WeChatInterface
from services.notify.domain import Channel, ErrorClass
from services.notify.providers.aliyun import AliyunAccount, AliyunSms
from services.notify.providers.approved import ApprovedTemplates
from services.notify.providers.base import NullProvider, Provider, Refused, Taken
from services.notify.providers.mail import SmtpProvider
from services.notify.providers.shortening import ParameterLengths, longest_at_wechat, shortened
from services.notify.providers.tencent import TencentAccount, TencentSms
from services.notify.providers.wechat import WeChatTemplates
from services.notify.settings import MailServer
from tests.unit.notify.provider_contract import NOW, EveryProvider, Stage, batch

OURS = ApprovedTemplates.named_as_ours()
TEMPORARY, THROTTLED = ErrorClass.TEMPORARY, ErrorClass.THROTTLED
PERMANENT, ACCOUNT, UNREACHABLE = ErrorClass.PERMANENT, ErrorClass.ACCOUNT, ErrorClass.UNREACHABLE
BY_SMS = {
    Mood.BAD: PERMANENT,
    Mood.BLACKLISTED: PERMANENT,
    Mood.DAILY: PERMANENT,
    Mood.THROTTLED: THROTTLED,
    Mood.ACCOUNT: ACCOUNT,
    Mood.DOWN: TEMPORARY,
}


def phone(n: int) -> str:
    return f"138{n:08}"


def tencent(http: httpx.Client, clock: Callable[[], float] | None = None, **changed: Any) -> TencentSms:
    values = {
        "secret_id": "simulated", "secret_key": "simulated", "app_id": "simulated", "sign_name": "i志愿",
        "templates": OURS, "url": "http://simulators.invalid/tencent", **changed,
    }  # fmt: skip
    account = TencentAccount(**values)
    return TencentSms(account, http, **({"clock": clock} if clock else {}))


def aliyun(http: httpx.Client, clock: Callable[[], float] | None = None, **changed: Any) -> AliyunSms:
    values = {
        "key_id": "simulated", "key_secret": "simulated", "receipt_key": "r", "sign_name": "i志愿",
        "templates": OURS, "url": "http://simulators.invalid/aliyun", **changed,
    }  # fmt: skip
    account = AliyunAccount(**values)
    return AliyunSms(account, http, **({"clock": clock} if clock else {}))


def wechat(http: httpx.Client, secret: str = "simulated") -> WeChatTemplates:
    http.base_url = httpx.URL("http://simulators.invalid/wechat")
    return WeChatTemplates(WeChatInterface("simulated", secret, http), OURS)


@pytest.fixture
def world() -> World:
    return World(Accounts(wechat_push_token="p"))


@pytest.fixture
def http(world: World) -> httpx.Client:
    return over(simulators(world))


def over(app: ASGIApp) -> httpx.Client:
    """A blocking client, as the adapters have one, whose other end is ``app``: no socket between them."""

    async def ask(request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            answer = await client.send(
                httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
            )
            return httpx.Response(answer.status_code, content=answer.content)

    return httpx.Client(transport=httpx.MockTransport(lambda request: asyncio.run(ask(request))))


def arrived(world: World) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(kept.recipient, kept.text) for kept in world.kept]


class TestTencent(EveryProvider):
    refusals: ClassVar = BY_SMS

    @pytest.fixture
    def stage(self, world: World, http: httpx.Client) -> Stage:
        return Stage(tencent(http), arrived(world), phone, phone_with)


class TestAliyun(EveryProvider):
    refusals: ClassVar = BY_SMS

    @pytest.fixture
    def stage(self, world: World, http: httpx.Client) -> Stage:
        return Stage(aliyun(http), arrived(world), phone, phone_with)


class TestWeChat(EveryProvider):
    refusals: ClassVar = {
        Mood.BAD: UNREACHABLE,
        Mood.UNREACHABLE: UNREACHABLE,
        Mood.BLACKLISTED: UNREACHABLE,
        Mood.THROTTLED: THROTTLED,
        Mood.ACCOUNT: ACCOUNT,
        Mood.DOWN: TEMPORARY,
    }

    @pytest.fixture
    def stage(self, world: World, http: httpx.Client) -> Stage:
        return Stage(wechat(http), arrived(world), lambda n: f"o{n}", lambda mood: f"{mood}-1")


class TestMail(EveryProvider):
    refusals: ClassVar = {
        Mood.BAD: PERMANENT,
        Mood.BLACKLISTED: PERMANENT,
        Mood.THROTTLED: TEMPORARY,
        Mood.DOWN: TEMPORARY,
    }

    @pytest.fixture
    def stage(self, world: World) -> Iterator[Stage]:
        with mail_server(world) as port:
            provider = SmtpProvider(MailServer.parse(f"smtp://127.0.0.1:{port}"), "noreply@example.org")
            yield Stage(provider, arrived(world), lambda n: f"kapok{n}@example.org", lambda mood: f"{mood}@example.org")


@contextmanager
def mail_server(world: World) -> Iterator[int]:
    """A simulated mail server on a thread of its own, for ``smtplib`` blocks; answers its port."""
    listening: queue.SimpleQueue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = queue.SimpleQueue()

    async def serve() -> None:
        done = asyncio.Event()
        server = await SimulatedMailServer(world).start("127.0.0.1", 0)
        listening.put((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), done))
        await done.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    port, loop, done = listening.get()
    yield port
    loop.call_soon_threadsafe(done.set)
    thread.join()


def test_who_has_no_contract_refuses_for_good() -> None:
    answers = NullProvider(Channel.SMS).send(batch([phone(1)]), NOW)
    assert [answer.error_class for answer in answers] == [PERMANENT]


@pytest.mark.parametrize("of", [tencent, aliyun])
def test_the_words_arrive_as_the_approved_template_has_them(
    world: World, http: httpx.Client, of: Callable[[httpx.Client], Provider]
) -> None:
    of(http).send(batch([phone(1)], "verification_code"), NOW)
    assert [kept.text for kept in world.kept] == ["【i志愿】您的验证码是246810，5分钟内有效，请勿告诉他人。"]


@pytest.mark.parametrize(
    "stranger",
    [
        lambda http: tencent(http, secret_key="guessed"),
        lambda http: tencent(http, secret_id="stranger"),
        lambda http: tencent(http, clock=lambda: 1551113065.0),
        lambda http: tencent(http, app_id="other"),
        lambda http: aliyun(http, key_secret="guessed"),
        lambda http: aliyun(http, key_id="stranger"),
        lambda http: aliyun(http, clock=lambda: 1551113065.0),
        lambda http: aliyun(http, sign_name="another"),
        lambda http: wechat(http, secret="guessed"),
    ],
)
def test_whom_a_provider_does_not_know_has_to_put_their_account_right(
    world: World, http: httpx.Client, stranger: Callable[[httpx.Client], Provider]
) -> None:
    (answer,) = stranger(http).send(batch([phone(1)]), NOW)
    assert isinstance(answer, Refused)
    assert answer.error_class is ACCOUNT
    assert list(world.kept) == []


@pytest.mark.parametrize("of", [tencent, aliyun])
def test_a_second_code_within_a_minute_waits_and_an_eleventh_a_day_never_goes(
    world: World, http: httpx.Client, of: Callable[[httpx.Client], Provider]
) -> None:
    at, provider = [0.0], of(http)
    world.clock = lambda: at[0]

    def send() -> Taken | Refused:
        (answer,) = provider.send(batch([phone(1)], "verification_code"), NOW)
        return answer

    assert isinstance(send(), Taken)
    second = send()
    assert isinstance(second, Refused)
    assert second.error_class is THROTTLED
    for _ in range(9):
        at[0] += 3600
        assert isinstance(send(), Taken)
    at[0] += 3600
    eleventh = send()
    assert isinstance(eleventh, Refused)
    assert eleventh.error_class is PERMANENT


def test_wechat_is_asked_again_when_somebody_has_changed_the_token(world: World, http: httpx.Client) -> None:
    provider = wechat(http)
    assert isinstance(provider.send(batch(["o1"]), NOW)[0], Taken)
    world.wechat_token = "another"
    assert isinstance(provider.send(batch(["o2"]), NOW)[0], Taken)


def test_wechat_knows_a_message_again_by_our_id(world: World, http: httpx.Client) -> None:
    provider, again = wechat(http), batch(["o1"])
    assert provider.send(again, NOW) == provider.send(again, NOW)
    assert len(world.kept) == 1


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("thing1", "木" * 20, "木" * 20),
        ("thing1", "木" * 21, "木" * 19 + "…"),
        ("phrase12", "审核已通过了", "审核已通…"),
        ("time2", "3月5日 14:30", "3月5日 14:30"),
    ],
)
def test_words_are_cut_to_what_wechat_takes_so_that_it_shows(name: str, words: str, expected: str) -> None:
    assert shortened(words, longest_at_wechat(name)) == expected


LONG = "木" * 36


@pytest.mark.parametrize(("make", "cut"), [(tencent, "木" * 11 + "…"), (aliyun, "木" * 34 + "…")])
def test_a_parameter_that_is_too_long_is_cut_so_that_it_shows_and_the_answer_says_which(
    world: World, http: httpx.Client, make: Callable[..., Provider], cut: str
) -> None:
    lengths = ParameterLengths.parse("tencent:12,aliyun:35")
    provider = make(http, templates=OURS.within(lengths.at(make.__name__)))
    sent = batch([phone(1)])
    (answer,) = provider.send(replace(sent, parameters={**sent.parameters, "title": LONG}), NOW)
    assert isinstance(answer, Taken)
    assert answer.shortened == ("title",)
    assert cut in world.kept[0].text


def test_what_nobody_cuts_is_refused_for_its_length(http: httpx.Client) -> None:
    sent = batch([phone(1)])
    (answer,) = aliyun(http).send(replace(sent, parameters={**sent.parameters, "title": LONG}), NOW)
    assert answer == Refused(sent.recipients[0].message_id, PERMANENT, "isv.PARAM_LENGTH_LIMIT")


@pytest.mark.parametrize("text", ["aliyun", "aliyun:many", "aliyun:5", ""])
def test_lengths_that_make_no_sense_or_would_cut_a_code_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="aliyun:35"):
        ParameterLengths.parse(text)


def test_whoever_is_not_named_takes_any_length() -> None:
    assert ParameterLengths.parse("none").at("aliyun")("title") is None
    assert ParameterLengths.parse("aliyun:35").at("tencent")("title") is None


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(502, text="<html>"),
        httpx.Response(200, text="[]"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"Response": {"SendStatusSet": [None]}, "Code": None}),
        httpx.Response(200, json={"Response": {"SendStatusSet": []}}),
    ],
)
@pytest.mark.parametrize("of", [tencent, aliyun, wechat])
def test_a_provider_that_answers_nonsense_is_tried_again(
    of: Callable[[httpx.Client], Provider], answer: httpx.Response
) -> None:
    def nonsense(_request: httpx.Request) -> httpx.Response:
        return answer

    (outcome,) = of(httpx.Client(transport=httpx.MockTransport(nonsense))).send(batch([phone(1)]), NOW)
    assert isinstance(outcome, Refused)
    assert outcome.error_class is TEMPORARY


@pytest.mark.parametrize("of", [tencent, aliyun, wechat])
def test_a_provider_that_does_not_answer_is_tried_again(of: Callable[[httpx.Client], Provider]) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)

    (outcome,) = of(httpx.Client(transport=httpx.MockTransport(silent))).send(batch([phone(1)]), NOW)
    assert isinstance(outcome, Refused)
    assert outcome.error_class is TEMPORARY


def test_a_template_that_nobody_has_approved_is_an_alarm_for_sms_and_no_way_for_wechat(http: httpx.Client) -> None:
    none = ApprovedTemplates.parse("{}")
    sms = TencentSms(TencentAccount("simulated", "simulated", "simulated", "i志愿", none), http)
    over_wechat = WeChatTemplates(WeChatInterface("simulated", "simulated", http), none)
    classes = [provider.send(batch([phone(1)]), NOW)[0] for provider in (sms, over_wechat)]
    assert [answer.error_class for answer in classes if isinstance(answer, Refused)] == [ACCOUNT, UNREACHABLE]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[]", "JSON"),
        ('{"verification_code": "1110"}', "JSON"),
        ('{"no_such": {"id": "1", "parameters": []}}', "no_such"),
        ('{"verification_code": {"id": "1", "parameters": ["cod"]}}', "cod"),
        ('{"verification_code": {"id": "1", "parameters": ["code"], "limits": {"code": 5}}}', "limits"),
        ('{"verification_code": {"id": "1", "parameters": ["code"], "limits": {"title": 20}}}', "limits"),
    ],
)
def test_approved_templates_that_nothing_could_fill_are_refused_at_start(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        ApprovedTemplates.parse(text)


def test_an_approved_template_has_the_providers_order_or_its_names() -> None:
    approved = ApprovedTemplates.parse(
        '{"verification_code": {"id": "1110", "parameters": ["minutes", "code"]},'
        ' "enrollment_accepted": {"id": "v", "parameters": {"thing1": "title", "time2": "starts_at"}}}'
    )
    ordered, named = approved.of(batch([""], "verification_code")), approved.of(batch([""]))
    assert ordered is not None
    assert list(approved.filled(ordered, batch([""], "verification_code")).variables.values()) == ["5", "246810"]
    assert named is not None
    assert approved.filled(named, batch([""])).variables == {"thing1": "社区清洁日", "time2": "3月5日 14:30"}
    assert approved.of(batch([""], "card_routed")) is None


def test_a_parameter_with_a_limit_of_its_own_is_cut_to_that() -> None:
    text = '{"enrollment_accepted": {"id": "1", "parameters": ["title", "address"], "limits": {"title": 40}}}'
    templates = ApprovedTemplates.parse(text).within(lambda _: 6)
    approved = templates.of(batch([""]))
    assert approved is not None
    sent = batch([""])
    filled = templates.filled(approved, replace(sent, parameters={**sent.parameters, "title": LONG}))
    assert filled.variables == {"title": LONG, "address": "越秀区示例…"}
    assert filled.shortened == ("address",)
