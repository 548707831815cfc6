"""The tables of Gavel. Import them from here: then `Base.metadata` knows them all."""

from .base import Base
from .lot import Lot, Photo

__all__ = ["Base", "Lot", "Photo"]
