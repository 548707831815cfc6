"""What it means that a worker ended: the words for a standstill, a crash, an exit, an interrupt."""

import linecache
import re
import signal
from dataclasses import dataclass, replace
from pathlib import Path

from course.checkpoint.limits import Limits
from course.report.model import Fault, Problem, Verdict

FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
"""How faulthandler writes the letters of a path that are not ASCII."""

INTERRUPTED = Problem(
    "The check was stopped",
    "You stopped the check before it was done. Nothing was lost: your files are as they were, and what was "
    "running has been ended.",
    "Run the cell again when you are ready.",
)
NOTHING_RAN = Problem(
    "Nothing was checked",
    "This chapter has no requirements yet.",
    "Take the newest version of the course.",
)


@dataclass(frozen=True)
class CrashSite:
    """Where the interpreter was at the end, and whether its own clock ended it."""

    fault: Fault | None = None
    timed_out: bool = False


def no_project(project: Path) -> Problem | None:
    """The problem with a project that cannot be read at all."""
    name = project.name
    try:
        if not project.is_dir():
            return Problem(
                f"There is no project in {name}",
                f"The folder `{name}` is not there: it was deleted, moved or renamed.",
                "Run the chapter's first cell again: `%chapter` makes the project anew.",
            )
        if not (project / "app" / "main.py").is_file():
            return Problem(
                "There is no app/main.py",
                f"A check imports `app` from `app/main.py`, and `{name}` has no such file.",
                "Run the chapter's build cells again, from the first one on.",
            )
        with (project / "app" / "main.py").open("rb"):
            return None
    except OSError as error:
        return Problem(
            f"{name} cannot be read",
            f"The system does not let the course read the project: {error.strerror or error}.",
            "Give yourself the right to read the folder and its files, then check again.",
        )


def crash_site(dump: str, project: Path) -> CrashSite:
    """The last line of the project that ran, from a worker's last words.

    Their form: https://docs.python.org/3/library/faulthandler.html#example
    """
    dump = ESCAPED.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), dump)
    timed_out = dump.startswith("Timeout") or "\nTimeout" in dump
    root = project.resolve()
    for frame in FRAME.finditer(dump):
        try:
            file = Path(frame["file"]).resolve().relative_to(root)
        except ValueError:
            continue
        line = int(frame["line"])
        linecache.checkcache(str(root / file))
        code = linecache.getline(str(root / file), line).strip()
        return CrashSite(Fault("", "", file.as_posix(), line, code), timed_out)
    return CrashSite(None, timed_out)


def problem_of(
    late: bool, exit_code: int | None, where: Fault | None, limits: Limits, planned: bool
) -> Problem:
    """Why there are no verdicts: the worker stood still or ended while it imported the service."""
    place = f" The last line that ran is {where.where}: `{where.code}`." if where else ""
    if not planned:
        return Problem(
            "The check could not start",
            "The process that runs the requirements ended before it reached your service.",
            "Check again. If it happens again, run `python -m course test 0`: it says what is wrong.",
            f"exit code {exit_code}",
        )
    if late:
        return Problem(
            "The import of your service did not end",
            f"After {_seconds(limits)} `app/main.py` was still being imported.{place} An import should only "
            "define things: work, waiting and loops belong in functions.",
            "Move what takes long into a function, or into the lifespan.",
        )
    return Problem(
        "The process ended while your service was imported",
        f"{_cause(exit_code)}{place}",
        "Look at the line that is named, or at the last thing you changed, and check again.",
    )


def verdict_of(
    planned: Verdict, late: bool, exit_code: int | None, where: Fault | None, limits: Limits
) -> Verdict:
    """The verdict on a requirement during which the worker stood still or ended."""
    place = where or Fault("", "")
    if late:
        here = "it was still running" if where else "it had not come to an end, and was stopped"
        return replace(
            planned, outcome="stuck", fault=replace(place, message=f"after {_seconds(limits)} {here}")
        )
    return replace(planned, outcome="broken", fault=replace(place, message=_cause(exit_code)))


def _cause(exit_code: int | None) -> str:
    if exit_code is None:
        return "Your code closed what the check listens to."
    if exit_code in {-signal.SIGSEGV, -signal.SIGABRT, -getattr(signal, "SIGBUS", 0), -signal.SIGILL} or (
        exit_code & 0xFFFFFFFF in {0xC0000005, 0xC00000FD}  # Windows: access violation, stack overflow
    ):
        return "The Python interpreter itself crashed (a segmentation fault or the like)."
    if exit_code == -getattr(signal, "SIGKILL", 9):
        return "The process was killed from outside, as a system does when memory runs out."
    return f"The process ended, with exit code {exit_code}: something called `os._exit` or the like."


def _seconds(limits: Limits) -> str:
    return "1 second" if limits.seconds == 1 else f"{limits.seconds:g} seconds"
