"""E-mail over SMTP.

Why this module exists: a mail address is where somebody resets a password without their phone. ``smtplib`` does the
talking; here stand what the message looks like and what a server's refusal means for the next attempt.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from services.notify.domain import Channel, ErrorClass
from services.notify.providers.base import Batch, Recipient, Refused, Taken
from services.notify.settings import MailServer

TIMEOUT_SECONDS = 10


class SmtpProvider:
    """Hands each message to one mail server, on a connection of its own: codes are few, and must not wait."""

    name = "smtp"
    channel = Channel.EMAIL
    batch_limit = 1

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, batch: Batch, now: datetime) -> list[Taken | Refused]:
        """Hand over. A 5xx answer is for good, a 4xx and every lost connection is tried again."""
        return [self._send(batch.text, to, now) for to in batch.recipients]

    def _send(self, text: str, to: Recipient, now: datetime) -> Taken | Refused:
        try:
            with closing(self._connect()) as smtp:  # whatever it says to QUIT, the mail was taken
                smtp.send_message(self._mail(text, to, now))
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            return Refused(to.message_id, _class_of(code), f"smtp_{code}")
        except smtplib.SMTPAuthenticationError as refused:
            return Refused(to.message_id, ErrorClass.ACCOUNT, f"smtp_{refused.smtp_code}")
        except smtplib.SMTPResponseException as refused:
            return Refused(to.message_id, _class_of(refused.smtp_code), f"smtp_{refused.smtp_code}")
        except (smtplib.SMTPException, OSError) as error:
            return Refused(to.message_id, ErrorClass.TEMPORARY, f"smtp_{type(error).__name__}")
        return Taken(to.message_id, None)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.encrypted:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
        if server.user is not None:
            smtp.login(server.user, server.password or "")
        return smtp

    def _mail(self, text: str, to: Recipient, now: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = to.address
        mail["Subject"] = "i志愿"
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = f"<{to.message_id}@zhiyuan>"  # the same on every attempt
        mail.set_content(text, cte="base64")  # not every server takes eight bits
        return mail


def _class_of(code: int) -> ErrorClass:
    return ErrorClass.PERMANENT if code >= 500 else ErrorClass.TEMPORARY
