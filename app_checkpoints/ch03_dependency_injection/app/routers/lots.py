"""The lots of the house: put one up, find it, take it back, see its photo."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response, UploadFile

from ..dependencies import LotDep, LotsDep, NowDep
from ..models import Lot, Photo
from ..photos import DESCRIBED, MAX_BYTES, SIGNATURES, etag_of, is_known, is_of_type
from ..schemas.lots import LotCreate, LotPage, LotQuery, LotRead

router = APIRouter(prefix="/lots", tags=["lots"])


def shown(lot: Lot, request: Request) -> LotRead:
    """A lot as everyone may know it, and where its photo is."""
    read = LotRead.model_validate(lot, from_attributes=True)
    if lot.photo is not None:
        read.photo_url = request.url_for("read_photo", lot_id=lot.id).path
    return read


@router.post("", status_code=201, response_model=LotRead)
async def create_lot(
    new: LotCreate, lots: LotsDep, now: NowDep, request: Request, response: Response
) -> LotRead:
    """Put a lot up for auction."""
    lot = Lot(**new.model_dump(), created_at=now, photo=None)
    await lots.add(lot)
    response.headers["Location"] = request.url_for("read_lot", lot_id=lot.id).path
    return shown(lot, request)


@router.get("/latest", response_model=LotRead)
async def read_latest_lot(lots: LotsDep, request: Request) -> LotRead:
    """The lot that was put up last."""
    lot = await lots.latest()
    if lot is None:
        raise HTTPException(404, "Nothing has been put up yet.")
    return shown(lot, request)


@router.get("", response_model=LotPage)
async def list_lots(wanted: Annotated[LotQuery, Query()], lots: LotsDep, request: Request) -> LotPage:
    """The catalogue: one page of the lots that fit."""
    found, total = await lots.matching(**wanted.model_dump())
    return LotPage(items=[shown(lot, request) for lot in found], total=total)


@router.get("/{lot_id}", response_model=LotRead)
async def read_lot(lot: LotDep, request: Request) -> LotRead:
    """One lot, by its number."""
    return shown(lot, request)


@router.delete("/{lot_id}", status_code=204)
async def delete_lot(lot: LotDep, lots: LotsDep) -> None:
    """Give a lot back to its seller."""
    await lots.remove(lot)


@router.put("/{lot_id}/photo", status_code=204)
async def upload_photo(lot: LotDep, photo: UploadFile, lots: LotsDep) -> None:
    """Send the photo of a lot, or another one in its place: PNG or JPEG, at most 1 MiB."""
    media_type = photo.content_type or ""
    if media_type not in SIGNATURES:
        raise HTTPException(415, "A photo is a PNG or a JPEG.")
    content = await photo.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise HTTPException(413, f"A photo has at most {MAX_BYTES} bytes.")
    if not is_of_type(content, media_type):
        raise HTTPException(415, f"The file does not begin as {media_type} does.")
    await lots.hang(Photo(lot_id=lot.id, media_type=media_type, content=content))


@router.get("/{lot_id}/photo", response_class=Response, responses=DESCRIBED)
async def read_photo(
    lot: LotDep, lots: LotsDep, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """The photo of a lot; 304 and no body for a caller who has this version already."""
    photo = await lots.photo_of(lot.id)
    if photo is None:
        raise HTTPException(404, f"There is no photo of lot {lot.id}.")
    headers = {"ETag": etag_of(photo.content)}
    if is_known(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(photo.content, media_type=photo.media_type, headers=headers)
