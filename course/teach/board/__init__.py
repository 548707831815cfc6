"""`course board`: a page that shows how far a room is, live."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from course import paths
from course.errors import CourseError

if TYPE_CHECKING:
    from course.teach.board.app.config import Settings

PORT = 8765


def command(argv: list[str]) -> int:
    """Serve the board until Ctrl+C; 0 when it ended as it was asked to.

    Raises:
        CourseError: it cannot be started; the message says why.
    """
    chosen = parser().parse_args(argv)
    if chosen.bench:
        from course.teach.board import bench

        return bench.command(chosen)
    from course.teach.board import server

    settings = configure(chosen)
    return server.serve(settings, chosen.host or (ANYWHERE if chosen.room_network else HERE), chosen)


HERE, ANYWHERE = "127.0.0.1", "0.0.0.0"


def parser() -> argparse.ArgumentParser:
    """The words after `course board`."""
    made = argparse.ArgumentParser(
        prog="course board",
        description="A page that shows how far a room is, live. Without --host or --room-network "
        "this machine alone can reach it.",
    )
    made.add_argument(
        "--room", metavar="NAME", help="which room (workshop); each has its own people and keys"
    )
    made.add_argument("--port", type=int, default=PORT, help=f"the port ({PORT}); 0 takes a free one")
    made.add_argument(
        "--host", metavar="ADDRESS", help="the address of this machine to listen at (127.0.0.1)"
    )
    made.add_argument("--room-network", action="store_true", help="let everyone in this network reach it")
    made.add_argument("--database", metavar="URL", help="such as postgresql://…; without it, a SQLite file")
    made.add_argument("--code", help="what learners type to join; without it, one is made and kept")
    made.add_argument("--token", help="what opens the teacher's page; without it, one is made and kept")
    made.add_argument("--url", help="the address that learners see, where a proxy stands before the board")
    made.add_argument(
        "--behind-proxy", action="store_true", help="accept X-Forwarded-For from a proxy on this machine"
    )
    made.add_argument("--bench", action="store_true", help="measure it with simulated learners instead")
    made.add_argument("--learners", type=int, default=300, help="with --bench: how many learners (300)")
    made.add_argument(
        "--seconds",
        type=float,
        default=60,
        help="with --bench: the ten minutes' checks within so long (60)",
    )
    return made


def home() -> Path:
    """The folder of a teacher's data, created if it is missing. No other user of this machine can read it."""
    from course.teach.board.app.config import HOME

    folder = paths.workspace() / HOME
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(0o700)
    return folder


def configure(chosen: argparse.Namespace) -> "Settings":
    """The board's settings: from the words, then from `GAVEL_BOARD_…` in the environment, then by default.

    Raises:
        CourseError: one of them is not what it should be.
    """
    from pydantic import ValidationError

    from course.teach.board.app.config import Settings
    from course.teach.board.keys import keys

    room = chosen.room or os.environ.get("GAVEL_BOARD_ROOM") or "workshop"
    found = keys(
        home() / "keys.json",
        room,
        code=chosen.code or os.environ.get("GAVEL_BOARD_CODE"),
        token=chosen.token or os.environ.get("GAVEL_BOARD_TOKEN"),
    )
    given = {"room": room, **found._asdict()}
    if chosen.database:
        given["database_url"] = chosen.database
    if (chosen.url or "").startswith("https://"):
        given["https"] = "true"
    try:
        return Settings(**given)
    except ValidationError as error:
        fault = error.errors()[0]
        raise CourseError(
            f"The board's setting {'.'.join(map(str, fault['loc']))} is not right: {fault['msg']}.",
            "Mend it among the words after `course board`, or in the environment (GAVEL_BOARD_…).",
        ) from None
