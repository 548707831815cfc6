"""Types that several models share."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints


def check_printable(text: str) -> str:
    """The text, if it has no control characters except line breaks and tabs. Raises ValueError."""
    if any(not (character.isprintable() or character in "\r\n\t") for character in text):
        raise ValueError("control characters are not allowed")
    return text


def check_single_line(text: str) -> str:
    """The text, if it has a single line. Raises ValueError."""
    if not text.isprintable():
        raise ValueError("one line without control characters is expected")
    return text


SingleLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(check_single_line),
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(check_printable)
]


def check_day_format(day: object) -> object:
    """Refuse all but `2031-05-01`: pydantic also accepts numbers, and datetimes at midnight."""
    if not isinstance(day, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise ValueError('a day is written as "2031-05-01"')
    return day


Day = Annotated[date, BeforeValidator(check_day_format)]


class StrictModel(BaseModel):
    """The base class of requests. It forbids unknown fields."""

    model_config = ConfigDict(extra="forbid")
