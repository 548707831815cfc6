"""What stands in a text: its cells, the marks of its solutions, its build cells.

A text is a MyST notebook (https://jupytext.readthedocs.io/en/latest/formats-markdown.html). Jupytext turns it
into a notebook; here only the fences are needed, so that a learner's kernel never imports Jupytext.
"""

import re
from dataclasses import dataclass

from course.errors import CourseError

BEGIN, STUB, END = "### BEGIN SOLUTION", "### STUB", "### END SOLUTION"
SOLUTION = "solution"
"""The tag of a cell that a learner does not get at all; in an exam, all that builds the service."""
SKELETON = "skeleton"
"""The tag of a build cell whose file is there when the project starts. The notebook shows it as text."""
MAGIC = re.compile(r"%%(add|write)[ \t]+\S")
FENCE = re.compile(r"(?:python|\{code-cell\}.*)")
HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
"""The head of a text: its kernel and its stages."""
READ_NEXT = "**To read next**"
"""How the links at the end of a chapter begin."""
SOLVED = "One way: "
"""How the headings begin of the sections that solve an exam, which no learner's notebook has."""


@dataclass(frozen=True)
class Code:
    """A code cell: its source as the author wrote it, its tags, and the line of the text it begins on.

    `end` is the line of its closing fence. `given` and `what` are options of given code
    (`course.engine.given`).
    """

    source: str
    tags: tuple[str, ...]
    line: int
    end: int = 0
    given: str = ""
    what: str = ""

    @property
    def builds(self) -> bool:
        """Whether this is a build cell, one that `%%add` or `%%write` puts in a file."""
        return MAGIC.match(self.source) is not None


def code_cells(text: str) -> list[Code]:
    """The code cells of a text (` ```{code-cell} `) or of misconceptions (` ```python `), in order."""
    from markdown_it import MarkdownIt

    cells = []
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and FENCE.fullmatch(token.info.strip()):
            source, options = _options(token.content)
            tags = tuple(tag.strip() for tag in options.get("tags", "").strip("[]").split(",") if tag.strip())
            first, last = token.map or [-1, 0]
            words = options.get("given", ""), options.get("what", "")
            cells.append(Code(source, tags, first + 1, last, *words))
    return cells


def build_cells(text: str, *, stubs: bool = False) -> list[str]:
    """The build cells of a text, whole, magic line included: solved, or as the learner gets them."""
    choose = stubbed if stubs else solved
    return [
        choose(cell.source)
        for cell in code_cells(text)
        if cell.builds and SKELETON not in cell.tags and not (stubs and SOLUTION in cell.tags)
    ]


def skeleton(text: str) -> list[str]:
    """The build cells of what is there when the project starts."""
    if SKELETON not in text:  # most texts have none, and a kernel need not parse them
        return []
    return [cell.source for cell in code_cells(text) if cell.builds and SKELETON in cell.tags]


def solved(source: str) -> str:
    """The cell as it stands in the solution: the marks and the stubs are taken out."""
    return _choose(source, solution=True)


def stubbed(source: str) -> str:
    """The cell as the learner gets it: stubs in place of what stands between the marks."""
    return _choose(source, solution=False)


def is_exercise(source: str) -> bool:
    return source != solved(source)


def _options(content: str) -> tuple[str, dict[str, str]]:
    """Split MyST's lines of options, such as `:tags: [a, b]`, from the source below them."""
    lines = content.rstrip("\n").split("\n")
    options: dict[str, str] = {}
    while lines and (match := re.fullmatch(r":([\w-]+):\s*(.*)", lines[0])):
        options[match[1]] = match[2].strip()
        lines.pop(0)
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines), options


def _choose(source: str, *, solution: bool) -> str:
    chosen: list[str] = []
    part = ""
    for line in source.split("\n"):
        mark = line.strip()
        if mark == BEGIN:
            _expect(part, ("",), line)
            part, indent, filled = BEGIN, line[: len(line) - len(line.lstrip())], False
        elif mark == STUB:
            _expect(part, (BEGIN,), line)
            part = STUB
        elif mark == END:
            _expect(part, (BEGIN, STUB), line)
            if not solution and not filled and part == BEGIN:
                chosen.append(f"{indent}...")
            part = ""
        elif part:
            if (part == BEGIN) == solution:
                chosen.append(line)
                filled = True
        elif f"  {STUB} " in line:
            before, stub = line.split(f"  {STUB} ", 1)
            chosen.append(before if solution else line[: len(line) - len(line.lstrip())] + stub)
        else:
            chosen.append(line)
    _expect(part, ("",), "the end of the cell")
    return "\n".join(chosen)


def _expect(part: str, allowed: tuple[str, ...], line: str) -> None:
    if part not in allowed:
        raise CourseError(
            f"The solution marks of a cell do not match at: {line.strip()}.",
            f"Write {BEGIN}, then maybe {STUB}, then {END}, each on its own line.",
        )


def is_draft(text: str) -> bool:
    """Whether the head of a text has the line `draft: true`."""
    head = text.split("\n---", 1)[0]
    return re.search(r"^draft: true$", head, re.MULTILINE) is not None


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it: `Files, and more` is `files-and-more`.

    The site's builder is given this very function, so that a link that is written here leads there
    (https://myst-parser.readthedocs.io/en/latest/syntax/optional.html#auto-generated-header-anchors).
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
