"""Lots: create, list, read and delete them, and upload their photos."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Path, Query, Request, Response, UploadFile

from ..photos import MAX_BYTES, PHOTO_RESPONSES, SIGNATURES, etag_matches, etag_of, is_of_type
from ..schemas.lots import LotCreate, LotPage, LotQuery, LotRead
from ..store import Lot, LotStore, Photo

router = APIRouter(prefix="/lots", tags=["lots"])

LotId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The id of the lot.")]


@router.post("", status_code=201, response_model=LotRead)
async def create_lot(new: LotCreate, request: Request, response: Response) -> Lot:
    """Create a lot."""
    store: LotStore = request.state.store
    lot = store.add(new)
    response.headers["Location"] = request.url_for("read_lot", lot_id=lot.id).path
    return lot


@router.get("/latest", response_model=LotRead)
async def read_latest_lot(request: Request) -> Lot:
    """Return the newest lot."""
    store: LotStore = request.state.store
    lot = store.latest()
    if lot is None:
        raise HTTPException(404, "There is no lot yet.")
    return lot


@router.get("", response_model=LotPage)
async def list_lots(query: Annotated[LotQuery, Query()], request: Request) -> dict[str, object]:
    """Return one page of the lots that match the query."""
    store: LotStore = request.state.store
    items, total = store.search(query)
    return {"items": items, "total": total}


@router.get("/{lot_id}", response_model=LotRead)
async def read_lot(lot_id: LotId, request: Request) -> Lot:
    """Return one lot."""
    store: LotStore = request.state.store
    lot = store.find(lot_id)
    if lot is None:
        raise HTTPException(404, f"There is no lot {lot_id}.")
    return lot


@router.delete("/{lot_id}", status_code=204)
async def delete_lot(lot_id: LotId, request: Request) -> None:
    """Delete a lot."""
    store: LotStore = request.state.store
    lot = store.find(lot_id)
    if lot is None:
        raise HTTPException(404, f"There is no lot {lot_id}.")
    store.delete(lot)


@router.put("/{lot_id}/photo", status_code=204)
async def upload_photo(lot_id: LotId, photo: UploadFile, request: Request) -> None:
    """Upload or replace the photo of a lot: PNG or JPEG, at most 1 MiB."""
    store: LotStore = request.state.store
    lot = store.find(lot_id)
    if lot is None:
        raise HTTPException(404, f"There is no lot {lot_id}.")
    media_type = photo.content_type or ""
    if media_type not in SIGNATURES:
        raise HTTPException(415, "A photo is a PNG or a JPEG.")
    content = await photo.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise HTTPException(413, f"A photo has at most {MAX_BYTES} bytes.")
    if not is_of_type(content, media_type):
        raise HTTPException(415, f"The content of the file is not {media_type}.")
    lot.photo = Photo(content, media_type)


@router.get("/{lot_id}/photo", response_class=Response, responses=PHOTO_RESPONSES)
async def read_photo(
    lot_id: LotId, request: Request, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Return the photo of a lot, or 304 if the client has this version."""
    store: LotStore = request.state.store
    lot = store.find(lot_id)
    if lot is None or lot.photo is None:
        raise HTTPException(404, f"There is no photo of lot {lot_id}.")
    headers = {"ETag": etag_of(lot.photo.content)}
    if etag_matches(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(lot.photo.content, media_type=lot.photo.media_type, headers=headers)
