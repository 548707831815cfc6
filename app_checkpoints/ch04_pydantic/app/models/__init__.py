"""The models of Gavel. Import them from here: `Base.metadata` knows a table once its module was imported."""

from .base import Base
from .lot import Lot, Photo

__all__ = ["Base", "Lot", "Photo"]
