"""`course export --nbgrader FOLDER`: a course folder in which nbgrader's own commands work."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from course.engine import chapters
from course.engine.chapters import Chapter
from course.errors import CourseError

CONFIG = "nbgrader_config.py"
CONFIGURED = '''\
"""nbgrader for the assignments of Gavel, made by `course export --nbgrader`.

nbgrader reads this where it is started: in this folder. What the three lists change is told in
`course/pages/grades.md`.
"""

from course.teach.grades import preprocessors

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "gavel"
c.GenerateAssignment.preprocessors = preprocessors.RELEASE
c.Autograde.sanitize_preprocessors = preprocessors.SANITIZE
c.Autograde.autograde_preprocessors = preprocessors.AUTOGRADE
'''


def main(argv: list[str]) -> int:
    """Export, and say what comes next.

    Raises:
        CourseError: the folder holds something else, or an assignment is there already.
    """
    words = _parser().parse_args(argv)
    if words.nbgrader is None:
        raise CourseError("`course export` makes assignments for nbgrader.", "Add --nbgrader FOLDER.")
    if words.points < 1:
        raise CourseError(f"{words.points} points are none.", "Give --points a number from 1 on.")
    folder: Path = words.nbgrader
    for chapter in export(folder, _chosen(words.chapters), words.points, force=words.force):
        from course.teach.grades.assignment import total

        print(f"{chapter.stem}: {total(chapter, words.points)} points")
    print(f"In {folder}, with .venv-teach active, for each of them:")
    print("    nbgrader generate_assignment NAME     makes release/NAME, which learners get")
    print("    nbgrader autograde NAME               grades what is in submitted/STUDENT/NAME")
    print("    nbgrader generate_feedback NAME       makes feedback/STUDENT/NAME")
    print("    nbgrader export                       writes grades.csv")
    return 0


def export(folder: Path, chosen: Sequence[Chapter], points: int = 1, *, force: bool = False) -> list[Chapter]:
    """Write the source of each assignment and the configuration; other files in the folder stay.

    Raises:
        CourseError: there is one of them already, which a teacher may have changed, and no `force`.
    """
    from course.engine.notebooks import dumps
    from course.teach.grades.assignment import source

    targets = {chapter: folder / "source" / chapter.stem / f"{chapter.stem}.ipynb" for chapter in chosen}
    there = [path for path in targets.values() if path.exists()]
    if there and not force:
        raise CourseError(
            f"{there[0]} is there already.", "Choose another folder, or add --force to write it anew."
        )
    config = folder / CONFIG
    if config.exists() and config.read_text(encoding="utf-8") != CONFIGURED and not force:
        raise CourseError(
            f"{config} is another course's, or was changed.", "Choose another folder, or add --force."
        )
    for chapter, path in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dumps(source(chapter, points)), encoding="utf-8", newline="\n")
    config.write_text(CONFIGURED, encoding="utf-8", newline="\n")
    return list(targets)


def _chosen(names: Sequence[str]) -> list[Chapter]:
    if "all" in names:
        return list(chapters.contents())
    return list(dict.fromkeys(chapters.find(name) for name in names))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course export", description="Assignments for nbgrader.")
    parser.add_argument("--nbgrader", type=Path, metavar="FOLDER", help="nbgrader's course folder")
    parser.add_argument(
        "--chapters",
        nargs="+",
        default=["all"],
        metavar="N",
        help="chapters, such as 1 2 exam; without it, all",
    )
    parser.add_argument("--points", type=int, default=1, metavar="N", help="points a requirement (1)")
    parser.add_argument("--force", action="store_true", help="write anew what is there")
    return parser
