"""Lots: create, list, read and delete them, and upload their photos."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.requests import HTTPConnection
from pydantic import ValidationError

from ..dependencies import LotDep, LotsDep, NowDep, OwnLotDep, Seller
from ..exceptions import LotHasBids, LotNotFound, NotAPhoto, PhotoNotFound, PhotoTooLarge, raises
from ..models import Lot, Photo
from ..photos import MAX_BYTES, PHOTO_RESPONSES, SIGNATURES, etag_matches, etag_of, is_of_type
from ..schemas.lots import (
    LOT_CREATE,
    LOT_READ,
    AscendingLotCreate,
    LotCreate,
    LotPage,
    LotQuery,
    LotRead,
    LotUpdate,
    SealedLotCreate,
)

router = APIRouter(prefix="/lots", tags=["lots"])


DEFAULT_DURATION = timedelta(days=7)


def to_lot_read(lot: Lot, connection: HTTPConnection, now: datetime) -> LotRead:
    """Return the public fields of a lot, its status at this time, and the path of its photo."""
    read = LOT_READ.validate_python(lot)
    read.status = lot.status_at(now)
    if lot.photo is not None:
        read.photo_url = connection.url_for("read_photo", lot_id=lot.id).path
    return read


def validate_lot(facts: dict[str, Any]) -> AscendingLotCreate | SealedLotCreate:
    """Validate all values of a lot together. Raises RequestValidationError, without the values."""
    try:
        return LOT_CREATE.validate_python(facts)
    except ValidationError as error:
        found = error.errors(include_input=False, include_context=False, include_url=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from error


@router.post("", status_code=201, response_model=LotRead)
async def create_lot(
    new: LotCreate, seller: Seller, lots: LotsDep, now: NowDep, request: Request, response: Response
) -> LotRead:
    """Create a lot. It opens now and closes in a week, unless you send other times."""
    opens_at = new.opens_at or now
    times = {"opens_at": opens_at, "closes_at": new.closes_at or opens_at + DEFAULT_DURATION}
    facts = validate_lot({**new.model_dump(by_alias=True), **times}).model_dump(by_alias=True)
    lot = Lot(**facts, seller=seller, price=new.starting_price, bid_count=0, created_at=now, photo=None)
    await lots.add(lot)
    response.headers["Location"] = request.url_for("read_lot", lot_id=lot.id).path
    return to_lot_read(lot, request, now)


@router.get("/latest", response_model=LotRead)
@raises(LotNotFound)
async def read_latest_lot(lots: LotsDep, request: Request, now: NowDep) -> LotRead:
    """Return the newest lot."""
    lot = await lots.latest()
    if lot is None:
        raise LotNotFound("There is no lot yet.")
    return to_lot_read(lot, request, now)


@router.get("", response_model=LotPage)
async def list_lots(
    query: Annotated[LotQuery, Query()], lots: LotsDep, request: Request, now: NowDep
) -> LotPage:
    """Return one page of the lots that match the query."""
    found, total = await lots.search(**query.model_dump())
    return LotPage(items=[to_lot_read(lot, request, now) for lot in found], total=total)


@router.put("/{lot_id}/photo", status_code=204)
@raises(LotHasBids, NotAPhoto, PhotoTooLarge)
async def upload_photo(lot: OwnLotDep, photo: UploadFile, lots: LotsDep) -> None:
    """Upload or replace the photo of your lot, while it has no bid: PNG or JPEG, at most 1 MiB."""
    media_type = photo.content_type or ""
    if media_type not in SIGNATURES:
        raise NotAPhoto("A photo is a PNG or a JPEG.")
    content = await photo.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PhotoTooLarge(f"A photo has at most {MAX_BYTES} bytes.")
    if not is_of_type(content, media_type):
        raise NotAPhoto(f"The file does not begin as {media_type} does.")
    await lots.lock(lot)
    if lot.bid_count:
        raise LotHasBids(f"Lot {lot.id} has bids.")
    await lots.set_photo(Photo(lot_id=lot.id, media_type=media_type, content=content))


@router.get("/{lot_id}", response_model=LotRead)
async def read_lot(lot: LotDep, request: Request, now: NowDep) -> LotRead:
    """Return one lot."""
    return to_lot_read(lot, request, now)


@router.patch("/{lot_id}", response_model=LotRead)
@raises(LotHasBids)
async def update_lot(
    changes: LotUpdate, lot: OwnLotDep, lots: LotsDep, request: Request, now: NowDep
) -> LotRead:
    """Change the fields that you send, while the lot has no bid."""
    await lots.lock(lot)
    kind = AscendingLotCreate if lot.kind == "ascending" else SealedLotCreate
    stored = {name: getattr(lot, name) for name in kind.model_fields}
    sent = changes.model_dump(by_alias=True)
    facts = validate_lot({**stored, **sent}).model_dump(by_alias=True)
    changed = {name: facts[name] for name in sent if facts[name] != stored[name]}
    if changed and lot.bid_count:
        raise LotHasBids(f"Lot {lot.id} has bids.")
    for name, value in changed.items():
        setattr(lot, name, value)
    if lot.bid_count == 0:
        lot.price = lot.starting_price
    return to_lot_read(lot, request, now)


@router.delete("/{lot_id}", status_code=204)
@raises(LotHasBids)
async def delete_lot(lot: OwnLotDep, lots: LotsDep) -> None:
    """Delete your lot, while it has no bid."""
    await lots.lock(lot)
    if lot.bid_count:
        raise LotHasBids(f"Lot {lot.id} has bids.")
    await lots.delete(lot)


@router.get("/{lot_id}/photo", response_class=Response, responses=PHOTO_RESPONSES)
@raises(PhotoNotFound)
async def read_photo(
    lot: LotDep, lots: LotsDep, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Return the photo of a lot, or 304 if the client has this version."""
    photo = await lots.photo_of(lot.id)
    if photo is None:
        raise PhotoNotFound(f"There is no photo of lot {lot.id}.")
    headers = {"ETag": etag_of(photo.content)}
    if etag_matches(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(photo.content, media_type=photo.media_type, headers=headers)
