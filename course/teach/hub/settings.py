"""What a Hub is told, in one file: `course hub` writes it, JupyterHub's configuration reads it."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from course.errors import CourseError
from course.teach.hub.links import path_of

NAMED = "COURSE_HUB_SETTINGS"
"""The environment variable that says where the file is."""


@dataclass(frozen=True)
class Settings:
    """One Hub.

    Attributes:
        data: everything that is kept: accounts, homes, the Hub's database. One folder to back up.
        address: where people come in, such as `http://127.0.0.1:8000`.
        people, admins: names; admins are people too.
        accounts: whether each person is a user of the system.
        repo: the Git repository that is pulled into everybody's home at log-in.
        memory, cores: what one person may use, such as `2G` and 1.0.
        idle: seconds after which an unused kernel is ended; half as long after, the server.
    """

    data: Path
    address: str
    people: tuple[str, ...]
    admins: tuple[str, ...]
    accounts: bool
    repo: str
    proxy: str
    proxy_port: int
    hub_port: int
    branch: str = "main"
    memory: str = "2G"
    cores: float = 1.0
    idle: int = 3600
    certificate: str = ""
    key: str = ""
    talkative: bool = False
    password: str | None = field(default=None, repr=False)
    admin_password: str | None = field(default=None, repr=False)

    @property
    def homes(self) -> Path:
        return self.data / "homes"

    @property
    def first_page(self) -> str:
        """What opens after a login: the person's copy is brought up to date, then chapter 0 opens."""
        return path_of(self.repo, branch=self.branch, chapter=0)

    def write(self) -> Path:
        """Keep it where only its owner can read it."""
        path = self.data / "settings.json"
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({**asdict(self), "data": str(self.data)}, file, indent=2)
        return path

    @classmethod
    def read(cls, path: Path | None = None) -> Self:
        """The settings in this file, or in the one that the environment names.

        Raises:
            CourseError: there is none.
        """
        try:
            told = json.loads((path or Path(os.environ[NAMED])).read_text(encoding="utf-8"))
        except (KeyError, OSError) as error:
            raise CourseError(
                "No class server has been set up here.",
                "`course hub --users ada,bob` sets one up and runs it.",
            ) from error
        return cls(
            **{
                **told,
                "data": Path(told["data"]),
                "people": tuple(told["people"]),
                "admins": tuple(told["admins"]),
            }
        )
