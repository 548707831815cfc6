"""What a build cell does to a file: `%%write` makes it anew, `%%add` gives names in it a new meaning."""

from course.engine.compose.change import Change, applied
from course.engine.compose.files import apply, apply_all
from course.engine.compose.header import Header, parse_header, split_cell
from course.engine.compose.merge import add, write
from course.engine.compose.syntax import NotPython

__all__ = [
    "Change",
    "Header",
    "NotPython",
    "add",
    "applied",
    "apply",
    "apply_all",
    "parse_header",
    "split_cell",
    "write",
]
