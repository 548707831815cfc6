"""`%%add`: what happens to the names, comments and blank lines of a file."""

from __future__ import annotations

from textwrap import dedent

import pytest

from course.engine.compose import Header, NotPython, add
from course.errors import CourseError

MAIN = '''\
"""Gavel."""

from fastapi import FastAPI

app = FastAPI()  # the service


# how it begins
@app.get("/")
async def root() -> str:
    return "Gavel"


# a room of its own

LIMIT = 20


@app.get("/health")
def health() -> str:
    return "ok"
'''


def added(old: str, cell: str, **header: object) -> str:
    return add(old, dedent(cell), Header("app/main.py", **header))  # type: ignore[arg-type]


def test_a_name_that_is_there_is_replaced_where_it_stands_with_its_decorators() -> None:
    new = added(MAIN, '@app.get("/start")\n@other\ndef root() -> str:\n    return "Start"\n')
    assert new == MAIN.replace(
        '@app.get("/")\nasync def root() -> str:\n    return "Gavel"\n',
        '@app.get("/start")\n@other\ndef root() -> str:\n    return "Start"\n',
    )


def test_a_comment_above_the_name_in_the_cell_replaces_the_one_in_the_file() -> None:
    assert "# where it starts\nasync def root" in added(MAIN, "# where it starts\nasync def root(): ...\n")
    assert "how it begins" not in added(MAIN, "# where it starts\nasync def root(): ...\n")


def test_without_a_comment_in_the_cell_the_old_comment_stays() -> None:
    assert "# how it begins\nasync def root(): ...\n" in added(MAIN, "async def root(): ...\n")


def test_a_new_function_goes_to_the_end_two_lines_below() -> None:
    assert added(MAIN, "\n# new\ndef late(): ...\n\n") == MAIN + "\n\n# new\ndef late(): ...\n"


@pytest.mark.parametrize("cell", ["A = 1\n", "A: int = 1\n", "A, B = 1, 2\n", "A = B = 1\n"])
def test_constants_of_every_form_are_replaced_and_may_be_adjacent(cell: str) -> None:
    assert added("FIRST = 0\n", cell) == f"FIRST = 0\n{cell}"
    assert added("A = 0\nNEXT = 1\n", cell) == f"{cell}NEXT = 1\n"


def test_a_constant_that_becomes_a_function_gets_room() -> None:
    assert added("A = 1\nB = 2\nC = 3\n", "def B(): ...\n") == "A = 1\n\n\ndef B(): ...\n\n\nC = 3\n"


def test_a_comment_that_ends_the_file_keeps_its_distance_from_a_function() -> None:
    assert added("B = 2\n# the end\n", "def B(): ...\n") == "def B(): ...\n\n\n# the end\n"


def test_a_statement_that_sets_another_name_too_stays_and_the_new_one_follows_it() -> None:
    once = added("low, high = 1, 9\nLAST = 0\n", "low = 2\n")
    assert once == "low, high = 1, 9\nlow = 2\nLAST = 0\n"
    assert added(once, "low = 2\n") == once
    assert added("low = 0\nlow, high = 1, 9\n", "low = 2\n") == "low, high = 1, 9\nlow = 2\n"


def test_statements_on_one_line_are_not_torn_apart() -> None:
    assert added("a = 1; b = 2\n", "b = 3\n") == "a = 1; b = 2\nb = 3\n"


def test_a_cell_with_all_names_of_a_tuple_takes_its_place() -> None:
    assert added("low, high = 1, 9\nLAST = 0\n", "low = 2\nhigh = 3\n") == "low = 2\nhigh = 3\nLAST = 0\n"


def test_after_and_before_place_what_is_new() -> None:
    assert "# the service\nDEBUG = True\n\n\n# how it begins" in added(MAIN, "DEBUG = True\n", after="app")
    assert "of its own\n\nMOST = 5\nLIMIT = 20\n" in added(MAIN, "MOST = 5\n", before="LIMIT")
    assert "of its own\n\nA = 5\n\nB = 5\nLIMIT = 20\n" in added(MAIN, "A = 5\n\nB = 5\n", before="LIMIT")
    assert "\n\n\ndef first(): ...\n\n\n# how it begins" in added(MAIN, "def first(): ...\n", before="root")


def test_an_anchor_that_is_missing_is_an_error_that_lists_the_names() -> None:
    with pytest.raises(CourseError, match=r"has no `roots` to put this after.*`app`, `root`, `LIMIT`"):
        added(MAIN, "def late(): ...\n", after="roots")


def test_an_anchor_is_not_needed_by_names_that_are_there() -> None:
    assert "return 2" in added(MAIN, "def root():\n    return 2\n", after="roots")


def test_a_name_that_the_module_needs_while_it_is_imported_goes_above_what_needs_it() -> None:
    old = "def create_app(): ...\n\n\napp = create_app()\n"
    cell = "def routes(): ...\n\n\ndef create_app():\n    routes()\n"
    assert added(old, cell).endswith("def routes(): ...\n\n\napp = create_app()\n")
    chain = "def routes(): ...\n\n\ndef create_app():\n    routes()\n\n\napp = create_app()\n"
    assert added(chain, "SIZE = 1\ndef routes():\n    return SIZE\n").endswith(
        "SIZE = 1\napp = create_app()\n"
    )
    paged = added("def page(limit=20): ...\n", "LIMIT = 50\ndef page(limit=LIMIT): ...\n")
    assert paged == "LIMIT = 50\n\n\ndef page(limit=LIMIT): ...\n"


def test_the_main_guard_stays_last() -> None:
    guard = 'if __name__ == "__main__":\n    main()\n'
    assert added(f"A = 1\n\n{guard}", "def late(): ...\n") == f"A = 1\n\n\ndef late(): ...\n\n\n{guard}"


def test_a_bare_statement_goes_to_the_end_once() -> None:
    once = added("app = make()\n", "app.include_router( lots )\n")
    assert once == "app = make()\napp.include_router( lots )\n"
    assert added(once, "app.include_router(lots)\n") == once


def test_an_attribute_that_is_set_has_a_name_too() -> None:
    assert added("app.state.size = 1\nB = 2\n", "app.state.size = 3\n") == "app.state.size = 3\nB = 2\n"


def test_the_docstring_of_the_module_is_set_and_replaced() -> None:
    assert added(MAIN, '"""An auction house."""\n') == MAIN.replace("Gavel.", "An auction house.", 1)
    bare = "#!/usr/bin/env python\ndef late(): ...\n"
    assert added(bare, '"""New."""\n') == '#!/usr/bin/env python\n"""New."""\n\n\ndef late(): ...\n'


def test_several_definitions_of_one_name_are_one_group() -> None:
    old = "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): ...\n\n\nEND = 1\n"
    assert added(old, "def f(a):\n    return a\n") == "def f(a):\n    return a\n\n\nEND = 1\n"
    assert added("def f(a):\n    return a\n\n\nEND = 1\n", old.split("\n\n")[0] + "\n") == old


def test_remove_takes_names_with_their_comments_and_decorators() -> None:
    new = added(MAIN, "", remove=("root", "LIMIT"))
    assert "begins" not in new
    assert "root" not in new
    assert "LIMIT" not in new
    assert "# a room of its own\n\n\n@app" in new
    assert added(new, "", remove=("root", "LIMIT")) == new


def test_remove_takes_imports_and_refuses_half_a_statement() -> None:
    assert added("import os\nimport sys\n\nA = sys\n", "", remove=("os",)) == "import sys\n\nA = sys\n"
    with pytest.raises(CourseError, match="`low` is set by one statement together with `high`"):
        added("low, high = 1, 2\n", "", remove=("low",))


def test_an_unsolved_stub_of_dots_adds_nothing() -> None:
    assert added(MAIN, "...\n") == MAIN


def test_crlf_tabs_and_the_missing_last_newline_stay() -> None:
    assert added("A = 1\r\nB = 2\r\n", "def f():\n    pass\n") == (
        "A = 1\r\nB = 2\r\n\r\n\r\ndef f():\r\n    pass\r\n"
    )
    assert added("A = 1\nB = 2", "A = 3\n") == "A = 3\nB = 2"
    assert added("A = 1", "B = 2\n") == "A = 1\nB = 2\n"
    assert added("def f():\n\treturn 1\n", "A = 1\n") == "def f():\n\treturn 1\n\n\nA = 1\n"


def test_an_empty_file_and_one_of_comments_alone_take_a_cell() -> None:
    assert added("", '"""Doc."""\nimport os\ndef f(): ...\n') == '"""Doc."""\n\nimport os\n\n\ndef f(): ...\n'
    assert added("# a licence\n", "A = 1\n") == "# a licence\n\nA = 1\n"


def test_odd_characters_do_not_shift_lines() -> None:
    old = 'A = "\u2028é\x0c"  # line separator\n\x0c\nB = 1\n'
    assert added(old, "B = 2\n") == old.replace("B = 1", "B = 2")
    assert added("\ufeffA = 1\n", "A = 2\n") == "\ufeffA = 2\n"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("A = 1\ndef f(:\n    pass\n", r"Line 3 of the cell .*`def f\(:`"),
        ("if A:\n\tB = 1\n        C = 2\n", r"Line 4 .*tabs and spaces are mixed"),
        ("return 1\n", r"Line 2 .*'return' outside function"),
        ("A = 'a\n", r"Line 2 .*unterminated string"),
        ("A = (\n", r"Line 2 .*was never closed"),
        ("A = '\0'\n", r"Line 2 of the cell .*null bytes"),
    ],
)
def test_a_cell_that_is_not_python_names_its_line(cell: str, said: str) -> None:
    with pytest.raises(NotPython, match=said) as refused:
        added(MAIN, cell)
    assert "run the cell again" in refused.value.do


def test_a_file_that_is_not_python_names_its_line_and_the_way_out() -> None:
    with pytest.raises(
        NotPython, match=r"`app/main.py` does not parse.*Line 2 of the file, `def`"
    ) as refused:
        added("A = 1\ndef\n", "A = 2\n")
    assert "%%write app/main.py" in refused.value.do
