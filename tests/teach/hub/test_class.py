"""A class on one server, as two of its people meet it: over HTTP and WebSockets, through the Hub's proxy."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from course.errors import CourseError
from course.teach.hub import source
from course.teach.hub.links import link
from course.teach.hub.measure import solved
from course.teach.hub.simulated_user import Kernel, Person

from .conftest import NAMES, Hub

PNG = b"\x89PNG\r\n\x1a\n"

People = tuple[Person, Person]


def served(kernel: Kernel, chapter: str) -> tuple[str, str]:
    """Serve the course's own files of a chapter: what `%serve` said, and the service's port."""
    kernel.run(solved(chapter))
    said = kernel.run("%serve")
    return said, kernel.run("print(service_url.rpartition(':')[2])").strip()


def test_a_wrong_password_opens_nothing(hub: Hub) -> None:
    refused = pytest.raises(CourseError, match=f"does not let {NAMES[0]} in")
    with Person(hub.url, NAMES[0], "wrong-password") as stranger, refused:
        stranger.log_in()


def test_each_finds_the_notebooks_in_a_home_of_their_own(hub: Hub, people: People) -> None:
    for person in people:
        listed = person.http.get(f"{person.home}/api/contents/gavel/notebooks").json()["content"]
        assert "ch00_start_here.ipynb" in {each["name"] for each in listed}
        assert (hub.home(person.name) / "gavel" / "notebooks").is_dir()


def test_a_checkpoint_runs_in_a_kernel_and_its_work_is_ones_own(hub: Hub, kernel: Kernel) -> None:
    kernel.run(solved("ch00_start_here"))
    assert "Chapter 0 passed" in kernel.run("%checkpoint")
    ada, bob = (hub.home(name) / "my_service" for name in NAMES)
    assert (ada / "ch00_start_here" / "app" / "main.py").exists()
    assert not bob.exists()


def test_nobody_reads_what_another_wrote(hub: Hub, kernel: Kernel) -> None:
    if not hub.accounts:
        pytest.skip("all servers run as one user here: nothing keeps people apart (root on Linux is needed)")
    for folder in (hub.home(NAMES[1]), hub.data, hub.data / "run" / NAMES[1]):
        assert "PermissionError" in kernel.run(f"import os; os.listdir({str(folder)!r})")
    for name in ("people.json", "settings.json", "hub.sqlite", "cookie_secret"):
        assert "PermissionError" in kernel.run(f"open({str(hub.data / name)!r})")
    assert kernel.run("print(os.getuid())") != f"{os.geteuid()}\n"
    assert "PermissionError" in kernel.run("from course import paths; (paths.ROOT / 'mine').touch()")


def test_another_does_not_come_in_by_the_address_of_ones_server(people: People) -> None:
    ada, bob = people
    assert bob.http.get(f"{ada.home}/api/kernels").status_code in {403, 404}


def test_course_works_in_a_terminal_and_makes_no_environment_there(kernel: Kernel) -> None:
    said = kernel.run("!course progress")
    assert "chapters passed" in said
    assert "Setting up" not in said
    assert "JupyterLab runs already" in kernel.run("!course")


def test_a_service_is_reached_through_the_proxy_and_its_documentation_finds_itself(
    people: People, kernel: Kernel
) -> None:
    ada, bob = people
    said, port = served(kernel, "ch00_start_here")
    base = f"{ada.home}/proxy/{port}"
    assert f"answers at {base} (documentation: {base}/docs)" in said
    assert ada.http.get(f"{base}/health").json() == {"status": "ok"}
    interface = re.search(r"url: '([^']+)'", ada.http.get(f"{base}/docs").text)
    assert interface is not None
    assert ada.http.get(interface[1]).json()["servers"] == [{"url": base}]
    assert bob.http.get(f"{base}/health").status_code in {403, 404}


def test_a_cell_sees_the_service_as_it_sees_it_anywhere(kernel: Kernel) -> None:
    served(kernel, "ch00_start_here")
    said = kernel.run("import httpx; print(httpx.get(f'{service_url}/openapi.json').json().get('servers'))")
    assert said == "None\n"


def test_the_live_page_and_its_line_pass_through_the_proxy_and_a_foreign_page_does_not(
    people: People, kernel: Kernel
) -> None:
    ada, _ = people
    _, port = served(kernel, "ch09_websockets")
    base = f"{ada.home}/proxy/{port}"
    page = ada.http.get(f"{base}/watch")
    assert page.url.path == f"{base}/watch/"
    assert ada.http.get(f"{base}/watch/js/main.js").status_code == 200
    location = sell(ada, base)
    assert location == f"{base}/api/v1/lots/1"
    with ada.socket(f"{location.removeprefix(ada.home)}/live") as line:
        state = json.loads(line.recv(timeout=10))
    assert (state["type"], state["lot"]["photo_url"]) == ("state", f"{location}/photo")
    assert ada.http.get(location).json()["photo_url"] == f"{location}/photo"
    assert ada.http.get(f"{location}/photo").content == PNG
    foreign = {"Origin": "https://elsewhere.example.com"}
    with pytest.raises(InvalidStatus, match="403"):
        ada.socket(f"{location.removeprefix(ada.home)}/live", headers=foreign)


def sell(person: Person, base: str) -> str:
    """Register at the service behind this proxy, and create a lot with a photo there; its Location."""
    sam = {"email": "sam@example.com", "name": "Sam", "password": "correct horse battery staple"}
    person.http.post(f"{base}/auth/register", json=sam).raise_for_status()
    form = {"username": sam["email"], "password": sam["password"]}
    token = person.http.post(f"{base}/auth/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    lot = {"title": "A snuffbox", "category": "art", "starting_price": "25.00"}
    location = person.http.post(f"{base}/api/v1/lots", json=lot, headers=headers).headers["Location"]
    photo = {"photo": ("snuffbox.png", PNG, "image/png")}
    person.http.put(f"{location}/photo", files=photo, headers=headers).raise_for_status()
    return location


def changed(notebook: Path, cell: int, line: str) -> None:
    """Write this line at the end of a cell."""
    read: dict[str, Any] = json.loads(notebook.read_text(encoding="utf-8"))
    source = read["cells"][cell]["source"]
    lines = source if isinstance(source, list) else source.splitlines(keepends=True)
    lines[-1] = lines[-1].rstrip("\n") + "\n"
    read["cells"][cell]["source"] = [*lines, line]
    text = json.dumps(read, indent=1, ensure_ascii=False) + "\n"
    notebook.write_text(text, encoding="utf-8")


def test_a_link_brings_what_is_new_and_keeps_what_the_learner_wrote(
    hub: Hub, people: People, tmp_path: Path
) -> None:
    _, bob = people
    ours = tmp_path / "notebooks"
    ours.mkdir()
    theirs = hub.home(bob.name) / "gavel" / "notebooks"
    for path in theirs.glob("*.ipynb"):
        (ours / path.name).write_bytes(path.read_bytes())
    stem, last = "ch03_dependency_injection.ipynb", -1
    changed(ours / stem, 0, "This is new in the text.")
    changed(ours / stem, last, "The teacher changed the end.")
    changed(theirs / stem, last, "Bob changed the end.")
    (theirs / "ch04_pydantic.ipynb").unlink()
    (theirs / "scratch.ipynb").write_text("{}")
    url = link(hub.url, source.publish(hub.data, ours), chapter=3)
    assert bob.pull(url)[-1] == {"phase": "finished"}
    text = (theirs / stem).read_text(encoding="utf-8")
    assert "This is new in the text." in text
    assert "Bob changed the end." in text
    assert "The teacher changed" not in text
    assert (theirs / "ch04_pydantic.ipynb").exists()
    assert (theirs / "scratch.ipynb").exists()
    json.loads(text)
