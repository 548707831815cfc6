"""The tables of the service. Import them from here, so that `Base.metadata` contains all of them."""

from .base import Base
from .neighbour import Neighbour
from .reservation import Reservation, ReservedDay
from .tool import Tool

__all__ = ["Base", "Neighbour", "Reservation", "ReservedDay", "Tool"]
