"""What the products were built from, so that staleness is known without building.

One record a chapter, in `.build/`: the digest of everything the build read, the digest of what was executed,
the digest of every file that it wrote, and the minutes of its stages.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from course import paths
from course.engine import project_files
from course.engine.chapters import Chapter, contents, exams
from course.maintain.build import minutes

MACHINERY = (
    "course/engine/texts.py",
    "course/engine/given.py",
    "course/engine/begin_here.py",
    "course/engine/projects.py",
    "course/engine/scaffold.py",
    "course/engine/notebooks.py",
    "course/engine/predictions.py",
    "course/engine/compose",
    "course/maintain/build",
)


@dataclass(frozen=True)
class Record:
    """Digests (SHA-256, hex) of a chapter's inputs, execution and products by path; and its stages."""

    inputs: str = ""
    executed: str = ""
    products: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Any] = field(default_factory=dict)


def digest(parts: Iterable[str | bytes]) -> str:
    total = sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "big") + raw)
    return total.hexdigest()


def text_of(path: Path) -> bytes:
    """A file's bytes with the line ends that Git keeps, so that a Windows checkout is as fresh as any."""
    return path.read_bytes().replace(b"\r\n", b"\n") if path.exists() else b""


def inputs(chapter: Chapter) -> str:
    """The digest of what decides a chapter's products: its text and those before it, and the build's code."""
    read = [earlier.text for earlier in chapter.road]
    for name in MACHINERY:
        path = paths.ROOT / name
        read += sorted(path.glob("*.py")) if path.is_dir() else [path]
    return digest([*(text_of(path) for path in read), execution(chapter, [])])


def execution(chapter: Chapter, cells: Iterable[str]) -> str:
    """The digest of what decides the outputs: the cells, the services, the sentences, the libraries.

    And the title of what comes next, a chapter or an exam, which a passed checkpoint names, and the minutes
    of the stages, which `%check` names.
    """
    after = (chapter.following,) if chapter.following or chapter.is_exam else exams()
    following = " ".join(other.title for other in after if other)
    read = [other.tests for other in chapter.road] + [paths.ROOT / "requirements.txt"]
    stages = json.dumps(minutes.counted(chapter))
    return digest([following, stages, *cells, *(text_of(path) for path in read)])


def products(chapter: Chapter) -> Iterator[Path]:
    """The files on disk that a chapter's build owns."""
    yield from (path for path in (chapter.notebook, chapter.solution) if path.exists())
    yield from (chapter.checkpoint / name for name, _ in project_files.files(chapter.checkpoint))


def record(chapter: Chapter) -> Path:
    return paths.ROOT / ".build" / f"{chapter.stem}.json"


def load(chapter: Chapter) -> Record:
    path = record(chapter)
    return Record(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Record()


def save(chapter: Chapter, executed: str) -> None:
    """Record the products that are on disk now as built from the inputs that are on disk now."""
    found = {path.relative_to(paths.ROOT).as_posix(): digest([text_of(path)]) for path in products(chapter)}
    path = record(chapter)
    path.parent.mkdir(exist_ok=True)
    built = asdict(Record(inputs(chapter), executed, found, minutes.counted(chapter)))
    path.write_text(json.dumps(built, indent=2) + "\n", encoding="utf-8", newline="\n")


def save_stages(chapter: Chapter) -> None:
    """Record the minutes of the stages before the chapter is executed: `%check` reads them."""
    path = record(chapter)
    path.parent.mkdir(exist_ok=True)
    built = asdict(replace(load(chapter), stages=minutes.counted(chapter)))
    path.write_text(json.dumps(built, indent=2) + "\n", encoding="utf-8", newline="\n")


def stale(chapter: Chapter) -> list[str]:
    """One sentence for each thing that is not as the build would leave it."""
    built = load(chapter)
    if not built.inputs:
        return [f"{chapter.stem} was never built"]
    found = {path.relative_to(paths.ROOT).as_posix(): digest([text_of(path)]) for path in products(chapter)}
    said = []
    if built.inputs != inputs(chapter):
        said.append(f"{chapter.stem} is older than its text, its tests, the build or requirements.txt")
    said += [f"{name} is missing" for name in built.products if name not in found]
    said += [f"{name} does not belong there" for name in found if name not in built.products]
    said += [
        f"{name} was changed by hand"
        for name, was in built.products.items()
        if name in found and found[name] != was
    ]
    return said


def strangers() -> list[str]:
    """What lies in a product folder and belongs to no chapter."""
    said = []
    names = {chapter.stem for chapter in contents()}
    for folder in (paths.NOTEBOOKS, paths.SOLUTIONS, paths.CHECKPOINTS):
        if folder.exists():
            said += [
                f"{path.relative_to(paths.ROOT).as_posix()} belongs to no chapter"
                for path in sorted(folder.iterdir())
                if path.stem not in names
                and path.name not in {"course.py", "conftest.py"}
                and not path.name.startswith((".", "__"))
            ]
    return said
