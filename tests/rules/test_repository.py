"""What the whole repository keeps to."""

import re
import statistics
import subprocess
from pathlib import Path

from course import paths
from tests.conftest import LONG

TOP = {
    "CITATION.cff",
    "LICENSE",
    "README.md",
    "app_checkpoints",
    "course",
    "notebooks",
    "pyproject.toml",
    "requirements.txt",
    "solutions",
    "tests",
}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return [paths.ROOT / name for name in listed.stdout.split("\0") if name]


def test_the_top_level_is_as_small_as_agreed() -> None:
    top = {path.relative_to(paths.ROOT).parts[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP


def test_no_file_of_code_is_longer_than_three_hundred_lines() -> None:
    lengths = {
        path.relative_to(paths.ROOT).as_posix(): len(path.read_text(encoding="utf-8").split("\n"))
        for path in tracked()
        if path.suffix == ".py" and path.parent.name != "checkpoints"
    }
    assert {name: length for name, length in lengths.items() if length > 301} == {}
    assert statistics.median(lengths.values()) < 120


def test_what_plain_pytest_leaves_out_exists() -> None:
    assert LONG
    assert [path for path in LONG if not path.exists()] == []


def test_what_draws_examples_draws_the_same_in_every_run() -> None:
    imports = re.compile(r"^\s*(?:import|from) (?:hypothesis|schemathesis)\b", re.MULTILINE)
    texts = {path: path.read_text(encoding="utf-8") for path in tracked() if path.suffix == ".py"}
    drawing = {path for path, text in texts.items() if imports.search(text)}
    assert drawing
    steady = re.compile(r"tests\.fixtures(?: import |\.)drawing")
    without = [path for path in drawing if not steady.search(texts[path])]
    assert without == [paths.ROOT / "tests" / "fixtures" / "drawing.py"]


def test_nothing_names_the_machine_it_was_made_on() -> None:
    home = re.compile(r"/(?:home|root|Users|work)/[\w.-]+/")
    named = [
        f"{path.relative_to(paths.ROOT)}: {found[0]}"
        for path in tracked()
        if path.is_file() and path != Path(__file__).resolve()
        for found in [home.search(path.read_text(encoding="utf-8", errors="replace"))]
        if found
    ]
    assert not named


def test_the_pins_name_no_registry_and_are_exact() -> None:
    lines = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n")
    pins = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert pins
    assert all("==" in pin and "://" not in pin for pin in pins)


def test_the_files_of_a_database_are_ignored() -> None:
    names = [f"my/gavel.db{end}" for end in ("", "-shm", "-wal")]
    told = subprocess.run(["git", "check-ignore", *names], cwd=paths.ROOT, capture_output=True, text=True)
    assert told.stdout.splitlines() == names
