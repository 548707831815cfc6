"""The table of neighbours."""

from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Neighbour(Base):
    """A user of the service. The address is stored in lower case, and is unique."""

    __tablename__ = "neighbours"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
