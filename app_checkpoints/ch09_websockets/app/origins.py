"""Whose page is asking? A browser opens sockets for any page, and says in `Origin` which one it was."""

from collections.abc import Collection


def is_welcome(origin: str | None, host: str, others: Collection[str]) -> bool:
    """Whether a page of this origin (RFC 6454) may open a line to this host; None is no page at all."""
    if origin is None or origin in others:
        return True
    place = origin.partition("://")[2]
    return bool(place) and place.casefold() == host.casefold()
