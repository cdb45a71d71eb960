"""Photographs and documents: uploaded once, then referred to by their id wherever a field is one."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse

from api.auth import Permission, Person, may
from api.ports import Gateway, Upload
from api.schemas import AttachmentOut
from devices.errors import NotAllowed
from devices.message import Text
from ledger.books import READERS

PATH = "/api/attachments"
router = APIRouter(prefix=PATH, tags=["ledger"])
_PDF = "application/pdf"
_ALONE = {"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}
"""Whatever a browser makes of it runs nothing and asks for nothing."""
_BODY = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


@router.post(
    "",
    summary="Upload a photograph (JPEG, PNG, WebP) or a PDF, as the body; answers with its id",
    openapi_extra={"requestBody": _BODY},
)
async def upload(
    request: Request,
    _person: Annotated[Person, Depends(may(Permission.RECORD))],
    name: Annotated[str, Query(max_length=500, description="what the file is called")] = "",
) -> AttachmentOut:
    gateway: Gateway = request.state.gateway
    coming: Upload = await run_in_threadpool(gateway.attachments.begin, name)
    try:
        async for part in request.stream():
            await run_in_threadpool(coming.write, part)
        return AttachmentOut.of(await run_in_threadpool(coming.finish))
    finally:
        await run_in_threadpool(coming.close)


@router.get("/{id}/preview", summary="A photograph as it is shown: smaller, and without the place it was taken at")
async def preview(id: str, request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> FileResponse:  # noqa: A002 - the name in the address
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(lambda: gateway.attachments.path(id, preview=True))
    if found is None:
        raise HTTPException(404, Text.of("attachment.not_there", id=id[:80]))
    return FileResponse(found, media_type="image/jpeg", headers=_ALONE)


@router.get("/{id}", summary="The original, byte for byte: a PDF; of a photograph for managers and administrators")
async def original(id: str, request: Request, person: Annotated[Person, Depends(may(Permission.LOOK))]) -> FileResponse:  # noqa: A002 - the name in the address
    gateway: Gateway = request.state.gateway
    known = await run_in_threadpool(gateway.attachments.find, id)
    found = await run_in_threadpool(lambda: gateway.attachments.path(id, preview=False))
    if known is None or found is None:
        raise HTTPException(404, Text.of("attachment.not_there", id=id[:80]))
    if known.media_type != _PDF and person.role not in READERS:
        raise NotAllowed(Text.of("attachment.original"))
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(known.name or 'attachment', safe='')}"}
    return FileResponse(found, media_type=known.media_type, headers=_ALONE | named)
