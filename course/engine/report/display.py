"""Displays for a notebook: HTML where it can be shown, and the same in plain text beside it."""

from course.report import as_html, as_text
from course.report.model import Result, Verdict


class Shown:
    """What IPython displays for a verdict, a result, or the part of a result that follows its verdicts."""

    def __init__(self, html: str, text: str) -> None:
        self.html = _sendable(html)
        self.text = _sendable(text)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def _sendable(text: str) -> str:
    """Jupyter sends UTF-8, which has no half characters: an answer that repeats one is shown escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def shown(what: Result | Verdict) -> Shown:
    """A whole result, or one verdict."""
    if isinstance(what, Verdict):
        return Shown(as_html.verdict(what), as_text.verdict(what))
    return Shown(as_html.html(what), as_text.text(what))


def shown_closing(result: Result) -> Shown:
    """What follows the verdicts, for those that were displayed one by one before."""
    return Shown(as_html.closing(result), as_text.closing(result))


def show(what: Result | Verdict) -> None:
    """Display it in a notebook. Verdicts are shown as they come, and then `show_closing` ends the story."""
    _display(shown(what))


def show_closing(result: Result) -> None:
    """Display what follows the verdicts."""
    _display(shown_closing(result))


def _display(what: Shown) -> None:
    from IPython.display import display

    display(what)  # type: ignore[no-untyped-call]
