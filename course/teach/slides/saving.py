"""Write a deck without losing anything: only a deck of ours that has not been changed is overwritten."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from course import paths
from course.errors import CourseError

MARK = re.compile(rb"\n<!-- Gavel slides, sha256 ([0-9a-f]{64}) -->\n\Z")


def save(path: Path, html: str) -> None:
    """Write a deck, whole or not at all, with a mark at its end by which it is known again.

    Raises:
        CourseError: another file lies there, or a deck that was changed; or it cannot be written.
    """
    text = html.encode()
    marked = text + f"\n<!-- Gavel slides, sha256 {hashlib.sha256(text).hexdigest()} -->\n".encode()
    try:
        if path.exists() and not is_ours(path.read_bytes()):
            raise CourseError(
                f"{paths.shown(path)} is there, and is not as this command writes it.",
                "Move it away, or choose another place with --output.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".slides-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(marked)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CourseError(
            f"{path} cannot be written: {error.strerror or error}.", "Choose another place with --output."
        ) from error


def is_ours(content: bytes) -> bool:
    """Whether these are the bytes of a deck as it was written."""
    found = MARK.search(content)
    return found is not None and hashlib.sha256(content[: found.start()]).hexdigest().encode() == found[1]
