"""Questions as people write them, with a question mark at the end: IPython takes that for a call for help."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        ("%find how do I test a websocket?", "%find how do I test a websocket"),
        ("%find  background tasks ?", "%find background tasks"),
        ("%explain what does Method Not Allowed mean?", "%explain what does Method Not Allowed mean"),
    ],
)
def test_a_question_mark_changes_nothing(notebook: Any, asked: str, plain: str) -> None:
    with_mark, without = notebook.run(asked), notebook.run(plain)
    assert without.text
    assert with_mark.text == without.text
    assert with_mark.error is None


@pytest.mark.parametrize("magic", ["%find?", "%explain?", "%checkpoint?"])
def test_help_on_a_magic_stays_ipythons(notebook: Any, magic: str) -> None:
    assert "Docstring" in notebook.run(magic).text
