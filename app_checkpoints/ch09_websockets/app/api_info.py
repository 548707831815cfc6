"""What the OpenAPI document says about the API as a whole."""

from typing import Any

TAGS = [
    {"name": "lots", "description": "Create, find and delete lots, and upload their photos."},
    {"name": "bids", "description": "Place bids on a lot, and list them."},
    {"name": "live", "description": "Watch a lot, and bid on it, as it happens."},
    {"name": "auth", "description": "Register, log in, and revoke tokens."},
    {"name": "status", "description": "What this service is, and whether it works."},
]
API_INFO: dict[str, Any] = {
    "title": "Gavel",
    "version": "1.0.0",
    "description": "A live auction house: sellers create lots, bidders bid, and everyone can watch.",
    "openapi_tags": TAGS,
}
"""Arguments of `FastAPI`."""
