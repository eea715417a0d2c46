"""Structured logs: one JSON object a line, static event names, fields beside them.

Why this module exists: an operator follows a request through thirteen processes by its request id, so every line
carries it; and personal data must not get into logs at all, so a processor drops the fields that could hold some.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Names that hold personal data wherever they appear. A line that carries one is a bug; the value stays out anyway.
PERSONAL_FIELDS = frozenset(
    {"name", "phone", "email", "cert_no", "certificate", "password", "code", "token", "address", "recipient"}
)


def _drop_personal_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in PERSONAL_FIELDS & event.keys():
        event[key] = "[withheld]"
    return event


def configure(process: str, level: str) -> None:
    """Set logging up for this process, the standard library's loggers included."""

    def name_process(_l: Any, _m: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process  # not a context variable: every greenlet has a context of its own
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_process,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    numeric = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            *shared,
            _drop_personal_data,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(numeric, logging.WARNING))
    # Nameko reports every refusal as an error with a traceback; the entrypoints report them with their code instead.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def get_logger(name: str) -> Any:
    """A logger whose lines say which module they come from."""
    return structlog.get_logger(module=name)
