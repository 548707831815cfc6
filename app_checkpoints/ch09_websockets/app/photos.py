"""Photos of lots: which kinds are taken, how large one may be, how a version of one is named."""

from hashlib import sha256
from typing import Any

MAX_BYTES = 1024 * 1024
SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""The media types that are taken, and the bytes that each begins with."""
DESCRIBED: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in SIGNATURES}}}
"""What the OpenAPI description says of the response with a photo."""


def is_of_type(content: bytes, media_type: str) -> bool:
    """Whether the first bytes are those of the type that the sender claims."""
    return content.startswith(SIGNATURES[media_type])


def etag_of(content: bytes) -> str:
    """The name of this version, in quotes as RFC 9110 (section 8.8.3) wants it."""
    return f'"{sha256(content).hexdigest()}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Whether `If-None-Match` names this version: `*`, or a list with it, weak (`W/`) or not."""
    listed = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return etag in listed or listed == ["*"]
