"""`%load_ext course` and `%unload_ext course`: register the magics of a notebook, and take them away."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from course.learn.magics import CourseMagics

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

QUESTION = re.compile(r"%(ask|find|explain) +(\S.*\?)")
"""A line that asks something in whole sentences."""


def load(ipython: "InteractiveShell") -> None:
    """Add the magics, or do nothing where they are there."""
    if _magics(ipython) is not None:
        return
    magics = CourseMagics(ipython)
    ipython.register_magics(magics)
    _load_once(ipython)
    ipython.events.register("pre_run_cell", magics.session.look)
    ipython.input_transformers_cleanup.append(keep_questions)


def _load_once(ipython: "InteractiveShell") -> None:
    """Let a second `%load_ext course` do nothing: a notebook may be run twice in one kernel."""
    usual: Callable[[str], object] = ipython.magics_manager.magics["line"]["load_ext"]

    def load_ext(line: str) -> object:
        """Load an IPython extension by its module name."""
        if line.strip() == "course" and _magics(ipython) is not None:
            return None
        return usual(line)

    if getattr(usual, "__module__", "") != __name__:
        ipython.register_magic_function(load_ext, "line", "load_ext")  # type: ignore[arg-type]


def unload(ipython: "InteractiveShell") -> None:
    """Take the magics away. The learner's files and variables stay."""
    magics = _magics(ipython)
    if magics is None:
        return
    magics.stop_serving()
    magics.session.close()
    ipython.events.unregister("pre_run_cell", magics.session.look)
    ipython.input_transformers_cleanup.remove(keep_questions)
    manager = ipython.magics_manager
    del manager.registry[CourseMagics.__name__]
    for kind, names in CourseMagics.magics.items():
        for name in names:
            manager.magics[kind].pop(name, None)


def _magics(ipython: "InteractiveShell") -> CourseMagics | None:
    found = ipython.magics_manager.registry.get(CourseMagics.__name__)
    return found if isinstance(found, CourseMagics) else None


def keep_questions(lines: list[str]) -> list[str]:
    """Let `%ask why this?` reach its magic: IPython takes a question mark at the end for a call for help.

    `%find?`, with nothing before the question mark, stays IPython's help on the magic.
    """
    if lines and lines[0].startswith("%%"):
        return lines
    return [_kept(line) for line in lines]


def _kept(line: str) -> str:
    asked = QUESTION.fullmatch(line.rstrip())
    return f"get_ipython().run_line_magic({asked[1]!r}, {asked[2].strip()!r})\n" if asked else line
