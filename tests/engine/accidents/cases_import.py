"""Programs that cannot be imported: one explanation takes the place of all verdicts."""

from tests.engine.accidents.cases import SHORT, SMALL, Case

CASES = [
    Case(
        "a syntax error",
        {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI(]\n"},
        ("Python cannot read the code", "app/main.py, line 3", "app = FastAPI(]"),
        problem=True,
    ),
    Case(
        "tabs mixed with spaces",
        {"app/main.py": "def root():\n        a = 1\n\tb = 2\n\treturn a\n"},
        ("Tabs and spaces are mixed", "app/main.py, line 3", "four spaces"),
        problem=True,
    ),
    Case(
        "a missing import",
        {"app/main.py": "app = FastAPI()\n"},
        ("`FastAPI` is used but was never imported: add `from fastapi import FastAPI`", "line 1"),
        problem=True,
    ),
    Case(
        "a module that does not exist",
        {"app/main.py": "from fastpi import FastAPI\n\napp = FastAPI()\n"},
        ("There is no module `fastpi`", "did you mean `fastapi`", "app/main.py, line 1"),
        problem=True,
    ),
    Case(
        "a module of the project, misspelt",
        {"app/main.py": "from .routes import lots\n", "app/routers.py": "lots = 1\n"},
        ("There is no module `app.routes`", "did you mean `app.routers`"),
        problem=True,
    ),
    Case(
        "a module of the project, without the dot",
        {"app/main.py": "from config import Settings\n", "app/config.py": "class Settings: pass\n"},
        ("is a module of your own", "from .config import"),
        problem=True,
    ),
    Case(
        "a name that a module does not have",
        {"app/main.py": "from fastapi import FastApi\n\napp = FastApi()\n"},
        ("There is no `FastApi` in `fastapi`", "Did you mean `FastAPI`"),
        problem=True,
    ),
    Case(
        "a circular import",
        {
            "app/main.py": "from .lots import router\n\napp = router\n",
            "app/lots.py": "from .bids import bid\n\nrouter = bid\n",
            "app/bids.py": "from .lots import router\n\nbid = router\n",
        },
        ("import each other", "`app.lots` → `app.bids` → `app.lots`"),
        problem=True,
    ),
    Case(
        "no app",
        {"app/main.py": "from fastapi import FastAPI\n\napplication = FastAPI()\n"},
        ("app/main.py has no `app`", "`application`"),
        problem=True,
    ),
    Case(
        "app is not FastAPI",
        {"app/main.py": "app = 'Gavel'\n"},
        ("`app` is not a FastAPI app", "type `str`"),
        problem=True,
    ),
    Case(
        "create_app is not called",
        {"app/main.py": "def create_app():\n    return None\n\n\napp = create_app\n"},
        ("`app` is not a FastAPI app", "not called"),
        problem=True,
    ),
    Case(
        "an exception at import",
        {"app/main.py": "prices = {}\nstart = prices['lot']\n"},
        ("cannot be imported", "KeyError", "app/main.py, line 2", "start = prices['lot']"),
        problem=True,
    ),
    Case(
        "an endless loop at import",
        {"app/main.py": "while True:\n    pass\n"},
        ("The import of your service did not end", "app/main.py, line", "while True:"),
        limits=SHORT,
        problem=True,
    ),
    Case(
        "an endless loop that no thread can interrupt, at import",
        {"app/main.py": "import itertools\n\nlast = sum(itertools.repeat(0))\n"},
        ("The import of your service did not end", "app/main.py, line 3"),
        limits=SHORT,
        problem=True,
    ),
    Case(
        "sys.exit at import",
        {"app/main.py": "import sys\n\nsys.exit()\n"},
        ("ended the program while it was imported", "app/main.py, line 3"),
        problem=True,
    ),
    Case(
        "os._exit at import",
        {"app/main.py": "import os\n\nos._exit(0)\n"},
        ("The process ended while your service was imported", "os._exit", "app/main.py, line 3"),
        problem=True,
    ),
    Case(
        "a crash of the interpreter at import",
        {"app/main.py": "import ctypes\n\nctypes.string_at(0)\n"},
        ("interpreter itself crashed", "app/main.py, line 3"),
        problem=True,
    ),
    Case(
        "an allocation without end at import",
        {"app/main.py": "all_lots = []\nwhile True:\n    all_lots.append(bytearray(10_000_000))\n"},
        ("MemoryError", "more memory than a check allows", "app/main.py, line 3"),
        limits=SMALL,
        problem=True,
    ),
    Case(
        "input at import",
        {"app/main.py": "name = input('Your name? ')\n"},
        ("waits for a keyboard, and a service has none", "app/main.py, line 1"),
        problem=True,
    ),
    Case(
        "a file that is not UTF-8",
        {"app/main.py": b"from fastapi import FastAPI\n\napp = FastAPI(title='Gr\xf6\xdfe')\n"},
        ("app/main.py is not UTF-8", "Save the file again as UTF-8"),
        problem=True,
    ),
    Case(
        "a module beside app that hides a library",
        {"fastapi.py": "class FastAPI: pass\n"},
        ("`fastapi.py` hides the library `fastapi`", "another name"),
        problem=True,
    ),
    Case(
        "no app/main.py",
        {"app/main.py": b"", "README.md": "only this"},
        ("app/main.py has no `app`",),
        problem=True,
    ),
]
