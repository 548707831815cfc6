"""`%progress`: the road, chapter by chapter."""

from course import chapters, progress, shown
from course.shown import Shown


def road() -> Shown:
    """Each chapter with its state in words, and what was wrong with the progress file, if anything was."""
    state = progress.load()
    rows = [(chapter, progress.status(chapter, state.of(chapter))) for chapter in chapters.contents()]
    passed = sum(state.of(chapter).passed for chapter, _ in rows)
    head = f"{passed} of {len(rows)} chapters passed."
    width = max((len(chapter.title) for chapter, _ in rows), default=0)
    text = [head, *(f"  {chapter.number}  {chapter.title:{width}}  {words}" for chapter, words in rows)]
    cells = "".join(
        f'<tr><td style="text-align:right">{chapter.number}</td><th scope="row" style="text-align:left">'
        f'{shown.inline(chapter.title)}</th><td style="text-align:left">{shown.inline(words)}</td></tr>'
        for chapter, words in rows
    )
    html = (
        f'<p>{head}</p><table><thead><tr><th scope="col">Chapter</th>'
        '<th scope="col" style="text-align:left">What it is about</th>'
        '<th scope="col" style="text-align:left">Where you are</th></tr></thead>'
        f"<tbody>{cells}</tbody></table>"
    )
    if state.note:
        text.append(state.note)
        html += f"<p>{shown.inline(state.note)}</p>"
    return Shown("\n".join(text), shown.boxed(html))
