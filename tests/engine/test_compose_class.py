"""`%%add … in CLASS`: members of a class."""

from __future__ import annotations

import pytest

from course.engine.compose import Header, add
from course.errors import CourseError

STORE = '''\
from datetime import datetime


class Store:
    """Keeps lots."""

    seats = 3
    opened: datetime

    # by its number
    def find(self, number):
        return number

    @property
    def size(self):
        return 1

    @size.setter
    def size(self, value):
        self.n = value


LAST = 1
'''


def added(old: str, cell: str, inside: str = "Store", **header: str) -> str:
    return add(old, cell, Header("app/store.py", inside=inside, **header))  # type: ignore[arg-type]


def test_members_are_replaced_where_they_stand() -> None:
    assert added(STORE, "async def find(self):\n    return 2\n\n\nseats: int = 4\n") == STORE.replace(
        "def find(self, number):\n        return number", "async def find(self):\n        return 2"
    ).replace("seats = 3", "seats: int = 4")


def test_a_new_method_goes_to_the_end_of_the_class_one_line_below() -> None:
    new = added(STORE, "def close(self):\n    pass\n")
    assert new == STORE.replace("= value\n", "= value\n\n    def close(self):\n        pass\n")


def test_after_and_before_name_members() -> None:
    assert "seats = 3\n    row: int = 1\n    opened" in added(STORE, "row: int = 1\n", after="seats")
    assert "row = 1\n\n    # by its number" in added(STORE, "row = 1\n", before="find")


def test_members_may_be_written_with_the_indent_that_they_will_have() -> None:
    assert added(STORE, "    def close(self):\n        pass\n") == added(
        STORE, "def close(self):\n    pass\n"
    )


def test_a_setter_alone_completes_the_property() -> None:
    new = added(STORE, "@size.setter\ndef size(self, value):\n    self.m = value\n")
    assert new == STORE.replace("self.n", "self.m")
    deleter = "@size.deleter\ndef size(self):\n    del self.n\n"
    assert "= value\n\n    @size.deleter" in added(STORE, deleter)


def test_the_whole_property_is_one_group() -> None:
    assert "setter" not in added(STORE, "@property\ndef size(self):\n    return 2\n")


@pytest.mark.parametrize("body", [": ...", ":\n    pass", ":\n    ...", ":  # nothing yet\n    pass"])
def test_a_body_of_nothing_makes_room(body: str) -> None:
    old = f"class Store{body}\nLAST = 1\n"
    head = "class Store:  # nothing yet\n" if "yet" in body else "class Store:\n"
    assert added(old, "a: int\nb = 2\n").startswith(f"{head}    a: int\n    b = 2\n")
    assert added(added(old, "a: int\n"), "a: int\n") == added(old, "a: int\n")


def test_a_body_of_a_docstring_keeps_it() -> None:
    old = 'class Store:\n    """Keeps."""\n'
    assert added(old, "a = 1\n") == old + "\n    a = 1\n"
    assert added(old, '"""Lends."""\n') == 'class Store:\n    """Lends."""\n'


def test_a_class_that_loses_its_last_member_passes() -> None:
    header = Header("app/store.py", inside="Store", remove=("a",))
    assert add("class Store:\n    a = 1\n", "", header) == "class Store:\n    pass\n"


def test_text_inside_strings_keeps_its_indent_and_docstrings_take_the_new_one() -> None:
    cell = 'def words(self):\n    """Say.\n\n    More.\n    """\n    return """\n  two\n"""\n'
    assert added("class Store: ...\n", cell) == (
        'class Store:\n    def words(self):\n        """Say.\n\n        More.\n        """\n'
        '        return """\n  two\n"""\n'
    )


def test_a_class_indented_with_tabs_keeps_them() -> None:
    assert added("class Store:\n\ta = 1\n", "b = 2\n") == "class Store:\n\ta = 1\n\tb = 2\n"


def test_imports_of_the_cell_go_to_the_module() -> None:
    new = added(STORE, "from datetime import date, datetime\n\nday: date\n", after="opened")
    assert new.startswith("from datetime import date, datetime\n")
    assert "    opened: datetime\n    day: date\n" in new


def test_a_member_does_not_take_the_import_of_the_same_name() -> None:
    new = added(STORE, "datetime: int\n", after="opened")
    assert new.startswith("from datetime import datetime\n")


def test_a_class_in_a_class_is_named_with_a_dot() -> None:
    old = "class Outer:\n    class Inner:\n        a = 1\n\n    b = 2\n"
    assert added(old, "c = 3\n", "Outer.Inner") == old.replace("a = 1\n", "a = 1\n        c = 3\n")


def test_a_comment_at_the_end_of_the_class_stays_in_it() -> None:
    old = "class Store:\n    a = 1\n    # no more\n\n\nLAST = 1\n"
    assert added(old, "a = 2\n") == old.replace("a = 1", "a = 2")


def test_a_class_that_is_not_there_is_an_error_that_lists_the_classes() -> None:
    with pytest.raises(CourseError, match=r"no class `Shop`\. Classes that are there: `Store`\."):
        added(STORE, "a = 1\n", "Shop")
