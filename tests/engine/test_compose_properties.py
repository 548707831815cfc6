"""What holds for every file and every cell, over modules that hypothesis makes up."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Sequence

import ruff  # type: ignore[import-untyped]
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from course.engine.compose import Header, add
from tests.fixtures import drawing

__all__ = ["drawing"]  # its import makes what is drawn the same in every run

NAMES = ("alpha", "beta", "gamma", "delta", "Lot", "Bid", "LIMIT")
MODULES = ("json", "decimal", "fastapi", "datetime")
steady = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])

blank_lines = st.sampled_from(["", "\n", "\n\n", "\n\n\n"])
comments = st.sampled_from(["", "", "# why it is so\n", "# one\n# two\n", "# about nothing\n\n"])
decorators = st.sampled_from(["", "", "@app.get('/lots', tags=['lots'])\n", "@cache\n@wrapped(\n    1,\n)\n"])
bodies = st.sampled_from(
    [
        "return 1",
        '"""What it does.\n\n    More of it.\n    """\n    return json.dumps(1)',
        'text = """\nnot = "code"\n# not a comment\n"""\n    return text',
        "if fastapi:\n        return Decimal('1')  # a price\n    # nothing left to do",
    ]
)
values = st.sampled_from(["1", "Decimal('2.5')", "(\n    1,\n    2,\n)", '"""a\n\nb"""', "3  # of them"])
names = st.sampled_from(NAMES)


@st.composite
def functions(draw: st.DrawFn, name: str) -> str:
    word = draw(st.sampled_from(["def", "async def"]))
    return f"{draw(decorators)}{word} {name}(lot: int = 1):\n    {draw(bodies)}\n"


@st.composite
def classes(draw: st.DrawFn, name: str) -> str:
    members = draw(
        st.sampled_from(
            [
                "    ...\n",
                '    """Alone."""\n',
                "    price: int = 1\n    # the seller's\n    reserve: int | None = None\n",
                "    @property\n    def price(self):\n        return 1\n\n    @price.setter\n"
                "    def price(self, value):\n        pass\n",
                "    async def find(self):\n        return 1\n    # the end\n",
            ]
        )
    )
    return f"{draw(decorators)}class {name}(Base):\n{members}"


@st.composite
def constants(draw: st.DrawFn, name: str) -> str:
    form = draw(st.sampled_from(["{} = {}", "{}: object = {}", "{}, other = {}, 0", "{} = second = {}"]))
    value = draw(values)
    if ", other" in form:
        value = value.split("  #")[0]
    return form.format(name, value) + "\n"


def definitions(name: str) -> st.SearchStrategy[str]:
    return functions(name) | classes(name) | constants(name)


statements = st.sampled_from(["app.include_router(lots)\n", "print('a')\n", "for n in [1]:\n    print(n)\n"])
imports = st.sampled_from([f"import {name}\n" for name in MODULES] + ["from decimal import Decimal\n"])


@st.composite
def modules(draw: st.DrawFn, most: int = 6) -> str:
    """A module or a cell: docstring, imports, then definitions, constants and statements with comments."""
    parts = [draw(st.sampled_from(["", "", '"""What this is."""\n', "# the first line\n\n"]))]
    parts += draw(st.lists(imports, max_size=3))
    for name in draw(st.lists(names, max_size=most, unique=True)):
        parts += [draw(blank_lines), draw(comments), draw(definitions(name))]
        if draw(st.integers(0, 5)) == 0:
            parts += [draw(blank_lines), draw(statements)]
    return "".join(parts) + draw(st.sampled_from(["", "", "# the end\n", "\n\n"]))


def bound(node: ast.stmt) -> set[str]:
    """The names of a definition or assignment; written anew here, so that compose is not its own judge."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {n.id for target in targets if target for n in ast.walk(target) if isinstance(n, ast.Name)}


def pieces(text: str) -> list[tuple[set[str], str]]:
    """Names and exact text, decorators included, of what a module defines, in order."""
    found = []
    for node in ast.parse(text).body:
        if bound(node) and not isinstance(node, ast.For):
            lines = [node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]
            found.append((bound(node), "\n".join(text.split("\n")[min(lines) - 1 : node.end_lineno])))
    return found


def subsequence(some: Sequence[str], every: Sequence[str]) -> bool:
    rest = iter(every)
    return all(one in rest for one in some)


def header(where: dict[str, str]) -> Header:
    return Header("app/main.py", after=where.get("after"), before=where.get("before"))


headers = st.sampled_from([{}, {}, {"after": "alpha"}, {"before": "beta"}])


def placed(old: str, cell: str, where: dict[str, str]) -> str:
    """The file after the cell; examples whose anchor is not there are passed over."""
    present = set[str]().union(*(n for n, _ in [*pieces(old), *pieces(cell)]))
    assume(set(where.values()) <= present)
    assume(all(value in set[str]().union(set(), *(n for n, _ in pieces(old))) for value in where.values()))
    return add(old, cell, header(where))


@given(modules(), modules(3), headers)
@steady
def test_applying_a_cell_twice_is_applying_it_once(old: str, cell: str, where: dict[str, str]) -> None:
    once = placed(old, cell, where)
    assert add(once, cell, header(where)) == once


@given(modules(), modules(3), headers)
@steady
def test_names_outside_the_cell_keep_their_text_and_their_order(
    old: str, cell: str, where: dict[str, str]
) -> None:
    new = placed(old, cell, where)
    touched = set[str]().union(*(n for n, _ in pieces(cell)))
    kept = [text for bound_names, text in pieces(old) if bound_names - touched]
    assert subsequence(kept, [text for _, text in pieces(new)])


@given(modules(), modules(3), headers)
@steady
def test_names_in_the_cell_have_the_text_of_the_cell(old: str, cell: str, where: dict[str, str]) -> None:
    new = [text for _, text in pieces(placed(old, cell, where))]
    for _, text in pieces(cell):
        assert text in new


@given(modules(), modules(3))
@steady
def test_every_comment_of_the_file_that_belongs_to_no_name_of_the_cell_stays(old: str, cell: str) -> None:
    new = add(old, cell, Header("app/main.py"))
    free = [line for line in old.split("\n") if line in ("# about nothing", "# the end", "# the first line")]
    assert subsequence(free, new.split("\n"))


@given(modules(), st.lists(names, min_size=1, max_size=2, unique=True))
@steady
def test_removing_leaves_a_file_that_parses_without_the_names(old: str, gone: list[str]) -> None:
    assume(not any(n & set(gone) and n - set(gone) for n, _ in pieces(old)))
    header = Header("app/main.py", remove=tuple(gone))
    new = add(old, "", header)
    assert not set(gone) & set[str]().union(set(), *(n for n, _ in pieces(new)))
    assert [t for n, t in pieces(old) if not n & set(gone)] == [t for _, t in pieces(new)]
    assert add(new, "", header) == new


MEMBERS = ("price", "find", "SEATS", "title")


@st.composite
def members(draw: st.DrawFn, most: int = 4) -> str:
    parts = []
    for name in draw(st.lists(st.sampled_from(MEMBERS), max_size=most, unique=True)):
        forms = [f"{name}: int = 1\n", f"{name} = 2\n", f"async def {name}(self):\n    return 1\n"]
        forms += [
            f"@property\ndef {name}(self):\n    return 1\n\n@{name}.setter\ndef {name}(self, v):\n    pass\n"
        ]
        parts += [draw(blank_lines), draw(comments), draw(st.sampled_from(forms))]
    return "".join(parts)


def as_class(body: str, tab: str) -> str:
    lines = [tab + line if line.strip() else line for line in (body or "...\n").splitlines(keepends=True)]
    return "class Store:\n" + "".join(lines)


@given(members(), members(3), modules(3), st.sampled_from(["    ", "\t", "  "]))
@steady
def test_members_of_a_class_are_put_in_it_and_the_rest_keeps_its_text(
    body: str, cell: str, around: str, tab: str
) -> None:
    assume("# the end" not in around)
    old = around.rstrip("\n") + "\n\n\n" + as_class(body, tab)
    header = Header("app/main.py", inside="Store")
    new = add(old, cell, header)
    assert add(new, cell, header) == new
    assert [piece for piece in pieces(old) if piece[0] != {"Store"}] == [
        piece for piece in pieces(new) if piece[0] != {"Store"}
    ]
    (after,) = [n for n in ast.parse(new).body if isinstance(n, ast.ClassDef) and n.name == "Store"]
    wanted = {name for names_, _ in pieces(body) + pieces(cell) for name in names_}
    assert {name for node in after.body for name in bound(node)} == wanted


def formatted(text: str) -> str:
    done = subprocess.run(
        [ruff.find_ruff_bin(), "format", "--isolated", "--no-cache", "-"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


@given(modules(), modules(3))
@settings(steady, max_examples=40)
def test_ruff_format_has_nothing_to_do_when_the_pieces_were_formatted(old: str, cell: str) -> None:
    new = add(formatted(old), formatted(cell), Header("app/main.py"))
    assert formatted(new) == new
