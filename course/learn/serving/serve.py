"""`%serve` and `course serve`: the learner's service under uvicorn, in a process of its own.

    from course.learn.serving import server
    serve.url                      # "http://127.0.0.1:8103", or None while nothing is served

Chapter N is served on port 8100 + N where that is free, so that a link stays good from run to run. On a
class's server `COURSE_FIRST_PORT` gives each person ports of their own, and their browser reaches the service
through jupyter-server-proxy, at `/user/NAME/proxy/PORT/`.
"""

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from course import paths
from course.engine import project_files
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import display, workspace
from course.learn.display import Shown

FIRST_PORT = int(os.environ.get("COURSE_FIRST_PORT", "8100"))
SECONDS_TO_START = 20.0
SECONDS_TO_STOP = 5.0
LONGEST_LINE = 2000  # bytes of one line of the log
STAGES = {
    "": "has not begun",
    "importing": "is still being imported: look for a loop or a wait outside any function",
    "starting": "is still starting: the lifespan has not reached its `yield`",
}

url: str | None = None
_current: "Serving | None" = None


class Serving:
    """One running service.

    Attributes:
        url: where it answers, without a slash at the end.
        log: the last lines it printed, tracebacks included.
        project: the folder whose service it is.
    """

    def __init__(
        self,
        chapter: Chapter,
        port: int | None = None,
        heard: Callable[[str], None] | None = None,
        project: Path | None = None,
    ) -> None:
        """Start it, and return when it answers.

        Args:
            port: this port and no other; None takes the chapter's own or, where that is taken, a free one.
            heard: called with each line that the service prints.
            project: the project to serve; None takes the learner's project of the chapter.

        Raises:
            CourseError: it did not start; the message says why and where.
        """
        self.chapter = chapter
        self.log: deque[str] = deque(maxlen=200)
        self._heard = heard
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.project = (project or workspace.opened(chapter)).resolve()
        project_files.read(self.project)  # an import would wait for a pipe without end
        number = FIRST_PORT + chapter.number if port is None else port
        script = str(Path(__file__).with_name("service_process.py"))
        only = "may" if port is None else "must"
        self.process = subprocess.Popen(
            [sys.executable, "-P", script, str(self.project), str(number), only],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
            cwd=self.project,
            start_new_session=os.name == "posix",  # the stop button must not reach it
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()
        try:
            self.url = f"http://127.0.0.1:{self._wait(number)}"
        except BaseException:
            self.stop()
            raise

    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """End it and everything it started; the lifespan's shutdown runs first."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(SECONDS_TO_STOP)

    def _wait(self, port: int) -> int:
        """The port, once the service answers there."""
        stage = ""
        while True:
            try:
                event = self._events.get(timeout=SECONDS_TO_START)
            except queue.Empty:
                raise CourseError(
                    f"After {SECONDS_TO_START:.0f} seconds your service {STAGES[stage]}.",
                    "Correct it, then serve it again.",
                ) from None
            match event["event"]:
                case "listening":
                    return int(event["port"])
                case "taken":
                    raise CourseError(f"Port {port} is taken.", "Stop what uses it, or choose another port.")
                case "failed":
                    raise CourseError(_failure(event), "Correct it, then serve it again.")
                case "ended":
                    last = "\n".join(["Your service ended before it answered.", *list(self.log)[-5:]])
                    raise CourseError(last, "Correct it, then serve it again.")
                case stage:
                    pass

    def _read(self, out: IO[bytes]) -> None:
        with out:
            while line := out.readline(LONGEST_LINE):
                text, separator, event = line.partition(b"\x1e")
                if separator:
                    with suppress(ValueError):
                        self._events.put(json.loads(event))
                words = text.decode("utf-8", "replace").rstrip()
                if words:
                    self.log.append(words)
                    if self._heard:
                        self._heard(words)
        self._events.put({"event": "ended"})


def serve(chapter: Chapter, port: int | None = None) -> Serving:
    """Serve a chapter's project from this process, in place of what it served before."""
    global url, _current
    stop()
    _current = Serving(chapter, port)
    url = _current.url
    atexit.register(stop)
    return _current


def stop() -> bool:
    """End what this process serves; False where it serves nothing."""
    global url, _current
    serving, _current, url = _current, None, None
    if serving is None:
        return False
    serving.stop()
    atexit.unregister(stop)
    return True


def log() -> Shown:
    """The last lines that the served project printed."""
    if _current is None:
        raise CourseError("Nothing is served.", "`%serve` starts your service.")
    state = "" if _current.running() else "The service has ended.\n"
    return Shown(
        text := state + ("\n".join(_current.log) or "It has printed nothing yet."), display.code(text, "")
    )


def where(serving: Serving) -> Shown:
    """The links to a running service."""
    address = public(serving.url)
    links = [(address, address + "/"), (f"{address}/docs", f"{address}/docs")]
    after = "It runs your files as they are now: after a change, run `%serve` again. `%serve stop` ends it."
    holds = "`service_url` holds the address."
    if address != serving.url:
        holds = f"`service_url` holds its address on this server, {serving.url}: for cells, not for browsers."
    first, docs = (
        f'<a href="{target}" target="_blank" rel="noopener">{words}</a>' for words, target in links
    )
    name = paths.shown(serving.chapter.project)
    return Shown(
        f"{name} answers at {address} (documentation: {address}/docs).\n{holds} {after}",
        display.boxed(
            f"<p>{name} answers at {first} (documentation: {docs}).</p>"
            f"<p>{display.inline(f'{holds} {after}')}</p>",
            "good",
        ),
    )


def public(address: str) -> str:
    """Where a person's browser reaches what answers at `http://127.0.0.1:PORT` here.

    That same address, unless this runs in a JupyterHub: there the person's server passes requests on.
    https://jupyter-server-proxy.readthedocs.io/en/latest/arbitrary-ports-hosts.html
    """
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    if not prefix:
        return address
    host = os.environ.get("JUPYTERHUB_PUBLIC_URL", "").partition(prefix)[0].rstrip("/")
    return f"{host}{prefix}proxy/{address.rpartition(':')[2]}"


def _failure(event: dict[str, Any]) -> str:
    place = f" This is in {event['where']}" if event["where"] else ""
    code = f": `{event['code']}`" if event["code"] else ""
    return f"Your service did not start: {event['error'].rstrip('.')}.{place}{code}{'.' if place else ''}"
