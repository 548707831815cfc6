"""What a file loses: imports come back with the code that uses them, and names that are gone are told."""

from pathlib import Path

import pytest

from course.engine.compose import apply


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return tmp_path


def test_an_import_that_left_comes_back_with_the_code_that_uses_it(project: Path) -> None:
    apply(
        project,
        "%%write app/main.py\nfrom contextlib import suppress as quiet\n\n\ndef f():\n    return quiet()",
    )
    apply(project, "%%add app/main.py\ndef f():\n    return 1")
    assert "quiet" not in (project / "app/main.py").read_text()
    apply(project, "%%add app/main.py\ndef f():\n    return 2")
    change = apply(project, "%%add app/main.py\ndef f():\n    return quiet()")
    assert change.after.startswith("from contextlib import suppress as quiet\n")
    assert change.summary == "app/main.py: `f` replaced, 1 import added"


def test_a_local_name_brings_no_import_back(project: Path) -> None:
    apply(project, "%%write app/main.py\nimport json\n\n\ndef f():\n    return json.dumps(1)")
    apply(project, "%%add app/main.py\ndef f():\n    return 1")
    change = apply(project, "%%add app/main.py\ndef f(json):\n    return json")
    assert "import" not in change.after


def test_a_file_that_is_written_anew_says_which_names_it_no_longer_has(project: Path) -> None:
    apply(project, "%%write app/main.py\ndef f():\n    return 1")
    apply(project, "%%add app/main.py\nLIMIT = 3\n\n\ndef g():\n    return LIMIT")
    change = apply(project, "%%write app/main.py\ndef f():\n    return 1")
    assert change.summary == "app/main.py: written anew, 2 lines; no longer there: `LIMIT` and `g`"
