"""What is sent, exactly. Whatever stands here is shown to the learner before it is."""

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from course.engine import project_files
from course.engine.chapters import Chapter
from course.learn import changes, hints, workspace

if TYPE_CHECKING:
    from course.engine.report import Result

EXAMPLE = {
    "id": "0b9c1c5e-6d1f-4a52-9f0e-3a1d3a0c8f11",
    "chapter": "ch01_lifespan",
    "ran": True,
    "results": [
        {
            "requirement": "test_health_tells_when_the_database_is_down",
            "holds": False,
            "misconception": "health-that-always-says-ok",
        },
        {"requirement": "test_the_engine_is_closed_at_the_end", "holds": True, "misconception": None},
    ],
    "seconds_ago": 0.4,
}
LONGEST_QUESTION = 500
LONGEST_FILE = 15_000
MOST_CODE = 40_000
MOST_FILES = 20
MOST_RESULTS = 100
CUT = "\n# … the rest of this file is not sent: it is too long"


def check(chapter: Chapter, result: "Result") -> dict[str, Any]:
    """What a check found: each requirement of the chapter, and of earlier ones those that broke."""
    ran = result.problem is None
    told = [*result.verdicts, *(each for each in result.earlier if not each.holds)] if ran else []
    return {
        "id": str(uuid4()),
        "chapter": chapter.stem,
        "ran": ran,
        "results": [
            {
                "requirement": re.sub(r"\W+", "_", each.id, flags=re.ASCII).lower().strip("_"),
                "holds": each.holds,
                "misconception": each.misconception.name if each.misconception else None,
            }
            for each in told[:MOST_RESULTS]
        ],
    }


def question(chapter: Chapter, words: str) -> dict[str, Any]:
    """A request for help, with the files that the chapter has changed."""
    project = workspace.opened(chapter)
    last = hints.last(project)
    verdicts = last.result.verdicts + last.result.earlier if last else ()
    first = next((each.id for each in verdicts if not each.holds), None)
    return {
        "id": str(uuid4()),
        "chapter": chapter.stem,
        "requirement": first,
        "question": plain(words)[:LONGEST_QUESTION],
        "code": files(project),
    }


def files(project: Path) -> list[dict[str, str]]:
    """The text of each file that was changed or added, within limits; none whose name begins with a dot."""
    start = workspace.start_of(project)
    sources = project_files.read(project)
    if not start.is_dir():
        return []
    found: list[dict[str, str]] = []
    room = MOST_CODE
    for each in changes.compare(start, project, changes.SO_FAR):
        if each.path not in sources or any(part.startswith(".") for part in Path(each.path).parts):
            continue
        try:
            text = plain(sources[each.path].decode("utf-8"))
        except UnicodeDecodeError:
            continue
        longest = min(LONGEST_FILE, room)
        if len(text) > longest:
            text = text[:longest] + CUT
        room = max(0, room - len(text))
        found.append({"path": each.path, "text": text})
    return found[:MOST_FILES]


def plain(text: str) -> str:
    """Text without control characters, which the board does not take."""
    kept = "\n\t\r"
    return "".join(
        " " if unicodedata.category(each) in {"Cc", "Cs"} and each not in kept else each for each in text
    )
