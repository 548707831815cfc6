"""Check a chapter and remember what came of it, for the magic and for the terminal alike."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from course import paths
from course.engine.chapters import Chapter, exams
from course.learn import display, hints, progress, workspace
from course.learn.display import Shown

if TYPE_CHECKING:
    from course.engine.report import Result, Verdict


def check(chapter: Chapter, *, on_verdict: "Callable[[Verdict], None]") -> "Result":
    """Run the chapter's checkpoint on the learner's project.

    The fingerprint is taken before, so that an edit during the check never counts as what passed.
    """
    from course.engine import checkpoint

    project = workspace.opened(chapter)
    fingerprint = workspace.fingerprint(project)
    result = checkpoint.check(project, chapter, on_verdict=on_verdict)
    hints.remember(project, result, fingerprint)
    if result.problem is None:
        progress.checked(
            chapter,
            passed=result.passed,
            holds=sum(verdict.holds for verdict in result.verdicts),
            of=len(result.verdicts),
            fingerprint=fingerprint,
            exercises=_held(result),
        )
    return result


def sign_of_life() -> "Callable[[Verdict], None]":
    """Print one line that grows by a dot for each requirement that has been run.

    The line is the same on every run, as a saved notebook is compared with a new one.
    """
    print("Checking: ", end="", flush=True)
    return lambda verdict: print(".", end="", flush=True)


def _held(result: "Result") -> tuple[int, ...]:
    """The exercises all of whose requirements hold."""
    missed = {verdict.exercise for verdict in result.verdicts if not verdict.holds}
    every = {verdict.exercise for verdict in result.verdicts if verdict.exercise is not None}
    return tuple(sorted(number for number in every if number not in missed))


def tell_the_room(chapter: Chapter, result: "Result", *, patience: float) -> Shown | None:
    """Send what was found to the board of a room, where the learner has joined one.

    Whatever becomes of it, the check stands. `patience`: seconds to wait for a first answer, after which the
    sending goes on beside.
    """
    if not (paths.workspace() / ".course" / "room.json").exists():
        return None
    try:
        from course.learn import classroom

        return classroom.checked(chapter, result, patience)
    except Exception as error:  # the board must never stand between a learner and a check
        return display.note(f"What you did could not be kept for the board ({type(error).__name__}).")


def what_next(chapter: Chapter, result: "Result", hint: str) -> Shown | None:
    """What to do after a check: the next chapter, or a hint, for which `hint` is what to type."""
    if result.problem is not None:
        return None
    if not result.passed:
        return display.note(f"For what to correct first, `{hint}` gives a hint, one step at a time.")
    if chapter.is_exam:
        return display.note(f"{_built(chapter)} `%progress` shows your progress.", accent="good")
    following = chapter.following
    if following is None:
        words = "That was the last chapter. `%progress` shows your progress."
        for exam in exams():
            words += f" Next: {exam.called}. Open `notebooks/{exam.notebook.name}`."
            return _linked(display.note(words, accent="good"), exam)
        return display.note(words, accent="good")
    return _linked(
        display.note(
            f"Next: chapter {following.number}, {following.title}. "
            f"Open `notebooks/{following.notebook.name}`; it starts from the service that you have here.",
            accent="good",
        ),
        following,
    )


def _built(exam: Chapter) -> str:
    """Whose work an exam that has passed is, as far as it is known."""
    from course.learn import changes

    if progress.load().of(exam).opened:
        return (
            "The service meets its specification. You have opened the course's solution, so this does not "
            "show what you can build without it."
        )
    same, built = changes.taken_over(exam)
    if 2 * same > built:
        are = "file is" if built == 1 else "files are"
        return f"The service meets its specification. {same} of {built} {are} the course's own."
    return "You built it alone."


def _linked(shown: Shown, chapter: Chapter) -> Shown:
    """The same with a link to a chapter's notebook, which JupyterLab opens.

    JupyterLab takes the address of a link in an output as relative to the folder of the notebook.
    """
    name = chapter.notebook.name
    code = f"<code>notebooks/{name}</code>"
    return Shown(shown.text, shown.html.replace(code, f'<a href="{name}">{code}</a>'))
