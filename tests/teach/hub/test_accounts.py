"""Users of the system: made, taken away, made again. In namespaces: the machine's own are not touched."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import APART, apart

PLAY = """
import pwd, psutil, subprocess, sys
from pathlib import Path
from course.teach.hub import accounts

data, name = Path(sys.argv[1]), "gavel-ada"
first = accounts.make((name,), data)
user = pwd.getpwnam(name)
home = Path(user.pw_dir)
assert home == data / "homes" / name, home
assert (home.stat().st_mode & 0o777, home.stat().st_uid) == (0o700, user.pw_uid)
assert accounts.make((name, "gavel-bob"), data)[name] == first[name], "a password stays"
(home / "work.txt").write_text("mine")
at_work = subprocess.Popen(["sleep", "600"], user=name)
assert accounts.close(data) == [name, "gavel-bob"]
assert not psutil.pid_exists(at_work.pid), "what a user ran has ended"
assert (home / "work.txt").read_text() == "mine"
assert accounts.close(data) == []
subprocess.run(["useradd", "somebody-else"], check=True)  # takes the number that ada had
accounts.make((name,), data)
again = pwd.getpwnam(name)
assert again.pw_uid != user.pw_uid
assert {path.stat().st_uid for path in (home, home / "work.txt")} == {again.pw_uid}
print("seen")
"""


def test_accounts_are_made_closed_and_given_their_homes_again(tmp_path: Path) -> None:
    words = apart()
    if words is None:
        pytest.skip("users of the system are made in Linux namespaces alone, which need root and util-linux")
    (tmp_path / "data").mkdir()
    command = [*words, "sh", str(APART), str(tmp_path), sys.base_prefix, sys.executable, "-c", PLAY]
    done = subprocess.run(
        [*command, str(tmp_path / "data")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "seen\n", done.stderr
