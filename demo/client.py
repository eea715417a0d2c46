"""The HTTP face, as a frontend meets it: one :class:`Client` is one visitor, signed in or not.

Why this module exists: a journey should read as what people do, so tokens, captchas, problem documents and repetition
are handled here. Every POST carries an Idempotency-Key and is sent again, with the same key, while a part of the
platform is down: whatever process is killed in the middle, nothing is done twice.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

CAPTCHA_ANSWER = "0000"  # ZHIYUAN_CAPTCHA=fixed
# A message that a killed process was just handing over is sent again after a minute; everything else takes less.
_PATIENCE_SECONDS = 90.0
_LOST = frozenset({503, 504})


@dataclass(frozen=True)
class Refusal:
    """A problem document. ``fields``: the codes by field. ``repeated``: an earlier try may have taken effect."""

    status: int
    code: str
    detail: str
    fields: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    repeated: bool = False

    def __str__(self) -> str:
        fields = ", ".join(f"{name}: {code}" for name, code in self.fields.items())
        return f"{self.status} {self.code}" + (f" ({fields})" if fields else "")


class Refused(Exception):
    """The platform said no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Client:
    """One visitor. With an account it signs in by itself, and refreshes its token when that has run out."""

    def __init__(self, http: httpx.Client, account: str | None = None, password: str | None = None) -> None:
        self._http = http
        self.account = account
        self._password = password
        self._tokens: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def signed_in_as(self, account: str, password: str) -> Client:
        """Somebody else at the same platform."""
        return Client(self._http, account, password)

    def anonymous(self) -> Client:
        """Somebody at the same platform who has not signed in."""
        return Client(self._http)

    # what a frontend does ---------------------------------------------------------------------------------------

    def get(self, path: str, **query: Any) -> Any:
        """The answer; raises :class:`Refused`. Query names that are Python words end in an underscore."""
        return self._json("GET", path, params={name.rstrip("_"): value for name, value in query.items()})

    def post(self, path: str, **body: Any) -> Any:
        """The answer; raises :class:`Refused`."""
        return self._json("POST", path, json=body)

    def put(self, path: str, **body: Any) -> Any:
        """The answer; raises :class:`Refused`."""
        return self._json("PUT", path, json=body)

    def patch(self, path: str, **body: Any) -> Any:
        """The answer; raises :class:`Refused`."""
        return self._json("PATCH", path, json=body)

    def delete(self, path: str) -> Any:
        """The answer; raises :class:`Refused`."""
        return self._json("DELETE", path)

    def upload(self, name: str, content: bytes, media_type: str) -> str:
        """The id of a file that was kept."""
        return str(self._json("POST", "/uploads", files={"file": (name, content, media_type)})["upload_id"])

    def send_file(self, path: str, name: str, content: bytes, media_type: str, **fields: str) -> Any:
        """A form with one file and ``fields``; raises :class:`Refused`."""
        return self._json("POST", path, files={"file": (name, content, media_type)}, data=fields)

    def push(self, path: str, body: bytes, **query: str) -> str:
        """What is answered to a provider's call of ours, as text; raises :class:`Refused`."""
        return self._send("POST", path, params=query, content=body, headers={"Content-Type": "text/xml"}).text

    def get_at(self, host: str, path: str, **query: Any) -> Any:
        """The answer under another Host, as somebody sees it who came to a sub-platform."""
        return self._json("GET", path, params=query, headers={"Host": host})

    def fetch(self, path: str, media_type: str, **query: Any) -> bytes:
        """The bytes of an answer in another format than JSON; raises :class:`Refused`."""
        answer = self._send("GET", path, params=query, headers={"Accept": media_type})
        if answer.headers["content-type"].partition(";")[0] != media_type:
            raise AssertionError(f"{path} answered {answer.headers['content-type']}, not {media_type}")
        return answer.content

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list."""
        page = self.get(path, limit=100, **query)
        yield from page["items"]
        while page["next_cursor"] is not None:
            page = self.get(path, limit=100, cursor=page["next_cursor"], **query)
            yield from page["items"]

    def solved_captcha(self) -> dict[str, str]:
        """The two fields that prove a human."""
        return {"captcha_id": self.post("/captchas")["captcha_id"], "captcha_answer": CAPTCHA_ANSWER}

    def sign_in(self) -> dict[str, Any]:
        """Sign in anew; answers the account with its roles."""
        visitor = Client(self._http)
        while True:
            try:
                tokens = visitor.post(
                    "/sessions", account=self.account, password=self._password, **visitor.solved_captcha()
                )
                break
            except Refused as refused:
                # the try before it was lost on the way, and had spent the captcha: a new one is drawn
                if not refused.refusal.repeated or "captcha_answer" not in refused.refusal.fields:
                    raise
        self._tokens = dict(tokens)
        return dict(tokens["account"])

    def access_token(self) -> str:
        """A token for whoever speaks HTTP by hand."""
        return self._token(None)

    # how --------------------------------------------------------------------------------------------------------

    def _json(self, method: str, path: str, **options: Any) -> Any:
        answer = self._send(method, path, **options)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = options.pop("headers", {})
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if self.account is None:
            answer, repeated = self._patiently(method, path, headers, options)
        else:
            used = self._token(None)
            answer, repeated = self._patiently(method, path, {**headers, "Authorization": f"Bearer {used}"}, options)
            if answer.status_code == 401:
                renewed = self._token(used)
                authorized = {**headers, "Authorization": f"Bearer {renewed}"}
                answer, repeated = self._patiently(method, path, authorized, options)
        if answer.status_code >= 400:
            raise Refused(_refusal(answer, repeated))
        return answer

    def _patiently(
        self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]
    ) -> tuple[httpx.Response, bool]:
        """The answer, and whether it took more than one try; tries again while a part of the platform is down."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        repeated = False
        while True:
            try:
                answer = self._http.request(method, f"/v1{path}", headers=headers, **options)
                in_flight = answer.status_code == 409 and repeated and answer.json()["code"] == "request_in_flight"
                if answer.status_code not in _LOST and not in_flight:
                    return answer, repeated
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if time.monotonic() > deadline:
                    return answer, repeated
            repeated = True
            time.sleep(0.2)

    def _token(self, worn_out: str | None) -> str:
        """An access token that is not ``worn_out``."""
        with self._lock:
            if self._tokens is None:
                self.sign_in()
            elif worn_out is not None and self._tokens["access_token"] == worn_out:
                try:
                    refresh_token = self._tokens["refresh_token"]
                    self._tokens = dict(Client(self._http).post("/sessions/refresh", refresh_token=refresh_token))
                except Refused:
                    self.sign_in()
            assert self._tokens is not None
            return str(self._tokens["access_token"])


def _refusal(answer: httpx.Response, repeated: bool) -> Refusal:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return Refusal(answer.status_code, "no_problem_document", answer.text[:200], repeated=repeated)
    problem = answer.json()
    return Refusal(
        problem["status"],
        problem["code"],
        problem["detail"],
        {error["field"]: error["code"] for error in problem.get("errors", [])},
        problem.get("data", {}),
        repeated,
    )


class Inbox:
    """What the SMS simulator was given to send."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def of(self, phone: str, template: str) -> list[str]:
        """The texts of one template that were sent to a number, oldest first."""
        messages = self._client.get("/dev/messages", recipient=phone)["items"]
        return [message["text"] for message in messages if message["template"] == template]

    def code(self, phone: str) -> str:
        """The newest verification code; waits until it has come."""
        found = wait_for(lambda: self.of(phone, "verification_code"))
        if not found:
            raise AssertionError("no verification code came")
        return "".join(filter(str.isdigit, found[-1].partition("，")[0]))


class PlatformClock:
    """The movable clock of a development platform."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def now(self) -> datetime:
        """The platform's time."""
        return self.advance(timedelta())

    def advance(self, by: timedelta) -> datetime:
        """Let time pass, in whole minutes; answers the new moment."""
        answer = self._client.post("/dev/clock", advance_minutes=max(0, -(-by // timedelta(minutes=1))))
        return datetime.fromisoformat(answer["now"])

    def advance_to(self, moment: datetime) -> datetime:
        """Let time pass until ``moment``, or up to a minute beyond it."""
        return self.advance(moment - self.now())


def wait_for(look: Any, *, seconds: float = _PATIENCE_SECONDS) -> Any:
    """The first truthy answer of ``look()``, or its last one after so many seconds."""
    deadline = time.monotonic() + seconds
    answer = look()
    while not answer and time.monotonic() < deadline:
        time.sleep(0.1)
        answer = look()
    return answer
