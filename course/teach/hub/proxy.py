"""configurable-http-proxy, which JupyterHub puts before everybody's server. It is a program for Node.

It goes into the environment of teaching, as its other programs do: people find it there and cannot write it.
"""

import shutil
import subprocess

from course.errors import CourseError
from course.setup.environment import TEACHING

NAME = "configurable-http-proxy"
PINNED = f"{NAME}@5.3.0"
OLDEST_NODE = 20  # its package.json: "engines": {"node": ">= 20"}
SECONDS = 180


def find() -> str | None:
    """The path of the program, in the environment of teaching or anywhere on the PATH."""
    own = TEACHING.scripts / NAME
    return str(own) if own.exists() else shutil.which(NAME)


def ensure() -> str:
    """The path of the program, fetched by npm where it is not there yet.

    Raises:
        CourseError: Node is missing or too old, or npm could not fetch it.
    """
    node = shutil.which("node")
    get = (
        f"Install Node {OLDEST_NODE} or later (Debian, Ubuntu: `sudo apt install nodejs npm`; or nodejs.org)"
    )
    if node is None:
        raise CourseError("JupyterHub's proxy needs Node, which is not installed.", f"{get}, then try again.")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not said[1:].split(".")[0].isdigit() or int(said[1:].split(".")[0]) < OLDEST_NODE:
        raise CourseError(f"JupyterHub's proxy needs Node {OLDEST_NODE}; this is {said}.", f"{get}.")
    if found := find():
        return found
    npm = shutil.which("npm")
    if npm is None:
        raise CourseError(
            f"{NAME} is not installed, and npm, which fetches it, is not either.",
            f"Install npm, or {NAME} itself, then try again.",
        )
    print(f"Fetching {PINNED} with npm", flush=True)
    command = [
        npm,
        "install",
        "--global",
        "--prefix",
        str(TEACHING.folder),
        "--no-audit",
        "--no-fund",
        PINNED,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        output = done.stderr or done.stdout
    except subprocess.TimeoutExpired:
        output = f"nothing within {SECONDS} seconds"
    if (found := find()) is None:
        last = [line for line in output.splitlines() if line.strip()][-1:]
        raise CourseError(
            f"npm could not fetch {PINNED}: {' '.join(last)[:200]}.",
            f"See that the network is there, or run `npm install -g {PINNED}` yourself.",
        )
    return found
