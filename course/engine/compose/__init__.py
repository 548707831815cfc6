"""What a build cell does to a file: `%%write` makes it anew, `%%add` gives names in it a new meaning."""

from course.compose.change import Change, applied
from course.compose.files import apply
from course.compose.header import Header, parse_header, split_cell
from course.compose.merge import add, write
from course.compose.syntax import NotPython

__all__ = [
    "Change",
    "Header",
    "NotPython",
    "add",
    "applied",
    "apply",
    "parse_header",
    "split_cell",
    "write",
]
