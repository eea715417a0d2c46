"""Mail goes to a server that speaks SMTP; what the server refuses is tried again only if that can help."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_string, policy
from typing import Any

import pytest

from services.chassis.testing.processes import free_port
from services.notify.domain import ErrorClass
from services.notify.providers.base import Batch, Recipient, Refused, Taken
from services.notify.providers.mail import SmtpProvider
from services.notify.settings import MailServer

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TO = Recipient("0199", "kapok@example.org")
CODE = Batch("verification_code", "zh", {"code": "123456"}, "您的验证码是123456。", (TO,))


class MailCatcher:
    """As much of an SMTP server as one mail needs; ``answer_to_recipient`` is what RCPT is told."""

    def __init__(self) -> None:
        self.answer_to_recipient = "250 ok"
        self.mails: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self._talk(wire)

    def _talk(self, wire: Any) -> None:
        def say(line: str) -> None:
            wire.write(f"{line}\r\n".encode())
            wire.flush()

        say("220 catcher")
        while line := wire.readline():
            word = line[:4].upper()
            if word == b"DATA":
                say("354 go on")
                lines = list(iter(wire.readline, b".\r\n"))
                self.mails.append(b"".join(lines).decode())
                say("250 taken")
            elif word == b"RCPT":
                say(self.answer_to_recipient)
            else:
                say("250 ok")


@pytest.fixture
def catcher() -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    yield catcher
    catcher.close()


def provider(port: int) -> SmtpProvider:
    return SmtpProvider(MailServer.parse(f"smtp://127.0.0.1:{port}"), "i志愿 <noreply@example.org>")


def test_a_mail_arrives_with_its_words_and_an_id_that_stays_the_same(catcher: MailCatcher) -> None:
    for _ in range(2):
        assert provider(catcher.port).send(CODE, NOW) == [Taken("0199", None)]

    first, second = (message_from_string(mail, policy=policy.default) for mail in catcher.mails)
    assert first["To"] == "kapok@example.org"
    assert first["Message-ID"] == second["Message-ID"] == "<0199@zhiyuan>"
    assert first.get_content().strip() == "您的验证码是123456。"


@pytest.mark.parametrize(
    ("answer", "error_class"),
    [
        ("550 no such mailbox", ErrorClass.PERMANENT),
        ("451 try again later", ErrorClass.TEMPORARY),
    ],
)
def test_what_a_server_refuses_for_good_is_not_tried_again(
    catcher: MailCatcher, answer: str, error_class: ErrorClass
) -> None:
    catcher.answer_to_recipient = answer

    assert provider(catcher.port).send(CODE, NOW) == [Refused("0199", error_class, f"smtp_{answer[:3]}")]


def test_a_server_that_is_away_is_tried_again() -> None:
    (answer,) = provider(free_port()).send(CODE, NOW)

    assert isinstance(answer, Refused)
    assert answer.error_class is ErrorClass.TEMPORARY


@pytest.mark.parametrize("text", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_what_is_no_mail_server_is_refused_at_start(text: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        MailServer.parse(text)


def test_the_address_of_a_mail_server_hides_its_password() -> None:
    server = MailServer.parse("smtps://kapok:p%40ss@mail.example.org")

    assert (server.host, server.port, server.encrypted, server.user, server.password) == (
        "mail.example.org",
        465,
        True,
        "kapok",
        "p@ss",
    )
    assert "p@ss" not in repr(server)
