"""Users, lots and bids to look at: `python -m app.demo`. A second run creates only what has closed since."""

import struct
import sys
import zlib
from datetime import UTC, datetime, timedelta
from math import atan2, hypot, sin

from fastapi.testclient import TestClient

from .config import Settings
from .main import create_app

PASSWORD = "correct horse battery staple"
USERS = ("Ada", "Bob", "Sam")
"""Sam sells; Ada and Bob bid, in turn."""

LOTS = (
    ("A long-case clock", "clocks", "ascending", timedelta(days=2), ("120.00", "135.00", "150.00")),
    ("A silver snuffbox", "art", "ascending", timedelta(minutes=10), ("105.00", "110.00")),
    ("A garnet ring", "jewellery", "ascending", timedelta(days=7), ()),
    ("A first edition of Emma", "books", "sealed", timedelta(days=1), ("180.00", "210.00")),
)
"""Title, category, kind, time until the close, bids."""


def colour(x: int, y: int) -> int:
    """The colour of one pixel of a clock: 0 wall, 1 face, 2 rim, 3 hands and hours."""
    radius = hypot(x, y)
    hands = (abs(x) < 4 and -95 < y < 8) or (abs(x - 2 * y) < 12 and 0 < -y < 28)
    hours = 98 < radius < 112 and abs(sin(6 * atan2(y, x))) < 0.25
    return 3 if hands or hours else 0 if radius > 132 else 2 if radius > 120 else 1


def photo() -> bytes:
    """A picture of a clock, 400 by 300 pixels, as PNG (https://www.w3.org/TR/png-3/)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(colour(x - 200, y - 150) for x in range(400)) for y in range(300))
    header = struct.pack(">IIBBBBB", 400, 300, 8, 3, 0, 0, 0)
    palette = bytes.fromhex("6b4a2f f7efdc b98a3e 2b2018")
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def log_in(client: TestClient, name: str) -> dict[str, str]:
    """Register a user, unless that is done, and log in. Returns the header with the token."""
    user = {"email": f"{name.lower()}@example.com", "name": name, "password": PASSWORD}
    client.post("/auth/register", json=user)  # 409 in a second run
    form = {"username": user["email"], "password": PASSWORD}
    token = client.post("/auth/token", data=form).raise_for_status().json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def fill(client: TestClient) -> None:
    """Create the lots that are not open now, with their bids."""
    ada, bob, sam = (log_in(client, name) for name in USERS)
    for title, category, kind, left, amounts in LOTS:
        found = client.get("/api/v1/lots", params={"search": title, "limit": 100}).raise_for_status().json()
        if any(lot["status"] == "open" for lot in found["items"]):
            continue
        new = {"title": title, "category": category, "kind": kind, "description": "For demonstration."}
        closes_at = (datetime.now(UTC) + left).isoformat()
        new |= {"starting_price": amounts[0] if amounts else "95.00", "closes_at": closes_at}
        lot = client.post("/api/v1/lots", json=new, headers=sam).raise_for_status().headers["Location"]
        if category == "clocks":
            client.put(f"{lot}/photo", files={"photo": ("clock.png", photo(), "image/png")}, headers=sam)
        for number, amount in enumerate(amounts):
            bidder = bob if number % 2 else ada
            client.post(f"{lot}/bids", json={"amount": amount}, headers=bidder).raise_for_status()


def main() -> None:
    """Fill the database of the settings, except in production."""
    settings = Settings()
    if settings.environment == "production":
        sys.exit("This is production: the demonstration creates users with a public password.")
    quiet = {"log_level": "ERROR", "smtp_host": None, "allowed_hosts": ["*"], "https": False}
    with TestClient(create_app(settings.model_copy(update=quiet))) as client:
        fill(client)
    print(f"{len(LOTS)} lots are open, on the page /watch/ of your service.")
    print(f"Log in as ada@example.com or bob@example.com, who bid, or sam@example.com, who sells: {PASSWORD}")


if __name__ == "__main__":
    main()
