"""RPC, end to end over a real broker: callers, refusals, deadlines, and messages that mean no good."""

from __future__ import annotations

import hashlib
import signal
import threading

import orjson
import pytest
import sqlalchemy as sa

from services.chassis.context import CONTEXT_HEADER, Caller, ContextKeys
from services.chassis.crypto import KeyRing
from services.chassis.errors import (
    DeadlineExceeded,
    IdempotencyKeyReused,
    InternalError,
    Invalid,
    NotAuthenticated,
    NotFound,
    RequestInFlight,
)
from services.chassis.idempotency import IdempotentRequest
from services.chassis.ids import new_id
from services.chassis.testing.processes import eventually
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import test_key
from tests.service.chassis.conftest import Sample

VOLUNTEER = Caller(kind="volunteer", account_id="account-1", request_id="request-1")


def with_key(key: str) -> Caller:
    return Caller(kind="volunteer", account_id="account-1", idempotency_key=key)


def test_a_command_answers_and_its_row_is_there(sample: Sample) -> None:
    note = sample.call("sample.write_note", {"text": "hello"})

    assert sample.call("sample.get_note", {"note_id": note["note_id"]})["text"] == "hello"


def test_a_refusal_arrives_as_itself(sample: Sample) -> None:
    with pytest.raises(NotFound):
        sample.call("sample.get_note", {"note_id": new_id()})
    with pytest.raises(Invalid, match="bad_id"):
        sample.call("sample.get_note", {"note_id": "seven"})
    with pytest.raises(NotFound):
        sample.call("sample.no_such_method")


def test_a_command_that_fails_leaves_no_row_and_no_event(sample: Sample) -> None:
    with pytest.raises(InternalError):
        sample.call("sample.write_note", {"text": "broken"}, caller=VOLUNTEER)

    assert sample.scalar("SELECT count(*) FROM note") == 0
    assert sample.scalar("SELECT count(*) FROM outbox") == 0
    line = sample.service.log_lines("rpc_failed")[-1]
    assert line["request_id"] == "request-1"


def test_the_caller_is_who_the_signature_says(sample: Sample) -> None:
    assert sample.call("sample.who_am_i", caller=VOLUNTEER) == {
        "kind": "volunteer",
        "account_id": "account-1",
        "request_id": "request-1",
    }
    stranger = RpcCaller(sample.amqp_url, ContextKeys.parse(test_key("x")))
    with pytest.raises(NotAuthenticated):
        stranger("sample.who_am_i", caller=VOLUNTEER)
    stranger.close()


def test_between_services_the_service_speaks_in_its_own_name(sample: Sample) -> None:
    assert sample.call("sample.ask_oneself", caller=VOLUNTEER) == {
        "kind": "service",
        "account_id": "sample",
        "request_id": "request-1",
    }


def test_nobody_waits_for_ever(sample: Sample) -> None:
    with pytest.raises(DeadlineExceeded):
        sample.call("sample.ask_nobody")


def test_no_service_asks_another_while_it_holds_a_transaction(sample: Sample) -> None:
    with pytest.raises(InternalError):
        sample.call("sample.ask_inside_a_transaction")
    assert "RpcInsideTransaction" in sample.service.log()


def test_the_same_key_gives_the_first_answer_again_and_has_one_effect(sample: Sample) -> None:
    first = sample.call("sample.write_note", {"text": "once"}, caller=with_key("k-1"))
    again = sample.call("sample.write_note", {"text": "once"}, caller=with_key("k-1"))

    assert again == first
    assert sample.scalar("SELECT count(*) FROM note") == 1
    with pytest.raises(IdempotencyKeyReused):
        sample.call("sample.write_note", {"text": "something else"}, caller=with_key("k-1"))


def test_what_is_kept_for_a_repetition_shows_neither_request_nor_answer(sample: Sample) -> None:
    """A body may hold a password, an answer a token."""
    sample.call("sample.write_note", {"text": "a refresh token"}, caller=with_key("k-3"))

    kept = sample.scalar("SELECT answer::text FROM idempotency_key")
    assert "refresh" not in kept
    plain = orjson.dumps({"text": "a refresh token"}, option=orjson.OPT_SORT_KEYS)
    assert sample.scalar("SELECT encode(request_hash, 'hex') FROM idempotency_key") != hashlib.sha256(plain).hexdigest()


def test_the_same_key_while_the_first_is_running_is_a_conflict(sample: Sample) -> None:
    with sample.engine.begin() as connection:
        keys = KeyRing.parse(sample.environment["ZHIYUAN_CURSOR_KEYS"])
        request = IdempotentRequest(with_key("k-2"), "write_note", {"text": "slow"}, keys)
        assert request.recall(connection) is None  # type: ignore[arg-type]  # a connection executes like a session
        with pytest.raises(RequestInFlight):
            sample.call("sample.write_note", {"text": "slow"}, caller=with_key("k-2"))

    assert sample.call("sample.write_note", {"text": "slow"}, caller=with_key("k-2"))["text"] == "slow"


def test_the_same_key_while_the_steps_of_the_first_are_running_is_a_conflict_and_then_its_answer(
    sample: Sample,
) -> None:
    """A saga takes several transactions: somebody who asks again, since no answer came in time, must not run beside."""
    answers: list[object] = []

    def ask() -> None:
        caller = RpcCaller(sample.amqp_url, ContextKeys.parse(test_key("c")))
        answers.append(caller("sample.write_note_in_steps", {"text": "once"}, caller=with_key("k-4")))
        caller.close()

    first = threading.Thread(target=ask)
    with sample.engine.begin() as connection:
        connection.execute(sa.text("LOCK TABLE note"))  # the first waits in its last step
        first.start()
        eventually(lambda: sample.scalar("SELECT count(*) FROM idempotency_key") == 1)
        with pytest.raises(RequestInFlight):
            sample.call("sample.write_note_in_steps", {"text": "once"}, caller=with_key("k-4"))
        with pytest.raises(IdempotencyKeyReused):
            sample.call("sample.write_note_in_steps", {"text": "else"}, caller=with_key("k-4"))
    first.join()

    assert sample.call("sample.write_note_in_steps", {"text": "once"}, caller=with_key("k-4")) == answers[0]
    assert sample.scalar("SELECT count(*) FROM note") == 1


def test_a_refused_saga_leaves_its_key_free(sample: Sample) -> None:
    sample.call("sample.write_note_in_steps", {"text": "taken"})
    for _ in range(2):
        with pytest.raises(NotFound):
            sample.call("sample.write_note_in_steps", {"text": "taken"}, caller=with_key("k-5"))

    assert sample.call("sample.write_note_in_steps", {"text": "free"}, caller=with_key("k-5"))["text"] == "free"


def test_what_a_died_process_had_begun_can_be_asked_for_again_a_moment_later(sample: Sample) -> None:
    with sample.engine.begin() as connection:
        keys = KeyRing.parse(sample.environment["ZHIYUAN_CURSOR_KEYS"])
        request = IdempotentRequest(with_key("k-6"), "write_note_in_steps", {"text": "left"}, keys)
        assert request.begin(connection) is None  # type: ignore[arg-type]  # a connection executes like a session
    with pytest.raises(RequestInFlight):
        sample.call("sample.write_note_in_steps", {"text": "left"}, caller=with_key("k-6"))

    with sample.engine.begin() as connection:
        connection.execute(sa.text("UPDATE idempotency_key SET created_at = now() - interval '15 seconds'"))

    assert sample.call("sample.write_note_in_steps", {"text": "left"}, caller=with_key("k-6"))["text"] == "left"


def test_answers_that_are_ready_together_reach_each_its_own_caller(sample: Sample) -> None:
    caller = RpcCaller(sample.amqp_url, ContextKeys.parse(test_key("c")))
    queue = caller.channel.queue_declare("", exclusive=True).method.queue
    caller.channel.queue_bind(queue, "nameko-rpc", queue)
    asked = {str(number): new_id() for number in range(60)}  # each is refused by the id it asks for
    for number, note_id in asked.items():
        body = orjson.dumps({"args": [{"note_id": note_id if int(number) % 2 else number}], "kwargs": {}})
        caller.send("sample.get_note", body, reply_to=queue, correlation_id=number)

    codes = {}
    for _method, properties, answer in caller.channel.consume(queue, auto_ack=True, inactivity_timeout=10):
        codes[properties.correlation_id] = orjson.loads(answer)["error"]["code"]
        if len(codes) == len(asked):
            break
    caller.close()

    assert codes == {number: "not_found" if int(number) % 2 else "invalid_fields" for number in asked}
    eventually(lambda: sample.service.metric("zhiyuan_workers_busy") == 0)
    assert sample.service.stop() == 0  # what is not acknowledged goes back to the queue
    assert sample.call.channel.queue_declare("rpc-sample", passive=True).method.message_count == 0


@pytest.mark.parametrize(
    ("body", "properties"),
    [
        (b"\xff\xfe not json", {"reply_to": "nobody"}),
        (b"[]", {"reply_to": "nobody"}),
        (b'{"args": []}', {"reply_to": "nobody"}),
        (b'{"args": [{}], "kwargs": {}}', {}),
        (b'{"args": [{}], "kwargs": {}}', {"reply_to": "nobody", "content_type": None}),
        (b"\x80\x04.", {"reply_to": "nobody", "content_type": "application/x-python-serialize"}),
    ],
)
def test_a_message_that_makes_no_sense_is_parked_and_the_service_lives(
    sample: Sample, body: bytes, properties: dict[str, str | None]
) -> None:
    sample.call.send("sample.who_am_i", body, **properties)

    eventually(lambda: sample.call.channel.queue_declare("sample.parked", passive=True).method.message_count == 1)
    assert sample.call("sample.who_am_i")["kind"] == "anonymous"


def test_a_command_that_comes_again_after_a_crash_is_not_done_twice(sample: Sample) -> None:
    for key, notes in (
        (None, 0),
        ("k-3", 1),
    ):  # without a key the outcome is unknown; with one it can be found
        body = orjson.dumps({"args": [{"text": "again"}], "kwargs": {}})
        header = ContextKeys.parse(test_key("c")).seal(Caller(account_id="a", idempotency_key=key))
        sample.service.stop(signal.SIGKILL)
        sample.call.send("sample.write_note", body, reply_to="nobody", headers={CONTEXT_HEADER: header})
        deliver_and_put_back(sample)
        sample.service.start()
        sample.service.wait_until_ready()
        assert sample.call("sample.who_am_i")["kind"] == "anonymous"  # what came before it has been handled
        eventually(lambda notes=notes: sample.scalar("SELECT count(*) FROM note") == notes)


def deliver_and_put_back(sample: Sample) -> None:
    """What the broker does when a consumer dies: the message is marked as redelivered."""
    channel = sample.call.channel
    method = eventually(lambda: channel.basic_get("rpc-sample")[0])
    channel.basic_nack(method.delivery_tag, requeue=True)


def test_a_queue_that_was_deleted_is_declared_again_and_served(sample: Sample) -> None:
    sample.call.channel.queue_delete("rpc-sample")  # the broker cancels the consumer

    eventually(lambda: sample.service.ops("/readyz")[0] == 200)  # which asks the broker for the queue's consumers

    assert sample.call("sample.who_am_i")["kind"] == "anonymous"


def test_a_stopped_service_answers_what_it_has_begun(sample: Sample) -> None:
    answers: list[object] = []
    caller = RpcCaller(sample.amqp_url, ContextKeys.parse(test_key("c")))
    asking = threading.Thread(target=lambda: answers.append(caller("sample.wait", {"tenths": 10})))
    asking.start()
    eventually(lambda: sample.service.metric("zhiyuan_workers_busy") == 1)

    assert sample.service.stop() == 0
    asking.join()
    caller.close()

    assert answers == [{}]
