"""Events, end to end: outbox, relay, inbox, retries, parking; and what a kill in between changes (nothing)."""

from __future__ import annotations

import orjson
import pika

from services.chassis import parking
from services.chassis.testing.processes import Process, eventually
from tests.sample.events import NoteWritten
from tests.service.chassis.conftest import Sample


def copies(sample: Sample, note: dict[str, str]) -> int:
    return int(sample.call("sample.get_note", {"note_id": note["note_id"]})["copies"])


def parked(sample: Sample) -> int:
    return int(sample.call.channel.queue_declare("sample.parked", passive=True).method.message_count)


def sent_body(sample: Sample) -> bytes:
    return orjson.dumps(sample.scalar("SELECT body FROM outbox WHERE routing_key = 'note.written.v1' LIMIT 1"))


def test_an_event_reaches_its_handler_once(sample: Sample) -> None:
    note = sample.call("sample.write_note", {"text": "hello"})

    eventually(lambda: copies(sample, note) == 1)
    eventually(lambda: sample.scalar("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0)


def test_an_event_that_comes_twice_has_one_effect(sample: Sample) -> None:
    note = sample.call("sample.write_note", {"text": "hello"})
    eventually(lambda: copies(sample, note) == 1)

    sample.call.channel.basic_publish(NoteWritten.exchange(), NoteWritten.wire_type(), sent_body(sample))

    eventually(lambda: sample.rise("zhiyuan_inbox_duplicates_total") == 1)
    assert copies(sample, note) == 1


def test_a_handler_that_fails_is_tried_again_and_then_the_event_is_parked(sample: Sample) -> None:
    sample.call("sample.write_note", {"text": "poison"})

    eventually(lambda: parked(sample) == 1)
    eventually(lambda: sample.rise("zhiyuan_event_handler_seconds_count", outcome="retried") == 2)
    eventually(lambda: sample.rise("zhiyuan_parked_messages_total", reason="failed") == 1)
    eventually(lambda: "this event can never be handled" in sample.service.log())


def test_a_parked_event_is_replayed_after_the_mend(sample: Sample) -> None:
    note = sample.call("sample.write_note", {"text": "poison"})
    eventually(lambda: parked(sample) == 1)
    sample.scalar("UPDATE note SET text = 'harmless' RETURNING 1")

    connection = pika.BlockingConnection(pika.URLParameters(sample.amqp_url))
    channel = connection.channel()
    channel.confirm_delivery()
    replayed = [parking.replay(channel, *message) for message in parking.parked_messages(channel, "sample")]
    connection.close()

    assert replayed == ["sample.count_copy"]
    eventually(lambda: copies(sample, note) == 1)
    assert parked(sample) == 0


def test_an_unreadable_event_is_parked_at_once(sample: Sample) -> None:
    sample.call.channel.basic_publish(NoteWritten.exchange(), NoteWritten.wire_type(), b"\x00 no envelope")

    eventually(lambda: parked(sample) == 1)
    eventually(lambda: sample.rise("zhiyuan_parked_messages_total", reason="undecodable") == 1)


def test_an_event_that_nobody_wants_yet_stays_in_the_outbox_and_holds_up_only_its_own_aggregate(
    sample: Sample,
) -> None:
    sample.call("sample.write_note", {"text": "unheard"})
    note = sample.call("sample.write_note", {"text": "after it"})

    eventually(lambda: copies(sample, note) == 1)
    eventually(lambda: sample.relay.metric("zhiyuan_outbox_unroutable_total") >= 1)
    unsent = "SELECT string_agg(routing_key, ',') FROM outbox WHERE sent_at IS NULL"
    assert sample.scalar(unsent) == "note.unheard.v1"

    sample.call.channel.queue_declare("test.late-listener", exclusive=True)
    sample.call.channel.queue_bind("test.late-listener", NoteWritten.exchange(), "note.unheard.v1")
    eventually(lambda: sample.scalar(unsent) is None)


def test_what_was_committed_while_the_relay_was_dead_goes_out_when_it_is_back(sample: Sample) -> None:
    sample.relay.kill()
    notes = [sample.call("sample.write_note", {"text": f"note {n}"}) for n in range(50)]
    sample.relay.start()

    eventually(lambda: all(copies(sample, note) == 1 for note in notes))


def test_a_service_killed_in_the_middle_loses_nothing_and_does_nothing_twice(sample: Sample) -> None:
    notes = [sample.call("sample.write_note", {"text": f"note {n}"}) for n in range(200)]
    sample.service.kill()
    sample.service.start()
    sample.service.wait_until_ready()

    eventually(lambda: sample.scalar("SELECT count(*) FROM note WHERE copies = 1") == len(notes))
    assert sample.scalar("SELECT max(copies) FROM note") == 1


def test_of_two_relays_one_works_and_the_other_takes_over(sample: Sample) -> None:
    second = Process("services.chassis.relay", "sample", environment=sample.environment)
    with second.started():
        leader = {"service": "sample"}
        eventually(lambda: sample.relay.metric("zhiyuan_relay_leader", **leader) == 1)
        assert second.metric("zhiyuan_relay_leader", **leader) == 0
        sample.relay.kill()

        note = sample.call("sample.write_note", {"text": "taken over"})

        eventually(lambda: copies(sample, note) == 1)
        eventually(lambda: second.metric("zhiyuan_relay_leader", **leader) == 1)
