"""`%given NAME`: apply code that a chapter gives, and show as folded differences what it changed.

The code is read from the chapter's text. Either all of it is applied or nothing.
"""

import ast
from difflib import get_close_matches

from course.engine import compose, exercises, given, project_files, projects, texts
from course.engine.chapters import Chapter
from course.engine.compose import Change
from course.engine.given import Given
from course.engine.words import listed
from course.errors import CourseError
from course.learn import changes, display, workspace
from course.learn.changes import Words
from course.learn.display import Shown

WORDS = Words("before", "now", "removed", "new")
NAMED = 6
"""How many files one sentence names."""


def given_code(chapter: Chapter, name: str) -> Shown:
    """Apply the given code of this name; without a name, list what the chapter gives."""
    known = {each.name: each for each in _given(chapter)}
    if not name:
        return _listed(chapter, list(known.values()))
    if name not in known:
        raise _unknown(chapter, name, list(known))
    project = workspace.opened(chapter)
    try:
        found = compose.apply_all(project, known[name].cells)
    except CourseError as error:
        raise CourseError(
            f"`%given {name}` changed nothing. {error.what}", _missing(chapter, known[name]) or error.do
        ) from error
    return _shown(known[name], found)


def _given(chapter: Chapter) -> tuple[Given, ...]:
    return given.of(chapter.text.read_text(encoding="utf-8"), chapter.text.name)


def _listed(chapter: Chapter, known: list[Given]) -> Shown:
    if not known:
        return display.note(f"{chapter.subject} gives no code: you write its cells yourself.")
    return display.note(
        f"{chapter.subject} gives:", *(f"`%given {each.name}`: {each.what}" for each in known)
    )


def _unknown(chapter: Chapter, name: str, known: list[str]) -> CourseError:
    if not known:
        return CourseError(
            f"{chapter.subject} gives no code called `{name}`.", "It gives none: go on with its next cell."
        )
    near = get_close_matches(name.lower(), known, n=1)
    meant = f"Did you mean `%given {near[0]}`? " if near else ""
    all_of_them = ", ".join(f"`{each}`" for each in known)
    return CourseError(
        f"{chapter.subject} gives no code called `{name}`.", f"{meant}It gives: {all_of_them}."
    )


def _shown(one: Given, found: list[Change]) -> Shown:
    changed = [change for change in found if change.changed]
    if not changed:
        return display.note(f"{one.what} Nothing changed: your service has this code already.")
    differences = [
        changes.file_change(
            change.path,
            None if change.created else change.before,
            None if change.gone else change.after,
            WORDS,
        )
        for change in changed
    ]
    names = [f"`{change.path}`" for change in changed]
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more files"]
    sentence = f"{one.what} Changed: {listed(names)}."
    lost = [change.summary for change in changed if "no longer there" in change.summary]
    html = display.note(sentence, *lost).html.removesuffix("</div>") + changes.folded(differences) + "</div>"
    return Shown("\n".join([sentence, *lost]), html)


def _missing(chapter: Chapter, one: Given) -> str:
    """Which earlier cell of the chapter was not run, in one sentence; empty where none is missing.

    Looked for first in the files that the given code changes.
    """
    text = chapter.text.read_text(encoding="utf-8")
    made = _made(chapter, text, one.line)
    mine = project_files.modules(chapter.project)
    there = exercises.bindings(mine)
    lacking = [
        (path, name) for path, name in made if (path, name) not in there and _parses(mine.get(path, ""))
    ]
    changed = {compose.split_cell(cell)[0].path for cell in one.cells}
    near = [each for each in lacking if each[0] in changed] or lacking
    if not near:
        return ""
    path, name = min(near, key=lambda each: (made[each].line, each))
    cell = made[path, name]
    typed = f"%given {cell.given}" if cell.given else cell.source.split("\n", 1)[0]
    heading = exercises.heading(text.split("\n"), cell.line)
    has = f"`{path}` has no `{name}` yet" if name else f"there is no `{path}` yet"
    return f"First run the cell `{typed}` under “{heading}”: {has}."


def _made(chapter: Chapter, text: str, line: int) -> dict[tuple[str, str], texts.Code]:
    """The files and names that the chapter has made above a line of its text, each with its cell."""
    files = projects.start(chapter)
    made: dict[tuple[str, str], texts.Code] = {}
    for cell in texts.code_cells(text):
        path = exercises.target(cell) if cell.builds else ""
        if cell.line < line and path.endswith(".py") and texts.SKELETON not in cell.tags:
            after = compose.applied(files, texts.solved(cell.source))
            was, now = (
                exercises.bindings({path: each[path]} if path in each else {}) for each in (files, after)
            )
            made = {key: by for key, by in made.items() if key not in was - now}
            made |= dict.fromkeys(now - was, cell)
            files = after
    return made


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
