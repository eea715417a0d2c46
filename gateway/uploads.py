"""Files that people hand in: sniffed, measured, named harmlessly, and kept beside what is known of them.

Why this module exists: a file's name and its declared type are claims of a stranger. What it is, its bytes say; what
it is called, nobody needs to believe. Kept in a folder here; another :class:`UploadStore` (an object store) fits the
same hole.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import filetype
import orjson

from gateway import metrics
from gateway.errors import TooLarge, UnsupportedMediaType
from services.chassis.errors import NotFound
from services.chassis.ids import new_id

ACCEPTED = ("image/jpeg", "image/png", "image/webp", "application/pdf")
_KEPT, _ASIDE = ".json", ".aside"
# What has no description after this long was left by a process that died while it kept it.
_FRAGMENT_SECONDS = 3600
_UNSAFE = re.compile(r"[^\w.\-\u4e00-\u9fff]+")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Upload:
    """What is known of a kept file."""

    upload_id: str
    owner: str  # account id; empty once its account was erased
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: str


class UploadStore(Protocol):
    """Somewhere to keep files."""

    def keep(self, content: bytes, *, name: str, owner: str, at: datetime) -> Upload:
        """Keep a file; raises ``TooLarge`` or ``UnsupportedMediaType``."""
        ...

    def find(self, upload_id: str) -> Upload:
        """What is known of a file; raises ``NotFound``."""
        ...

    def read(self, upload_id: str) -> bytes:
        """Its content."""
        ...

    def of(self, owner: str) -> list[Upload]:
        """What an account has handed in, the oldest first, but what was set aside."""
        ...

    def swept_by_one(self) -> AbstractContextManager[bool]:
        """Whether nobody else is sweeping meanwhile."""
        ...

    def kept(self) -> Iterator[Upload]:
        """All files, but those set aside."""
        ...

    def aside(self) -> Iterator[Upload]:
        """Those set aside."""
        ...

    def set_aside(self, upload_id: str) -> None:
        """Let nobody find a file any more."""
        ...

    def put_back(self, upload_id: str) -> None:
        """Let a file that was set aside be found again."""
        ...

    def remove(self, upload_id: str) -> None:
        """The end of a file that was set aside."""
        ...

    def disown(self, upload_id: str) -> None:
        """Forget who handed in a file, and what they called it."""
        ...

    def remove_fragments(self) -> None:
        """Remove what was never wholly kept."""
        ...


class FileStore:
    """A folder: the content in ``<id>``, what is known in ``<id>.json``, written last; ``<id>.aside``: set aside.

    ``owners/<digest of the account>/<id>`` finds what is somebody's without reading everything; it may name what is not
    there (any more), never leave out what is.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self.max_bytes = max_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, *, name: str, owner: str, at: datetime) -> Upload:
        """Keep a file; raises ``TooLarge`` or ``UnsupportedMediaType``."""
        if len(content) > self.max_bytes:
            raise TooLarge(max_bytes=self.max_bytes)
        kind = filetype.guess(content)
        if kind is None or kind.mime not in ACCEPTED:
            raise UnsupportedMediaType(accepted="、".join(ACCEPTED))
        upload = Upload(
            upload_id=new_id(),
            owner=owner,
            name=harmless_name(name, kind.extension),
            content_type=kind.mime,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            created_at=at.isoformat(),
        )
        self._write(upload.upload_id, content)
        self._owned(owner).mkdir(parents=True, exist_ok=True)
        (self._owned(owner) / upload.upload_id).touch()
        self._describe(upload)
        metrics.UPLOADED_BYTES.inc(len(content))
        return upload

    def find(self, upload_id: str) -> Upload:
        """What is known of a file; raises ``NotFound``."""
        if not _ID.fullmatch(upload_id):
            raise NotFound(what="upload")
        try:
            return self._described(f"{upload_id}{_KEPT}")
        except FileNotFoundError:
            raise NotFound(what="upload") from None

    def read(self, upload_id: str) -> bytes:
        """Its content."""
        return (self._folder / self.find(upload_id).upload_id).read_bytes()

    def of(self, owner: str) -> list[Upload]:
        """What an account has handed in, the oldest first, but what was set aside."""
        named = sorted(entry.name for entry in self._owned(owner).glob("*"))
        found = (self._described_or_none(f"{upload_id}{_KEPT}") for upload_id in named)
        return [upload for upload in found if upload is not None and upload.owner == owner]

    @contextmanager
    def swept_by_one(self) -> Iterator[bool]:
        """Whether nobody else is sweeping meanwhile; a process that dies lets go."""
        with (self._folder / ".sweep").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def kept(self) -> Iterator[Upload]:
        """All files, but those set aside, in no order."""
        return self._all(_KEPT)

    def aside(self) -> Iterator[Upload]:
        """Those set aside."""
        return self._all(_ASIDE)

    def set_aside(self, upload_id: str) -> None:
        """Let nobody find a file any more."""
        (self._folder / f"{upload_id}{_KEPT}").replace(self._folder / f"{upload_id}{_ASIDE}")

    def put_back(self, upload_id: str) -> None:
        """Let a file that was set aside be found again."""
        (self._folder / f"{upload_id}{_ASIDE}").replace(self._folder / f"{upload_id}{_KEPT}")

    def remove(self, upload_id: str) -> None:
        """The end of a file that was set aside: the content first, so that a crash leaves something to go on with."""
        (self._folder / upload_id).unlink(missing_ok=True)
        described = self._described_or_none(f"{upload_id}{_ASIDE}")
        if described is not None:
            (self._owned(described.owner) / upload_id).unlink(missing_ok=True)
        (self._folder / f"{upload_id}{_ASIDE}").unlink(missing_ok=True)

    def disown(self, upload_id: str) -> None:
        """Forget who handed in a file, and what they called it."""
        upload = self.find(upload_id)
        self._describe(replace(upload, owner="", name=f"file{Path(upload.name).suffix}"))
        (self._owned(upload.owner) / upload_id).unlink(missing_ok=True)

    def remove_fragments(self) -> None:
        """Remove content without a description, and replacements that replaced nothing: their process died."""
        before = time.time() - _FRAGMENT_SECONDS
        for entry in os.scandir(self._folder):
            if self._is_fragment(entry.name) and entry.stat().st_mtime < before:
                Path(entry.path).unlink(missing_ok=True)

    def _is_fragment(self, name: str) -> bool:
        if _ID.fullmatch(name) is None:
            return name.endswith(".new")
        return not any((self._folder / f"{name}{ending}").exists() for ending in (_KEPT, _ASIDE))

    def _all(self, ending: str) -> Iterator[Upload]:
        for entry in os.scandir(self._folder):
            if entry.name.endswith(ending):
                try:
                    yield self._described(entry.name)
                except FileNotFoundError:
                    continue  # it went meanwhile

    def _owned(self, owner: str) -> Path:
        return self._folder / "owners" / hashlib.sha256(owner.encode()).hexdigest()

    def _described_or_none(self, name: str) -> Upload | None:
        try:
            return self._described(name)
        except FileNotFoundError:
            return None

    def _described(self, name: str) -> Upload:
        return Upload(**orjson.loads((self._folder / name).read_bytes()))

    def _describe(self, upload: Upload) -> None:
        self._write(f"{upload.upload_id}{_KEPT}", orjson.dumps(asdict(upload)))

    def _write(self, name: str, content: bytes) -> None:
        replacement = self._folder / f".{name}.new"
        with replacement.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        replacement.replace(self._folder / name)


def harmless_name(name: str, extension: str) -> str:
    """A file name without paths, control characters or a misleading ending."""
    stem = _UNSAFE.sub("_", Path(name.replace("\\", "/")).stem)[:80].strip("._") or "file"
    return f"{stem}.{extension}"
