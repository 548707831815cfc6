"""A person of the class, played over HTTP: logs in, starts a server, runs cells. For measuring and tests."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.sync.client import ClientConnection, connect

from course.errors import CourseError

SECONDS = 120.0


class Person:
    """A person with a browser, whose server is at `/user/NAME`."""

    def __init__(self, hub: str, name: str, password: str) -> None:
        self.hub, self.name, self._password = hub, name, password
        self.http = httpx.Client(base_url=hub, follow_redirects=True, timeout=SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    @property
    def home(self) -> str:
        return f"/user/{self.name}"

    def log_in(self) -> httpx.Response:
        """Fill in the form of `/hub/login`; the page that follows.

        Raises:
            CourseError: the Hub does not let this person in.
        """
        self.http.get("/hub/login")
        form = {"username": self.name, "password": self._password, "_xsrf": self._xsrf("/hub/")}
        answer = self.http.post("/hub/login", data=form, follow_redirects=False)
        if answer.status_code != 302:
            raise CourseError(f"The Hub does not let {self.name} in.", "Look at the name and the password.")
        return answer

    def start(self) -> None:
        """Start this person's server, wait for it, and get its cookies."""
        self.http.get("/hub/spawn")
        self._until(lambda: self._state() == "ready", f"{self.name}'s server does not start")
        self.http.get(f"{self.home}/lab").raise_for_status()  # the Hub vouches for them on the way

    def pull(self, link: str) -> list[dict[str, Any]]:
        """Click a nbgitpuller link, and follow what its page follows: the events of the pull."""
        page = self.http.get(link)
        page.raise_for_status()
        events = []
        path = f"{self.home}/git-pull/api"
        with self.http.stream("GET", path, params={**page.url.params, "_xsrf": self._xsrf()}) as stream:
            stream.raise_for_status()
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    events.append(json.loads(line[6:]))
        return events

    @contextmanager
    def kernel(self, folder: str = "") -> Iterator["Kernel"]:
        """A kernel of this person's, started in a folder of their home."""
        path = f"{folder}/{uuid4().hex}.ipynb" if folder else f"{uuid4().hex}.ipynb"
        wanted = {"kernel": {"name": "python3"}, "name": "", "path": path, "type": "notebook"}
        answer = self.http.post(f"{self.home}/api/sessions", json=wanted, headers=self._token())
        answer.raise_for_status()
        session = answer.json()
        try:
            with self.socket(f"/api/kernels/{session['kernel']['id']}/channels") as line:
                yield Kernel(line)
        finally:
            self.http.delete(f"{self.home}/api/sessions/{session['id']}", headers=self._token())

    def socket(self, path: str, **options: Any) -> ClientConnection:
        """A WebSocket to a path of this person's server, with their cookies, as their browser opens it."""
        cookies = "; ".join(
            f"{each.name}={each.value}"
            for each in self.http.cookies.jar
            if f"{self.home}{path}".startswith(each.path)
        )
        headers = {"Cookie": cookies, **options.pop("headers", {})}
        if "Origin" not in headers:
            headers["Origin"] = self.hub
        address = f"{self.hub.replace('http', 'ws', 1)}{self.home}{path}"
        line: ClientConnection = connect(
            address, additional_headers=headers, max_size=2**24, proxy=None, **options
        )
        return line

    def _token(self) -> dict[str, str]:
        return {"X-XSRFToken": self._xsrf(f"{self.home}/")}

    def _xsrf(self, path: str | None = None) -> str:
        path = path or f"{self.home}/"
        return next(
            (
                each.value or ""
                for each in self.http.cookies.jar
                if each.name == "_xsrf" and each.path == path
            ),
            "",
        )

    def _state(self) -> str:
        answer = self.http.get(f"/hub/api/users/{self.name}", headers={"X-XSRFToken": self._xsrf("/hub/")})
        answer.raise_for_status()
        server = answer.json()["servers"].get("", {})
        return "ready" if server.get("ready") else "not ready"

    @staticmethod
    def _until(holds: Callable[[], bool], what: str) -> None:
        ends = time.monotonic() + SECONDS
        while not holds():
            if time.monotonic() > ends:
                raise CourseError(f"{what} within {SECONDS:.0f} seconds.", "Look at what the Hub printed.")
            time.sleep(0.1)


class Kernel:
    """A line to a running kernel, by Jupyter's messages.

    https://jupyter-client.readthedocs.io/en/stable/messaging.html
    """

    def __init__(self, line: ClientConnection) -> None:
        self._line = line

    def run(self, code: str) -> str:
        """Run a cell; all that it printed and displayed as text, with the traceback where there is one."""
        number = uuid4().hex
        header = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": number}
        header |= {"version": "5.4", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        content |= {"user_expressions": {}, "stop_on_error": True}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._line.send(json.dumps({**message, "channel": "shell", "buffers": []}))
        said = []
        while True:
            heard = json.loads(self._line.recv(timeout=SECONDS))
            if heard["parent_header"].get("msg_id") != number:
                continue
            match heard["msg_type"], heard["content"]:
                case "stream", {"text": text}:
                    said.append(text)
                case "display_data" | "execute_result" | "update_display_data", {"data": data}:
                    said.append(data.get("text/plain", "") + "\n")
                case "error", {"traceback": lines}:
                    said.append("\n".join(lines))
                case "status", {"execution_state": "idle"}:
                    return "".join(said)
