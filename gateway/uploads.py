"""Files that people hand in: sniffed, measured, named harmlessly, and kept beside what is known of them.

Why this module exists: a file's name and its declared type are claims of a stranger. What it is, its bytes say; what
it is called, nobody needs to believe. Kept in a folder here; another :class:`UploadStore` (an object store) fits the
same hole.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import asdict, dataclass
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
_UNSAFE = re.compile(r"[^\w.\-\u4e00-\u9fff]+")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Upload:
    """What is known of a kept file."""

    upload_id: str
    owner: str  # account id
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


class FileStore:
    """A folder: the content in ``<id>``, what is known in ``<id>.json``, written last."""

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
        self._write(f"{upload.upload_id}.json", orjson.dumps(asdict(upload)))
        metrics.UPLOADED_BYTES.inc(len(content))
        return upload

    def find(self, upload_id: str) -> Upload:
        """What is known of a file; raises ``NotFound``."""
        if not _ID.fullmatch(upload_id):
            raise NotFound(what="upload")
        try:
            return Upload(**orjson.loads((self._folder / f"{upload_id}.json").read_bytes()))
        except FileNotFoundError:
            raise NotFound(what="upload") from None

    def read(self, upload_id: str) -> bytes:
        """Its content."""
        return (self._folder / self.find(upload_id).upload_id).read_bytes()

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
