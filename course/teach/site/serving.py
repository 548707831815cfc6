"""`course site --serve`: the built site, on a port of this machine."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, without a line for each."""

    def log_message(self, *words: Any) -> None:
        pass


def server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of the folder's files that only this machine reaches; port 0 is any that is free."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))


def serve(folder: Path) -> None:
    """Serve the folder until Ctrl-C."""
    with server(folder) as running:
        print(f"http://127.0.0.1:{running.server_port}/ (end with Ctrl-C)", flush=True)
        running.serve_forever()
