"""What a service tells the others: event classes, and the envelope they travel in.

Why this module exists: an event is a promise. Each is a frozen dataclass in the ``events.py`` of the service that owns
it, the one module that other services may import. From its annotations come the wire format, the JSON Schema and
``docs/events/asyncapi.yaml``. The envelope is a CloudEvents 1.0 document in plain JSON.

Compatibility: a field may be added with a default; anything else is a new class with a higher ``version``, published
beside the old one until nobody listens to that. Consumers ignore fields they do not know.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin, get_type_hints

import orjson
from cattrs.preconf.json import make_converter

from services.chassis.ids import new_id

CONTENT_TYPE = "application/cloudevents+json"
# PostgreSQL's NOTIFY channel on which an outbox wakes its relay; here, because the relay imports no SQLAlchemy.
OUTBOX_CHANNEL = "zhiyuan_outbox"

_converter = make_converter()
_REGISTRY: dict[str, type[Event]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """The base of every event.

    ``type`` is ``aggregate.what_happened``; ``subject_field`` names the field that holds the aggregate's id.
    ``mandatory``: somebody must be listening; the relay keeps the event until a queue is bound for it.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1
    subject_field: ClassVar[str]
    mandatory: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            _REGISTRY[f"{cls.source()}/{cls.wire_type()}"] = cls

    @classmethod
    def source(cls) -> str:
        """The service that owns the event: ``services.identity.events`` -> ``identity``."""
        return cls.__module__.split(".")[-2]

    @classmethod
    def wire_type(cls) -> str:
        """CloudEvents ``type`` and AMQP routing key: ``volunteer.registered.v1``."""
        return f"{cls.type}.v{cls.version}"

    @classmethod
    def exchange(cls) -> str:
        """The topic exchange that carries the owner's events."""
        return exchange_of(cls.source())

    @property
    def subject(self) -> str:
        """The aggregate's id."""
        return str(getattr(self, self.subject_field))


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True)
class Received(Generic[E_co]):
    """An event as its consumer sees it."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    aggregate_version: int
    traceparent: str
    data: E_co
    restated: bool = False
    """Told before, told again for copies that were lost: state to take over, and no news to anybody."""


class UnreadableEvent(Exception):
    """The message is no envelope that this process understands."""


def exchange_of(service: str) -> str:
    """The name of the exchange on which ``service`` publishes."""
    return f"{service}.events"


def envelope(event: Event, *, version: int, time: datetime, traceparent: str) -> dict[str, Any]:
    """``event`` as a CloudEvents 1.0 document; ``version`` is the aggregate's, and only grows."""
    return {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"zhiyuan/{event.source()}",
        "type": event.wire_type(),
        "subject": event.subject,
        "time": time.isoformat(),
        "datacontenttype": "application/json",
        "traceparent": traceparent,
        "aggregateversion": version,
        "data": _converter.unstructure(event),
    }


def read_envelope(body: bytes | memoryview | str, known: dict[str, type[Event]]) -> Received[Event]:
    """The event in ``body``; ``known`` maps wire types to classes. Raises :class:`UnreadableEvent`."""
    try:
        document = orjson.loads(body)
        event_class = known[document["type"]]
        return Received(
            id=document["id"],
            source=document["source"].removeprefix("zhiyuan/"),
            type=document["type"],
            subject=document["subject"],
            time=datetime.fromisoformat(document["time"]),
            aggregate_version=int(document["aggregateversion"]),
            traceparent=document.get("traceparent", ""),
            data=_converter.structure(document["data"], event_class),
            restated=bool(document.get("restated", False)),
        )
    except Exception as error:  # whatever a stranger put into the message, it is unreadable and nothing worse
        raise UnreadableEvent(f"{type(error).__name__}: {error}") from error


def registry() -> dict[str, type[Event]]:
    """Every event class imported so far, by ``source/wire type``."""
    return dict(_REGISTRY)


_PRIMITIVES: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    dict: {"type": "object"},
    list: {"type": "array"},
    Any: {},
}


def json_schema(cls: type[Any]) -> dict[str, Any]:
    """The JSON Schema of a dataclass of primitives, lists, dicts, options and other dataclasses."""
    hints = get_type_hints(cls)
    properties, required = {}, []
    for field in dataclasses.fields(cls):
        properties[field.name] = _schema_of(hints[field.name])
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(field.name)
    return {"type": "object", "properties": properties, "required": required}


def _schema_of(hint: Any) -> dict[str, Any]:
    if hint in _PRIMITIVES:
        return dict(_PRIMITIVES[hint])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return json_schema(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (list, tuple):
        return {"type": "array", "items": _schema_of(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(arguments[1])}
    if origin in (types.UnionType, typing.Union):
        inner = [_schema_of(argument) for argument in arguments if argument is not type(None)]
        nullable = [{"type": "null"}] if type(None) in arguments else []
        return {"anyOf": inner + nullable}
    raise TypeError(f"an event cannot carry {hint!r}")
