"""What the course calls its chapters, requirements and misconceptions, for the board to show."""

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter
from course.engine.checkpoint.requirements import read
from course.engine.misconceptions import load
from course.teach.board.app.services.words import Words


def words() -> Words:
    """All of them. Nothing is imported or run: the sentences are the first lines of the tests' docstrings."""
    all_of_it = chapters.contents()
    return Words(
        chapters={each.stem: f"{each.label} · {each.title}" for each in all_of_it},
        requirements={name: words for each in all_of_it for name, words in requirements(each).items()},
        misconceptions={name: words for each in all_of_it for name, words in misconceptions(each).items()}
        | {entry.name: entry.title for entry in load(paths.IN_EVERY_CHAPTER, cells=False)},
    )


def requirements(chapter: Chapter) -> dict[str, str]:
    """The sentences of a chapter's requirements, by the names of their tests."""
    return {each.id: each.sentence for each in read(chapter.tests) if each.sentence}


def misconceptions(chapter: Chapter) -> dict[str, str]:
    """The titles of a chapter's misconceptions, by their names."""
    return {entry.name: entry.title for entry in load(chapter.misconceptions, cells=False)}
