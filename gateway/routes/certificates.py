"""Certificates of service: as JSON, as PDF, many as ZIP, and a page for whoever scans one with a phone's camera."""

from __future__ import annotations

import asyncio
import html
import re
import tempfile
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response, StreamingResponse

from gateway.endpoints import accepts
from gateway.payloads import read_payload
from gateway.routing import Route, Who
from services.attendance import errors
from services.attendance.schemas import certificates as schemas
from services.chassis.context import Caller
from services.chassis.errors import IllegalTransition, NotFound, TooMany

if TYPE_CHECKING:
    from gateway.app import Gateway

PDF, ZIP, HTML = "application/pdf", "application/zip", "text/html"
_TAGS = ("service certificates",)
_DEADLINE = 10.0
_IN_MEMORY = 4_000_000  # bytes of a ZIP; what is more goes to the disk
_CHUNK = 1 << 16
_UNSAFE_IN_NAMES = re.compile(r'[\\/:*?"<>|.\s]')


async def issue(request: HttpRequest, caller: Caller, gateway: Gateway) -> Response:
    """A new certificate; its PDF at once, where the client asks for one."""
    return await _shown(request, caller, gateway, _ISSUE, "attendance.issue_certificate")


async def show(request: HttpRequest, caller: Caller, gateway: Gateway) -> Response:
    """One of one's own, as often as it is needed."""
    return await _shown(request, caller, gateway, _SHOW, "attendance.get_certificate")


async def _shown(request: HttpRequest, caller: Caller, gateway: Gateway, route: Route, target: str) -> Response:
    payload = await read_payload(request, route, gateway.settings.max_json_bytes)
    route.request().parse(payload)
    document = await gateway.rpc.call(target, payload, caller, deadline=_DEADLINE)
    if accepts(request, PDF) is None:
        return JSONResponse(document, status_code=route.status)
    (pdf,) = await gateway.printer.print([document])
    return Response(pdf, status_code=route.status, media_type=PDF, headers=_attachment(f"{document['serial']}.pdf"))


async def download_batch(request: HttpRequest, caller: Caller, gateway: Gateway) -> Response:
    """The PDFs of a batch, twenty at a time on their way into one ZIP."""
    payload = await read_payload(request, _DOWNLOAD, 0)
    schemas.GetBatch().parse(payload)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by _sent
    try:
        await _pack(file, payload, caller, gateway)
    except BaseException:
        file.close()
        raise
    return StreamingResponse(_sent(file), media_type=ZIP, headers=_attachment(f"{payload['batch_id']}.zip"))


async def _pack(file: IO[bytes], payload: dict[str, Any], caller: Caller, gateway: Gateway) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:  # a PDF is compressed inside
        cursor: str | None = None
        while True:
            asked = payload if cursor is None else {**payload, "cursor": cursor}
            page = await gateway.rpc.call("attendance.hand_out_certificates", asked, caller, deadline=_DEADLINE)
            pdfs = await gateway.printer.print(page["items"]) if page["items"] else []
            await asyncio.to_thread(_add, packed, page["items"], pdfs)
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _add(packed: zipfile.ZipFile, documents: Sequence[dict[str, Any]], pdfs: Sequence[bytes]) -> None:
    for document, pdf in zip(documents, pdfs, strict=True):
        name = f"{_UNSAFE_IN_NAMES.sub('_', document['name'])}-{document['volunteer_no']}-{document['serial']}.pdf"
        issued_at = datetime.fromisoformat(document["issued_at"])
        packed.writestr(zipfile.ZipInfo(name, issued_at.timetuple()[:6]), pdf)


async def _sent(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept"}


_STATUS = {
    "valid": ("有效", "Valid"),
    "outdated": ("所载记录已更正，不再有效", "Outdated: hours that it counts were corrected"),
    "revoked": ("已撤销", "Revoked"),
}
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>志愿服务记录证明核验</title><style>body{{font:16px/1.7 sans-serif;max-width:34em;margin:2em auto;padding:0 1em}}
dt{{color:#555}}dd{{margin:0 0 .6em}}.status{{font-size:1.4em}}</style>
<h1>志愿服务记录证明核验</h1><p class="status">{status}</p><dl>{rows}</dl></html>"""


async def _as_page(request: HttpRequest, answer: Any) -> Response | None:
    """For the camera of a phone, which opens a browser; programs get JSON."""
    if accepts(request, HTML) is None:
        return None
    period = f"{answer['from'] or '—'} 至 {answer['to'] or '—'}" if answer["from"] or answer["to"] else "全部"
    told = (
        ("证明编号 Serial", answer["serial"]),
        ("姓名 Name", answer["name_masked"]),
        ("服务期间 Period", period),
        ("服务次数 Services", str(answer["services"])),
        ("服务时长（分钟） Minutes", str(answer["minutes"])),
        ("记录单位 Recorded by", "、".join(answer["organizations"]) or "—"),
        ("出具时间 Issued", answer["issued_at"]),
    )
    rows = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in told)
    page = _PAGE.format(status=html.escape(" · ".join(_STATUS[answer["status"]])), rows=rows)
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return Response(page, media_type=HTML, headers={"Content-Security-Policy": policy, "Vary": "Accept"})


_ISSUE = Route(
    "POST", "/me/service-certificates", issue,
    request=schemas.IssueCertificate, answer=schemas.CertificateDocument, who=Who.VOLUNTEER, status=201, strict=True,
    formats=(PDF,), tags=_TAGS, errors=(errors.NothingToCertify, errors.TooManyServices, TooMany),
    zh="开具志愿服务证明", en="A certificate of one's confirmed hours; as PDF by Accept",
)  # fmt: skip
_SHOW = Route(
    "GET", "/me/service-certificates/{serial}", show,
    request=schemas.GetCertificate, answer=schemas.CertificateDocument, who=Who.VOLUNTEER, strict=True,
    formats=(PDF,), tags=_TAGS, errors=(NotFound,),
    zh="查看、重新下载证明", en="One of one's own certificates; as PDF by Accept, always the same",
)  # fmt: skip
_DOWNLOAD = Route(
    "GET", "/certificate-batches/{batch_id}/certificates", download_batch,
    request=schemas.GetBatch, who=Who.ADMINISTRATOR, strict=True, formats=(ZIP,), tags=_TAGS,
    errors=(NotFound, errors.BatchStillRunning), zh="下载批量证明", en="All certificates of a batch as PDF, in a ZIP",
)  # fmt: skip

ROUTES = [
    _ISSUE,
    Route(
        "GET", "/me/service-certificates", "attendance.list_certificates",
        request=schemas.ListCertificates, answer=schemas.CertificatePage, who=Who.VOLUNTEER, tags=_TAGS,
        zh="我的志愿服务证明", en="One's own certificates, newest first",
    ),
    _SHOW,
    Route(
        "POST", "/service-certificates/{serial}/revocation", "attendance.revoke_certificate",
        request=schemas.RevokeCertificate, answer=schemas.Certificate, tags=_TAGS,
        errors=(NotFound, IllegalTransition), zh="撤销证明",
        en="By whose it is, or a platform administrator: it is not to be relied on any more",
    ),
    Route(
        "GET", "/service-certificates/{serial}", "attendance.verify_certificate",
        request=schemas.VerifyCertificate, answer=schemas.VerifiedCertificate, who=Who.PUBLIC, strict=True,
        render=_as_page, formats=(HTML,), tags=_TAGS, errors=(NotFound,),
        zh="核验证明", en="Whether a certificate is genuine and still good, for whoever holds it",
    ),
    Route(
        "POST", "/organizations/{organization_id}/service-certificates", "attendance.request_certificate_batch",
        request=schemas.RequestBatch, answer=schemas.Batch, who=Who.ADMINISTRATOR, status=202, strict=True,
        tags=_TAGS, errors=(errors.NothingToCertify, errors.BatchTooLarge),
        zh="批量开具证明", en="Certificates for all who served the organization: in a period, at an activity",
    ),
    Route(
        "GET", "/organizations/{organization_id}/service-certificates", "attendance.list_certificate_batches",
        request=schemas.ListBatches, answer=schemas.BatchPage, who=Who.ADMINISTRATOR, tags=_TAGS,
        zh="批量开具记录", en="An organization's batches of certificates, newest first",
    ),
    Route(
        "GET", "/certificate-batches/{batch_id}", "attendance.get_certificate_batch",
        request=schemas.GetBatch, answer=schemas.Batch, who=Who.ADMINISTRATOR, tags=_TAGS, errors=(NotFound,),
        zh="批量开具进度", en="How far a batch of certificates has come",
    ),
    _DOWNLOAD,
]  # fmt: skip
