"""Which uploads a service still needs: asked by the gateway, which keeps the files and does not know what they prove.

Why this module exists: a file may go when nobody refers to it any more (docs/adr/0024). Each service whose rows name
uploads answers ``uploads_in_use`` in this one shape.
"""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from services.chassis.schema import Answer, Id, Request, list_of

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class FindUploadsInUse:
    """Which of these uploads are needed."""

    upload_ids: list[str]


class UploadsInUse(Request):
    """``{upload_ids}``: those that the gateway would remove."""

    class Meta:
        command = FindUploadsInUse

    upload_ids = list_of(Id(), max=BATCH, required=True)


class UploadIds(Answer):
    """``{upload_ids}``: those that must stay."""

    upload_ids = fields.List(Id())
