"""Import the learner's service, and say in one clear explanation why it cannot be done."""

import difflib
import importlib
import linecache
import os
import re
import sys
from pathlib import Path
from types import ModuleType

from fastapi import FastAPI

from course.engine.report.model import Problem
from course.engine.worker.calls import words_of_misfit
from course.engine.worker.faults import chain, fault_of, kind_of, meaning_of, words_of
from course.engine.worker.place import Place

OWN = frozenset({"app", "tests", "conftest", "my_service"})


class ImportFailure(Exception):
    """The service cannot be checked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def load(place: Place) -> FastAPI:
    """Import `app.main` from the project and return its `app`.

    Raises:
        ImportFailure: there is no such app; it carries the explanation.
    """
    hidden = hidden_libraries(place.folder)
    if hidden:
        raise ImportFailure(_hides(hidden[0]))
    sys.dont_write_bytecode = True
    sys.pycache_prefix = os.devnull  # and none is read: two edits within a second would look like one
    sys.path.insert(0, str(place.folder))
    importlib.invalidate_caches()
    try:
        main = importlib.import_module("app.main")
    except BaseException as error:  # SystemExit and KeyboardInterrupt are theirs, too
        raise ImportFailure(import_problem(error, place)) from error
    if Path(main.__file__ or "").resolve().parent != (place.folder / "app").resolve():
        raise ImportFailure(_hides("app"))
    return _app_of(main)


def hidden_libraries(folder: Path) -> list[str]:
    """Names of modules beside `app/` that stand in the way of a library or of Python's own modules."""
    names = sorted(path.stem for path in folder.iterdir() if _importable(path))
    return [name for name in names if name not in OWN and _is_library(name)]


def _importable(path: Path) -> bool:
    return path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())


def _is_library(name: str) -> bool:
    if name in sys.stdlib_module_names:
        return True
    module = sys.modules.get(name)
    return module is not None and "site-packages" in (getattr(module, "__file__", None) or "")


def _hides(name: str) -> Problem:
    return Problem(
        f"`{name}.py` hides the library `{name}`",
        f"Your project has a module of its own called `{name}`. It stands before the library of that "
        f"name, so `import {name}` gives yours wherever the service is started from its folder.",
        f"Give `{name}.py` another name, and change the imports that mean it.",
    )


def _app_of(main: ModuleType) -> FastAPI:
    app = getattr(main, "app", None)
    if isinstance(app, FastAPI):
        return app
    others = [name for name, value in vars(main).items() if isinstance(value, FastAPI)]
    if app is None:
        near = f" There is a FastAPI app called `{others[0]}`: is that the one?" if others else ""
        raise ImportFailure(
            Problem(
                "app/main.py has no `app`",
                f"A server looks for the name `app` in `app/main.py`, and there is none.{near}",
                f"Call it `app`: `app = {others[0]}`."
                if others
                else "Add `app = FastAPI()`, or what makes yours.",
            )
        )
    kind = type(app).__name__
    called = (
        " It looks as if the function was not called." if callable(app) and not isinstance(app, type) else ""
    )
    raise ImportFailure(
        Problem(
            "`app` is not a FastAPI app",
            f"In `app/main.py` the name `app` stands for an object of the type `{kind}`.{called}",
            "Let `app` be what `FastAPI(...)` or your `create_app()` returns.",
        )
    )


def import_problem(error: BaseException, place: Place) -> Problem:
    """Why an import failed: one title, words, and what to do."""
    error = next(iter(chain(error)))
    fault = fault_of(error, place)
    at = f" ({fault.where})" if fault else ""
    code = f"{fault.where}:\n    {fault.code}" if fault and fault.code else ""
    message = place.clean(words_of(error, place))
    match error:
        case TabError() | IndentationError():
            tabs = isinstance(error, TabError)
            return Problem(
                f"Tabs and spaces are mixed{at}" if tabs else f"The indentation is not right{at}",
                "A block is indented with tabs in one line and with spaces in another."
                if tabs
                else f"Python cannot tell which lines belong together: {error.msg}.",
                "Indent the whole block with four spaces a level.",
                code,
            )
        case SyntaxError() if "codec can't decode" in str(error) or "Non-UTF-8" in str(error):
            return _not_utf8(error.filename or "", place)
        case UnicodeDecodeError():
            return _not_utf8(fault.file if fault else "", place)
        case SyntaxError():
            return Problem(
                f"Python cannot read the code{at}",
                f"This line is not Python yet, or the one before it is not closed: {error.msg}.",
                "Put the line right and check again. Brackets, quotes and colons are the first to look at.",
                _pointed(error, place),
            )
        case ModuleNotFoundError():
            return Problem(
                f"A module is missing: `{error.name}`{at}",
                _sentence(message),
                "Put the import right, or run the build cell that makes the module.",
                code,
            )
        case ImportError() | AttributeError() if "partially initialized module" in str(error):
            return _circular(error, place, code)
        case ImportError() if error.name:
            return _no_such_name(error, place, at, code)
        case NameError() if meaning_of(error, place):
            return Problem(
                f"A name is missing{at}", _sentence(message), "Add what is missing at the top.", code
            )
        case TypeError() if misfit := words_of_misfit(error, place):
            return Problem(
                f"The app cannot be built{at}",
                f"TypeError: {message.partition(' — ')[0]}. {misfit}{'' if misfit.endswith('?') else '.'}",
                "Give the call the arguments that it accepts, then check again.",
                code,
            )
        case SystemExit():
            return Problem(
                f"Your code ended the program while it was imported{at}",
                "`sys.exit()` at the top of a module ends whatever imports it: a server, a test, this check.",
                "Take the call out. A module only defines; a program that ends itself belongs under "
                '`if __name__ == "__main__":`.',
                code,
            )
    return Problem(
        f"Your service cannot be imported{at}",
        _sentence(f"{kind_of(error)}: {message}" if message else kind_of(error)),
        "Put the line right that is named, then check again.",
        code,
    )


def _not_utf8(filename: str, place: Place) -> Problem:
    file = place.inside(filename) or filename or "a file"
    return Problem(
        f"{file} is not UTF-8",
        f"Python reads its files as UTF-8, and {file} holds bytes that are not: it was saved by an editor in "
        "another encoding.",
        "Save the file again as UTF-8.",
    )


def _pointed(error: SyntaxError, place: Place) -> str:
    file = place.inside(error.filename or "") or ""
    text = (error.text or linecache.getline(error.filename or "", error.lineno or 0)).rstrip("\n")
    spaces = len(text) - len(text.lstrip())
    pointer = " " * max((error.offset or 1) - 1 - spaces, 0) + "^"
    return f"{file}, line {error.lineno}:\n    {text.strip()}\n    {pointer}"


def _circular(error: BaseException, place: Place, code: str) -> Problem:
    modules = []
    for filename, _, function in place.stack(error):
        name = (place.inside(filename) or "").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if function == "<module>" and name not in modules:
            modules.append(name)
    found = re.search(r"partially initialized module '([^']+)'", str(error))
    first = found[1] if found else ""
    ring = modules[modules.index(first) :] if first in modules else modules
    names = " → ".join(f"`{name}`" for name in [*ring, *ring[:1]])
    return Problem(
        "Two modules import each other",
        f"The imports go round in a circle: {names}. The first one is not finished when the last one asks it "
        "for a name.",
        "Let the imports point one way: move what both need into a module of its own.",
        code,
    )


def _no_such_name(error: ImportError, place: Place, at: str, code: str) -> Problem:
    module = sys.modules.get(error.name or "")
    wanted = getattr(error, "name_from", None) or _wanted(str(error))
    near = difflib.get_close_matches(wanted, dir(module), n=1) if module is not None else []
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return Problem(
        f"There is no `{wanted}` in `{error.name}`{at}",
        f"The import asks `{error.name}` for a name that it does not have.{hint}",
        "Put the name right, or run the build cell that defines it.",
        code,
    )


def _wanted(message: str) -> str:
    found = re.search(r"cannot import name '([^']+)'", message)
    return found[1] if found else "the name"


def _sentence(words: str) -> str:
    words = words.strip()
    words = words[:1].upper() + words[1:]
    return words if words.endswith((".", "!", "?")) else words + "."
