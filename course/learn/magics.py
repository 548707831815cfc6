"""The magics of a chapter's notebook.

Each magic displays its result in the notebook and returns. What the learner can correct is shown as a
paragraph, never as a traceback, so that Run All reaches the end.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.display import display as publish

from course import paths
from course.engine import chapters
from course.errors import CourseError
from course.learn import display, workspace
from course.learn.display import Shown
from course.learn.kernel_session import Session
from course.learn.terminal import STOPS, in_words

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Answer = Shown | None
SOLVED = "This is the solved notebook, so it builds in `my_service/solved`, apart from your own work."


def displayed(magic: Callable[..., Answer]) -> Callable[..., None]:
    """Display what a magic returns; say in words what stopped it."""

    @wraps(magic)
    def run(*arguments: object) -> None:
        try:
            answer = magic(*arguments)
        except STOPS as stop:
            answer = display.note(
                *in_words(stop), accent="plain" if isinstance(stop, KeyboardInterrupt) else "ask"
            )
        if answer is not None:
            publish(answer)  # type: ignore[no-untyped-call]

    return run


@magics_class
class CourseMagics(Magics):
    """What `%load_ext course` adds to a notebook."""

    def __init__(self, shell: "InteractiveShell") -> None:
        super().__init__(shell)
        self.session = Session()
        self.variables = shell.user_ns

    @line_magic
    @no_var_expand
    @displayed
    def chapter(self, line: str) -> Answer:
        """`%chapter 3`: start chapter 3, or continue it."""
        from course.engine import checkpoint

        if not line.strip():
            raise CourseError("`%chapter` needs the number of a chapter.", "Type `%chapter 0`, for example.")
        solved = _work_apart_from_the_learner()
        found = chapters.find(line)
        started = workspace.start(found)
        self._open(found)
        checkpoint.warm(found)
        return display.note(*([SOLVED] if solved else []), started.sentence)

    @line_magic
    @no_var_expand
    @displayed
    def start_over(self, line: str) -> Answer:
        """`%start_over`: keep this chapter's folder under another name, and start the chapter again."""
        found = chapters.find(line) if line.strip() else self.session.opened()
        self.stop_serving()
        os.chdir(paths.ROOT)
        started = workspace.start_over(found)
        self._open(found)
        return display.note(started.sentence)

    @cell_magic
    @no_var_expand
    @displayed
    def write(self, line: str, cell: str) -> Answer:
        """`%%write app/config.py`: the cell is the whole file."""
        return self._build(f"%%write {line}\n{cell}")

    @cell_magic
    @no_var_expand
    @displayed
    def add(self, line: str, cell: str) -> Answer:
        """`%%add app/main.py [in CLASS] [after NAME | before NAME]`: put the cell's names in the file."""
        return self._build(f"%%add {line}\n{cell}")

    @line_magic
    @no_var_expand
    @displayed
    def given(self, line: str) -> Answer:
        """`%given live-page`: apply code that the chapter gives; `%given`: list what it gives."""
        from course.learn import given

        self.session.project()
        applied = given.given_code(self.session.opened(), line.strip())
        self.session.forget()
        return applied

    @line_magic
    @no_var_expand
    @displayed
    def checkpoint(self, line: str) -> Answer:
        """`%checkpoint`: check your service against the chapter's requirements."""
        from course.learn import checking

        _no_more(line, "%checkpoint")
        self.session.project()
        result = checking.check(self.session.opened(), on_verdict=checking.sign_of_life())
        print()
        display.show(result)
        if (then := checking.what_next(self.session.opened(), result, "%hint")) is not None:
            publish(then)  # type: ignore[no-untyped-call]
        return checking.tell_the_room(self.session.opened(), result, patience=0.25)

    @line_magic
    @no_var_expand
    @displayed
    def check(self, line: str) -> Answer:
        """`%check 2`: check your service against the requirements of exercise 2 alone."""
        from course.learn import exercise_check

        chapter = self.session.opened()
        exercise = exercise_check.chosen(chapter, line, "%check ")
        self.session.project()
        found = exercise_check.check(chapter, exercise)
        return exercise_check.report(chapter, found, "%hint")

    @line_magic
    @no_var_expand
    @displayed
    def hint(self, line: str) -> Answer:
        """`%hint`, `%hint 2`: the next hint for what to correct first, or for entry 2 of the report."""
        from course.learn import hints

        if line.strip() and not line.strip().isdigit():
            raise CourseError(
                f"`%hint` takes the number of an entry, not {line}.", "Type `%hint` or `%hint 2`."
            )
        return hints.hint(self.session.opened(), int(line) if line.strip() else None)

    @line_magic
    @no_var_expand
    @displayed
    def solution(self, line: str) -> Answer:
        """`%solution`, `%solution app/main.py`: how your files differ from the course's."""
        from course.learn import changes

        return changes.solution(self.session.opened(), line.strip() or None)

    @line_magic
    @no_var_expand
    @displayed
    def changes(self, line: str) -> Answer:
        """`%changes`: what the chapter has changed so far."""
        from course.learn import changes

        _no_more(line, "%changes")
        return changes.changes(self.session.opened())

    @line_magic
    @no_var_expand
    @displayed
    def progress(self, line: str) -> Answer:
        """`%progress`: how far you are, chapter by chapter."""
        from course.learn import progress_table

        _no_more(line, "%progress")
        return progress_table.progress_table()

    @line_magic
    @no_var_expand
    @displayed
    def explain(self, line: str) -> Answer:
        """`%explain`: what the last exception means; `%explain words`: what the words of a message mean."""
        from course.learn.lookup import explain

        return explain.last(line)

    @line_magic
    @no_var_expand
    @displayed
    def find(self, line: str) -> Answer:
        """`%find websocket rooms`: where the course, or the official documentation, explains something."""
        from course.learn.lookup import find

        return find.shown(find.answer(line))

    @line_magic
    @no_var_expand
    @displayed
    def serve(self, line: str) -> Answer:
        """`%serve`, `%serve 8000`, `%serve log`, `%serve stop`: run your service under uvicorn."""
        from course.learn.serving import serve

        wanted = line.strip()
        if wanted == "stop":
            return display.note("Your service has stopped." if serve.stop() else "Nothing was served.")
        if wanted == "log":
            return serve.log()
        if wanted and not wanted.isdigit():
            raise CourseError(
                f"`%serve` does not know {wanted}.", "Type `%serve`, `%serve log` or `%serve stop`."
            )
        chapter = self.session.opened()
        print("Starting your service…", flush=True)
        serving = serve.serve(chapter, int(wanted) if wanted else None)
        self.variables["service_url"] = serving.url
        return serve.where(serving)

    @line_magic
    @no_var_expand
    @displayed
    def join(self, line: str) -> Answer:
        """`%join URL CODE as NAME`: join the board of a room; `%join` shows which one you have joined."""
        from course.learn.classroom import answers

        return answers.join(line)

    @line_magic
    @no_var_expand
    @displayed
    def leave(self, line: str) -> Answer:
        """`%leave`: leave the room; the board deletes what it has."""
        from course.learn.classroom import answers

        _no_more(line, "%leave")
        return answers.leave()

    @line_magic
    @no_var_expand
    @displayed
    def ask(self, line: str) -> Answer:
        """`%ask WORDS`: show a request for help; `%ask send` sends it."""
        from course.learn.classroom import answers

        return answers.ask(line, self.session.chapter)

    def _open(self, chapter: chapters.Chapter) -> None:
        if self.session.chapter != chapter:
            self.stop_serving()
        self.session.open(chapter)

    def _build(self, source: str) -> Shown:
        from course.engine import compose

        project = self.session.project()
        change = compose.apply(project, source)
        self.session.forget()
        code = display.code(change.after, change.path)
        return Shown(change.summary, display.boxed(display.folded(change.summary, code)))

    def stop_serving(self) -> None:
        """Stop the server that `%serve` started, if there is one."""
        if "course.learn.serving.serve" in sys.modules:
            sys.modules["course.learn.serving.serve"].stop()


def _no_more(line: str, magic: str) -> None:
    if line.strip():
        raise CourseError(f"`{magic}` takes nothing after its name.", f"Type `{magic}`.")


def _work_apart_from_the_learner() -> bool:
    """Give a notebook opened from `solutions/` a workspace of its own, so that it never writes in theirs."""
    apart = paths.ROOT / "my_service" / "solved"
    with suppress(FileNotFoundError):  # this kernel's folder may have been deleted
        if "COURSE_WORKSPACE" not in os.environ and Path.cwd() == paths.SOLUTIONS:
            os.environ["COURSE_WORKSPACE"] = str(apart)
    return paths.workspace() == apart
