"""The lots of the house, in memory: they live as long as the process."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from .schemas.lots import Category, LotCreate, LotQuery


@dataclass(frozen=True)
class Photo:
    """The photo of a lot, as it was sent."""

    content: bytes
    media_type: str


@dataclass
class Lot:
    """A lot as the house knows it, the seller's secret included."""

    id: int
    title: str
    description: str
    category: Category
    starting_price: Decimal
    reserve_price: Decimal | None
    photo: Photo | None = None


class LotStore:
    """All lots by their id. An id is given once: what was removed does not lend it to another."""

    def __init__(self) -> None:
        self._lots: dict[int, Lot] = {}
        self._ids = count(1)

    def add(self, new: LotCreate) -> Lot:
        """Put a lot on the shelf, under the next id."""
        lot = Lot(id=next(self._ids), **new.model_dump())
        self._lots[lot.id] = lot
        return lot

    def find(self, lot_id: int) -> Lot | None:
        """The lot with this id, or None."""
        return self._lots.get(lot_id)

    def latest(self) -> Lot | None:
        """The lot that was put up last of those still here, or None."""
        return next(reversed(self._lots.values()), None)

    def matching(self, wanted: LotQuery) -> tuple[list[Lot], int]:
        """One page of the lots that a visitor asked for, oldest first, and how many there are in all."""
        found = list(self._lots.values())
        if wanted.category is not None:
            found = [lot for lot in found if lot.category == wanted.category]
        if wanted.search is not None:
            found = [lot for lot in found if wanted.search.casefold() in lot.title.casefold()]
        if wanted.max_price is not None:
            found = [lot for lot in found if lot.starting_price <= wanted.max_price]
        return found[wanted.offset : wanted.offset + wanted.limit], len(found)

    def remove(self, lot: Lot) -> None:
        """Take a lot off the shelf."""
        del self._lots[lot.id]
