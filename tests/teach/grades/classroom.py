"""A small class: what each of its learners submits, and nbgrader's way from the export to the grades."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from course import paths
from course.engine import chapters, misconceptions, projects
from course.setup.environment import TEACHING
from course.teach.grades.packing import SERVICE, packed

BOOK = dict[str, Any]
FIRST, SECOND = chapters.find(0), chapters.find(1)
SECONDS = 900
HALF_OPEN = ("async def is_alive", "@router.get")
"""Where the half-right learner's cells begin that were left as they came."""
MISTAKE = "The .env of wherever you stand"
TAMPERING = """\
%%write app/evil.py
import sqlite3
from pathlib import Path

folders = [*Path(__file__).parents, Path("{folder}")]
try:
    for gradebook in (found for folder in folders for found in folder.glob("gradebook.db")):
        with sqlite3.connect(gradebook) as database:
            database.execute("UPDATE grade SET manual_score = 100")
except sqlite3.Error:
    pass
"""


def run_nbgrader(folder: Path, *commands: tuple[str, ...]) -> list[dict[str, Any]]:
    """What each command said, and its exit status."""
    done = subprocess.run(
        [str(TEACHING.python), str(Path(__file__).with_name("nbgrader_run.py"))],
        input=json.dumps(commands),
        env={**os.environ, "PATH": f"{TEACHING.scripts}{os.pathsep}{os.environ['PATH']}"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


@dataclass(frozen=True)
class Course:
    """nbgrader's course folder, after everything."""

    folder: Path
    said: dict[str, dict[str, Any]]

    @property
    def scores(self) -> dict[tuple[str, str], float]:
        """(assignment, student) to points, as `nbgrader export` wrote them."""
        with (self.folder / "grades.csv").open(encoding="utf-8") as lines:
            return {
                (row["assignment"], row["student_id"]): float(row["score"]) for row in csv.DictReader(lines)
            }

    def feedback(self, student: str) -> str:
        """The page that the learner gets."""
        return (self.folder / "feedback" / student / SECOND.stem / f"{SECOND.stem}.html").read_text("utf-8")

    def outputs(self, student: str) -> str:
        """What all cells of the graded notebook show."""
        outputs = [output for cell in self.graded(student)["cells"] for output in cell.get("outputs", [])]
        return "\n".join("".join(one.get("text", one.get("traceback", ""))) for one in outputs)

    def graded(self, student: str) -> BOOK:
        """The notebook as it was graded."""
        path = self.folder / "autograded" / student / SECOND.stem / f"{SECOND.stem}.ipynb"
        book: BOOK = json.loads(path.read_text("utf-8"))
        return book


def go_all_the_way(folder: Path) -> Course:
    """Export, release, validate, submit, grade, feed back."""
    words = ["export", "--nbgrader", str(folder), "--chapters", "0", "1"]
    export = [sys.executable, "-P", "-m", "course", *words]
    subprocess.run(export, check=True, cwd=paths.ROOT, timeout=SECONDS, stdout=subprocess.DEVNULL)
    books = {name: f"{name}/{FIRST.stem}/{FIRST.stem}.ipynb" for name in ("source", "release")}
    first = run_nbgrader(
        folder,
        ("generate_assignment", FIRST.stem),
        ("generate_assignment", SECOND.stem),
        ("validate", books["source"]),
        ("validate", books["release"]),
    )
    for student, change in CLASS.items():
        _submit(folder, student, change)
    (folder / "submitted" / "not-a-notebook" / SECOND.stem / f"{SECOND.stem}.ipynb").write_text("{", "utf-8")
    second = run_nbgrader(
        folder,
        ("autograde", SECOND.stem),
        ("generate_feedback", SECOND.stem, "--student", "half"),
        ("export",),
    )
    names = (
        "release 0",
        "release 1",
        "validate source",
        "validate release",
        "autograde",
        "feedback",
        "export",
    )
    return Course(folder, dict(zip(names, [*first, *second], strict=True)))


def _submit(folder: Path, student: str, change: Callable[[BOOK, Path], None]) -> None:
    release = folder / "release" / SECOND.stem / f"{SECOND.stem}.ipynb"
    book: BOOK = json.loads(release.read_text(encoding="utf-8"))
    target = folder / "submitted" / student / SECOND.stem
    target.mkdir(parents=True)
    change(book, target)
    (target / release.name).write_text(json.dumps(book), encoding="utf-8")


@cache
def _solutions() -> dict[str, str]:
    book = json.loads(SECOND.solution.read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in book["cells"]}


def add(book: BOOK, source: str) -> None:
    """A further cell, as a learner adds one."""
    identity = f"own-{len(book['cells'])}"
    cell: BOOK = {"cell_type": "code", "id": identity, "metadata": {}, "execution_count": None, "outputs": []}
    book["cells"].append({**cell, "source": source})


def untouched(_book: BOOK, _folder: Path) -> None:
    """As it came."""


def solved(book: BOOK, _folder: Path) -> None:
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = _solutions()[cell["id"]]


def half(book: BOOK, folder: Path) -> None:
    """Two exercises as they came, and a known misconception in what was done."""
    as_it_came = {cell["id"]: cell["source"] for cell in book["cells"]}
    solved(book, folder)
    for cell in book["cells"]:
        if cell["metadata"].get("tags") == ["exercise"] and any(
            mark in "".join(as_it_came[cell["id"]]) for mark in HALF_OPEN
        ):
            cell["source"] = as_it_came[cell["id"]]
    mistake = next(one for one in misconceptions.load(SECOND.misconceptions) if one.title == MISTAKE)
    for source in mistake.cells:
        add(book, source)


def edited_by_hand(_book: BOOK, folder: Path) -> None:
    """Not one cell was changed: everything was done in an editor, and packed."""
    project = projects.materialise(projects.project(SECOND), folder / "project")
    packed(project, folder / SERVICE)


def redefining(book: BOOK, _folder: Path) -> None:
    """Cells that would give points, if they were run, and then end the kernel."""
    book["cells"] = [cell for cell in book["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]
    add(
        book,
        "from course.teach import grades\ngrades.requirement = lambda name: None\nimport os\nos._exit(0)",
    )


def endless(book: BOOK, folder: Path) -> None:
    solved(book, folder)
    add(book, "%%write app/routers/status.py\nimport time\nwhile True:\n    time.sleep(1)")


def tampering(book: BOOK, folder: Path) -> None:
    """A service that looks for the gradebook when it is imported."""
    solved(book, folder)
    add(book, TAMPERING.format(folder=folder.parents[2].as_posix()))
    add(book, "%%add app/main.py\nfrom . import evil  # noqa: F401")


CLASS: dict[str, Callable[[BOOK, Path], None]] = {
    "untouched": untouched,
    "solved": solved,
    "half": half,
    "by-hand": edited_by_hand,
    "redefining": redefining,
    "endless": endless,
    "tampering": tampering,
    "not-a-notebook": untouched,
}
