"""The process behind `%serve`: uvicorn on a learner's project, for as long as its owner lives.

    python -P course/learn/serving/service_process.py PROJECT PORT must|may

It ends when its standard input does, which happens when the owner closes it, ends, or is killed; then nothing
that the service started outlives it. What it has to say to its owner stands on standard output, one JSON text
after a record separator each (RFC 7464), between the lines that the service prints.

It is run by path, and imports nothing of the course, so that its start costs no more than the service's own.
"""

import importlib
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from uvicorn import Server

SEPARATOR = b"\x1e"
HIGH = 200  # the first descriptor of this process's own: a service may close all below, as daemons do
GRACE = 3.0  # seconds for the service's own shutdown
Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class Process:
    """This process: the pipe to its owner, and the way out."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.server: Server | None = None
        self._ended = threading.Event()
        self._out = _out_of_the_way(os.dup(1))
        owner = _out_of_the_way(os.dup(0))
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)  # the service's own `input()` must not read what the owner sends
        threading.Thread(target=self._follow, args=(owner,), daemon=True).start()

    def say(self, **event: object) -> None:
        os.write(self._out, SEPARATOR + json.dumps(event).encode() + b"\n")

    def fail(self, error: BaseException) -> None:
        """Say what went wrong, and where in the learner's files."""
        lines = traceback.format_exception_only(error)
        where, code = "", ""
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(self.project):
                where, code = self._where(frame.filename, frame.lineno), frame.line or ""
        if isinstance(error, SyntaxError) and error.filename:
            where, code = self._where(error.filename, error.lineno), (error.text or "").strip()
        self.say(event="failed", error=lines[-1].strip(), where=where, code=code)

    def end(self) -> NoReturn:
        """Leave nothing running that the service started: end the process group, where there is one."""
        with suppress(OSError, ValueError):  # the service may have closed them
            sys.stdout.flush()
            sys.stderr.flush()
        if os.name == "posix" and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(0)

    def _follow(self, owner: int) -> None:
        while os.read(owner, 4096):
            pass
        if self.server is not None and self.server.started:
            self.server.should_exit = True
            self._ended.wait(GRACE)
        self.end()

    def _where(self, filename: str, line: int | None) -> str:
        path = Path(filename)
        name = path.relative_to(self.project).as_posix() if path.is_relative_to(self.project) else path.name
        return f"{name}, line {line}"


def main(project: Path, port: int, *, must: bool) -> NoReturn:
    """Serve until the owner is gone. With `must`, no other port will do."""
    process = Process(project)
    os.chdir(project)
    sys.path.insert(0, str(project))
    try:
        listener = _listen(port, must=must)
    except OSError:
        process.say(event="taken")
        process.end()
    process.say(event="importing")
    try:
        app = importlib.import_module("app.main").app
    except BaseException as error:
        process.fail(error)
        process.end()
    _offline_docs(app)
    process.say(event="starting")
    _serve(process, app, listener)
    process.end()


def _offline_docs(app: object) -> None:
    """Serve the files of Swagger UI and ReDoc, if installed. FastAPI's pages load them from a CDN."""
    from fastapi import FastAPI

    with suppress(ImportError):
        from fastapi_standalone_docs import StandaloneDocs  # type: ignore[import-untyped]

        if isinstance(app, FastAPI):
            StandaloneDocs(app)


def _serve(process: Process, app: App, listener: socket.socket) -> None:
    import uvicorn

    hub = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    prefix = f"{hub}proxy/{listener.getsockname()[1]}" if hub else ""

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                process.say(event="listening", port=listener.getsockname()[1])

    async def watched(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """The service, with a look at the exception that ends its start-up, which uvicorn only logs."""
        try:
            await app(_proxied(scope, prefix), receive, send)
        except BaseException as error:
            if scope["type"] == "lifespan" and process.server and not process.server.started:
                process.fail(error)
            raise

    config = uvicorn.Config(watched, lifespan="on", timeout_graceful_shutdown=1, ws="auto")
    process.server = Announcing(config)
    process.server.run(sockets=[listener])


def _proxied(scope: Message, prefix: str) -> Message:
    """The request as it was before a class's server took the prefix off, so that `/docs` links to itself.

    Only what came through that proxy says so, and it is accepted for this prefix alone. A WebSocket handshake
    has no `X-Forwarded-Prefix` (jupyter-server-proxy 4.6), but an `X-Forwarded-For` from JupyterHub's proxy.
    https://asgi.readthedocs.io/en/latest/specs/www.html: `path` includes `root_path`.
    """
    headers = scope.get("headers", ())
    through = (b"x-forwarded-prefix", prefix.encode()) in headers or (
        scope["type"] == "websocket" and any(name == b"x-forwarded-for" for name, _ in headers)
    )
    if not prefix or not through:
        return scope
    return {
        **scope,
        "root_path": prefix,
        "path": prefix + scope["path"],
        "raw_path": prefix.encode() + scope["raw_path"],
    }


def _listen(port: int, *, must: bool) -> socket.socket:
    listener = socket.socket(fileno=_out_of_the_way(socket.socket().detach()))
    if os.name == "posix":  # on Windows the option would let two services share one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        if must:
            raise
        listener.bind(("127.0.0.1", 0))
    return listener


def _out_of_the_way(descriptor: int) -> int:
    """The same open file under a high number."""
    if sys.platform == "win32":
        return descriptor
    import fcntl

    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(descriptor)
    return high


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), must=sys.argv[3] == "must")
