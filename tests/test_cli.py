"""The words after `course`: which verb they reach, and what is said of those that reach none."""

import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from course import cli, paths
from course.errors import CourseError
from course.setup import environment


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """As in `.venv`: nothing is set up, nothing is started anew. Says which environments were asked for."""
    asked: list[str] = []
    monkeypatch.setattr(
        cli, "_inside", lambda place, argv, extras=(): asked.append(" ".join([place.folder.name, *extras]))
    )
    return asked


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Put a recorder in place of every module of a verb."""
    heard: list[object] = []

    def module(name: str) -> SimpleNamespace:
        def command(argv: list[str]) -> int:
            heard.append((name, argv))
            return 3

        def verb(name: str) -> Callable[..., int]:
            def run(**words: object) -> int:
                heard.append((name, words))
                return 0

            return run

        return SimpleNamespace(command=command, **{name: verb(name) for name in cli.LEARNER})

    monkeypatch.setattr("importlib.import_module", module)
    return heard


def test_help_lists_every_verb_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["help"]) == 0
    said = capsys.readouterr().out
    for name, verb in {**cli.LEARNER, **cli.MAINTAINER}.items():
        assert any(line.split()[:1] == [name] and verb.help[:20] in line for line in said.splitlines()), name


def test_a_verb_gets_its_words(inside: list[str], answer: list[object]) -> None:
    assert cli.main(["start", "3"]) == 0
    assert cli.main(["check"]) == 0
    assert cli.main(["serve", "2", "--port", "8001"]) == 0
    assert answer == [
        ("start", {"chapter": "3"}),
        ("check", {"chapter": None}),
        ("serve", {"chapter": "2", "port": 8001, "demo": False}),
    ]
    assert inside == [".venv"] * 3


@pytest.mark.parametrize("name", cli.LEARNER)
def test_a_verb_takes_the_words_that_its_function_takes(name: str) -> None:
    module = importlib.import_module(cli.LEARNER[name].module)
    takes = {word.lstrip("-") for word, _ in cli.LEARNER[name].takes}
    assert takes == set(inspect.signature(getattr(module, name)).parameters)


def test_a_maintainers_verb_reads_its_own_words(inside: list[str], answer: list[object]) -> None:
    assert cli.main(["build", "3", "--check"]) == 3
    assert answer == [("course.maintain.build", ["3", "--check"])]


def test_the_newest_releases_have_an_environment_of_their_own(
    inside: list[str], answer: list[object]
) -> None:
    cli.main(["test", "3", "--latest"])
    cli.main(["test"])
    assert inside == [".venv-latest production validate", ".venv production validate"]


@pytest.mark.parametrize("words", [["strat", "3"], ["start"], ["--prot", "1"], ["--port", "x"]])
def test_words_that_make_no_sense_get_one_line_before_anything_is_set_up(
    words: list[str], inside: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert "python3 -m course help" in said
    assert inside == []


def test_what_follows_two_dashes_goes_to_jupyterlab(
    inside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from course.setup import launch

    told: list[dict[str, object]] = []

    def record(**words: object) -> int:
        told.append(words)
        return 0

    monkeypatch.setattr(launch, "launch", record)
    assert cli.main(["--no-browser", "--port", "9000", "--", "--debug", "--port", "1"]) == 0
    assert cli.main([]) == 0
    assert told == [
        {"browser": False, "port": 9000, "rest": ["--debug", "--port", "1"]},
        {"browser": True, "port": None, "rest": []},
    ]


def test_a_message_for_people_is_printed_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(place: object, argv: list[str]) -> None:
        raise CourseError("The disk is full.", "Free about 1 GB.")

    monkeypatch.setattr(cli, "_inside", refuse)
    assert cli.main(["progress"]) == 1
    assert capsys.readouterr().err == "The disk is full. Free about 1 GB.\n"


def test_an_interrupt_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(place: object, argv: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_inside", interrupt)
    with pytest.raises(SystemExit) as ended:
        cli.main(["progress"])
    assert ended.value.code == 130
    assert capsys.readouterr().err == "\nStopped.\n"


def test_what_runs_on_the_newest_releases_stays_there(
    monkeypatch: pytest.MonkeyPatch, answer: list[object]
) -> None:
    monkeypatch.setattr(environment.Environment, "inside", lambda self: self.newest)
    monkeypatch.setattr(
        environment.Environment, "ensure", lambda self, *extras: pytest.fail("sets up another environment")
    )
    assert cli.main(["build", "--check"]) == 3


def test_outside_the_environment_the_same_words_go_on_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []

    def enter(self: environment.Environment, argv: list[str]) -> None:
        done.append(argv)
        raise SystemExit(7)

    monkeypatch.setattr(environment.Environment, "inside", lambda self: False)
    monkeypatch.setattr(
        environment.Environment, "ensure", lambda self, *extras: done.append(("ready", *extras))
    )
    monkeypatch.setattr(environment.Environment, "enter", enter)
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", "3"])
    assert done == [("ready",), ["check", "3"]]
    assert ended.value.code == 7


THREAD = """
import sys, threading
from types import SimpleNamespace
from course import cli
def wait():
    threading.Thread(target=print, args=("a line",), kwargs={"flush": True}).start()
    threading.Event().wait(60)
cli._inside = lambda place, argv: None
sys.modules["course.learn.commands"] = SimpleNamespace(progress=wait)
sys.exit(cli.main(["progress"]))
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows says EINVAL, and has no exit status of a signal")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("both", [False, True], ids=["stdout", "stdout-and-stderr"])
@pytest.mark.parametrize(
    "words",
    [
        ["-m", "course", "find", "websocket"],
        ["-m", "course", "explain", "object is not callable"],
        ["-m", "course", "start", "0"],
        ["-m", "course", "guide", "3"],
        ["-m", "course", "build", "--check", "0"],
        ["-c", THREAD],
    ],
    ids=lambda words: "-".join(words[2:4])[:20] or "a-thread",
)
def test_output_that_is_closed_ends_each_verb_quietly(
    words: list[str], both: bool, unbuffered: str, tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, *words],
        cwd=paths.ROOT,
        env={**os.environ, "COURSE_WORKSPACE": str(tmp_path), "PYTHONUNBUFFERED": unbuffered},
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=writing if both else subprocess.PIPE,
        timeout=60,
    )
    os.close(writing)
    assert done.returncode == cli.OUTPUT_CLOSED
    assert not done.stderr
