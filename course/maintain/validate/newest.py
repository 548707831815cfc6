"""Which versions in this environment differ from the pins."""

import importlib.metadata
import re

from course import paths
from course.setup.pins import CONSTRAINTS

PIN = re.compile(r"([\w.-]+)==(\S+)")


def pins() -> dict[str, str]:
    """The pinned version of each package, by its normalised name; where markers give several, the last."""
    lines = (paths.ROOT / CONSTRAINTS).read_text(encoding="utf-8").splitlines()
    return {_normal(match[1]): match[2] for line in lines if (match := PIN.match(line))}


def differing() -> list[tuple[str, str, str]]:
    """Name, pinned and installed version of each package where they differ; `-` where nothing is pinned."""
    installed = {_normal(dist.metadata["Name"]): dist.version for dist in importlib.metadata.distributions()}
    pinned = pins()
    return [
        (name, pinned.get(name, "-"), installed[name])
        for name in sorted(installed)
        if name not in {"pip", "setuptools", "uv"} and installed[name] != pinned.get(name)
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
