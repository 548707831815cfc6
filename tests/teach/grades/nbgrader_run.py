"""nbgrader's own commands, one after another in one process: `python nbgrader_run.py`, in `.venv-teach`.

Reads a list of commands as JSON from the standard input, and prints for each what it said and how it ended.
One process, because each start of nbgrader costs three seconds of imports.
"""

import contextlib
import io
import json
import logging
import sys
import traceback

from jupyter_core.application import NoStart
from nbgrader.apps import NbGraderApp  # type: ignore[import-not-found]  # stands in .venv-teach alone
from nbgrader.validator import Validator  # type: ignore[import-not-found]


def run(words: list[str]) -> dict[str, object]:
    """One command, as `nbgrader WORDS` in the current folder; `status` is its exit status."""
    said = io.StringIO()
    status = 0
    Validator.stream = said  # it took hold of the standard output when it was imported
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        app = NbGraderApp.instance()
        try:
            app.initialize(words)
            app.start()
        except NoStart:  # a subcommand was run, which has ended well
            pass
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        except Exception:
            traceback.print_exc()
            status = 1
        finally:
            if app.subapp is not None:
                type(app.subapp).clear_instance()
            NbGraderApp.clear_instance()
            logging.getLogger().handlers.clear()
    return {"status": status, "said": said.getvalue()}


if __name__ == "__main__":
    json.dump([run(words) for words in json.load(sys.stdin)], sys.stdout)
