"""`%%add FILE before X` and `after X` for a name that is there already: it moves, or stays and says why."""

from textwrap import dedent

import pytest

from course.engine.compose import add, parse_header, split_cell
from course.engine.compose.change import outcome

OLD = """\
import os

ALPHA = 1


# about beta
def beta():
    return ALPHA


# about nothing

GAMMA = 3
"""


def changed(old: str, cell: str) -> tuple[str, str]:
    """The file after a cell, and what the cell says; applied again, it changes nothing."""
    header, body, first_line = split_cell(dedent(cell))
    change = outcome(header, body, first_line, old)
    assert outcome(header, body, first_line, change.after).after == change.after
    return change.after, change.summary.removeprefix("app/main.py: ")


def test_a_name_below_moves_up_with_its_comment() -> None:
    new, said = changed(OLD, "%%add app/main.py before ALPHA\ndef beta():\n    return ALPHA\n")
    assert said == "`beta` moved"
    assert new == (
        "import os\n\n\n# about beta\ndef beta():\n    return ALPHA\n\n\nALPHA = 1\n\n\n"
        "# about nothing\n\nGAMMA = 3\n"
    )


def test_a_name_above_moves_down_and_is_replaced() -> None:
    new, said = changed(OLD, "%%add app/main.py after GAMMA\nALPHA = 2\n")
    assert said == "`ALPHA` replaced and moved"
    assert new.endswith("GAMMA = 3\nALPHA = 2\n")
    assert new.count("ALPHA =") == 1


@pytest.mark.parametrize("where", ["before GAMMA", "after ALPHA"])
def test_a_name_on_the_right_side_stays_where_it_is(where: str) -> None:
    new, said = changed(OLD, f"%%add app/main.py {where}\ndef beta():\n    return 2\n")
    assert said == "`beta` replaced"
    assert new == OLD.replace("return ALPHA", "return 2")


def test_the_names_of_a_cell_stand_in_its_order_new_and_moved_ones() -> None:
    new, said = changed(OLD, "%%add app/main.py before ALPHA\nONE = 1\nGAMMA = 3\nTWO = 2\n")
    assert said == "`ONE` and `TWO` added, `GAMMA` moved"
    assert "ONE = 1\nGAMMA = 3\nTWO = 2\nALPHA = 1\n" in new


def test_constants_stand_before_what_uses_them() -> None:
    old = "async def send():\n    return None\n\n\ndef about(): ...\n"
    new, _ = changed(old, "%%add app/main.py before send\nDELAYS = (1.0, 5.0)\n")
    assert new.startswith("DELAYS = (1.0, 5.0)\n\n\nasync def send")
    new, said = changed(
        "def use():\n    return LIMIT\n\n\nLIMIT = 1\n", "%%add app/main.py before use\nLIMIT = 1\n"
    )
    assert said == "`LIMIT` moved"
    assert new == "LIMIT = 1\n\n\ndef use():\n    return LIMIT\n"


def test_a_name_that_the_module_needs_first_stays_above_and_it_is_said() -> None:
    old = "def create_app():\n    return 1\n\n\napp = create_app()\nlast = 1\n"
    new, said = changed(old, "%%add app/main.py after last\ndef create_app():\n    return 1\n")
    assert said == "unchanged, `create_app` stays above `app`, which needs it"
    assert new == old
    new, said = changed(old, "%%add app/main.py after last\ndef create_app():\n    return 2\n")
    assert said == "`create_app` replaced, `create_app` stays above `app`, which needs it"


def test_a_name_that_needs_what_is_in_between_stays_below_and_it_is_said() -> None:
    old = "first = 1\nSIZE = 2\nlimits = [SIZE]\n"
    new, said = changed(old, "%%add app/main.py before first\nlimits = [SIZE]\n")
    assert (new, said) == (old, "unchanged, `limits` stays below `SIZE`, which it needs")
    new, said = changed(old, "%%add app/main.py before first\nSIZE = 2\nlimits = [SIZE]\n")
    assert (new, said) == ("SIZE = 2\nlimits = [SIZE]\nfirst = 1\n", "`SIZE` and `limits` moved")


def test_a_name_whose_neighbour_is_not_there_stays_and_it_is_said() -> None:
    new, said = changed(OLD, "%%add app/main.py before delta\nALPHA = 1\n")
    assert (new, said) == (OLD, "unchanged, `ALPHA` stays: there is no `delta` to put it before")


def test_a_name_that_several_statements_define_stays_and_it_is_said() -> None:
    old = "first = 1\n\n\n@overload\ndef f(): ...\n@overload\ndef f(a): ...\ndef f(a=None): ...\n"
    new, said = changed(old, "%%add app/main.py before first\n" + old.partition("\n\n\n")[2])
    assert new == old
    assert said == "unchanged, `f` stays: several statements define it"


def test_a_member_of_a_class_moves_as_well() -> None:
    old = "class Lot:\n    price: int\n    title: str\n\n    def close(self): ...\n"
    new, said = changed(old, "%%add app/main.py in Lot before price\ntitle: str\n")
    assert said == "`title` moved"
    assert new == "class Lot:\n    title: str\n    price: int\n\n    def close(self): ...\n"


def test_nothing_moves_among_the_imports() -> None:
    header = parse_header("%%add app/main.py before os")
    assert add(OLD, "GAMMA = 3\n", header) == OLD
