"""Whose page is asking? Browsers send cookies and open sockets for any page, and say which it was."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_welcome(origin: str | None, host: str, others: Collection[str]) -> bool:
    """Whether a page of this origin (RFC 6454) may open a socket to this host, or the caller is no page."""
    if origin is None:
        return True
    return origin in others or urlsplit(origin).netloc.casefold() == host.casefold()
