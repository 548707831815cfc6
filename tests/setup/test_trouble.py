"""What goes wrong while installing gets one clear line that says what to do."""

import io
import threading
from pathlib import Path

import pytest

from course.errors import CourseError
from course.setup import install, pins, trouble, uv
from course.setup.lock import only_one
from course.setup.phases import Outcome, phase, run

PIP_OFFLINE = """\
WARNING: Retrying (Retry(total=1, connect=None)) after connection broken by 'NewConnectionError('<pip>: Failed
to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/uv/
ERROR: Could not find a version that satisfies the requirement uv (from versions: none)
"""
UV_OFFLINE = (
    "error: Request failed after 3 retries\n  Caused by: client error (Connect)\n  Caused by: dns error"
)
UV_FULL = "error: Failed to extract archive\n  Caused by: No space left on device (os error 28)"
PARTS = (pins.LEARNER,)
UV_LOCKED = "error: failed to remove file `Scripts\\jupyter.exe`: Access is denied. (os error 5)"


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The Python of an environment; it is never run here."""
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin" / "python"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (PIP_OFFLINE, "The packages cannot be downloaded: no connection"),
        (UV_OFFLINE, "The packages cannot be downloaded: no connection"),
        (UV_FULL, "The disk is full. Free about 1 GB"),
        ("OSError: [Errno 28] No space left on device", "The disk is full. Free about 1 GB"),
        (UV_LOCKED, "A file of the course's environment cannot be written. Close what uses it"),
        (
            "[Errno 30] Read-only file system: '.venv'",
            "A file of the course's environment cannot be written.",
        ),
    ],
)
def test_a_known_cause_is_named(said: str, line: str, tmp_path: Path) -> None:
    error = trouble.explain(Outcome(1, said), tmp_path, "Installing the packages")
    assert str(error).startswith(line)
    assert "\n" not in str(error)


def test_without_a_connection_the_variables_to_set_are_named(tmp_path: Path) -> None:
    error = trouble.explain(Outcome(1, PIP_OFFLINE), tmp_path, "Installing the packages")
    assert "your package index in PIP_INDEX_URL and your proxy in HTTPS_PROXY" in error.do


def test_an_unknown_cause_gives_the_last_words_and_keeps_the_rest(tmp_path: Path) -> None:
    error = trouble.explain(
        Outcome(1, "first\nerror: the moon is full\n\n"), tmp_path, "Installing the packages"
    )
    assert error.what.startswith("Installing the packages failed. It said: error: the moon is full")
    assert (tmp_path / "course-setup.log").read_text(encoding="utf-8").startswith("first\n")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "_has", lambda name: name != module)
    with pytest.raises(CourseError, match=f"no `{module}` module.*apt install python3-venv"):
        install.make(tmp_path, keep="lock")


def test_pip_does_the_work_where_uv_cannot_be_had(python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = commands(monkeypatch, {"uv": Outcome(1, "ERROR: No matching distribution found for uv")})
    install.pinned(python, PARTS, again=False)
    assert [command[:4] for command in asked] == [[str(python), "-m", "pip", "install"]] * 2
    assert asked[1][-2] == "-r"


@pytest.mark.parametrize("said", ["Illegal instruction", UV_OFFLINE, UV_FULL])
def test_pip_does_the_work_where_uv_fails_for_any_reason(
    said: str, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = commands(monkeypatch, {"requirements.txt": Outcome(132, said), "uv": Outcome(0, "")}, 1)
    install.pinned(python, PARTS, again=False)
    assert [command[2] for command in asked] == ["pip", "uv", "pip"]


def test_without_a_network_nothing_else_is_tried(python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = commands(monkeypatch, {"uv": Outcome(1, PIP_OFFLINE)})
    with pytest.raises(CourseError, match="no connection"):
        install.pinned(python, PARTS, again=False)
    assert len(asked) == 1


def test_after_an_interruption_what_seems_installed_is_installed_again(
    python: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = commands(monkeypatch, {})
    install.pinned(python, PARTS, again=True)
    assert "--reinstall" in asked[1]


def commands(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Outcome], times: int = 9) -> list[list[str]]:
    """Record what would be run; a command that ends in a key gets its answer (so many times), others work."""
    asked: list[list[str]] = []
    left = dict.fromkeys(answers, times)

    def answer(command: list[str], heard: object = None, **settings: object) -> Outcome:
        asked.append(command)
        for end, outcome in answers.items():
            if command[-1].endswith(end) and left[end]:
                left[end] -= 1
                return outcome
        return Outcome(0, "")

    monkeypatch.setattr(install, "run", answer)
    monkeypatch.setattr(uv, "run", answer)
    monkeypatch.setattr(uv, "pip_settings", lambda python: {})
    return asked


def test_a_second_set_up_waits_for_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "course.lock"
    order: list[str] = []
    inside, waiting = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait()
        with only_one(lock, waiting.set):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with only_one(lock, lambda: order.append("waited for nobody")):
        inside.set()
        assert waiting.wait(30), "the second set-up does not say that it waits"
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_lock_that_was_left_behind_keeps_nobody_out(tmp_path: Path) -> None:
    lock = tmp_path / "course.lock"
    lock.write_text("from a run that was killed")
    with only_one(lock, lambda: pytest.fail("waits for a process that is gone")):
        pass


def test_a_phase_ends_with_its_line_and_seconds() -> None:
    out = io.StringIO()
    with phase("Installing the packages", out) as current:
        install.listen(lambda said: setattr(current, "detail", said))("Resolved 157 packages in 12ms")
    assert out.getvalue() == "Installing the packages: 157 packages, downloading (0 s)\n"


def test_the_count_follows_what_the_tool_says() -> None:
    said: list[str] = []
    heard = install.listen(said.append)
    for line in (
        "Resolved 157 packages in 1s",
        "Downloading mypy (12.9MiB)",
        "Prepared 157 packages in 9s",
        "Installed 157 packages in 2s",
    ):
        heard(line)
    assert said == [
        "157 packages, downloading",
        "157 packages, downloading mypy (12.9MiB)",
        "157 packages downloaded, copying them into place",
        "157 packages installed",
    ]


def test_compiling_has_a_line_and_seconds_of_its_own(
    python: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = commands(monkeypatch, {})
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    install.pinned(python, PARTS, again=False)
    install.compile_used(python)
    assert not any("compile-bytecode" in word for command in asked for word in command)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Installing the packages")
    assert second.startswith("Compiling what is used first (")


def test_the_count_follows_pip_too() -> None:
    said: list[str] = []
    heard = install.listen(said.append)
    for line in (
        "Collecting anyio==4.16.0",
        "Collecting attrs",
        "Installing collected packages: anyio, attrs",
    ):
        heard(line)
    found = ["1 packages found", "2 packages found", "unpacking 2 packages"]
    assert said == [f"with pip, {what}" for what in found]


def test_a_command_that_cannot_be_started_is_an_outcome(tmp_path: Path) -> None:
    assert run([str(tmp_path / "absent")]).code == 127
