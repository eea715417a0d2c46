"""Refusals: one class for each, with a stable code, an HTTP status and words in two languages.

Why this module exists: a frontend, a partner and a test all need to know *which* rule refused a request,
and the answer must be the same whether it came out of the domain, the database or the gateway. An error is
declared once, as a small class; the registry made of those classes becomes ``docs/errors.md``.

The same error crosses the wire twice: as the ``error`` member of an RPC answer (:func:`to_wire`,
:func:`from_wire`) and as ``application/problem+json`` (:meth:`AppError.to_problem`, used by the gateway).

May import nothing but the standard library: domain code raises these.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

_REGISTRY: dict[str, type[AppError]] = {}


class AppError(Exception):
    """A refusal that the caller can understand and act on.

    Subclasses state ``code`` (stable, snake_case), ``status`` (HTTP), and a title and detail in Chinese and
    English. The details are format strings, filled from the keyword arguments given to the constructor, which
    also travel as ``data``.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title_zh: ClassVar[str]
    title_en: ClassVar[str]
    detail_zh: ClassVar[str] = ""
    detail_en: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            raise TypeError(f"{cls.__name__} must state a code of its own")
        other = _REGISTRY.get(cls.code)
        if other is not None and other.__qualname__ != cls.__qualname__:
            raise TypeError(f"error code {cls.code!r} is taken by {other.__module__}.{other.__qualname__}")
        _REGISTRY[cls.code] = cls

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data = data

    def __str__(self) -> str:
        return f"{self.code}: {self.detail('en')}"

    def title(self, locale: str) -> str:
        """The short name of the rule in ``locale`` (``"en"``, anything else is Chinese)."""
        return self.title_en if locale == "en" else self.title_zh

    def detail(self, locale: str) -> str:
        """What happened this time, in ``locale``, with the data filled in."""
        template = self.detail_en if locale == "en" else self.detail_zh
        try:
            return template.format(**self.data)
        except (KeyError, IndexError):
            return template

    def to_problem(self, locale: str, request_id: str) -> dict[str, Any]:
        """The members of an ``application/problem+json`` document (RFC 9457; API.md, "Errors")."""
        problem: dict[str, Any] = {
            "type": f"/errors/{self.code}",
            "title": self.title(locale),
            "status": self.status,
            "detail": self.detail(locale),
            "code": self.code,
            "request_id": request_id,
        }
        if self.data:
            problem["data"] = self.data
        return problem


class BadRequest(AppError):
    """The request cannot be read at all."""

    code = "malformed_request"
    status = 400
    title_zh, title_en = "请求无法解析", "The request cannot be read"
    detail_zh, detail_en = "{why_zh}", "{why_en}"


class NotAuthenticated(AppError):
    """Nobody is signed in, or the token is no longer good."""

    code = "not_authenticated"
    status = 401
    title_zh, title_en = "请先登录", "Sign in first"
    detail_zh, detail_en = "缺少有效的访问令牌。", "A valid access token is missing."


class Forbidden(AppError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403
    title_zh, title_en = "没有权限", "Not allowed"
    detail_zh, detail_en = "您没有执行此操作的权限。", "You have no right to do this."


class NotFound(AppError):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"
    status = 404
    title_zh, title_en = "未找到", "Not found"
    detail_zh, detail_en = "没有找到所请求的{what}。", "There is no such {what}."


class Conflict(AppError):
    """The request clashes with the present state."""

    code = "conflict"
    status = 409
    title_zh, title_en = "与当前状态冲突", "In conflict with the present state"
    detail_zh, detail_en = "请求与当前状态冲突。", "The request is in conflict with the present state."


class IllegalTransition(Conflict):
    """A state machine has no such step (DESIGN.md, 6. States)."""

    code = "illegal_transition"
    title_zh, title_en = "当前状态不允许此操作", "The present state does not allow this"
    detail_zh = "当前状态为 {current}，不能变为 {attempted}。"
    detail_en = "The state is {current}; it cannot become {attempted}."


class AlreadyDecided(Conflict):
    """Somebody else decided it first; ``status`` tells how (two reviewers at once: one wins)."""

    code = "already_decided"
    title_zh, title_en = "已有审核结果", "This has been decided already"
    detail_zh, detail_en = "审核结果为 {status}。", "It was decided: {status}."


class IdempotencyKeyReused(AppError):
    """The same Idempotency-Key came with another body (API.md, "Lists")."""

    code = "idempotency_key_reused"
    status = 422
    title_zh, title_en = "幂等键已用于其他请求", "This Idempotency-Key belongs to another request"
    detail_zh = "同一 Idempotency-Key 只能用于完全相同的请求。"
    detail_en = "An Idempotency-Key may only be repeated with the very same request."


class RequestInFlight(Conflict):
    """The first request with this Idempotency-Key has not ended yet."""

    code = "request_in_flight"
    title_zh, title_en = "相同请求正在处理", "The same request is in flight"
    detail_zh, detail_en = "请稍后重试。", "Try again in a moment."


class TooMany(AppError):
    """A limit was reached; ``retry_after`` tells in how many seconds it opens again."""

    code = "too_many_requests"
    status = 429
    title_zh, title_en = "请求过于频繁", "Too many requests"
    detail_zh, detail_en = "请在 {retry_after} 秒后重试。", "Try again in {retry_after} seconds."


class Unavailable(AppError):
    """A part of the platform is down."""

    code = "unavailable"
    status = 503
    title_zh, title_en = "服务暂不可用", "A part of the platform is down"
    detail_zh, detail_en = "请稍后重试。", "Try again in a moment."


class DeadlineExceeded(AppError):
    """No answer came within the deadline; whether the request took effect is unknown."""

    code = "deadline_exceeded"
    status = 504
    title_zh, title_en = "处理超时", "No answer within the deadline"
    detail_zh, detail_en = (
        "在期限内没有得到答复，请查询结果后再重试。",
        "Look at the state before trying again.",
    )


class InternalError(AppError):
    """A fault of the platform's own. Its cause is in the logs, under the request id."""

    code = "internal_error"
    status = 500
    title_zh, title_en = "系统内部错误", "An internal error"
    detail_zh, detail_en = "请凭请求编号联系客服。", "Give the request id to the support desk."


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that breaks one rule. ``field`` is a path such as ``shifts.0.starts_at``."""

    field: str
    code: str
    zh: str
    en: str

    def to_problem(self, locale: str) -> dict[str, str]:
        """``{field, code, message}`` in ``locale``."""
        return {"field": self.field, "code": self.code, "message": self.en if locale == "en" else self.zh}


class NoKeyInForce(AppError):
    """No key of this recipient is in force now; somebody has to ask for a new one."""

    code = "no_key_in_force"
    status = 503
    title_zh, title_en = "接收方没有有效的公钥", "The recipient has no key in force"
    detail_zh = "{recipient} 目前没有有效的加密公钥，请稍后再试。"
    detail_en = "{recipient} has no encryption key in force; try again later."


class Invalid(AppError):
    """Fields break rules. All of them are named in one answer."""

    code = "invalid_fields"
    status = 422
    title_zh, title_en = "字段校验未通过", "Some fields are not valid"
    detail_zh, detail_en = (
        "请修改标出的字段后重新提交。",
        "Correct the named fields and send the request again.",
    )

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        if not errors:
            raise ValueError("Invalid names at least one field")
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{error.field}: {error.code} ({error.en})" for error in self.errors)

    def to_problem(self, locale: str, request_id: str) -> dict[str, Any]:
        """As :meth:`AppError.to_problem`, with ``errors`` beside."""
        problem = super().to_problem(locale, request_id)
        problem["errors"] = [error.to_problem(locale) for error in self.errors]
        return problem


def registry() -> dict[str, type[AppError]]:
    """Every refusal that has been imported so far, by code."""
    return dict(_REGISTRY)


def to_wire(error: BaseException) -> dict[str, Any]:
    """An exception as the ``error`` member of a Nameko RPC answer.

    Nameko's own four keys stay, so that a stock Nameko client still understands it. What is not an
    :class:`AppError` becomes ``internal_error``: its text may hold personal data and stays in the logs.
    """
    refusal = error if isinstance(error, AppError) else InternalError()
    return {
        "exc_type": type(refusal).__name__,
        "exc_path": f"{type(refusal).__module__}.{type(refusal).__qualname__}",
        "exc_args": [refusal.code],
        "value": str(refusal),
        "code": refusal.code,
        "status": refusal.status,
        "title": {"zh": refusal.title("zh"), "en": refusal.title("en")},
        "detail": {"zh": refusal.detail("zh"), "en": refusal.detail("en")},
        "data": refusal.data,
        "errors": [asdict(e) for e in refusal.errors] if isinstance(refusal, Invalid) else [],
    }


class _Relayed(AppError):
    """A refusal of another service whose class this process has not imported."""

    code = "relayed"
    status = 500
    title_zh, title_en = "其他服务拒绝了请求", "Another service refused the request"

    def __init__(self, wire: dict[str, Any]) -> None:
        super().__init__(**wire.get("data", {}))
        self.code = wire["code"]  # type: ignore[misc]
        self.status = wire["status"]  # type: ignore[misc]
        self._title, self._detail = wire["title"], wire["detail"]

    def title(self, locale: str) -> str:
        return str(self._title["en" if locale == "en" else "zh"])

    def detail(self, locale: str) -> str:
        return str(self._detail["en" if locale == "en" else "zh"])


def from_wire(wire: dict[str, Any]) -> AppError:
    """The refusal that :func:`to_wire` wrote, as the same class where it is known here."""
    if "code" not in wire:
        return InternalError()
    if wire["code"] == Invalid.code and wire.get("errors"):
        return Invalid(*(FieldError(**error) for error in wire["errors"]))
    known = _REGISTRY.get(wire["code"])
    if known is not None and known.__init__ is AppError.__init__:
        return known(**wire.get("data", {}))
    return _Relayed(wire)
