"""From what a tool printed when it failed to one clear line: what happened, and what to do."""

import re
import shutil
from pathlib import Path

from course.errors import CourseError
from course.setup.phases import Outcome

AGAIN = "then run the same command again"
LITTLE = 20 * 2**20  # bytes: with less than this left, a full disk explains any failure

CAUSES = (
    (
        r"No space left on device|os error 28\b|not enough space on the disk|os error 112\b|Errno 28\b",
        "The disk is full.",
        f"Free about 1 GB, {AGAIN}.",
    ),
    (
        r"Read-only file system|os error 30\b|Errno 30\b|Permission denied|os error 13\b|Errno 13\b"
        r"|Access is denied|os error 5\b|WinError 5\b|WinError 32\b",
        "A file of the course's environment cannot be written.",
        f"Close what uses it (JupyterLab, a terminal), see that the folder is yours, {AGAIN}.",
    ),
    (
        r"NewConnectionError|Name or service not known|[Nn]ame resolution|getaddrinfo|NameResolutionError"
        r"|Failed to establish a new connection|Network is unreachable|ConnectTimeout|Connection refused"
        r"|Connection reset|Could not connect|error sending request|dns error|ProxyError|Max retries exceeded"
        r"|timed out|client error \(Connect\)|Failed to fetch",
        "The packages cannot be downloaded: no connection to the package index.",
        "Connect to the internet, or name your package index in PIP_INDEX_URL and your proxy in HTTPS_PROXY, "
        f"{AGAIN}.",
    ),
)


def explain(outcome: Outcome, folder: Path, doing: str) -> CourseError:
    """The message for a command that failed while `doing` something to the environment in `folder`."""
    known = recognise(outcome.output, folder)
    if known is not None:
        return known
    log = _keep(outcome.output, folder)
    last = [line.strip() for line in outcome.output.splitlines() if line.strip()][-1:]
    said = f" It said: {last[0][:160]}" if last else ""
    where = f" All of it is in {log}." if log else ""
    return CourseError(f"{doing} failed.{said}{where}", f"Delete the folder {folder}, {AGAIN}.")


def recognise(output: str, folder: Path) -> CourseError | None:
    """The message for a cause that the output names, or that the state of the disk does."""
    for pattern, what, do in CAUSES:
        if re.search(pattern, output):
            return CourseError(what, do)
    if shutil.disk_usage(folder if folder.exists() else folder.parent).free < LITTLE:
        return CourseError(CAUSES[0][1], CAUSES[0][2])
    return None


def unwritable(folder: Path) -> CourseError:
    return CourseError(
        f"The folder {folder} cannot be written.",
        "Copy the course to a folder of your own, such as your home folder, and run the same command there.",
    )


def _keep(output: str, folder: Path) -> Path | None:
    path = folder / "course-setup.log"
    try:
        path.write_text(output, encoding="utf-8")
    except OSError:
        return None
    return path
