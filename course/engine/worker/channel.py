"""How a worker talks to the one who started it: a job comes in on stdin, events leave through a private pipe.

Both are moved to high numbers and out of sight, and stdin is emptied, before any of the learner's code runs.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

HIGH = 200
"""From this descriptor on: a learner's code that closes the usual ones does not hit ours."""


def _high(descriptor: int) -> int:
    if sys.platform == "win32":
        return os.dup(descriptor)
    import fcntl

    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(descriptor)
    return high


class Channel:
    """Reads messages, writes events. `send` may be called from any thread."""

    def __init__(self, argument: str) -> None:
        if sys.platform == "win32":
            import msvcrt

            writing = msvcrt.open_osfhandle(int(argument), os.O_WRONLY)
        else:
            writing = int(argument)
        self._out = _high(writing)
        self._in = os.fdopen(_high(os.dup(0)), "rb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self.send = self._sender("")
        self.scratch: str | None = None

    def receive(self) -> dict[str, Any]:
        """The next message. Ends the process where there is none: no process waits for its work any more."""
        line = self._in.readline()
        if not line:
            self._leave()
        message: dict[str, Any] = json.loads(line)
        return message

    def sign(self, nonce: str) -> None:
        """From now on every event carries this secret, which no other process knows."""
        self.send = self._sender(nonce)

    def end_with_the_other_side(self) -> None:
        """From now on this process ends when the one that started it goes, whatever it is doing."""
        threading.Thread(target=self._read_to_the_end, name="course-parent", daemon=True).start()

    def _sender(self, nonce: str) -> Callable[..., None]:
        # The functions are kept here: what the learner's code puts in their place is not used.
        write, dumps, lock, out = os.write, json.dumps, threading.Lock(), self._out

        def send(kind: str, **event: Any) -> None:
            data = dumps({"kind": kind, **event, "nonce": nonce}).encode() + b"\n"
            try:
                with lock:
                    while data:
                        data = data[write(out, data) :]
            except BrokenPipeError:
                self._leave()

        return send

    def _read_to_the_end(self) -> None:
        while self._in.readline():
            pass
        self._leave()

    def _leave(self) -> None:
        """No process waits for this one any more, and no other one will clean up behind it."""
        end_children()
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)
        end_group()


def end_children() -> None:
    """End the children of this process, those in sessions of their own too."""
    import psutil  # type: ignore[import-untyped]

    with contextlib.suppress(psutil.Error):
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()


def end_group() -> None:
    """End this process and its group at once."""
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)
