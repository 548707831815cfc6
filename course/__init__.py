"""The course: `python3 -m course` in a terminal, `%load_ext course` in a notebook.

Any Python imports this first, even one that is too old for the course and has nothing installed: only what
every Python has may stand at the top.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:  # type checkers take it for true
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell

    from course.engine.pictures import dependency_tree, openapi_changes, service_map, timeline
    from course.learn.earlier import service_after
    from course.learn.predictions import predict

__all__ = ["dependency_tree", "openapi_changes", "predict", "service_after", "service_map", "timeline"]
OF_LEARN = {"predict": "course.learn.predictions", "service_after": "course.learn.earlier"}


def __getattr__(name: str) -> "Any":
    """Import a name of the course when it is first asked for (PEP 562)."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module 'course' has no attribute {name!r}")
    return getattr(import_module(OF_LEARN.get(name, "course.engine.pictures")), name)


def load_ipython_extension(ipython: "InteractiveShell") -> None:
    """`%load_ext course`."""
    from course.learn.extension import load

    load(ipython)


def unload_ipython_extension(ipython: "InteractiveShell") -> None:
    """`%unload_ext course`."""
    from course.learn.extension import unload

    unload(ipython)
