"""A Dockerfile read into its stages, and the steps of one stage performed in a folder of this machine.

What a container alone can do is left out and listed: installing packages of Debian and making users. That is
done before `USER`. https://docs.docker.com/reference/dockerfile/
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 600


@dataclass(frozen=True)
class Instruction:
    """One instruction: `RUN`, and what stands after it, in one line."""

    word: str
    rest: str


@dataclass
class Stage:
    """One `FROM`, by its name, and what follows it."""

    name: str
    origin: str
    instructions: list[Instruction] = field(default_factory=list)


def read(text: str) -> dict[str, Stage]:
    """The stages of a Dockerfile, by name."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    stages: dict[str, Stage] = {}
    for line in re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).split("\n"):
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            origin, _, name = rest.partition(" AS ")
            stage = stages[name or str(len(stages))] = Stage(name, origin)
        else:
            stage.instructions.append(Instruction(word, rest.strip()))
    return stages


def steps(stages: dict[str, Stage], target: str) -> list[Instruction]:
    """The instructions that lead to a target, those of the stages below it first."""
    stage = stages[target]
    below = steps(stages, stage.origin) if stage.origin in stages else []
    return [*below, *stage.instructions]


@dataclass
class Machine:
    """A clean folder that stands for the root of an image.

    Attributes:
        here: what the build's context is.
        environment: what `ENV` has set, beside the few variables that a program needs.
        left_out: the steps that only a container can perform.
    """

    root: Path
    here: list[tuple[Path, str]]
    environment: dict[str, str]
    folder: Path = Path("/")
    user: str = "root"
    left_out: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def at(self, text: str) -> str:
        """A text with the image's folders replaced by those below `root`."""
        return re.sub(r"(?<![\w.])/srv/", f"{self.root.as_posix()}/srv/", text)

    def perform(self, step: Instruction) -> None:
        """Do what one instruction says.

        Raises:
            CalledProcessError: a command of a `RUN` failed.
            AssertionError: there is an instruction that this reader does not know.
        """
        match step.word:
            case "RUN" if self.user == "root":
                self.left_out.append(f"RUN {step.rest}")
            case "RUN":
                self.run(["/bin/sh", "-c", self.at(step.rest)])
            case "USER":
                self.user = step.rest
            case "WORKDIR":
                self.folder = Path(self.at(step.rest))
                self.folder.mkdir(parents=True, exist_ok=True)
            case "ENV":
                name, _, value = step.rest.partition("=")
                self.environment[name] = self.at(value).replace("$PATH", self.environment["PATH"])
            case "COPY":
                assert step.rest.split()[-2:] == [".", "."]
                self._copy()
            case "EXPOSE":
                pass
            case "CMD":
                self.command = json.loads(step.rest)
            case "HEALTHCHECK":
                self.health = json.loads(step.rest.partition(" CMD ")[2])
            case _:
                raise AssertionError(f"{step.word} is not known to the reader")

    def run(self, command: list[str]) -> None:
        """Run a command in the current folder, and show what it said where it fails."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=SECONDS
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"

    def _copy(self) -> None:
        for path, name in self.here:
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def ignored(name: str, patterns: list[str]) -> bool:
    """Whether a `.dockerignore` leaves out a file of the context; `**/` there means any depth, none too."""
    parents = [name, *(parent.as_posix() for parent in Path(name).parents)]
    return any(
        fnmatch.fnmatch(one, pattern.removeprefix("**/"))
        or (pattern.startswith("**/") and fnmatch.fnmatch(one, f"*/{pattern[3:]}"))
        for one in parents
        for pattern in patterns
    )


def clean_environment(home: Path) -> dict[str, str]:
    """What a fresh account has, and how this machine reaches its package index."""
    home.mkdir(parents=True, exist_ok=True)
    index = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    return {**index, "HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
