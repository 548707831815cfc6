"""Everything that the course asks of nbval: it compares each code cell's saved output with what it gives now.

https://nbval.readthedocs.io. Loaded for these runs alone, because it costs seconds at every start of pytest.
"""

from collections.abc import Sequence
from pathlib import Path

from course import paths

# What may differ from run to run without being wrong. The texts avoid all else that changes.
SANITIZE = paths.TESTS / "nbval_sanitize.cfg"


def arguments(books: Sequence[Path]) -> list[str]:
    """pytest's arguments to execute these notebooks in this environment and compare their outputs.

    A notebook that was never executed is run, too: an exception that no tag announces fails, outputs do not.
    Without the time limit, a kernel that died would be waited for during half an hour.
    """
    return [
        "-p",
        "nbval",
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=60",
        f"--nbval-sanitize-with={SANITIZE}",
        *(str(book) for book in books),
    ]
