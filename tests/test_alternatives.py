"""A checkpoint raises no false alarm: the course's own service passes, and so does every other right one."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from course.engine import chapters, misconceptions, projects
from course.engine.chapters import Chapter
from course.engine.report import as_text
from course.maintain.validate import proofs

CASES = [
    pytest.param(chapter, cells, id=f"{chapter.stem}-{name}")
    for chapter in chapters.contents()
    for name, cells in [
        ("ours", ()),
        *((entry.title, entry.cells) for entry in misconceptions.load(chapter.alternatives)),
    ]
]


@pytest.mark.parametrize(("chapter", "cells"), CASES)
def test_a_right_service_passes(chapter: Chapter, cells: Iterable[str], tmp_path: Path) -> None:
    result = proofs.judge(projects.variant(chapter, cells), chapter, tmp_path)
    assert result.passed, as_text.text(result)
