"""Ports, locks and secrets of a run directory."""

from __future__ import annotations

import json
import socket
import stat
from pathlib import Path

import pytest

from deploy.local.credentials import load_or_make
from deploy.local.layout import Layout
from deploy.local.supervisor import program


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "run")
    layout.make()
    return layout


def test_a_port_stays_the_same_and_is_no_other_names(layout: Layout) -> None:
    ports = {name: layout.port(name) for name in ("http", "amqp", "postgres")}
    assert len(set(ports.values())) == 3
    assert {name: Layout(layout.run).port(name) for name in ports} == ports


def test_only_a_port_that_somebody_listens_on_is_given_up(layout: Layout) -> None:
    http, amqp = layout.port("http"), layout.port("amqp")
    with socket.create_server(("127.0.0.1", amqp)):
        assert layout.give_up_taken_ports() == ["amqp"]
        assert layout.port("amqp") != amqp
    assert layout.port("http") == http


def test_secrets_are_for_their_owner_alone(layout: Layout) -> None:
    load_or_make(layout)
    for file in (layout.secrets, *layout.partner.glob("*.jwk")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_secret_that_the_code_has_come_to_need_is_added_and_the_others_stay(layout: Layout) -> None:
    made = load_or_make(layout)
    older = {name: value for name, value in made.items() if name != "cursor_keys"}
    del older["broker_users"]["test-admin"]
    layout.secrets.write_text(json.dumps(older))
    completed = load_or_make(layout)
    assert completed["cursor_keys"]
    assert completed["broker_users"]["test-admin"]
    assert completed["token_private_key"] == made["token_private_key"]
    assert load_or_make(layout) == completed


def test_a_programs_environment_survives_the_supervisors_syntax(tmp_path: Path) -> None:
    section = program("card", ["run"], {"KEYS": '{"boc": "50%, or so"}'}, log=tmp_path / "card.log")
    assert """environment=KEYS='{"boc": "50%%, or so"}'""" in section


def test_a_value_that_the_supervisors_syntax_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="single quote"):
        program("card", ["run"], {"NAME": "O'Neill"}, log=tmp_path / "card.log")
