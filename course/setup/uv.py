"""uv, the installer: fetched by pip for one set-up, told what pip was told, and removed afterwards."""

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from course import paths
from course.setup import home
from course.setup.phases import Outcome, run

PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--retries", "2")
INDEXES = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX_URL",
    "UV_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_CONFIG_FILE",
)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
YES = {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Uv:
    """uv in a folder of its own, run by the Python of the environment that it fills."""

    python: Path
    folder: Path
    environment: Mapping[str, str]

    def run(self, words: list[str], heard: Callable[[str], None] = lambda line: None) -> Outcome:
        """Run uv with these words, in the course's folder."""
        environment = {**self.environment, "PYTHONPATH": str(self.folder)}
        return run([str(self.python), "-m", "uv", *words], heard, environment=environment, folder=paths.ROOT)


@contextmanager
def fetched(python: Path, failed: Callable[[Outcome], None] = lambda outcome: None) -> Iterator[Uv | None]:
    """uv for the length of a block; None where pip cannot fetch it, and `failed` is told why."""
    folder = python.parent.parent / "course-uv"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        outcome = run([str(python), *PIP, "--quiet", "--target", str(folder), "uv"])
        if not outcome.worked:
            failed(outcome)
        yield Uv(python, folder, environment(pip_settings(python), os.environ)) if outcome.worked else None
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # 60 MB that nobody needs until the next set-up


def pip_settings(python: Path) -> dict[str, str]:
    """What `pip install` is told by pip's configuration files and by variables such as PIP_INDEX_URL."""
    command = [str(python), "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.stdout.splitlines():
        if match := re.match(r"(global|install|:env:)\.([\w-]+)=(.+)", line):
            found[match[1]][match[2]] = _value(match[3])
    return {**found["global"], **found["install"], **found[":env:"]}


def environment(pip: Mapping[str, str], around: Mapping[str, str]) -> dict[str, str]:
    """The variables of `around`, and what uv needs to do as pip does. A UV_ variable of the user's own wins.

    https://docs.astral.sh/uv/reference/environment/
    """
    told: dict[str, str] = {}
    if not any(name in around for name in INDEXES):
        told["UV_DEFAULT_INDEX"] = pip.get("index-url", "")
        told["UV_INDEX"] = " ".join(pip.get("extra-index-url", "").split())
        told["UV_FIND_LINKS"] = ",".join(pip.get("find-links", "").split())
        told["UV_OFFLINE"] = "1" if pip.get("no-index", "").lower() in YES else ""
        # pip takes the best version of all indexes; uv, by itself, what the first index has.
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match" if told["UV_INDEX"] else ""
    told["UV_INSECURE_HOST"] = " ".join(pip.get("trusted-host", "").split())
    told["UV_HTTP_TIMEOUT"] = pip.get("timeout", pip.get("default-timeout", ""))
    told["UV_NO_CACHE"] = "" if home.writable(home.cache()) else "1"
    told["SSL_CLIENT_CERT"] = pip.get("client-cert", "")
    bundles = (pip.get("cert"), around.get("REQUESTS_CA_BUNDLE"), around.get("CURL_CA_BUNDLE"))
    certificate = next(filter(None, bundles), "")
    told["SSL_CERT_DIR" if os.path.isdir(certificate) else "SSL_CERT_FILE"] = certificate
    proxy = dict.fromkeys(PROXIES, pip.get("proxy", ""))  # as pip, whose own setting wins over these
    passed_on = {key: value for key, value in told.items() if value and key not in around}
    return {**around, **passed_on, **{key: value for key, value in proxy.items() if value}}


def _value(spelled: str) -> str:
    """A value as `pip config list` prints it: the `repr` of a string."""
    try:
        return str(ast.literal_eval(spelled))
    except (SyntaxError, ValueError):
        return spelled
