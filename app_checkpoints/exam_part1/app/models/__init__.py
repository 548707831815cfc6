"""The tables of the shed. Import them from here: then `Base.metadata` knows them all."""

from .base import Base
from .neighbour import Neighbour
from .reservation import Reservation, ReservedDay
from .tool import Tool

__all__ = ["Base", "Neighbour", "Reservation", "ReservedDay", "Tool"]
