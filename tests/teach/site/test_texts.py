"""How texts become sources: links, pages, sections; and links to other sites."""

import json
import subprocess
import threading
from pathlib import Path

import pytest

from course import paths
from course.errors import CourseError
from course.setup.environment import TEACHING
from course.teach.site import building, links, outputs, serving, sources

README = paths.ROOT / "README.md"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[3](notebooks/ch03_dependency_injection.ipynb)", "[3](/chapters/ch03_dependency_injection.ipynb)"),
        ("[3](/chapters/ch03_dependency_injection.md#a)", "[3](/chapters/ch03_dependency_injection.ipynb#a)"),
        ("[3](/chapters/ch03_dependency_injection)", "[3](/chapters/ch03_dependency_injection.ipynb)"),
        ("[new](.github/CHANGELOG.md)", "[new](/changelog.md)"),
        ("[plans](course/pages/workshop.md#one-day)", "[plans](/workshop.md#one-day)"),
        ("[reference](/reference.md)", "[reference](/reference.md)"),
        ("[CI](.ci/run)", "CI"),
        ("[there](https://example.org/a)", "[there](https://example.org/a)"),
        ("[below](#below)", "[below](#below)"),
    ],
)
def test_a_link_to_a_file_becomes_one_to_its_page(written: str, shown: str) -> None:
    assert links.rewritten(f"See {written}.", README) == f"See {shown}."


def test_links_in_code_are_left_alone() -> None:
    code = "```python\nrows[0](.ci/run)\n[CI](.ci/run)\n```"
    assert links.rewritten(code, README) == code


def test_a_picture_stands_in_the_page_without_its_own_style() -> None:
    saved = [
        {"output_type": "display_data", "data": {"image/svg+xml": ["<svg><style>p{}</style>", "</svg>"]}}
    ]
    data = outputs.tidied(saved)[0]["data"]
    assert data == {"text/html": '<div class="gavel-picture"><svg></svg></div>'}


def test_every_page_hangs_in_exactly_one_section() -> None:
    names = [
        "chapters/ch00_start_here",
        "reference",
        "errors/index",
        "guide",
        "hub",
        "changelog",
        "unforeseen",
    ]
    shown = sources.trees(names)
    assert [shown.count(f"/{name}\n") for name in names] == [1] * len(names)
    assert [title for title in sources.SECTIONS if f":caption: {title}\n" in shown] == list(sources.SECTIONS)


def test_a_folder_with_something_else_in_it_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(CourseError, match="something that is not a site"):
        building.build(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_link_to_another_site_that_does_not_answer_is_named(tmp_path: Path) -> None:
    if not TEACHING.ready():
        pytest.skip("what teaching the course needs is not set up here: run `python3 -m course site` once")
    there = tmp_path / "there"
    there.mkdir()
    (there / "page.html").write_text("<p>Here I am.</p>", encoding="utf-8")
    texts = tmp_path / "texts"
    texts.mkdir()
    with serving.server(there) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        at = f"http://127.0.0.1:{running.server_port}"
        (texts / "index.md").write_text(
            f"# A\n\n[b]({at}/page.html)\n[c]({at}/gone.html)\n", encoding="utf-8"
        )
        code = (
            "import json, pathlib, sys; from course.teach.site import elsewhere; "
            "print(json.dumps(elsewhere.dead(pathlib.Path(sys.argv[1]))))"
        )
        done = subprocess.run(
            [TEACHING.python, "-c", code, texts], cwd=paths.ROOT, capture_output=True, text=True, timeout=300
        )
        running.shutdown()
        thread.join()
    (dead,) = json.loads(done.stdout)
    assert dead.startswith("index.md:")
    assert f" {at}/gone.html (broken: 404" in dead
