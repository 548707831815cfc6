"""Which pages may open a WebSocket? A browser opens one for any page, and sends the header `Origin`."""

from collections.abc import Collection


def is_allowed_origin(origin: str | None, host: str, allowed: Collection[str]) -> bool:
    """Whether a page of this origin (RFC 6454) may connect to this host. None is a client that is no page."""
    if origin is None or origin in allowed:
        return True
    origin_host = origin.partition("://")[2]
    return bool(origin_host) and origin_host.casefold() == host.casefold()
