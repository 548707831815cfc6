"""`%explain` in an IPython shell."""

import sys
from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import CapturedIO, capture_output
from traitlets.config import Config


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    for name in ("last_exc", "last_value", "last_type", "last_traceback"):
        monkeypatch.delattr(sys, name, raising=False)
    hook = sys.displayhook
    settings = {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    shell = InteractiveShell.instance(config=Config(settings))
    try:
        shell.run_line_magic("load_ext", "course")
        yield shell
        shell.run_line_magic("unload_ext", "course")
    finally:
        InteractiveShell.clear_instance()
        sys.displayhook = hook


def run(shell: InteractiveShell, cell: str) -> tuple[CapturedIO, str]:
    with capture_output() as captured:
        shell.run_cell(cell)  # type: ignore[no-untyped-call]
    return captured, "\n".join(output.data.get("text/plain", "") for output in captured.outputs)


def test_nothing_has_gone_wrong_yet(shell: InteractiveShell) -> None:
    _, told = run(shell, "%explain")
    assert "Nothing has gone wrong in this notebook yet." in told


def test_the_last_exception_is_explained(shell: InteractiveShell) -> None:
    run(shell, "lots = []\nlots()")
    captured, told = run(shell, "%explain")
    assert told.startswith("TypeError: '…' object is not callable")
    assert "Traceback" not in told + captured.stdout
    assert "<strong>Do:</strong>" in captured.outputs[0].data["text/html"]
    run(shell, "1 / 0")
    assert "Nothing in the index fits this" in run(shell, "%explain")[1]


def test_an_exception_that_cannot_be_printed_is_met_with_words(shell: InteractiveShell) -> None:
    run(shell, "class Broken(Exception):\n    def __str__(self): raise ValueError\nraise Broken")
    captured, told = run(shell, "%explain")
    assert "Nothing in the index fits this" in told
    assert "Traceback" not in captured.stdout


def test_words_are_explained_as_they_stand(shell: InteractiveShell) -> None:
    _, told = run(shell, "%explain Input should be a valid string [type=string_type, input_value=1960]")
    assert told.startswith("Input should be a valid string")
    _, told = run(shell, "%explain {oh} $dear")
    assert "Nothing in the index fits this" in told
