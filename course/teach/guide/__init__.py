"""`course guide`: the teacher's guide. A page a chapter, from its text and its handwritten page."""

import argparse
from pathlib import Path

from course import paths
from course.engine import chapters
from course.errors import CourseError

OVERVIEW = "guide/minutes"
MODEL = """\
# The minutes, and how they are computed

{table}

*Alone* is for a learner who works through the notebook without a teacher, recap included. *In a room* is a
lesson with the questions and drawings of the guide, without breaks. The last three columns are what remains
after the cuts that each page describes.

The model counts what is in a section. Its constants are estimates; they have not been measured with a
class yet. They are in `course/teach/guide/minutes/model.py`. If you have timed a class, change them there.

| what | minutes |
|---|---:|
| {words} words of prose | 1 |
| {lines} lines of given code | 1 |
| a cell that is run and looked at | {run} |
| a prediction | {prediction} |
| a cell of an exercise, before its first line | {exercise} |
| a line of its solution | {line} |
| the checkpoint, with what is mended | {checkpoint} |
| a closing question | {question} |
| a question of the guide to the room | {asked} |
| something to draw | {drawn} |
| a section that is left out, and shown instead | {shown} |

In a room, the reading takes {told:.0%} of that: the teacher says three fifths of the text aloud, which is
slower than reading. Thinking, typing and running cells take as long as alone.
"""


def command(argv: list[str]) -> int:
    """Print a chapter's page, or write pages and one printable file.

    Raises:
        CourseError: no such chapter, a page that does not fit its chapter, a folder that cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="course guide", description="The teacher's guide: a page a chapter."
    )
    parser.add_argument("chapter", nargs="?", help="a chapter, such as 3; without it, all of them")
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="write .md files there, and guide.html to print"
    )
    chosen = parser.parse_args(argv)
    wanted = [chapters.find(chosen.chapter)] if chosen.chapter else list(chapters.contents())
    if chosen.output is not None:
        for line in _write(wanted, chosen.output):
            print(line)
        return 0
    if not chosen.chapter:
        raise CourseError(
            "The whole guide is long for a terminal.",
            "`course guide 3` prints a page; `course guide --output FOLDER` writes all, and a file to print.",
        )
    from course.teach.guide import page

    print(page.markdown(wanted[0], drawn=False, linked=False), end="")
    return 0


def pages() -> dict[str, str]:
    """The guide for the site: the name of each page, and its MyST Markdown, pictures inside."""
    from course.teach.guide import page

    made = {f"guide/{chapter.stem}": page.markdown(chapter) for chapter in chapters.contents()}
    return {OVERVIEW: overview(), **made}


def overview() -> str:
    """The minutes of all chapters, and the model that they come from."""
    from course.teach.guide.minutes import model, tables

    return MODEL.format(
        table=tables.of_all(chapters.numbered()),
        words=model.WORDS_A_MINUTE,
        lines=model.LINES_A_MINUTE,
        run=model.RUN,
        prediction=model.PREDICTION,
        exercise=model.EXERCISE,
        line=model.LINE,
        checkpoint=model.CHECKPOINT,
        question=model.QUESTION,
        asked=model.ASKED,
        drawn=model.DRAWN,
        shown=model.SHOWN,
        told=model.TOLD,
    )


def _write(wanted: list[chapters.Chapter], folder: Path) -> list[str]:
    """Write the pages and the file to print; one line for each file."""
    from course.teach.guide import page, plans, printed

    plain = {chapter.stem: page.markdown(chapter, drawn=False, linked=False) for chapter in wanted}
    drawn = [page.markdown(chapter, linked=False) for chapter in wanted]
    if len(wanted) > 1:
        plans.check()
        drawn = [plans.WORKSHOP.read_text(encoding="utf-8"), overview(), *drawn]
    title = "Gavel: the teacher's guide"
    files = {f"{stem}.md": text for stem, text in plain.items()} | {"guide.html": printed.html(title, drawn)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CourseError(
            f"{paths.shown(folder)} cannot be written: {error.strerror}.", "Name another folder."
        ) from error
    return [paths.shown(folder / name) for name in files]
