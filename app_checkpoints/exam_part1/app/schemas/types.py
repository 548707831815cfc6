"""Kinds of values that several models share."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


def printable(text: str) -> str:
    """The text, if it holds no control characters but line ends and tabs. Raises ValueError."""
    if any(not (letter.isprintable() or letter in "\n\t") for letter in text):
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


class Incoming(BaseModel):
    """What a caller sends: nothing is taken that was not asked for."""

    model_config = ConfigDict(extra="forbid")
