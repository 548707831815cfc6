"""The tables of Gavel. Import them from here: then `Base.metadata` knows them all."""

from .base import Base
from .bid import Bid
from .lot import Lot, Photo
from .user import User

__all__ = ["Base", "Bid", "Lot", "Photo", "User"]
