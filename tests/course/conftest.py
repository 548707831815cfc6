"""A small course of two chapters, a workspace of its own, and a notebook to type in."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from course import chapters, checkpoint, paths
from course.chapters import Chapter

MAIN = 'from fastapi import FastAPI\n\napp = FastAPI(title="Gavel")\n'


@pytest.fixture
def workspace_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace in place of `my_service`."""
    folder = tmp_path / "my_service"
    monkeypatch.setenv("COURSE_WORKSPACE", str(folder))
    return folder


@pytest.fixture
def two_chapters(
    tmp_path: Path, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Chapter, Chapter]]:
    """Chapters 0 (doors) and 1 (rooms). The checkpoint of chapter 0 has one file, `app/main.py`."""
    monkeypatch.setattr(paths, "TEXTS", tmp_path / "texts")
    monkeypatch.setattr(paths, "CHECKPOINTS", tmp_path / "checkpoints")
    (tmp_path / "texts").mkdir()
    for stem, title in (("ch00_doors", "Doors"), ("ch01_rooms", "Rooms")):
        (tmp_path / "texts" / f"{stem}.md").write_text(f"# {title}\n", encoding="utf-8")
        app = tmp_path / "checkpoints" / stem / "app"
        app.mkdir(parents=True)
        (app / "__init__.py").write_text("", encoding="utf-8")
        (app / "main.py").write_text(MAIN, encoding="utf-8")
    chapters.contents.cache_clear()
    doors, rooms = chapters.contents()
    yield doors, rooms
    chapters.contents.cache_clear()


@dataclass(frozen=True)
class Seen:
    """What a cell showed: all of it as plain text, all of it as HTML, and the exception it ended with."""

    text: str
    html: str
    error: BaseException | None


class Notebook:
    """IPython in this process. `warmed` holds the chapters whose checkpoint was made ready."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.warmed: list[Chapter] = []

    def run(self, source: str) -> Seen:
        from IPython.utils.capture import capture_output

        with capture_output() as captured:
            result = self.shell.run_cell(source)
        shown = [output.data for output in captured.outputs]
        return Seen(
            text="\n".join([captured.stdout, *(data["text/plain"] for data in shown)]).strip(),
            html="\n".join(data.get("text/html", "") for data in shown),
            error=result.error_in_exec or result.error_before_exec,
        )


@pytest.fixture
def notebook(two_chapters: tuple[Chapter, Chapter], monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """A notebook with the course loaded; afterwards the process is as it was."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    path, folder, hook = sys.path[:], Path.cwd(), sys.displayhook
    settings = {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    shell = InteractiveShell.instance(config=Config(settings))
    try:
        typed = Notebook(shell)
        monkeypatch.setattr(sys, "dont_write_bytecode", False)  # compiled files are what may be stale
        monkeypatch.setattr(checkpoint, "warm", typed.warmed.append)
        shell.run_line_magic("load_ext", "course")
        yield typed
        shell.run_line_magic("unload_ext", "course")
    finally:
        InteractiveShell.clear_instance()
        sys.path[:], sys.displayhook = path, hook
        os.chdir(folder)
        for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
            del sys.modules[name]
