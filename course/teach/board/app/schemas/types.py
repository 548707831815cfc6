"""The kinds of text that the board takes. Whatever does not fit is refused, not mended."""

import unicodedata
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

LONGEST_NAME = 40
MOST_MARKS = 5
"""So many marks on one letter are no language, and reach into the lines above and below."""


def legible(name: str) -> str:
    """A name in one normal form (NFC), single spaces. Raises ValueError for what cannot be seen or read."""
    name = unicodedata.normalize("NFC", " ".join(name.split(" ")).strip())
    if any(unicodedata.category(letter)[0] in "C" for letter in name):
        raise ValueError("a name has no control characters and no invisible ones")
    if any(unicodedata.category(letter) in {"Zl", "Zp"} for letter in name):
        raise ValueError("a name is one line")
    if not any(letter.isalnum() for letter in name):
        raise ValueError("a name has a letter or a digit")
    kinds = "".join(unicodedata.category(letter)[0] for letter in name)
    if "M" * MOST_MARKS in kinds:
        raise ValueError("a name has fewer marks upon one letter")
    return name


def same(name: str) -> str:
    """What two names have in common that people take for one: case, width, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def prose(text: str) -> str:
    """Text of one or more lines. Raises ValueError for control characters, and for half characters."""
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text if letter not in "\n\t\r"):
        raise ValueError("the text has control characters")
    return text


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(legible)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=150)]
ChapterName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
MisconceptionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=100)]
Question = Annotated[str, Field(max_length=500), AfterValidator(prose)]
FilePath = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(prose)]
FileText = Annotated[str, Field(max_length=20_000), AfterValidator(prose)]
SecondsAgo = Annotated[float, Field(ge=0, le=30 * 24 * 3600, allow_inf_nan=False)]
EventId = UUID


class Strict(BaseModel):
    """A body of which every field is known."""

    model_config = ConfigDict(extra="forbid", strict=False)
