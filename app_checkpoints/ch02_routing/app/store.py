"""The lots, in memory: they are lost when the process ends."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from .schemas.lots import Category, LotCreate, LotQuery


@dataclass(frozen=True)
class Photo:
    """The photo of a lot, as a client sent it."""

    content: bytes
    media_type: str


@dataclass
class Lot:
    """All that Gavel knows about a lot, the secret reserve price included."""

    id: int
    title: str
    description: str
    category: Category
    starting_price: Decimal
    reserve_price: Decimal | None
    photo: Photo | None = None


class LotStore:
    """All lots by id. The id of a deleted lot is never used again."""

    def __init__(self) -> None:
        self._lots: dict[int, Lot] = {}
        self._ids = count(1)

    def add(self, new: LotCreate) -> Lot:
        """Store a new lot under the next id."""
        lot = Lot(id=next(self._ids), **new.model_dump())
        self._lots[lot.id] = lot
        return lot

    def find(self, lot_id: int) -> Lot | None:
        """Return the lot with this id, or None."""
        return self._lots.get(lot_id)

    def latest(self) -> Lot | None:
        """Return the newest lot that still exists, or None."""
        return next(reversed(self._lots.values()), None)

    def search(self, query: LotQuery) -> tuple[list[Lot], int]:
        """Return one page of the matching lots, oldest first, and the number of all matching lots."""
        found = list(self._lots.values())
        if query.category is not None:
            found = [lot for lot in found if lot.category == query.category]
        if query.search is not None:
            found = [lot for lot in found if query.search.casefold() in lot.title.casefold()]
        if query.max_price is not None:
            found = [lot for lot in found if lot.starting_price <= query.max_price]
        return found[query.offset : query.offset + query.limit], len(found)

    def delete(self, lot: Lot) -> None:
        """Delete a lot."""
        del self._lots[lot.id]
