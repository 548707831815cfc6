"""Photos of lots: the allowed types, the largest size, and the ETag of a photo."""

from hashlib import sha256
from typing import Any

MAX_BYTES = 1024 * 1024
SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""The allowed media types, and the bytes with which a file of each begins."""
PHOTO_RESPONSES: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in SIGNATURES}}}
"""What the OpenAPI document says about the response with a photo."""


def is_of_type(content: bytes, media_type: str) -> bool:
    """Whether the content begins like a file of this media type."""
    return content.startswith(SIGNATURES[media_type])


def etag_of(content: bytes) -> str:
    """Return the ETag of a content, in double quotes (RFC 9110, section 8.8.3)."""
    return f'"{sha256(content).hexdigest()}"'


def etag_matches(etag: str, if_none_match: str | None) -> bool:
    """Whether `If-None-Match` contains the ETag: `*`, or a list of ETags, weak ones (`W/`) too."""
    listed = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return etag in listed or listed == ["*"]
