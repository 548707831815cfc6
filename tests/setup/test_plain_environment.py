"""What people type in an environment made with nothing but `pip install -r requirements.txt`.

The course's folder is copied to a path with a blank and a letter beyond ASCII. What is typed runs in an
environment that has the packages of `requirements.txt` and not the course.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course import paths

COPIED = (
    ".build",
    "app_checkpoints",
    "course",
    "notebooks",
    "solutions",
    "tests",
    "pyproject.toml",
    "requirements.txt",
)
SECONDS = 600
BOOK = "ch01_lifespan.ipynb"


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of such an environment."""
    folder = tmp_path_factory.mktemp("plain") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*install, "-r", str(paths.ROOT / "requirements.txt")], check=True, timeout=SECONDS)
    return python.parent


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's folder, somewhere else."""
    root = tmp_path_factory.mktemp("somewhere") / "the course é"
    root.mkdir()
    for name in COPIED:
        source = paths.ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    return root


def typed(scripts: Path, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A program of the environment, run in this folder."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COURSE_", "PYTEST_", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        [str(scripts / words[0]), *words[1:]],
        cwd=folder,
        env=own | {"PATH": os.pathsep.join([str(scripts), own["PATH"]]), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def test_a_notebook_runs_that_is_opened_by_hand_from_another_folder(
    scripts: Path, root: Path, tmp_path: Path
) -> None:
    book = root / "notebooks" / BOOK
    done = typed(scripts, tmp_path, "jupyter", "execute", "--inplace", str(book))
    assert done.returncode == 0, done.stderr
    assert '"name": "stderr"' not in book.read_text(encoding="utf-8")
    project = root / "my_service" / "ch01_lifespan"
    assert (project / "app" / "main.py").exists(), "the notebook's build cells wrote the learner's project"


@pytest.mark.parametrize("options", [["--nbval", "solutions"], ["--nbval-lax", "notebooks"]], ids=" ".join)
def test_nbval_needs_no_further_flag(scripts: Path, root: Path, options: list[str]) -> None:
    done = typed(scripts, root, "pytest", "-q", options[0], f"{options[1]}/{BOOK}")
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_a_grader_calls_nbval_from_another_folder(scripts: Path, root: Path, tmp_path: Path) -> None:
    book = shutil.copy(root / "solutions" / BOOK, root / "solutions" / "graded.ipynb")
    data = json.loads(Path(book).read_text(encoding="utf-8"))
    wrong = next(cell for cell in data["cells"] if cell["cell_type"] == "code" and cell["outputs"])
    wrong["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "something else\n"}]
    Path(book).write_text(json.dumps(data), encoding="utf-8")
    done = typed(scripts, tmp_path, "pytest", "-q", "--nbval", str(root / "solutions" / BOOK), str(book))
    assert done.returncode == 1, done.stdout
    assert "1 failed" in done.stdout, "a cell whose saved output is wrong, and no other"
    assert not (tmp_path / "my_service").exists()


def test_plain_pytest_runs_what_it_can_and_names_what_it_leaves_out(scripts: Path, root: Path) -> None:
    done = typed(scripts, root, "pytest", "-q", "-k", "test_texts or test_the_title_is_gavel")
    assert done.returncode == 0, done.stdout + done.stderr
    left_out = done.stdout[done.stdout.index("left out") :]
    assert "takes minutes: attacks: tests/attacks" in left_out
    assert "needs hypothesis, which is not installed: tests/engine/test_compose_properties.py" in left_out
    assert "python3 -m course test" in left_out


@pytest.mark.parametrize("folder", ["notebooks", "solutions", "app_checkpoints", "tests", "course"])
def test_the_command_says_where_to_type_it(scripts: Path, root: Path, folder: str) -> None:
    done = typed(scripts, root / folder, "python", "-m", "course", "check", "3")
    assert done.returncode == 1
    assert f"cd {root}" in done.stderr
    assert done.stderr.endswith("python3 -m course check 3\n")
    assert "Traceback" not in done.stderr


def test_a_copy_of_the_notebooks_takes_the_installed_course_or_says_what_is_missing(
    scripts: Path, root: Path, tmp_path: Path
) -> None:
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    done = typed(scripts, tmp_path / "notebooks", "python", "-c", "import course")
    assert "get the whole course" in done.stderr
    (tmp_path / "installed").mkdir()
    shutil.copytree(root / "course", tmp_path / "installed" / "course")
    look = "import sys; sys.path.append(sys.argv[1]); import course; print(course.__file__)"
    done = typed(scripts, tmp_path / "notebooks", "python", "-c", look, str(tmp_path / "installed"))
    assert done.stdout == f"{tmp_path / 'installed' / 'course' / '__init__.py'}\n"


def test_the_ways_to_the_course_are_one_file() -> None:
    for name, folders in {
        "course.py": ["notebooks", "solutions", "app_checkpoints", "tests", "course"],
        "conftest.py": ["notebooks", "solutions"],
    }.items():
        texts = {(paths.ROOT / folder / name).read_text(encoding="utf-8") for folder in folders}
        assert len(texts) == 1, f"{name} differs between {', '.join(folders)}"
