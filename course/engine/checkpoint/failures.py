"""What the learner reads if a worker ends early: a time limit, a crash, an exit, an interrupt."""

import linecache
import re
import signal
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from course.engine import project_files
from course.engine.checkpoint.worker_process import Limits
from course.engine.report.model import Fault, Problem, Verdict
from course.errors import CourseError

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


CRASHES = {int(signal.SIGSEGV), int(signal.SIGABRT), int(signal.SIGILL), 7, 10}  # and SIGBUS, 7 or 10
CRASHES_ON_WINDOWS = {0xC0000005, 0xC00000FD}  # access violation, stack overflow
KILLED = 9

How = Literal["ended", "time", "memory", "closed"]
"""The worker ended by itself, was out of time or memory, or lost the pipe to us."""


@dataclass(frozen=True)
class WorkerFailure:
    """How a worker came to its end. `exit_code` is what it had before we ended it; `where` its last line."""

    how: How
    exit_code: int | None
    where: Fault | None
    limits: Limits


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
        files = project_files.read(project)
    except CourseError as error:
        return Problem(f"{name} cannot be read", error.what, error.do)
    except OSError as error:
        return Problem(
            f"{name} cannot be read",
            f"The system does not let the course read the project: {error.strerror or error}.",
            "Give yourself the right to read the folder and its files, then check again.",
        )
    if "app/main.py" in files:
        return None
    return Problem(
        "There is no app/main.py",
        f"A check imports `app` from `app/main.py`, and `{name}` has no such file.",
        "Run the chapter's build cells again, from the first one on, or write the file in an editor.",
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


def could_not_start(ending: WorkerFailure) -> Problem:
    """The worker ended before it came to the service at all."""
    return Problem(
        "The check could not start",
        "The process that runs the requirements ended before it reached your service.",
        "Check again. If it happens again, run `python -m course test 0`: it says what is wrong.",
        f"exit code {ending.exit_code}",
    )


def problem_of(ending: WorkerFailure) -> Problem:
    """Why there are no verdicts: the worker came to its end while it imported the service."""
    where = ending.where
    place = f" The last line that ran is {where.where}: `{where.code}`." if where else ""
    if ending.how == "time":
        return Problem(
            "The import of your service did not end",
            f"After {_seconds(ending.limits)} `app/main.py` was still being imported.{place} An import "
            "should only define things: work, waiting and loops belong in functions.",
            "Move what takes long into a function, or into the lifespan.",
        )
    return Problem(
        "The process ended while your service was imported",
        f"{_cause(ending)}{place}",
        "Look at the line that is named, or at the last thing you changed, and check again.",
    )


def verdict_of(planned: Verdict, ending: WorkerFailure) -> Verdict:
    """The verdict on the requirement during which the worker came to its end."""
    place = ending.where or Fault("", "")
    if ending.how == "time":
        here = "it was still running" if ending.where else "it had not come to an end, and was stopped"
        message = f"after {_seconds(ending.limits)} {here}"
        return replace(planned, outcome="stuck", fault=replace(place, message=message))
    return replace(planned, outcome="broken", fault=replace(place, message=_cause(ending)))


def _cause(ending: WorkerFailure) -> str:
    code = ending.exit_code
    if ending.how == "memory":
        return (
            "Your code asked for more memory than a check allows, and was stopped: look for what grows "
            "without end."
        )
    if ending.how == "closed" or code is None:
        return "Your code closed the files that the check itself uses."
    if -code in CRASHES or code & 0xFFFFFFFF in CRASHES_ON_WINDOWS:
        return "The Python interpreter itself crashed (a segmentation fault or the like)."
    if -code == KILLED:
        return "The process was killed from outside, as a system does when memory runs out."
    return f"The process ended, with exit code {code}: something called `os._exit` or the like."


def _seconds(limits: Limits) -> str:
    return "1 second" if limits.seconds == 1 else f"{limits.seconds:g} seconds"
