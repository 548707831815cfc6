"""The files of a project that no chapter teaches."""

from course.chapters import Chapter

PYPROJECT = """\
[project]
name = "gavel"
version = "0.1.0"
description = "A live auction house"
requires-python = ">=3.11"
dependencies = [
    "fastapi[standard]",
    "pydantic-settings",
    "sqlalchemy[asyncio]",
    "aiosqlite",
]

[tool.fastapi]
entrypoint = "app.main:app"
"""

README = """\
# Gavel after chapter {number}: {title}

The service as it stands at the end of `course/chapters/{stem}.md`, from which this folder is built
(`python3 -m course build`). Change the text, not this folder.

    fastapi dev

starts it from this folder; its interactive documentation is then at http://127.0.0.1:8000/docs.
"""


EXAM_README = """\
# {title}

A service that meets the specification in `course/chapters/{stem}.md`, from which this folder is built
(`python3 -m course build`). Change the text, not this folder.

    fastapi dev

starts it from this folder; its interactive documentation is then at http://127.0.0.1:8000/docs.
"""


def scaffold(chapter: Chapter) -> dict[str, str]:
    """`pyproject.toml`, `README.md` and the empty package `app` of a project.

    An exam's text writes its own `pyproject.toml`.
    """
    if chapter.is_exam:
        return {
            "README.md": EXAM_README.format(title=chapter.title, stem=chapter.stem),
            "app/__init__.py": f'"""{chapter.title}."""\n',
        }
    return {
        "pyproject.toml": PYPROJECT,
        "README.md": README.format(number=chapter.number, title=chapter.title, stem=chapter.stem),
        "app/__init__.py": '"""Gavel, a live auction house."""\n',
    }
