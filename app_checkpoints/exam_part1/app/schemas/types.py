"""Kinds of values that several models share."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints


def printable(text: str) -> str:
    """The text, if it holds no control characters but line ends and tabs. Raises ValueError."""
    if any(not (letter.isprintable() or letter in "\r\n\t") for letter in text):
        raise ValueError("control characters are not allowed")
    return text


def one_line(text: str) -> str:
    """The text, if it is one line. Raises ValueError."""
    if not text.isprintable():
        raise ValueError("one line without control characters is expected")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(one_line)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(printable)]


def as_written(day: object) -> object:
    """Refuse everything but `2031-05-01`: pydantic also takes numbers, and midnight as a datetime."""
    if not isinstance(day, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise ValueError('a day is written as "2031-05-01"')
    return day


Day = Annotated[date, BeforeValidator(as_written)]


class Incoming(BaseModel):
    """What a caller sends: nothing is taken that was not asked for."""

    model_config = ConfigDict(extra="forbid")
