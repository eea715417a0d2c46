"""Uploads that nobody needs go; what somebody needs stays, whatever happens in between."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import upload_sweep
from gateway.uploads import FileStore, Upload
from services.chassis.errors import NotFound, Unavailable
from services.chassis.ids import new_id
from services.chassis.uploads import UploadsInUse
from services.identity.schemas.privacy import FindErasedAccounts
from tests.unit.gateway.conftest import FakeRpc, Site

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Services(FakeRpc):
    """Services of which a test says what they need, and who was erased; asked as the real schemas allow."""

    def __init__(self) -> None:
        super().__init__()
        self.evidence: set[str] = set()
        self.logos: set[str] = set()
        self.erased: set[str] = set()
        self.away: set[str] = set()
        self.between: Any = None  # what happens after the first time that everybody was asked

    async def call(self, target: str, payload: Any, caller: Any, *, deadline: float) -> Any:
        caller.require_service("gateway")
        if target in self.away:
            raise Unavailable()
        if target == "identity.find_erased_accounts":
            asked = FindErasedAccounts().parse(payload)
            return {"account_ids": sorted(self.erased & set(asked.account_ids))}
        needed = {"attendance.uploads_in_use": self.evidence, "organization.uploads_in_use": self.logos}[target]
        answer = {"upload_ids": sorted(needed & set(UploadsInUse().parse(payload).upload_ids))}
        if target == "organization.uploads_in_use" and self.between is not None:
            happens, self.between = self.between, None
            happens()
        return answer


class Shelf:
    """A gateway's uploads, on a day that a test chooses."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.gateway, self.folder = site.gateway, folder
        self.services = Services()
        self.gateway.rpc = self.services

    def hand_in(self, *, days_ago: float = 0, owner: str | None = None, name: str = "林小梅的证明.png") -> Upload:
        at = self.gateway.clock.now() - timedelta(days=days_ago)
        return self.gateway.uploads.keep(PNG, name=name, owner=owner or new_id(), at=at)

    def sweep(self) -> None:
        asyncio.run(upload_sweep.sweep(self.gateway, grace_seconds=0))

    def has(self, upload: Upload) -> bool:
        try:
            self.gateway.uploads.find(upload.upload_id)
        except NotFound:
            return False
        return True

    def files_of(self, upload: Upload) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.name.startswith(upload.upload_id))


@pytest.fixture
def shelf(site: Any, tmp_path: Path) -> Shelf:
    return Shelf(site(), tmp_path / "uploads")


def test_what_nothing_refers_to_goes_after_some_days_with_all_its_bytes(shelf: Shelf) -> None:
    old, fresh = shelf.hand_in(days_ago=2.1), shelf.hand_in(days_ago=1.9)
    shelf.sweep()
    assert shelf.files_of(old) == []
    assert shelf.has(fresh)


@pytest.mark.parametrize("needed_as", ["evidence", "logos"])
def test_what_a_service_refers_to_stays_however_old(shelf: Shelf, needed_as: str) -> None:
    upload = shelf.hand_in(days_ago=400)
    getattr(shelf.services, needed_as).add(upload.upload_id)
    shelf.sweep()
    assert shelf.gateway.uploads.read(upload.upload_id) == PNG
    assert shelf.gateway.uploads.find(upload.upload_id).owner == upload.owner


def test_an_erased_persons_own_uploads_go_at_once_and_nobody_elses(shelf: Shelf) -> None:
    own, others = shelf.hand_in(), shelf.hand_in()
    shelf.services.erased.add(own.owner)
    shelf.sweep()
    assert shelf.files_of(own) == []
    assert shelf.has(others)


def test_what_others_need_of_an_erased_persons_stays_and_does_not_say_whose_it_was(shelf: Shelf) -> None:
    logo = shelf.hand_in()
    shelf.services.erased.add(logo.owner)
    shelf.services.logos.add(logo.upload_id)
    shelf.sweep()
    kept = shelf.gateway.uploads.find(logo.upload_id)
    assert (kept.owner, kept.name, kept.sha256) == ("", "file.png", logo.sha256)
    assert shelf.gateway.uploads.of(logo.owner) == []
    assert "林小梅" not in "".join(
        path.read_text("utf-8", "replace") for path in shelf.folder.iterdir() if path.is_file()
    )
    shelf.services.logos.clear()  # another logo took its place
    shelf.gateway.settings = replace(shelf.gateway.settings, upload_days=-1)
    shelf.sweep()
    assert shelf.files_of(logo) == []


@pytest.mark.parametrize(
    "away", ["identity.find_erased_accounts", "attendance.uploads_in_use", "organization.uploads_in_use"]
)
def test_while_a_service_is_away_nothing_is_removed_and_the_next_pass_makes_it_good(shelf: Shelf, away: str) -> None:
    upload = shelf.hand_in(days_ago=30)
    shelf.services.erased.add(upload.owner)
    shelf.services.away.add(away)
    with pytest.raises(Unavailable):
        shelf.sweep()
    assert shelf.has(upload)
    shelf.services.away.clear()
    shelf.sweep()
    assert shelf.files_of(upload) == []


def test_what_is_put_to_use_while_it_is_set_aside_is_put_back(shelf: Shelf) -> None:
    upload = shelf.hand_in(days_ago=30)
    shelf.services.between = lambda: shelf.services.evidence.add(upload.upload_id)
    shelf.sweep()
    assert shelf.gateway.uploads.read(upload.upload_id) == PNG


def test_a_pass_that_was_cut_off_is_finished_by_the_next_one(shelf: Shelf) -> None:
    unneeded, needed = shelf.hand_in(days_ago=30), shelf.hand_in(days_ago=30)
    shelf.services.evidence.add(needed.upload_id)
    for upload in (unneeded, needed):
        shelf.gateway.uploads.set_aside(upload.upload_id)
    (shelf.folder / unneeded.upload_id).unlink()  # killed between the content and the rest
    shelf.sweep()
    assert shelf.files_of(unneeded) == []
    assert shelf.has(needed)


def test_bytes_that_were_never_wholly_kept_go_once_they_are_old(shelf: Shelf) -> None:
    whole, torn, fresh = shelf.hand_in(), shelf.folder / new_id(), shelf.folder / new_id()
    for path in (torn, fresh, shelf.folder / f".{new_id()}.new"):
        path.write_bytes(PNG)
    an_hour_ago = time.time() - 3700
    for path in (torn, shelf.folder / whole.upload_id):
        os.utime(path, (an_hour_ago, an_hour_ago))
    shelf.sweep()
    assert not torn.exists()
    assert fresh.exists()
    assert shelf.has(whole)


def test_of_several_gateways_one_sweeps(shelf: Shelf) -> None:
    upload = shelf.hand_in(days_ago=30)
    with FileStore(shelf.folder, 1000).swept_by_one() as alone:
        assert alone
        shelf.sweep()
        assert shelf.has(upload)
    shelf.sweep()
    assert not shelf.has(upload)
