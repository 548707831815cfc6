"""Warnings and log lines are noted while a requirement runs."""

import logging
import warnings
from pathlib import Path

import pytest

from course.engine.worker import observations
from course.engine.worker.observations import observed
from course.engine.worker.place import Place


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings that Python prints."""
    lines: list[str] = []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *rest: lines.append(str(message)))
    return lines


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: list[str]) -> Place:
    monkeypatch.setattr(observations, "_shown", set())
    return Place(tmp_path)


def test_a_coroutine_that_was_never_awaited_is_noted(place: Place) -> None:
    async def forgotten() -> None: ...

    with observed(place) as seen:
        forgotten()  # type: ignore[unused-coroutine]
        (line,) = seen()
    assert line.startswith("warning: RuntimeWarning: coroutine ")
    assert line.endswith("forgotten' was never awaited")


def test_a_warning_in_the_learners_file_is_noted_with_its_line_and_printed_once(
    place: Place, printed: list[str]
) -> None:
    for _ in range(2):
        with observed(place) as seen:
            file = str(place.folder / "app" / "main.py")
            warnings.warn_explicit("old", DeprecationWarning, file, 7)
            assert seen() == ("warning: DeprecationWarning: old (app/main.py, line 7)",)
    assert printed == ["old"]


def test_a_deprecation_inside_a_library_is_not_the_learners(place: Place) -> None:
    with observed(place) as seen:
        warnings.warn_explicit("old", DeprecationWarning, "/lib/anyio/abc.py", 7)
        assert seen() == ()


def test_log_records_from_warning_on_are_noted_with_their_exception(place: Place) -> None:
    logger = logging.getLogger("gavel.mail")
    with observed(place) as seen:
        logger.info("all is well")
        try:
            raise OSError("refused, token=abc123")
        except OSError:
            logger.exception("no e-mail for %s", "ada")
        (line,) = seen()
    assert line.startswith("log: ERROR gavel.mail: no e-mail for ada; OSError: refused, token=")
    assert "abc123" not in line


def test_afterwards_nothing_is_noted(place: Place) -> None:
    before = logging.getLogRecordFactory()
    with observed(place):
        assert logging.getLogRecordFactory() is not before
    assert logging.getLogRecordFactory() is before
