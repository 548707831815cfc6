"""A few shapes of SVG, enough for the course's pictures.

JupyterLab shows `image/svg+xml` as an `<img>` with a data address, so a page's CSS variables do not reach
it. Each picture therefore stands on a panel of its own and names every colour. The light palette is
written on the elements themselves, where no sanitiser takes it away; a media query swaps it for the dark one.
Widths are estimated, never measured, so a picture is the same on every machine.
"""

import re
from collections.abc import Sequence
from html import escape

WIDTH = 760
"""Pixels: what fits a notebook's column."""

PALETTE = {
    "panel": ("#f6f8fa", "#1b1f24"),
    "rim": ("#c9d1d9", "#484f58"),
    "band": ("#ffffff", "#262c33"),
    "ink": ("#1f2328", "#e6edf3"),
    "faint": ("#57606a", "#a3adb8"),
    "violet": ("#6639ba", "#cba6ff"),
    "blue": ("#0550ae", "#79c0ff"),
    "green": ("#116329", "#7ee787"),
    "amber": ("#8a4600", "#ffb86b"),
    "teal": ("#0b6464", "#5fd4d0"),
    "red": ("#b3261e", "#ff9a91"),
}
"""Role: colour on a light page, colour on a dark one. Text keeps 4.5:1 on its panel (WCAG 2.2, 1.4.3)."""

MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: str) -> str:
    """The words on one line, without the characters that XML 1.0 forbids (section 2.2)."""
    return " ".join(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", words).split())


def width_of(words: str, size: float = 13, *, mono: bool = False, bold: bool = False) -> float:
    """A cautious estimate of the pixels that `words` take at `size` pixels."""
    return len(words) * size * (0.61 if mono else 0.56 if bold else 0.53)


def elided(words: str, room: float, size: float = 13, *, mono: bool = False, bold: bool = False) -> str:
    """`words`, or as much of them as fits `room` pixels, with an ellipsis."""
    if width_of(words, size, mono=mono, bold=bold) <= room:
        return words
    fits = max(1, int(room / width_of("m", size, mono=mono, bold=bold)) - 1)
    return words[:fits].rstrip() + "…"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


class Drawing:
    """Collects shapes from top to bottom; `render` puts them on the panel."""

    def __init__(self) -> None:
        self._shapes: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        role: str = "ink",
        *,
        size: float = 13,
        bold: bool = False,
        mono: bool = False,
        anchor: str = "start",
        room: float | None = None,
    ) -> float:
        """Words with their baseline at `y`. Returns the estimated `x` where they end."""
        words = clean(words)
        if room is not None:
            words = elided(words, room, size, mono=mono, bold=bold)
        weight = ' font-weight="600"' if bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        font = "" if not mono else f' font-family="{MONO}"'
        self._shapes.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}"{font}{weight}{place}'
            f" {_fill(role)}>{escape(words, quote=False)}</text>"
        )
        return x + width_of(words, size, mono=mono, bold=bold)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "band",
        stroke: str = "rim",
        thick: float = 1,
        dash: bool = False,
        radius: float = 5,
    ) -> None:
        dashed = ' stroke-dasharray="5 3"' if dash else ""
        self._shapes.append(
            f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
            f' rx="{_number(radius)}" {_both(fill, stroke)} stroke-width="{_number(thick)}"{dashed}/>'
        )

    def line(
        self,
        points: Sequence[tuple[float, float]],
        role: str = "rim",
        *,
        thick: float = 1.5,
        dash: bool = False,
    ) -> None:
        path = "M" + " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        self.path(path, role, thick=thick, dash=dash)

    def path(self, path: str, role: str = "rim", *, thick: float = 1.5, dash: bool = False) -> None:
        dashed = ' stroke-dasharray="4 3"' if dash else ""
        self._shapes.append(
            f'<path d="{path}" fill="none" {_stroke(role)} stroke-width="{_number(thick)}"'
            f' stroke-linecap="round" stroke-linejoin="round"{dashed}/>'
        )

    def dot(self, x: float, y: float, radius: float, role: str) -> None:
        self._shapes.append(
            f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}" {_fill(role)}/>'
        )

    def head(self, x: float, y: float, role: str, *, down: bool = True) -> None:
        """An arrow's head whose tip is at (x, y); no marker, so no id that two pictures could share."""
        back = y - 7 if down else y + 7
        points = (
            f"{_number(x)},{_number(y)} {_number(x - 4)},{_number(back)} {_number(x + 4)},{_number(back)}"
        )
        self._shapes.append(f'<polygon points="{points}" {_fill(role)}/>')

    def render(self, height: float, *, title: str, words: str) -> str:
        """The whole SVG, with `title` as its name and `words` as its description."""
        title, tall = clean(title), _number(height)
        described = escape("\n".join(clean(line) for line in words.splitlines()))
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{tall}"'
                f' viewBox="0 0 {WIDTH} {tall}" role="img" aria-label="{escape(title)}"'
                f' font-family="{SANS}" style="max-width:100%;height:auto">',
                f"<title>{escape(title)}</title>",
                f"<desc>{described}</desc>",
                f"<style>{_DARK}</style>",
                f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{_number(height - 1)}" rx="8"'
                f" {_both('panel', 'rim')}/>",
                *self._shapes,
                "</svg>",
                "",
            ]
        )


def _fill(role: str) -> str:
    return f'class="gavel-f-{role}" fill="{PALETTE[role][0]}"'


def _stroke(role: str) -> str:
    return f'class="gavel-s-{role}" stroke="{PALETTE[role][0]}"'


def _both(fill: str, stroke: str) -> str:
    return f'class="gavel-f-{fill} gavel-s-{stroke}" fill="{PALETTE[fill][0]}" stroke="{PALETTE[stroke][0]}"'


_DARK = (
    "@media (prefers-color-scheme: dark){"
    + "".join(
        f".gavel-f-{role}{{fill:{dark}}}.gavel-s-{role}{{stroke:{dark}}}"
        for role, (_, dark) in PALETTE.items()
    )
    + "}"
)
