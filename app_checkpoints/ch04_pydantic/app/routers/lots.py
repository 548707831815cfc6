"""The lots of the house: put one up, find it, take it back, see its photo."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from ..dependencies import LotDep, LotsDep, NowDep
from ..models import Lot, Photo
from ..photos import DESCRIBED, MAX_BYTES, SIGNATURES, etag_of, is_known, is_of_type
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


def shown(lot: Lot, request: Request, now: datetime) -> LotRead:
    """A lot as everyone may know it at this moment, and where its photo is."""
    read = LOT_READ.validate_python(lot)
    read.status = lot.status_at(now)
    if lot.photo is not None:
        read.photo_url = request.url_for("read_photo", lot_id=lot.id).path
    return read


RUNS = timedelta(days=7)


def checked(facts: dict[str, Any]) -> AscendingLotCreate | SealedLotCreate:
    """A lot's facts, all together, held against the rules. Answers 422 as for a body that breaks one."""
    try:
        return LOT_CREATE.validate_python(facts)
    except ValidationError as error:
        told = error.errors(include_input=False, include_context=False, include_url=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in told]) from error


@router.post("", status_code=201, response_model=LotRead)
async def create_lot(
    new: LotCreate, lots: LotsDep, now: NowDep, request: Request, response: Response
) -> LotRead:
    """Put a lot up for auction: from now on, and for a week, unless the seller says otherwise."""
    opens_at = new.opens_at or now
    times = {"opens_at": opens_at, "closes_at": new.closes_at or opens_at + RUNS}
    facts = checked({**new.model_dump(by_alias=True), **times}).model_dump(by_alias=True)
    lot = Lot(**facts, price=new.starting_price, bid_count=0, created_at=now, photo=None)
    await lots.add(lot)
    response.headers["Location"] = request.url_for("read_lot", lot_id=lot.id).path
    return shown(lot, request, now)


@router.get("/latest", response_model=LotRead)
async def read_latest_lot(lots: LotsDep, request: Request, now: NowDep) -> LotRead:
    """The lot that was put up last."""
    lot = await lots.latest()
    if lot is None:
        raise HTTPException(404, "Nothing has been put up yet.")
    return shown(lot, request, now)


@router.get("", response_model=LotPage)
async def list_lots(
    wanted: Annotated[LotQuery, Query()], lots: LotsDep, request: Request, now: NowDep
) -> LotPage:
    """The catalogue: one page of the lots that fit."""
    found, total = await lots.matching(**wanted.model_dump())
    return LotPage(items=[shown(lot, request, now) for lot in found], total=total)


@router.get("/{lot_id}", response_model=LotRead)
async def read_lot(lot: LotDep, request: Request, now: NowDep) -> LotRead:
    """One lot, by its number."""
    return shown(lot, request, now)


@router.patch("/{lot_id}", response_model=LotRead)
async def update_lot(changes: LotUpdate, lot: LotDep, request: Request, now: NowDep) -> LotRead:
    """Change what is sent, and nothing else. The rules hold for the lot as it is afterwards."""
    kind = AscendingLotCreate if lot.kind == "ascending" else SealedLotCreate
    stored = {name: getattr(lot, name) for name in kind.model_fields}
    sent = changes.model_dump(by_alias=True)
    facts = checked({**stored, **sent}).model_dump(by_alias=True)
    for name in sent:
        setattr(lot, name, facts[name])
    if lot.bid_count == 0:
        lot.price = lot.starting_price
    return shown(lot, request, now)


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
