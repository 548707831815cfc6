"""A checkpoint raises no false alarm: the course's own service passes, and so does every other right one."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from course import bank, build, chapters
from course.chapters import Chapter
from course.report import as_text
from course.validate import proofs

CASES = [
    pytest.param(chapter, cells, id=f"{chapter.stem}-{name}")
    for chapter in chapters.contents()
    for name, cells in [
        ("ours", ()),
        *((entry.title, entry.cells) for entry in bank.load(chapter.alternatives)),
    ]
]


@pytest.mark.parametrize(("chapter", "cells"), CASES)
def test_a_right_service_passes(chapter: Chapter, cells: Iterable[str], tmp_path: Path) -> None:
    result = proofs.judge(build.variant(chapter, cells), chapter, tmp_path)
    assert result.passed, as_text.text(result)
