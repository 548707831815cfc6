"""Imports: merged, ordered, replaced, and gone when nothing uses them any more."""

from __future__ import annotations

from course.engine.compose import Header, add


def added(old: str, cell: str, **header: object) -> str:
    return add(old, cell, Header("app/main.py", **header))  # type: ignore[arg-type]


OLD = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def test_imports_are_merged_and_ordered() -> None:
    cell = "from .config import Settings\nimport os\nfrom fastapi import Depends, FastAPI\n"
    assert added(OLD, cell) == (
        "import os\n\nfrom fastapi import Depends, FastAPI\n\nfrom .config import Settings\n\n"
        "app = FastAPI()\n"
    )


def test_an_import_that_is_there_changes_nothing_however_the_file_orders_its_own() -> None:
    old = "import sys\nimport os\n\nA = sys, os\n"
    assert added(old, "import os\nimport sys\n") == old


def test_comments_go_with_their_import_and_a_files_first_comment_stays_first() -> None:
    old = "# Gavel's heart\nimport sys  # for the path\n# slow\nimport json\n\nA = sys, json\n"
    assert added(old, "import asyncio  # new\n") == (
        "# Gavel's heart\nimport asyncio  # new\n\n# slow\nimport json\nimport sys  # for the path\n\n"
        "A = sys, json\n"
    )


def test_an_import_that_nothing_uses_after_the_cell_leaves() -> None:
    old = "import json\nimport os\n\n\ndef f():\n    return json.dumps(os.name)\n"
    assert added(old, "def f():\n    return os.name\n") == old.replace("import json\n", "").replace(
        "json.dumps(os.name)", "os.name"
    )


def test_one_name_of_several_leaves_and_the_comments_of_the_others_stay() -> None:
    head = "from fastapi import (\n    Body,  # b\n    Depends,\n    Query,  # q\n)\n"
    old = head + "\nA = Body, Depends, Query\n"
    new = added(old, "A = Body, Query\n")
    assert new == "from fastapi import (\n    Body,  # b\n    Query,  # q\n)\n\nA = Body, Query\n"
    assert added("from a import b, c, d\n\nA = b, c, d\n", "A = b\n") == "from a import b\n\nA = b\n"
    assert added("from a import b, c, d\n\nA = b, c, d\n", "A = d\n") == "from a import d\n\nA = d\n"


def test_an_import_that_nothing_used_before_stays() -> None:
    old = "from . import models  # noqa: F401\nimport os\n\nA = os\n"
    assert "from . import models" in added(old, "A = 1\n")
    assert "import os" not in added(old, "A = 1\n")


def test_an_import_that_the_cell_brings_stays_though_nothing_uses_it() -> None:
    cell = "import os\nA = 1\n"
    once = added("import os\n\nA = os\n", cell)
    assert once == "import os\n\nA = 1\n"
    assert added(once, cell) == once


def test_names_in_quoted_annotations_and_in_all_count_as_used() -> None:
    old = 'from .lots import Lot, Bid, Seat\n\n__all__ = ["Seat"]\n\nA = Lot, Bid, Seat\n'
    assert "Bid, Lot, Seat" in added(old, 'A: "list[Lot]" = []\nB: Mapped["Bid"]\nimport os\n')


def test_an_import_gives_its_name_a_new_meaning() -> None:
    old = "from .store import Lot\n\nA = Lot\n"
    assert added(old, "from .models import Lot\n") == "from .models import Lot\n\nA = Lot\n"
    moved = "def get_now():\n    return 1\n\n\nA = get_now\n"
    assert added(moved, "from .dependencies import get_now\n") == (
        "from .dependencies import get_now\n\nA = get_now\n"
    )


def test_a_definition_takes_the_place_of_an_import_of_its_name() -> None:
    new = added("from .dependencies import get_now\n\nA = get_now()\n", "def get_now(): ...\n")
    assert "import" not in new
    assert new == "def get_now(): ...\n\n\nA = get_now()\n"


def test_submodules_of_one_package_stay_side_by_side() -> None:
    assert added("import os.path\n\nA = os\n", "import os\n") == "import os\nimport os.path\n\nA = os\n"


def test_future_imports_come_first() -> None:
    old = '"""Doc."""\n\nA = 1\nimport os\n'
    new = added(old, "from __future__ import annotations\nimport sys\n")
    assert new.startswith('"""Doc."""\n\nfrom __future__ import annotations\n\n')


def test_imports_for_type_checking_are_merged_into_the_block() -> None:
    old = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .lots import Lot\n\nA = 1\n"
    assert added(
        old, "if TYPE_CHECKING:\n    from .bids import Bid\n    from .lots import Box\n"
    ) == old.replace(
        "    from .lots import Lot\n", "    from .bids import Bid\n    from .lots import Box, Lot\n"
    )


def test_a_block_for_type_checking_is_made_below_the_imports() -> None:
    cell = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .lots import Lot\n"
    once = added(OLD, cell)
    assert once == (
        "from typing import TYPE_CHECKING\n\nfrom fastapi import FastAPI\n\n"
        "if TYPE_CHECKING:\n    from .lots import Lot\n\napp = FastAPI()\n"
    )
    assert added(once, cell) == once


def test_other_statements_for_type_checking_go_into_the_block_too() -> None:
    old = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .lots import Lot\n\nA = 1\n"
    cell = "if TYPE_CHECKING:\n    Lots = list[Lot]\n"
    once = added(old, cell)
    assert "    from .lots import Lot\n\n    Lots = list[Lot]\n\nA = 1\n" in once
    assert added(once, cell) == once


def test_an_import_for_good_leaves_the_block_and_an_empty_block_leaves_with_its_import() -> None:
    old = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .lots import Lot\n\n\n"
        "def f(lot: 'Lot'): ...\n"
    )
    assert added(old, "from .lots import Lot\n") == "from .lots import Lot\n\n\ndef f(lot: 'Lot'): ...\n"


def test_imports_inside_functions_are_not_touched() -> None:
    old = "def f():\n    import sys\n    import os\n"
    assert added(old, "import json\n") == "import json\n\n\n" + old


def test_crlf_files_keep_their_line_ends_in_imports() -> None:
    assert added("import sys\r\n\r\nA = sys\r\n", "import os\n") == (
        "import os\r\nimport sys\r\n\r\nA = sys\r\n"
    )
