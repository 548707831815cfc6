"""Users of the system for the people of a class: made, given a password, and taken away again.

Only what was made here is ever changed: names and passwords stand in `people.json` of the data folder, which
root alone can read.
"""

import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
from pathlib import Path

from course.errors import CourseError

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
LENGTH = 10  # of 31 letters: 49 bits


def password(length: int = LENGTH) -> str:
    """A new password that can be read aloud and typed."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def names(words: str) -> tuple[str, ...]:
    """The names in `ada,bob`, or in a file with a name on each line.

    Raises:
        CourseError: a name cannot be one, or is in the list twice, or the list is empty.
    """
    path = Path(words)
    text = path.read_text(encoding="utf-8") if path.is_file() else words.replace(",", "\n")
    found = [name.strip() for name in text.splitlines() if name.strip()]
    for name in found:
        if not NAME.fullmatch(name):
            raise CourseError(
                f"{name} cannot be the name of a person here.",
                "Use letters in lower case, digits and hyphens, 31 at most, beginning with a letter.",
            )
    if not found or len(set(found)) < len(found):
        twice = next((name for name in found if found.count(name) > 1), None)
        what = f"{twice} is in the list twice." if twice else "The class has no people."
        raise CourseError(what, "Say who is in it: --users ada,bob or --users names.txt.")
    return tuple(found)


def make(people: tuple[str, ...], data: Path) -> dict[str, str]:
    """Make the users of the system that are missing; name -> password of all, for the slips of paper.

    A home that is there already, from a class that was closed, is given to its user again.

    Raises:
        CourseError: a user of that name was not made here, or the system does not make it.
    """
    known = load(data)
    for name in people:
        there = _exists(name)
        if there and name not in known:
            raise CourseError(
                f"The system has a user {name} already, who was not made for this class.",
                "Give the person another name.",
            )
        known.setdefault(name, password())
    save(data, known)
    (data / "homes").mkdir(exist_ok=True)
    for name in people:
        if not _exists(name):
            _make(name, data / "homes" / name)
    told = "".join(f"{name}:{known[name]}\n" for name in people)
    _run("chpasswd", said=told)
    return {name: known[name] for name in people}


def close(data: Path) -> list[str]:
    """Take the users away that were made here, and leave their homes; their names."""
    known = load(data)
    for name in known:
        if _exists(name):
            _end_of(pwd.getpwnam(name).pw_uid)
            _run("userdel", name)
    (data / "people.json").unlink(missing_ok=True)
    return sorted(known)


def load(data: Path) -> dict[str, str]:
    """Name -> password, of those who were made here."""
    try:
        return dict(json.loads((data / "people.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def save(data: Path, known: dict[str, str]) -> None:
    path = data / "people.json"
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(known, file, indent=2)
    part.replace(path)


def _make(name: str, home: Path) -> None:
    kept = home.exists()
    shell = shutil.which("bash") or "/bin/sh"
    own = ["--no-create-home"] if kept else ["--create-home", "--key", "HOME_MODE=0700"]
    _run("useradd", *own, "--home-dir", str(home), "--shell", shell, "--user-group", name)
    if kept:
        user = pwd.getpwnam(name)
        for folder, folders, files in os.walk(home):
            for path in (folder, *(os.path.join(folder, each) for each in (*folders, *files))):
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _end_of(uid: int) -> None:
    """End what this user still runs: the system does not take away a user who is at work."""
    import psutil  # type: ignore[import-untyped]

    theirs = [
        each for each in psutil.process_iter(["uids"]) if (ids := each.info["uids"]) and ids.real == uid
    ]
    for process in theirs:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(theirs, timeout=5)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _run(*command: str, said: str = "") -> None:
    try:
        done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CourseError(
            f"This system has no `{command[0]}`.", "Install it (Debian, Ubuntu: `sudo apt install passwd`)."
        ) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise CourseError(f"`{command[0]}` failed: {last}", "Mend that, then try again.")
