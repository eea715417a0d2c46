"""What every signed request of a bank has: the three headers of Standard Webhooks, as the gateway passes them on."""

from __future__ import annotations

from services.chassis.schema import Request, Text


class Signed(Request):
    """The headers; what is missing is empty, and then no signature verifies."""

    webhook_id = Text(min=0, max=256, required=True)
    webhook_timestamp = Text(min=0, max=32, required=True)
    webhook_signature = Text(min=0, max=4000, required=True)
