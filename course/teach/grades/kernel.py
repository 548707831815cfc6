"""What the cells of an assignment call, in the learner's kernel or in the one that nbgrader starts."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course.engine.chapters import Chapter
    from course.teach.grades.grading import Judgement

_folder: Path | None = None
_chapter: "Chapter | None" = None
_judged: dict[str, "Judgement"] = {}


class NotYet(AssertionError):
    """A requirement does not hold. It is shown in its own words, without the frames that led here."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it."""
        return str(self).split("\n")


def begin(stem: str) -> None:
    """Remember where the notebook lies. The first cell of an assignment calls it.

    Where nbgrader runs the notebook, to validate or to grade it, the service is built in a folder of its own
    that goes when the kernel ends: no learner's files and no other submission are touched.
    """
    global _folder, _chapter
    from course.engine import chapters

    _chapter, _folder = chapters.find(stem), Path.cwd()
    _judged.clear()
    if _by_nbgrader():
        room = tempfile.mkdtemp(prefix="gavel-assignment-")
        atexit.register(shutil.rmtree, room, ignore_errors=True)
        os.environ["COURSE_WORKSPACE"] = str(Path(room) / "my_service")


def pack() -> None:
    """Pack the project as it lies in its folder into `service.zip`, beside the notebook.

    Raises:
        NotYet: the notebook has not begun, or its project is not there or cannot be read.
    """
    from course import paths
    from course.errors import CourseError
    from course.learn import workspace
    from course.teach.grades.packing import SERVICE, packed

    chapter, folder = _begun()
    if _by_nbgrader():
        print(f"nbgrader runs this notebook, so {SERVICE} stays as it is.")
        return
    try:
        number = packed(workspace.opened(chapter), folder / SERVICE)
    except CourseError as error:
        raise NotYet(str(error)) from None
    print(
        f"Packed the {number} files of {paths.shown(chapter.project)} into {SERVICE}, beside this notebook."
        " Submit both."
    )


def requirement(name: str) -> None:
    """Hold the service against one requirement of the chapter, by the name of its test.

    All of them are checked at the first call, and once more when the service has changed.

    Raises:
        NotYet: it does not hold; the message says what was sent, what came back, and what was expected.
    """
    from course.errors import CourseError
    from course.learn import workspace
    from course.teach.grades import grading
    from course.teach.grades.packing import SERVICE

    chapter, folder = _begun()
    try:
        project = workspace.opened(chapter)
        fingerprint = workspace.fingerprint(project)
    except CourseError as error:
        raise NotYet(str(error)) from None
    if fingerprint not in _judged:
        judgement = grading.judge(chapter, [], project=project)
        if _by_nbgrader() and (folder / SERVICE).is_file():
            packed = grading.judge(chapter, [], archive=folder / SERVICE)
            if packed.counts.held > judgement.counts.held:
                judgement = packed
        _judged[fingerprint] = judgement
    judgement = _judged[fingerprint]
    verdict = judgement.verdict(name)
    if verdict is None or not verdict.holds:
        raise NotYet(judgement.words(name))


def _by_nbgrader() -> bool:
    """nbgrader sets this to `validate` or `autograde` around the kernels that it starts."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def _begun() -> tuple["Chapter", Path]:
    if _chapter is None or _folder is None:
        raise NotYet("This assignment has not begun. Run the first cell of the notebook, then this one.")
    return _chapter, _folder
