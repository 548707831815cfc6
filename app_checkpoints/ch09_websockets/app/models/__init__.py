"""The models of Gavel. Import them from here: `Base.metadata` knows a table once its module was imported."""

from .base import Base
from .bid import Bid
from .lot import Lot, Photo
from .user import User

__all__ = ["Base", "Bid", "Lot", "Photo", "User"]
