"""What a submission may be graded by: the project that was packed, and the one that its cells build.

A learner who only ever ran cells has the same project in both. One who edited files by hand has more in the
archive; one who packed early and went on has more in the cells. Both are checked where they differ, and the
better one counts, so that no work is lost on the way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from course.engine import compose, given, project_files, projects, texts
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import workspace
from course.teach.grades.packing import SERVICE, unpacked

CELLS = "the notebook's own cells"
FOLDER = "the project as it is in the folder"


@dataclass(frozen=True)
class Candidate:
    """One version of the service: where it came from, in words, its files, and what was left out of it."""

    origin: str
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """One hash for the files, but for README.md, which no requirement reads."""
        return workspace.fingerprint_of(self.files)

    def put(self, folder: Path) -> Path:
        """Write the files to an empty folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder


def of(chapter: Chapter, cells: Iterable[str], archive: Path | None) -> list[Candidate]:
    """What there is to check, the packed project first; two that are alike are one."""
    found: list[Candidate] = []
    notes: tuple[str, ...] = ()
    if archive is not None and archive.is_file():
        try:
            found.append(Candidate(SERVICE, unpacked(archive)))
        except CourseError as error:
            notes = (f"{error.what} {error.do}",)
    built = from_cells(chapter, cells)
    if not found or found[0].fingerprint != built.fingerprint:
        found.append(Candidate(CELLS, built.files, notes + built.notes))
    return found


def from_cells(chapter: Chapter, cells: Iterable[str]) -> Candidate:
    """The project that the build cells give, from top to bottom, on the course's start of the chapter.

    A cell that cannot be applied changes nothing, as it does in the notebook, and is named in the notes. For
    `%given NAME` the chapter's own code of that name is applied.
    """
    files: Mapping[str, str] = _start(chapter)
    known = {each.name: each.cells for each in given.of(chapter.text.read_text(encoding="utf-8"))}
    notes = []
    for cell in cells:
        is_build_cell = texts.MAGIC.match(cell) is not None
        names = [] if is_build_cell else given.MAGIC.findall(cell)
        unknown = [name for name in names if name not in known]
        notes += [
            f"The cell `%given {name}` was left out. The chapter gives no such code." for name in unknown
        ]
        try:
            files = reduce(
                compose.applied,
                [cell] if is_build_cell else [each for name in names for each in known.get(name, ())],
                files,
            )
        except (CourseError, ValueError, SyntaxError, RecursionError, MemoryError) as error:
            what = error.what if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
            notes.append(f"The cell `{cell.splitlines()[0][:80]}` was left out. {what}")
    return Candidate(CELLS, {name: text.encode() for name, text in files.items()}, tuple(notes))


def _start(chapter: Chapter) -> Mapping[str, str]:
    before = chapter.previous
    if before is None or not before.checkpoint.is_dir():
        return projects.start(chapter)
    found = project_files.read(before.checkpoint)
    return {name: content.decode("utf-8", errors="replace") for name, content in found.items()}
