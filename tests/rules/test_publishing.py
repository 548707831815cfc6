"""What others need of a repository: license, citation, versions, issue forms, workflows, addresses."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from course import paths
from course.maintain.build import addresses

GITHUB = paths.ROOT / ".github"
CITATION_KEYS = {  # of https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md
    "abstract",
    "authors",
    "cff-version",
    "date-released",
    "keywords",
    "license",
    "message",
    "repository-code",
    "title",
    "type",
    "version",
}


def text(name: str) -> str:
    return (paths.ROOT / name).read_text(encoding="utf-8")


def data(name: str) -> Any:
    return yaml.safe_load(text(name))


def project() -> dict[str, Any]:
    return dict(tomllib.loads(text("pyproject.toml"))["project"])


def test_the_license_names_both_and_is_named_wherever_people_look() -> None:
    words = text("LICENSE")
    for part in (
        "Permission is hereby granted",
        'THE SOFTWARE IS PROVIDED "AS IS"',
        "the Gavel authors",
        "2026",
    ):
        assert part in words
    assert "https://creativecommons.org/licenses/by/4.0/" in words
    assert project()["license"] == "MIT AND CC-BY-4.0"
    assert project()["license-files"] == ["LICENSE"]
    for place in ("README.md", "course/teach/site/templates/page.html"):
        assert "MIT License" in text(place)
        assert "CC BY 4.0" in text(place)


def test_the_citation_has_the_keys_of_its_format_and_the_version_of_the_course() -> None:
    citation = data("CITATION.cff")
    assert set(citation) == CITATION_KEYS
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["authors"] == [{"name": "the Gavel authors"}]
    assert citation["version"] == project()["version"]


def test_the_changelog_begins_with_what_is_unreleased_and_dates_every_version() -> None:
    first, *others = re.findall(r"^## (.+)$", text(".github/CHANGELOG.md"), re.MULTILINE)
    assert first == "Unreleased"
    assert others[0] == f"{project()['version']} ({data('CITATION.cff')['date-released']})"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", heading) for heading in others)


FORMS = [path for path in sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: str(path.name))
def test_an_issue_form_has_what_github_needs(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    for field in form["body"]:
        assert field["type"] in {"input", "textarea", "dropdown"}
        assert field["attributes"]["label"]
    names = [field["id"] for field in form["body"]]
    assert len(names) == len(set(names))


def test_a_bug_report_asks_for_the_traceback_what_was_expected_and_the_version() -> None:
    form = text(".github/ISSUE_TEMPLATE/bug.yml")
    for words in ("traceback", "What did you expect?", "python3 -m course --version"):
        assert words in form


def commands(workflow: str) -> list[str]:
    jobs = data(f".github/workflows/{workflow}")["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def test_the_workflows_run_the_same_script_as_everybody() -> None:
    found = [run for name in ("ci.yml", "weekly.yml") for run in commands(name)]
    assert sum(run.startswith("bash .ci/run") for run in found) == 6
    assert not [run for run in found if "course test" in run]


def test_on_windows_the_script_is_run_by_bash() -> None:
    for name in ("ci.yml", "weekly.yml"):
        for job in data(f".github/workflows/{name}")["jobs"].values():
            several = "matrix" in job.get("strategy", {})
            default = job.get("defaults", {}).get("run", {}).get("shell")
            for step in job["steps"]:
                if several and "run" in step:
                    assert step.get("shell", default) == "bash"


def test_dependabot_watches_the_pins_and_the_actions() -> None:
    updates = {each["package-ecosystem"]: each for each in data(".github/dependabot.yml")["updates"]}
    assert set(updates) == {"pip", "github-actions"}
    assert "/" in updates["pip"]["directories"]


@pytest.mark.parametrize("name", addresses.PAGES)
def test_the_address_of_the_course_comes_from_one_place(name: str) -> None:
    assert addresses.ADDRESS.search(text(name))
    assert addresses.filled(text(name)) == text(name), "Write it again with: python3 -m course build pages"


def test_another_address_is_written_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "repository", lambda: "ada/gavel")
    filled = [addresses.filled(text(name)) for name in addresses.PAGES]
    assert not [name for name, words in zip(addresses.PAGES, filled, strict=True) if "OWNER" in words]
    assert "https://mybinder.org/v2/gh/ada/gavel/HEAD?urlpath" in "".join(filled)
    assert "git clone https://github.com/ada/gavel gavel" in "".join(filled)
