"""Files that speak for hours: kept as the gateway knew them, shown to whoever decides, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.attendance import commands
from services.attendance.domain import REVIEWERS
from services.attendance.models import (
    Correction,
    CorrectionEvidence,
    Evidence,
    MissingEntry,
    MissingEntryEvidence,
    Supplement,
)
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.scanning import ROLES
from services.chassis.uploads import FindUploadsInUse

File = Evidence | CorrectionEvidence | MissingEntryEvidence


def columns_of(files: Iterable[commands.EvidenceFile]) -> list[dict[str, Any]]:
    """A row for each file, in the order given; the same upload twice is one file."""
    once = {file.upload_id: file for file in files}
    return [
        {
            "position": position,
            "upload_id": file.upload_id,
            "sha256": file.sha256,
            "content_type": file.content_type,
            "name": file.name,
        }
        for position, file in enumerate(once.values())
    ]


def files_of(evidence: Iterable[File]) -> list[commands.EvidenceFile]:
    """The same files, to be carried by something else, too."""
    return [
        commands.EvidenceFile(
            upload_id=file.upload_id, sha256=file.sha256, content_type=file.content_type, name=file.name
        )
        for file in evidence
    ]


def find_used_elsewhere(uow: AttendanceUnitOfWork, cases: Iterable[Supplement | Correction | MissingEntry]) -> set[str]:
    """The hashes of their files that speak for other hours, too."""
    return uow.evidence.used_elsewhere({file.sha256 for case in cases for file in case.evidence})


def shown(evidence: Iterable[File], used_elsewhere: set[str]) -> list[dict[str, Any]]:
    """The files to look at; ``used_elsewhere``: hashes that speak for other hours, too."""
    return [
        {
            "upload_id": file.upload_id,
            "content_type": file.content_type,
            "name": file.name,
            "used_elsewhere": file.sha256 in used_elsewhere,
        }
        for file in evidence
    ]


def uploads_in_use(query: FindUploadsInUse, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Those that prove the hours of somebody who was not erased: an erased person's hours are claimed by nobody."""
    uow.caller.require_service("gateway")
    kept = {
        *uow.supplements.proofs_among(query.upload_ids),
        *uow.corrections.proofs_among(query.upload_ids),
        *uow.missing_entries.proofs_among(query.upload_ids),
    }
    return {"upload_ids": sorted(kept)}


def may_see_upload(query: commands.MaySeeUpload, uow: AttendanceUnitOfWork) -> dict[str, bool]:
    """Whether something that carries the file is the caller's to judge: their organization's, or one below.

    A claim is judged by whoever runs the activity's attendance alone; the superior sees what these hand on.
    """
    supplemented, corrected = uow.supplements.carrying(query.upload_id), uow.corrections.carrying(query.upload_id)
    decided_at = (*corrected, *uow.missing_entries.carrying(query.upload_id))
    allowed = any(_may_judge(uow, organization_id) for organization_id in (*supplemented, *corrected)) or any(
        uow.reviewing.reaches(organization_id, *ROLES) for organization_id in decided_at
    )
    return {"allowed": allowed}


def _may_judge(uow: AttendanceUnitOfWork, organization_id: str) -> bool:
    own = uow.organizations.reaches(organization_id, *ROLES, *REVIEWERS)
    return own or uow.reviewing.reaches_from_above(organization_id, *REVIEWERS)
