"""The tables of the board. Import them from here: then `Base.metadata` knows them all."""

from .base import Base
from .check import Check
from .help import HelpRequest
from .room import Member, Room

__all__ = ["Base", "Check", "HelpRequest", "Member", "Room"]
