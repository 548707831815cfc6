"""`%serve`: the learner's service in a process of its own, which ends with the kernel."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import commands, workspace
from course.learn.serving import serve

Two = tuple[Chapter, Chapter]
START_UP = """\
import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    {body}


app = FastAPI(lifespan=lifespan)
"""


@pytest.fixture
def doors(two_chapters: Two) -> Iterator[Chapter]:
    """Chapter 0, begun; whatever is served is stopped afterwards."""
    workspace.start(two_chapters[0])
    yield two_chapters[0]
    serve.stop()


def write(chapter: Chapter, text: str) -> None:
    (chapter.project / "app" / "main.py").write_text(text, encoding="utf-8")


def greeting(word: str) -> str:
    route = f"@app.get('/')\ndef root():\n    print('asked')\n    return '{word}'\n"
    return f"from fastapi import FastAPI\n\napp = FastAPI()\n\n\n{route}"


def test_the_service_answers_over_the_wire_as_soon_as_serve_returns(doors: Chapter) -> None:
    write(doors, greeting("hello"))
    serving = serve.serve(doors)
    assert serve.url == serving.url
    assert httpx.get(f"{serving.url}/").json() == "hello"
    assert httpx.get(f"{serving.url}/docs").status_code == 200


def test_a_second_serve_replaces_the_first_and_shows_the_new_code(doors: Chapter) -> None:
    write(doors, greeting("hello"))
    first = serve.serve(doors)
    write(doors, greeting("hello again"))
    second = serve.serve(doors)
    assert not first.running()
    assert httpx.get(f"{second.url}/").json() == "hello again"


def test_stopping_runs_the_shutdown_and_leaves_nothing_running(doors: Chapter) -> None:
    body = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    )
    body += "    try:\n        yield\n    finally:\n        Path('closed').touch()"
    write(doors, START_UP.format(body=body))
    serving = serve.serve(doors)
    family = [
        psutil.Process(serving.process.pid),
        *psutil.Process(serving.process.pid).children(recursive=True),
    ]
    assert len(family) == 2
    assert serve.stop() is True
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert (doors.project / "closed").exists()
    assert (serve.url, serve.stop()) == (None, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "app = FastAP()\n",
            "name 'FastAP' is not defined. This is in app/main.py, line 1: `app = FastAP()`.",
        ),
        ("\napp = (\n", "SyntaxError: '(' was never closed. This is in app/main.py, line 2: `app = (`."),
        ("x = 1\n", "has no attribute 'app'"),
        ("app = 3\n", "TypeError: 'int' object is not callable."),
        (
            START_UP.format(body="1 / 0\n    yield"),
            "division by zero. This is in app/main.py, line 10: `1 / 0`.",
        ),
        ("import os\nprint('alas', flush=True)\nos._exit(0)\n", "ended before it answered.\nalas"),
        ("raise SystemExit(3)\n", "SystemExit: 3. This is in app/main.py, line 1"),
    ],
    ids=["name", "syntax", "no app", "not an app", "lifespan", "os._exit", "sys.exit"],
)
def test_a_service_that_does_not_start_is_explained(doors: Chapter, text: str, words: str) -> None:
    write(doors, text)
    with pytest.raises(CourseError) as error:
        serve.serve(doors)
    assert words in error.value.what
    assert serve.url is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("while True:\n    pass\n", "is still being imported"),
        (START_UP.format(body="await asyncio.sleep(600)\n    yield"), "has not reached its `yield`"),
    ],
    ids=["import", "lifespan"],
)
def test_a_service_that_never_starts_is_ended_and_explained(
    doors: Chapter, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    write(doors, text)
    monkeypatch.setattr(serve, "SECONDS_TO_START", 2.0)
    with pytest.raises(CourseError, match=words):
        serve.serve(doors)
    assert not psutil.Process().children()


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors as daemons on POSIX do")
@pytest.mark.parametrize("closed", ["os.closerange(3, 200)", "os.closerange(0, 3)"])
def test_a_service_that_closes_every_file_is_served_and_ended(doors: Chapter, closed: str) -> None:
    silent = greeting("hello").replace("    print('asked')\n", "")
    write(doors, f"import os\n\n{closed}\n{silent}")
    serving = serve.serve(doors)
    assert httpx.get(serving.url).json() == "hello"
    began = time.monotonic()
    serve.stop()
    assert time.monotonic() - began < serve.SECONDS_TO_STOP, "it ended by itself"
    assert not serving.running()
    assert not any("Bad file descriptor" in line for line in serving.log)


def test_a_taken_port_is_said_where_it_was_asked_for_and_passed_over_where_not(doors: Chapter) -> None:
    write(doors, greeting("hello"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CourseError, match=f"Port {port} is taken"):
            serve.serve(doors, port)
        serve.FIRST_PORT, before = port, serve.FIRST_PORT
        try:
            assert not serve.serve(doors).url.endswith(f":{port}")
        finally:
            serve.FIRST_PORT = before


def test_the_log_has_what_the_service_printed_and_its_tracebacks(doors: Chapter) -> None:
    write(doors, greeting("hello").replace("return", "raise KeyError(7)  # return"))
    url = serve.serve(doors).url
    assert httpx.get(f"{url}/").status_code == 500
    serving = serve._current
    assert serving is not None
    serving.stop()
    assert "asked" in serve.log().text
    assert "KeyError: 7" in serve.log().text


def test_the_magic_shows_links_and_gives_the_address_to_the_next_cells(notebook: Any) -> None:
    notebook.run("%chapter 0")
    notebook.run(f"%%write app/main.py\n{greeting('hello')}")
    seen = notebook.run("%serve")
    address = notebook.shell.user_ns["service_url"]
    assert f"answers at {address} (documentation: {address}/docs)" in seen.text
    assert f'href="{address}/docs"' in seen.html
    assert notebook.run("import httpx; print(httpx.get(service_url).json())").text == "hello"
    assert notebook.run("%serve stop").text == "Your service has stopped."
    assert notebook.run("%serve stop").text == "Nothing was served."


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    "rest", ["app = FastAPI()\n", "while True:\n    pass\n"], ids=["served", "importing"]
)
def test_a_kernel_that_is_killed_takes_its_service_with_it(doors: Chapter, rest: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as here:
        here.settimeout(30)
        call = f"socket.create_connection({here.getsockname()!r}).sendall(str(os.getpid()).encode())"
        write(doors, f"import os, socket\nfrom fastapi import FastAPI\n{call}\n{rest}")
        imports = "from course.learn.serving import serve\nfrom course.engine.chapters import Chapter"
        code = f"{imports}\nserve.serve({doors!r})\ninput()"
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as kernel:
            connection, _ = here.accept()
            with connection:
                service = psutil.Process(int(connection.recv(20)))
            kernel.send_signal(signal.SIGKILL)
    assert psutil.wait_procs([service], timeout=10)[1] == []


def test_the_terminal_serves_until_interrupted(
    doors: Chapter, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    write(doors, greeting("hello"))
    started: list[serve.Serving] = []

    class Interrupted(serve.Serving):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)
            self.process.wait = self._interrupted  # type: ignore[method-assign]

        def _interrupted(self, timeout: float | None = None) -> int:
            del self.process.wait
            raise KeyboardInterrupt

    monkeypatch.setattr(serve, "Serving", Interrupted)
    assert commands.serve(doors.stem) == 0
    assert f"answers at {started[0].url}" in capsys.readouterr().out
    assert not started[0].running()


def test_the_terminal_explains_a_service_that_does_not_start(doors: Chapter, tmp_path: Path) -> None:
    write(doors, "app = FastAP()\n")
    with redirect_stderr(io.StringIO()) as said:
        assert commands.serve(doors.stem) == 2
    assert "NameError" in said.getvalue()
    assert "Traceback" not in said.getvalue()
