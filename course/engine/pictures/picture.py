"""What every picture function returns: the drawing, and the same in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture of `title`; `lines` say the same, one entry each, in the order of the drawing."""

    title: str
    lines: tuple[str, ...]
    svg: str

    @property
    def text(self) -> str:
        """The picture in words: its title and an ordered list."""
        return in_words(self.title, self.lines)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> Mapping[str, Any]:
        return {"image/svg+xml": self.svg, "text/plain": self.text}

    def _ipython_display_(self) -> None:
        """Show the drawing, and folded below it the words.

        JupyterLab gives its `<img>` no alternative text, so a screen reader would meet nothing: the words
        stand beside the picture, not inside it.
        """
        from IPython.display import display

        items = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        summary = f"The picture in words: {escape(self.title)}"
        words = f"<details><summary>{summary}</summary><ol>{items}</ol></details>"
        show: Any = display
        show(self._repr_mimebundle_(), raw=True)
        show({"text/html": words, "text/plain": "(the picture above, in words)"}, raw=True)


def in_words(title: str, lines: Sequence[str]) -> str:
    """`title` and an ordered list of `lines`, as plain text."""
    wide = len(str(len(lines)))
    return "\n".join([title, *(f"{number:>{wide}}. {line}" for number, line in enumerate(lines, 1))])
