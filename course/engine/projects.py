"""The service after each chapter, composed from the texts.

`project` gives the service after a chapter, as text; `materialise` puts it on disk. The build cells go
through `course.engine.compose`, which serves the learner's `%%add` too: a checkpoint is what a learner who
made no mistake has on disk.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from course.engine import chapters, compose, given, texts
from course.engine.chapters import Chapter
from course.engine.scaffold import scaffold
from course.errors import CourseError


@cache
def project(chapter: Chapter, *, stubs: bool = False) -> Mapping[str, str]:
    """The service after a chapter: relative path to text.

    With `stubs`, what a learner has who ran every cell and solved nothing of this chapter.
    """
    text = chapter.text.read_text(encoding="utf-8")
    given.of(text, chapter.text.name)
    return _applied(start(chapter), texts.build_cells(text, stubs=stubs), chapter.text.name)


def start(chapter: Chapter) -> Mapping[str, str]:
    """What a chapter starts from: the service after the chapter before it, under this chapter's name.

    An exam starts from the skeleton that its text shows.
    """
    before = project(chapter.previous) if chapter.previous else {}
    made = scaffold(chapter)
    files = {**made, **before, "README.md": made["README.md"]}
    return _applied(files, texts.skeleton(chapter.text.read_text(encoding="utf-8")), chapter.text.name)


def variant(chapter: Chapter, cells: Iterable[str]) -> Mapping[str, str]:
    """A chapter's checkpoint with further build cells applied: a misconception, or another right way."""
    return _applied(project(chapter), cells, chapter.misconceptions.name)


def materialise(files: Mapping[str, str], folder: Path) -> Path:
    """Write a project to a folder, which may exist; files that are there under other names stay."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder


def _applied(files: Mapping[str, str], cells: Iterable[str], source: str) -> Mapping[str, str]:
    for cell in cells:
        try:
            files = compose.applied(files, cell)
        except CourseError as error:
            first = cell.split("\n", 1)[0]
            raise CourseError(f"{source}, the cell `{first}`: {error.what}", error.do) from error
    return MappingProxyType(dict(files))


def forget() -> None:
    """Read the texts anew at the next call."""
    project.cache_clear()
    chapters.contents.cache_clear()
