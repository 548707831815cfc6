"""An extension of Sphinx for cells: how one is coloured, and how one is folded; and the slugs of headings.

A fold says what it hides in one line, which a screen reader reads as it stands. myst-nb's own has a general
label in place of the words, and looks like an admonition.
"""

from html import escape
from typing import Any

from course.teach.site.lexer import CellLexer


def setup(app: Any) -> dict[str, bool]:
    """Put our fold in place of myst-nb's, which must be loaded before, and add the lexer `gavel`."""
    from myst_nb.sphinx_ import HideCodeCellNode  # type: ignore[import-not-found,unused-ignore]

    app.add_lexer("gavel", CellLexer)
    app.add_node(HideCodeCellNode, override=True, html=(_open, _close))
    app.connect("html-page-context", _give_level, priority=900)  # after furo's, which makes the tree
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _give_level(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Sphinx calls the captions of the side bar headings, and does not say of which level."""
    name = "furo_navigation_tree"
    context[name] = context.get(name, "").replace('role="heading"', 'role="heading" aria-level="2"')


def _open(translator: Any, node: Any) -> None:
    words = escape(node["prompt_show"])
    translator.body.append(f'<details class="gavel-solution"><summary>{words}</summary>\n')


def _close(translator: Any, node: Any) -> None:
    translator.body.append("</details>\n")
