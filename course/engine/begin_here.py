"""What stands below the title of each chapter's notebook, for a reader who did not begin with the first."""

from course.engine.chapters import Chapter

TEXT = """\
**If you begin here:** [{first}]({notebook}) explains how the course works. In short:

- A cell that begins with `%%add` or `%%write` changes a file of your service. `%given NAME` applies code that
  is not the point of the chapter.
- `predict(guess, ...)` compares your guess with what happens. Write your guess in place of the `...` first. A
  wrong guess breaks nothing.
- `%check 2` checks your service against the requirements of exercise 2, `%checkpoint` against all of them.
- `%hint` helps with what failed: first a question, then the place to look, then the code with gaps.
"""


def text(chapter: Chapter) -> str:
    """The five lines for a chapter; empty for the first one and for an exam."""
    first = chapter.road[0]
    if chapter.is_exam or first == chapter:
        return ""
    return TEXT.format(first=first.called, notebook=first.notebook.name).rstrip()


def added(source: str, chapter: Chapter) -> str:
    """The first cell of a notebook with the lines below its title."""
    lines = text(chapter)
    title, _, rest = source.partition("\n")
    return f"{title}\n\n{lines}\n{rest}" if lines else source


def removed(source: str, chapter: Chapter) -> str:
    """A cell of a notebook as the chapter's text has it."""
    lines = text(chapter)
    return source.replace(f"\n\n{lines}\n", "\n", 1) if lines else source
