"""What the course calls things. The board knows names alone; these are the words for those that it meets."""

from pydantic import BaseModel


class Words(BaseModel):
    """Names and their words: chapters' titles, requirements' sentences, misconceptions' titles."""

    chapters: dict[str, str] = {}
    requirements: dict[str, str] = {}
    misconceptions: dict[str, str] = {}
