"""`course --version`: what a report of an error needs, read from files, so that nothing need be installed."""

import importlib.metadata
import platform
import sys
import tomllib

from course import paths
from course.setup import stamp
from course.setup.environment import PINNED, Environment


def report(place: Environment = PINNED) -> str:
    """The versions of the course, of Python and of FastAPI, and the system; one a line."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        ("Gavel", project["version"]),
        ("Python", _made_with(place) or platform.python_version()),
        ("FastAPI", _fastapi(place) or "not installed"),
        ("Installed", ", ".join(stamp.read(place.stamp).parts) or f"nothing yet in {place.folder.name}"),
        ("System", f"{platform.system()} {platform.release()} {platform.machine()}"),
    ]
    return "\n".join(f"{name + ':':<11}{value}" for name, value in lines)


def _made_with(place: Environment) -> str:
    """The version of the environment's Python; empty where there is none."""
    try:
        lines = (place.folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].strip() for line in lines if line.startswith("version")), "")


def _fastapi(place: Environment) -> str:
    """The version of FastAPI in the environment; without one, in the Python that runs this."""
    folders = [
        str(path)
        for pattern in ("lib/*/site-packages", "Lib/site-packages")
        for path in place.folder.glob(pattern)
    ]
    found = importlib.metadata.distributions(name="fastapi", path=folders or sys.path)
    return next((each.version for each in found), "")
