"""The course's own service as an earlier chapter left it, beside the learner's."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from course.engine import chapters


def service_after(number: int) -> Any:
    """The `create_app` of the course's service after a chapter.

    A cell that shows where a chapter begins uses it, and so shows the same when it is run again at the end.
    The service's imports are relative: it is loaded under a name of its own, and `app` stays the learner's.
    """
    chapter = chapters.find(number)
    package = f"course_service_after_{chapter.stem}"
    if package not in sys.modules:
        sys.modules[package] = _package(package, chapter.checkpoint)
    return import_module(f"{package}.app.main").create_app


def _package(name: str, folder: Path) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    return module
