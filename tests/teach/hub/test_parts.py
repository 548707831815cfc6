"""The parts of `course hub`, without a Hub."""

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from course import cli, paths
from course.errors import CourseError
from course.learn.serving import serve, service_process
from course.setup.environment import PINNED, TEACHING
from course.teach import hub
from course.teach.hub import accounts, capacity, links, proxy, source, spawning, start
from course.teach.hub.settings import Settings

PREFIX = "/user/ada/proxy/8103"


def settings(folder: Path, people: tuple[str, ...] = ("ada",)) -> Settings:
    return Settings(
        data=folder,
        address="http://127.0.0.1:8000",
        people=people,
        admins=(),
        accounts=False,
        repo="file:///course.git",
        proxy="/bin/proxy",
        proxy_port=1,
        hub_port=2,
        password="long enough",
    )


def test_names_come_from_words_or_from_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "names.txt"
    listed.write_text("ada\n\nbob-2\n")
    assert accounts.names("ada,bob") == ("ada", "bob")
    assert accounts.names(str(listed)) == ("ada", "bob-2")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("ada,Bob", "Bob cannot be"),
        ("ada,../x", "cannot be"),
        ("ada,ada", "ada is in the list twice"),
        (",", "no people"),
    ],
)
def test_names_that_cannot_be_are_said(words: str, why: str) -> None:
    with pytest.raises(CourseError, match=why):
        accounts.names(words)


def test_a_user_who_was_not_made_for_the_class_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_run", lambda *words, said="": pytest.fail(f"would run {words}"))
    with pytest.raises(CourseError, match="a user root already"):
        accounts.make(("root",), tmp_path)
    assert accounts.load(tmp_path) == {}


def test_a_link_says_where_from_where_to_and_what_to_open() -> None:
    url = links.link("https://hub.example.com/", "https://example.com/us/course", branch="may", chapter="3")
    assert urlsplit(url).path == "/hub/user-redirect/git-pull"
    assert parse_qs(urlsplit(url).query) == {
        "repo": ["https://example.com/us/course"],
        "branch": ["may"],
        "targetpath": ["gavel"],
        "urlpath": ["lab/tree/gavel/notebooks/ch03_dependency_injection.ipynb"],
    }


@pytest.mark.parametrize(
    ("address", "repo", "why"),
    [
        ("hub.example.com", "https://x.org/y", "no address of a Hub"),
        ("https://h.org", "./course", "Git repository"),
    ],
)
def test_a_link_to_nowhere_is_refused(address: str, repo: str, why: str) -> None:
    with pytest.raises(CourseError, match=why):
        links.link(address, repo)


def test_publishing_what_has_not_changed_adds_nothing(tmp_path: Path) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "one.ipynb").write_text("{}")
    (notebooks / "secret.txt").write_text("not for them")
    address = source.publish(tmp_path, notebooks)
    assert source.publish(tmp_path, notebooks) == address
    assert said("log", "--oneline", tmp_path).count("\n") == 1
    assert said("ls-tree", "-r", "--name-only", tmp_path) == "notebooks/one.ipynb\n"
    (notebooks / "one.ipynb").write_text('{"new": true}')
    source.publish(tmp_path, notebooks)
    assert said("log", "--oneline", tmp_path).count("\n") == 2


def said(verb: str, *words: Any) -> str:
    *rest, data = words
    command = ["git", "--git-dir", str(data / "course.git"), verb, *rest, "main"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_settings_are_read_as_they_were_written_by_their_owner_alone(tmp_path: Path) -> None:
    path = settings(tmp_path).write()
    assert Settings.read(path) == settings(tmp_path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(CourseError, match="No class server"):
        Settings.read(tmp_path / "elsewhere.json")


def test_kernels_use_sockets_where_their_names_are_short_enough(tmp_path: Path) -> None:
    said = "--KernelManager.transport=ipc"
    assert said in spawning.words(settings(Path("/srv/gavel-class")))
    assert said not in spawning.words(settings(Path("/srv") / ("x" * 60)))


def test_what_is_missing_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(CourseError, match="Node 20 or later"):
        proxy.ensure()
    monkeypatch.setattr(shutil, "which", lambda name: sys.executable if name == "node" else None)
    with pytest.raises(CourseError, match="needs Node 20; this is Python"):
        proxy.ensure()


@pytest.mark.skipif(os.name != "posix", reason="JupyterHub runs on POSIX systems alone")
def test_a_folder_that_others_may_not_enter_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "course").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(CourseError, match=f"may not enter {closed}"):
        start._see_that_all_may_read(closed / "course")


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(CourseError, match="go together"):
        hub.command(["--certificate", "x.pem"])


def test_a_service_has_its_public_address_in_a_hub_and_its_own_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    assert serve.public("http://127.0.0.1:8103") == "http://127.0.0.1:8103"
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    assert serve.public("http://127.0.0.1:8103") == PREFIX
    monkeypatch.setenv("JUPYTERHUB_PUBLIC_URL", "https://hub.example.com/user/ada/")
    assert serve.public("http://127.0.0.1:8103") == f"https://hub.example.com{PREFIX}"


@pytest.mark.parametrize(
    ("prefix", "header", "path"),
    [(PREFIX, PREFIX, f"{PREFIX}/docs"), (PREFIX, "/user/eve/proxy/1", "/docs"), ("", PREFIX, "/docs")],
    ids=["through the proxy", "somebody else's prefix", "no Hub"],
)
def test_only_what_came_through_the_persons_own_proxy_keeps_its_prefix(
    prefix: str, header: str, path: str
) -> None:
    headers = [(b"x-forwarded-prefix", header.encode())]
    scope = {"type": "http", "path": "/docs", "raw_path": b"/docs", "root_path": "", "headers": headers}
    seen = service_process._proxied(scope, prefix)
    assert (seen["path"], seen["raw_path"]) == (path, path.encode())
    assert seen["root_path"] == path.removesuffix("/docs")


@pytest.mark.parametrize(
    ("header", "path"),
    [(b"x-forwarded-for", f"{PREFIX}/live"), (b"user-agent", "/live")],
    ids=["Hub", "cell"],
)
def test_a_websocket_that_came_through_the_hub_has_the_prefix_of_its_person(header: bytes, path: str) -> None:
    headers = [(header, b"192.0.2.1")]
    scope = {"type": "websocket", "path": "/live", "raw_path": b"/live", "root_path": "", "headers": headers}
    assert service_process._proxied(scope, PREFIX)["path"] == path


def test_verbs_stay_in_the_environment_of_teaching_when_they_are_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[object] = []
    monkeypatch.setattr(type(PINNED), "inside", lambda self: self is TEACHING)
    monkeypatch.setattr(type(PINNED), "ensure", lambda self, *extras: None)
    monkeypatch.setattr(type(PINNED), "enter", lambda self, argv: left.append(argv))
    cli._inside(PINNED, ["check", "3"])
    assert left == []
    cli._inside(PINNED, ["--no-browser"])  # JupyterLab is the other's
    assert left == [["--no-browser"]]


def test_the_page_tells_what_the_arithmetic_gives() -> None:
    page = (paths.ROOT / "course" / "pages" / "hub.md").read_text(encoding="utf-8")
    assert capacity.table(list(capacity.CLASSES)) in page
    assert capacity.measured() in page


def test_more_people_need_more_of_everything() -> None:
    needs = [capacity.need(people) for people in (1, *capacity.CLASSES)]
    for few, many in pairwise(needs):
        assert many.memory > few.memory
        assert many.cores >= few.cores
        assert many.nodes >= few.nodes
    with pytest.raises(CourseError, match="at least one"):
        capacity.need(0)
