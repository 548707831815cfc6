"""`%progress`: a table of the chapters and how far the learner is."""

from course.engine import chapters, stages
from course.learn import display, progress
from course.learn.display import Shown


def progress_table() -> Shown:
    """Each chapter with its state in words, and what was wrong with the progress file, if anything was."""
    state = progress.load()
    passed = sum(state.of(chapter).passed for chapter in chapters.numbered())
    head = f"{passed} of {len(chapters.numbered())} chapters passed."
    rows = [
        (
            "exam" if chapter.is_exam else chapter.typed,
            chapter.title,
            progress.status(chapter, state.of(chapter)) + _place(chapter, state),
        )
        for chapter in chapters.contents()
    ]
    first, second = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    text = [head, *(f"  {number:>{first}}  {title:{second}}  {words}" for number, title, words in rows)]
    cells = "".join(
        f'<tr><td style="text-align:right">{number}</td><th scope="row" style="text-align:left">'
        f'{display.inline(title)}</th><td style="text-align:left">{display.inline(words)}</td></tr>'
        for number, title, words in rows
    )
    html = (
        f'<p>{head}</p><table><thead><tr><th scope="col">Chapter</th>'
        '<th scope="col" style="text-align:left">What it is about</th>'
        '<th scope="col" style="text-align:left">Where you are</th></tr></thead>'
        f"<tbody>{cells}</tbody></table>"
    )
    if state.note:
        text.append(state.note)
        html += f"<p>{display.inline(state.note)}</p>"
    return Shown("\n".join(text), display.boxed(html))


def _place(chapter: chapters.Chapter, state: progress.Progress) -> str:
    """The stage of the chapter that the learner is in, after its state."""
    record = state.of(chapter)
    if chapter.stem != state.current or record.passed:
        return ""
    place = stages.after(chapter, record.exercises)
    return f". {place.words}" if place else ""
