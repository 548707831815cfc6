"""Warnings and log lines of the learner's code while a requirement runs: symptoms, as responses are."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from course.engine.checkpoint.recording import masked
from course.engine.worker.place import Place

MOST = 5
"""So many of each are kept."""
LONGEST = 300
"""Characters of one."""

_shown: set[str] = set()


@contextmanager
def observed(place: Place) -> Iterator[Callable[[], tuple[str, ...]]]:
    """Within it, warnings and log records from `WARNING` on are noted; the yielded function tells them.

    A warning of the learner's code is printed too, once in a process, as Python prints it.
    """
    logged: list[str] = []
    make = logging.getLogRecordFactory()

    def noting(*arguments: object, **keywords: object) -> logging.LogRecord:
        record = make(*arguments, **keywords)
        if record.levelno >= logging.WARNING and len(logged) < MOST:
            logged.append(_log_line(record, place))
        return record

    logging.setLogRecordFactory(noting)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield lambda: (*_told(warned, place), *dict.fromkeys(logged))
    finally:
        if logging.getLogRecordFactory() is noting:
            logging.setLogRecordFactory(make)
    for each in warned:
        line = f"{each.filename}:{each.lineno}: {each.message}"
        if _concerns(each, place) and line not in _shown:
            _shown.add(line)
            warnings.showwarning(each.message, each.category, each.filename, each.lineno)


def _told(warned: list[warnings.WarningMessage], place: Place) -> list[str]:
    lines = []
    for each in warned:
        if _concerns(each, place):
            file = place.inside(each.filename)
            where = f" ({file}, line {each.lineno})" if file else ""
            words = place.clean(" ".join(str(each.message).split()))
            lines.append(f"warning: {each.category.__name__}: {words[:LONGEST]}{where}")
    return list(dict.fromkeys(lines))[:MOST]


def _concerns(each: warnings.WarningMessage, place: Place) -> bool:
    """Whether it is the learner's: it arose in their file, or is no deprecation inside a library."""
    own = place.inside(each.filename) is not None
    return own or not issubclass(
        each.category, DeprecationWarning | PendingDeprecationWarning | ResourceWarning
    )


def _log_line(record: logging.LogRecord, place: Place) -> str:
    """One record as a line: level, logger, message, and the exception that goes with it."""
    try:
        words = " ".join(record.getMessage().split())
    except Exception:  # a record whose arguments do not fit its message: logging itself reports it
        words = str(record.msg)
    error = record.exc_info[1] if record.exc_info else None
    raised = f"; {type(error).__name__}: {error}" if error is not None else ""
    return masked(place.clean(f"log: {record.levelname} {record.name}: {words}{raised}"[:LONGEST]))
