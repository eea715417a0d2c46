"""A mail server that takes what it is given, and refuses what the mailbox's first word says."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes, policy

from deploy.simulators.moods import Mood, mood_of
from deploy.simulators.world import World

_BY_MOOD = {
    Mood.BAD: "550 5.1.1 no such mailbox",
    Mood.BLACKLISTED: "550 5.7.1 refused",
    Mood.THROTTLED: "451 4.7.1 try again later",
}
_ADDRESS = re.compile(rb"<([^>]*)>")


class MailServer:
    """As much of SMTP as handing over a mail needs."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def start(self, host: str, port: int) -> asyncio.Server:
        """Listen; port 0 takes any free one."""
        return await asyncio.start_server(self._talk, host, port)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        writer.write(b"220 simulator\r\n")
        while line := await reader.readline():
            word, answer = line[:4].upper().strip(), "250 ok"
            if word == b"RCPT":
                found = _ADDRESS.search(line)
                recipient = found[1].decode() if found else ""
                mood = mood_of(recipient)
                if mood is Mood.DOWN:
                    break
                answer = _BY_MOOD.get(mood, answer)
            elif word == b"DATA":
                writer.write(b"354 go on\r\n")
                self._keep(recipient, await reader.readuntil(b"\r\n.\r\n"))
                answer = "250 taken"
            elif word == b"QUIT":
                answer = "221 bye"
            writer.write(f"{answer}\r\n".encode())
            if word == b"QUIT":
                break
        writer.close()

    def _keep(self, recipient: str, content: bytes) -> None:
        mail = message_from_bytes(content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."), policy=policy.default)
        body = mail.get_body(("plain",))
        text = body.get_content().strip() if body is not None else ""
        self._world.keep("smtp", recipient, "", text, str(mail["Message-ID"]))
