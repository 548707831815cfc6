"""Lots: create, list, read and delete them, and upload their photos."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response, UploadFile

from ..dependencies import LotDep, LotsDep, NowDep
from ..models import Lot, Photo
from ..photos import MAX_BYTES, PHOTO_RESPONSES, SIGNATURES, etag_matches, etag_of, is_of_type
from ..schemas.lots import LotCreate, LotPage, LotQuery, LotRead

router = APIRouter(prefix="/lots", tags=["lots"])


def to_lot_read(lot: Lot, request: Request) -> LotRead:
    """Return the public fields of a lot, and the path of its photo."""
    read = LotRead.model_validate(lot, from_attributes=True)
    if lot.photo is not None:
        read.photo_url = request.url_for("read_photo", lot_id=lot.id).path
    return read


@router.post("", status_code=201, response_model=LotRead)
async def create_lot(
    new: LotCreate, lots: LotsDep, now: NowDep, request: Request, response: Response
) -> LotRead:
    """Create a lot."""
    lot = Lot(**new.model_dump(), created_at=now, photo=None)
    await lots.add(lot)
    response.headers["Location"] = request.url_for("read_lot", lot_id=lot.id).path
    return to_lot_read(lot, request)


@router.get("/latest", response_model=LotRead)
async def read_latest_lot(lots: LotsDep, request: Request) -> LotRead:
    """Return the newest lot."""
    lot = await lots.latest()
    if lot is None:
        raise HTTPException(404, "There is no lot yet.")
    return to_lot_read(lot, request)


@router.get("", response_model=LotPage)
async def list_lots(query: Annotated[LotQuery, Query()], lots: LotsDep, request: Request) -> LotPage:
    """Return one page of the lots that match the query."""
    found, total = await lots.search(**query.model_dump())
    return LotPage(items=[to_lot_read(lot, request) for lot in found], total=total)


@router.put("/{lot_id}/photo", status_code=204)
async def upload_photo(lot: LotDep, photo: UploadFile, lots: LotsDep) -> None:
    """Upload or replace the photo of a lot: PNG or JPEG, at most 1 MiB."""
    media_type = photo.content_type or ""
    if media_type not in SIGNATURES:
        raise HTTPException(415, "A photo is a PNG or a JPEG.")
    content = await photo.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise HTTPException(413, f"A photo has at most {MAX_BYTES} bytes.")
    if not is_of_type(content, media_type):
        raise HTTPException(415, f"The content of the file is not {media_type}.")
    await lots.set_photo(Photo(lot_id=lot.id, media_type=media_type, content=content))


@router.get("/{lot_id}", response_model=LotRead)
async def read_lot(lot: LotDep, request: Request) -> LotRead:
    """Return one lot."""
    return to_lot_read(lot, request)


@router.delete("/{lot_id}", status_code=204)
async def delete_lot(lot: LotDep, lots: LotsDep) -> None:
    """Delete a lot and its photo."""
    await lots.delete(lot)


@router.get("/{lot_id}/photo", response_class=Response, responses=PHOTO_RESPONSES)
async def read_photo(
    lot: LotDep, lots: LotsDep, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Return the photo of a lot, or 304 if the client has this version."""
    photo = await lots.photo_of(lot.id)
    if photo is None:
        raise HTTPException(404, f"There is no photo of lot {lot.id}.")
    headers = {"ETag": etag_of(photo.content)}
    if etag_matches(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(photo.content, media_type=photo.media_type, headers=headers)
