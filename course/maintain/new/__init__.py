"""`course new 04_pydantic`: the files of a new chapter, from a template that passes its own checkpoint."""

import re
from pathlib import Path
from string import Template

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter
from course.errors import CourseError

TEMPLATES = Path(__file__).parent / "templates"


def command(argv: list[str]) -> int:
    """Make the text, checkpoint test, misconceptions and alternatives of a chapter; say what comes next.

    Raises:
        CourseError: the name has another form, the number is not the next, or a file is there already.
    """
    match = re.fullmatch(r"(?:ch)?(\d\d)_([a-z][a-z0-9_]*)", argv[0]) if len(argv) == 1 else None
    if match is None:
        raise CourseError(
            "A new chapter needs a number and a name.",
            "Type, for instance: python3 -m course new 04_pydantic",
        )
    made = create(int(match[1]), match[2])
    for path in made:
        print(f"made {path.relative_to(paths.ROOT).as_posix()}")
    number = int(match[1])
    print(f"Next: python3 -m course build {number}, then python3 -m course test {number}.")
    return 0


def create(number: int, slug: str) -> list[Path]:
    """Write the four files of a chapter; nothing that is there is ever overwritten."""
    following = chapters.numbered()[-1].number + 1 if chapters.numbered() else 0
    if number != following:
        raise CourseError(
            f"Chapter {number:02} cannot be made now.",
            f"The next number is {following:02}: chapters build on one another.",
        )
    chapter = Chapter(number, slug, slug.replace("_", " ").capitalize())
    targets = {
        "text.md": chapter.text,
        "checkpoint.py": chapter.tests,
        "misconceptions.md": chapter.misconceptions,
        "alternatives.md": chapter.alternatives,
    }
    for path in targets.values():
        if path.exists():
            raise CourseError(f"{path.name} is there already.", "Move it away, or choose another name.")
    words = {"number": number, "slug": slug, "stem": chapter.stem, "title": chapter.title}
    for name, path in targets.items():
        text = Template((TEMPLATES / f"{name}.template").read_text(encoding="utf-8")).substitute(words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    chapters.contents.cache_clear()
    return list(targets.values())
