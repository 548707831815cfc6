"""The board under uvicorn, and what is said of it in the terminal."""

import argparse
import asyncio
import socket
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI

from course.errors import CourseError
from course.teach.board.app.config import Settings
from course.teach.board.app.database import open_engine
from course.teach.board.app.main import create_app
from course.teach.board.titles import words

SECONDS_TO_END = 2
"""So long a request may take that was under way when the board was asked to end."""
EVERYWHERE = {"0.0.0.0", "::"}


class Server(uvicorn.Server):
    """Says where the board is once it answers there."""

    def __init__(self, app: FastAPI, said: str, **settings: Any) -> None:
        super().__init__(uvicorn.Config(app, access_log=False, server_header=False, **settings))
        self._app, self._said = app, said

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the connections of the teacher's pages, so that the end does not wait for them; then end."""
        await self._app.state.end()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if not self.should_exit:
            print(self._said, flush=True)


def serve(settings: Settings, host: str, chosen: argparse.Namespace) -> int:
    """Serve until Ctrl+C.

    Raises:
        CourseError: the port is taken, or the database cannot be used.
    """
    asyncio.run(look(settings.database_url))
    line = listen(host, chosen.port)
    port = line.getsockname()[1]
    server = Server(
        create_app(settings, words()),
        told(settings, host, port, chosen.url),
        log_level="warning",
        proxy_headers=chosen.behind_proxy,
        timeout_graceful_shutdown=SECONDS_TO_END,
        limit_concurrency=2000,
    )
    try:
        server.run(sockets=[line])
    except KeyboardInterrupt:
        pass
    finally:
        line.close()
    if not server.started:
        print("The board did not start; the lines above say why.", file=sys.stderr)
        return 1
    print(f"\nThe board has ended. What it knows stays in {where(settings.database_url)}.")
    print("`course board` with the same words goes on with it; learners' machines send again what is new.")
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A socket at this address. Raises CourseError where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((host, port))
    except OSError as error:
        line.close()
        raise CourseError(
            f"The board cannot listen at {host}, port {port}: {error.strerror or error}.",
            "Choose another port with `--port 8766`, or let one be found with `--port 0`.",
        ) from None
    return line


async def look(url: str) -> None:
    """Try the database once. Raises CourseError where it cannot be used."""
    try:
        async with asyncio.timeout(10), open_engine(url) as engine, engine.connect():
            pass
    except Exception as error:  # a driver of its own kind raises errors of its own kind
        why = str(error).splitlines()[0] if str(error) else "it does not answer"
        raise CourseError(
            f"The database {where(url)} cannot be used: {why}.",
            "Look whether it runs and whether the address is right: postgresql://USER:PASSWORD@HOST/NAME.",
        ) from None


def where(url: str) -> str:
    """Where the data is, for people; never the password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    from course import paths

    try:
        parsed = make_url(url)
    except ArgumentError:
        return "of that address"
    if parsed.drivername.startswith("sqlite"):
        from pathlib import Path

        return paths.shown(Path(parsed.database or "memory"))
    return parsed.render_as_string(hide_password=True)


def own_address() -> str:
    """The address of this machine in its network, as others see it; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address for documentation
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def told(settings: Settings, host: str, port: int, url: str | None) -> str:
    """What the teacher reads when the board is there."""
    name = own_address() if host in EVERYWHERE else host
    base = (url or f"http://{f'[{name}]' if ':' in name else name}:{port}").rstrip("/")
    code, token = settings.code.get_secret_value(), settings.token.get_secret_value()
    reach = (
        "This machine alone can reach it. For a room: `course board --room-network`."
        if host.startswith("127.") or host in {"localhost", "::1"}
        else "Everyone in this network can reach it, without encryption: use it in networks that you trust."
    )
    return (
        f"The board of the room “{settings.room}” is open. {reach if not url else ''}\n\n"
        f"  Learners type, in a notebook:   %join {base} {code} as YOUR-NAME\n"
        f"  You open, and keep to yourself: {base}/#token={token}\n\n"
        f"What it knows is kept in {where(settings.database_url)}. Ctrl+C ends it; the data stays."
    )
