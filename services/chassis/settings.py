"""Settings: read from the environment once, checked at start, all faults named at the same time.

Why this module exists: a process that starts with a wrong setting fails later, elsewhere, and at night. Settings are
frozen dataclasses; each field says which variable it reads, how its text becomes a value, and what it is for. Secrets
are wrapped so that they never reach a log or a traceback. Nothing else in the platform reads ``os.environ``.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from services.chassis.clock import Clock, FileOffsetClock, SystemClock
from services.chassis.context import ContextKeys


class SettingsError(Exception):
    """The environment does not make sense; the message has one line for each fault."""


class Secret(str):
    """Text that must not be shown. It compares and encodes as itself; printing it shows stars."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('***')"

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return str.__str__(self)


def setting(variable: str, help: str, *, parse: Callable[[str], Any] = str, default: Any = dataclasses.MISSING) -> Any:
    """A dataclass field that is read from ``variable``; without a ``default`` it must be set."""
    return dataclasses.field(default=default, metadata={"variable": variable, "help": help, "parse": parse})


def choice(*words: str) -> Callable[[str], str]:
    """A parser that takes one of ``words``."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return parse


def boolean(text: str) -> bool:
    """``true``/``false``, ``1``/``0``, ``yes``/``no``."""
    try:
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def whole_numbers(text: str) -> tuple[int, ...]:
    """``1,5,30``."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError("must be whole numbers with commas between") from None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every process reads."""

    environment: str = setting(
        "ZHIYUAN_ENVIRONMENT",
        "Which kind of installation this is; production refuses everything made for development.",
        parse=choice("production", "development", "test"),
        default="production",
    )
    log_level: str = setting(
        "ZHIYUAN_LOG_LEVEL",
        "The least severe level that is logged.",
        parse=choice("debug", "info", "warning", "error"),
        default="info",
    )
    ops_port: int = setting(
        "ZHIYUAN_OPS_PORT",
        "The port of /livez, /readyz and /metrics; 0 takes any free one.",
        parse=int,
        default=0,
    )
    ops_host: str = setting("ZHIYUAN_OPS_HOST", "The address that port is opened on.", default="127.0.0.1")
    clock_file: Path | None = setting(
        "ZHIYUAN_CLOCK_FILE",
        "A file with seconds to add to the clock. Not in production.",
        parse=Path,
        default=None,
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check everything; raises :class:`SettingsError` with one line for each fault."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        faults: list[str] = []
        for field in dataclasses.fields(cls):
            variable = field.metadata["variable"]
            text = environ.get(variable, "")
            if text == "":
                if field.default is dataclasses.MISSING:
                    faults.append(f"{variable} is not set: {field.metadata['help']}")
                continue
            try:
                values[field.name] = field.metadata["parse"](text)
            except ValueError as error:
                faults.append(f"{variable} {error}")
        if not faults:
            settings = cls(**values)
            faults = settings.faults()
            if not faults:
                return settings
        raise SettingsError("\n".join(faults))

    def faults(self) -> list[str]:
        """What is wrong with the settings taken together; subclasses add to it."""
        if self.production and self.clock_file is not None:
            return ["ZHIYUAN_CLOCK_FILE moves the clock and is refused in production"]
        return []

    @property
    def production(self) -> bool:
        """Whether this is the real thing."""
        return self.environment == "production"

    def clock(self) -> Clock:
        """The clock that this process lives by."""
        return FileOffsetClock(self.clock_file) if self.clock_file is not None else SystemClock()


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings(Settings):
    """What every process reads that opens units of work."""

    database_url: Secret = setting(
        "ZHIYUAN_DATABASE_URL", "The service's own PostgreSQL database, postgresql://…", parse=Secret
    )
    cursor_keys: Secret = setting("ZHIYUAN_CURSOR_KEYS", "Keys that sign list cursors: kid:base64,…", parse=Secret)
    max_workers: int = setting(
        "ZHIYUAN_MAX_WORKERS",
        "Requests and events handled at once; also the size of the pool.",
        parse=int,
        default=20,
    )
    statement_timeout_ms: int = setting(
        "ZHIYUAN_STATEMENT_TIMEOUT_MS", "The longest a statement may run, in ms.", parse=int, default=5000
    )


@dataclass(frozen=True, kw_only=True)
class ServiceSettings(DatabaseSettings):
    """What every service process reads; a service's own ``settings.py`` adds to it."""

    amqp_url: Secret = setting("ZHIYUAN_AMQP_URL", "The broker, with the services' vhost.", parse=Secret)
    context_keys: ContextKeys = setting(
        "ZHIYUAN_CONTEXT_KEYS", "Keys that sign the caller's context: kid:base64,…", parse=ContextKeys.parse
    )
    queue_type: str = setting(
        "ZHIYUAN_QUEUE_TYPE",
        "classic, or quorum where the broker has several nodes.",
        parse=choice("classic", "quorum"),
        default="classic",
    )
    retry_delays: tuple[int, ...] = setting(
        "ZHIYUAN_RETRY_DELAYS",
        "Seconds before the second, third … attempt at an event; after the last the message is parked.",
        parse=whole_numbers,
        default=(1, 5, 30, 120, 600),
    )
    heartbeat: int = setting("ZHIYUAN_AMQP_HEARTBEAT", "Seconds between AMQP heartbeats.", parse=int, default=10)


def describe(settings: type[Settings]) -> list[tuple[str, str, str]]:
    """(variable, help, default) of every setting of a class, for documents and checks."""
    rows = []
    for field in dataclasses.fields(settings):
        default = "" if field.default is dataclasses.MISSING or field.default is None else str(field.default)
        rows.append((field.metadata["variable"], field.metadata["help"], default))
    return rows
