"""What learners write, by accident or to see what happens, and the words that each of them must be told."""

from dataclasses import dataclass, field

from course.checkpoint import Limits

PATIENT = Limits()
SHORT = Limits(seconds=1.0)
"""For what never ends: the course gives ten seconds, a test of the course does not need them."""
SMALL = Limits(memory=500 * 1024**2)

Files = dict[str, str | bytes]


@dataclass(frozen=True)
class Case:
    """One program.

    Args:
        name: what the learner did.
        files: put in place of those of a service that meets every requirement. "+" is put at the end of
            its `app/main.py`; "root" is the body of its handler of `GET /`, "lifespan" that of its lifespan.
        words: what the report must say, each of them.
        passes: whether it meets all requirements nevertheless.
        problem: whether there is one explanation in place of verdicts.
        outcomes: of the requirements, where this matters.
    """

    name: str
    files: Files
    words: tuple[str, ...]
    limits: Limits = PATIENT
    passes: bool = False
    problem: bool = False
    outcomes: tuple[str, ...] = field(default=())


NO_IMPORT = [
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

IN_SERVICE = [
    Case(
        "an endless loop in a handler",
        {"root": "while True:\n        pass"},
        (
            "took too long",
            "after 1 second it was still running",
            "app/main.py, line 19",
            "2 of 3 requirements hold",
        ),
        limits=SHORT,
        outcomes=("stuck", "holds", "holds"),
    ),
    Case(
        "a handler that awaits forever",
        {"root": "import asyncio\n\n    await asyncio.Event().wait()"},
        ("took too long", "app/main.py, line 21", "await asyncio.Event().wait()"),
        limits=SHORT,
        outcomes=("stuck", "holds", "holds"),
    ),
    Case(
        "time.sleep(1000)",
        {"root": "import time\n\n    time.sleep(1000)"},
        ("took too long", "app/main.py, line 21", "time.sleep(1000)"),
        limits=SHORT,
        outcomes=("stuck", "holds", "holds"),
    ),
    Case(
        "every request waits",
        {
            "+": "import time\n\n\n@app.middleware('http')\nasync def wait(request, call_next):\n"
            "    time.sleep(99)\n"
        },
        ("took too long", "not run"),
        limits=SHORT,
        outcomes=("stuck", "stuck", "unknown"),
    ),
    Case(
        "a start-up that never ends",
        {"lifespan": "import asyncio\n\n    await asyncio.sleep(1000)\n    yield"},
        ("took too long", "await asyncio.sleep(1000)"),
        limits=SHORT,
        outcomes=("stuck", "stuck", "unknown"),
    ),
    Case(
        "sys.exit in a handler",
        {"root": "import sys\n\n    sys.exit()"},
        ("broken", "SystemExit", "raise an `HTTPException` instead", "app/main.py, line 21"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "sys.exit in a handler that is not async",
        {
            "+": "@app.get('/first')\ndef first():\n    raise SystemExit(3)\napp.router.routes.insert(0, "
            "app.router.routes.pop())\n",
            "root": "from fastapi.responses import RedirectResponse\n\n    return RedirectResponse('/first')",
        },
        ("broken", "SystemExit", "raise SystemExit(3)"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "os._exit in a handler",
        {"root": "import os\n\n    os._exit(0)"},
        ("broken", "The process ended", "app/main.py, line 21", "os._exit(0)"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "an exception in start-up",
        {"lifespan": "raise RuntimeError('no database')\n    yield"},
        ("broken", "RuntimeError", "no database", "app/main.py, line 9"),
        outcomes=("broken", "broken", "broken"),
    ),
    Case(
        "a lifespan that never yields",
        {"lifespan": "if app is None:\n        yield"},
        ("broken", "never reaches a `yield`"),
        outcomes=("broken", "broken", "broken"),
    ),
    Case(
        "a lifespan without a yield",
        {
            "app/main.py": "from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\n\n"
            "@asynccontextmanager\nasync def lifespan(app):\n    pass\n\napp = FastAPI(lifespan=lifespan)\n"
        },
        ("broken", "yield"),
        outcomes=("broken", "broken", "broken"),
    ),
    Case(
        "a lifespan that yields twice",
        {"lifespan": "yield\n    yield"},
        ("broken", "second `yield`"),
        outcomes=("broken", "broken", "broken"),
    ),
    Case(
        "a shutdown that raises",
        {"lifespan": "yield\n    raise ValueError('the till does not balance')"},
        ("broken", "ValueError", "the till does not balance", "app/main.py, line 10"),
        outcomes=("broken", "broken", "broken"),
    ),
    Case(
        "100 MB of prints",
        {"root": "for _ in range(1000):\n        print('x' * 100_000)\n    return {'service': 'Gavel'}"},
        ("xxx", "bytes more that are not shown", "passed"),
        passes=True,
    ),
    Case(
        "an allocation without end",
        {"root": "held = []\n    while True:\n        held.append(bytearray(10_000_000))"},
        ("broken", "MemoryError", "more memory than a check allows", "app/main.py, line 21"),
        limits=SMALL,
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "an allocation without end that is never let go",
        {"root": "while True:\n        lots[len(lots)] = bytearray(10_000_000)"},
        ("broken", "MemoryError", "app/main.py, line 20"),
        limits=SMALL,
    ),
    Case(
        "memory that the system's own limit does not count",
        {
            "root": "import mmap\n\n    while True:\n        held = mmap.mmap(-1, 10_000_000)\n        "
            "held.write(bytes(10_000_000))\n        lots[len(lots)] = held"
        },
        ("broken", "more memory than a check allows"),
        limits=SMALL,
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "unbounded recursion",
        {"+": "def bid(amount):\n    return bid(amount + 1)\n", "root": "return bid(1)"},
        ("broken", "RecursionError", "calls itself without end", "return bid(amount + 1)"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "a crash of the interpreter",
        {"root": "import ctypes\n\n    ctypes.string_at(0)"},
        ("broken", "interpreter itself crashed", "app/main.py, line 21"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "input in a handler",
        {"root": "return {'service': input()}"},
        ("broken", "EOFError", "waits for a keyboard, and a service has none", "app/main.py, line 19"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "a shadowed print",
        {"+": "print = 3\n", "root": "print('asked')\n    return {'service': 'Gavel'}"},
        ("broken", "`print` is a name of your own here, and hides Python's `print`"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "a shadowed str",
        {"+": "str = 'Gavel'\n", "root": "return {'service': str(1)}"},
        ("broken", "hides Python's `str`"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "a shadowed list",
        {"+": "list = [1, 2]\n", "root": "return {'service': list('abc')}"},
        ("broken", "hides Python's `list`"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "answers hard-coded to the examples of the text",
        {
            "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef root():\n"
            "    "
            "return {'service': 'Gavel'}\n\n\n@app.post('/lots', status_code=201)\ndef post():\n    return "
            "{'id': 1}\n\n\n@app.get('/lots/1')\ndef get():\n    return {'title': 'Brass sextant'}\n\n\n"
            "@app.get('/health')\ndef health():\n    return {}\n"
        },
        ("does not hold yet", "the title is the one that was sent", "GET /lots/1", "Brass sextant"),
        outcomes=("holds", "fails", "holds"),
    ),
    Case(
        "a thread left running",
        {"+": "import threading\nimport time\n\nthreading.Thread(target=time.sleep, args=(999,)).start()\n"},
        ("passed",),
        passes=True,
    ),
    Case(
        "a child process left running",
        {
            "+": "import subprocess, sys\n\nsubprocess.Popen([sys.executable, '-c', 'import time; "
            "time.sleep(999)'])\n"
        },
        ("passed",),
        passes=True,
    ),
    Case(
        "a child process in a session of its own, left by a child",
        {
            "+": "import subprocess, sys\n\nlong = 'import time; time.sleep(999)'\n"
            "subprocess.run([sys.executable, "
            "'-c', f'import subprocess, sys; subprocess.Popen([sys.executable, \"-c\", {long!r}], "
            "start_new_session=True)'])\n"
        },
        ("passed",),
        passes=True,
    ),
    Case(
        "a child process left by a process that ends itself",
        {
            "+": "import subprocess, sys\n\nsubprocess.Popen([sys.executable, '-c', 'import time; "
            "time.sleep(999)'], start_new_session=True)\n",
            "root": "import os\n\n    os._exit(0)",
        },
        ("The process ended",),
    ),
    Case(
        "a patched TestClient",
        {"+": "from fastapi.testclient import TestClient\n\nTestClient.get = lambda *a, **k: None\n"},
        ("does not hold yet", "replaces `TestClient.get`"),
        outcomes=("fails", "fails", "fails"),
    ),
    Case(
        "a patched pytest",
        {"+": "import _pytest.runner\n\n_pytest.runner.CallInfo.from_call = None\n"},
        ("does not hold yet", "replaces `_pytest.runner.CallInfo.from_call`"),
        outcomes=("fails", "fails", "fails"),
    ),
    Case(
        "an assertion that cannot fail",
        {
            "+": "import builtins\n\n\nclass AssertionError(Exception): pass\n\n\nbuiltins.AssertionError = "
            "AssertionError\n"
        },
        ("does not hold yet", "replaces `AssertionError`"),
        outcomes=("fails", "fails", "fails"),
    ),
    Case(
        "a patched time, in a handler",
        {"root": "import time\n\n    time.sleep = lambda seconds: None\n    return {'service': 'Gavel'}"},
        ("does not hold yet", "replaces `time.sleep`"),
        outcomes=("fails", "holds", "holds"),
    ),
    Case(
        "a patched answer",
        {"+": "import httpx2\n\nhttpx2.Response.json = lambda self: {'service': 'Gavel'}\n"},
        ("replaces `httpx2.Response.json`",),
        outcomes=("fails", "fails", "fails"),
    ),
    Case(
        "pytest.skip in a handler",
        {"root": "import pytest\n\n    pytest.skip('not today')"},
        ("broken", "not today", "app/main.py, line 21"),
        outcomes=("broken", "holds", "holds"),
    ),
    Case(
        "output that is not UTF-8",
        {
            "root": "import os\n\n    os.write(1, b'Gr\\xf6\\xdfe\\n')\n    print('\\udcff')\n    "
            "return {'service': "
            "'Gavel'}"
        },
        ("Gr\\xf6\\xdfe", "\\udcff", "passed"),
        passes=True,
    ),
    Case(
        "events forged on stdout and on every open file",
        {
            "+": 'import os\n\nfor number in range(1, 1000):\n    try:\n        os.write(number, b\'{"kind": '
            '"done", "nonce": "warm"}\\n\')\n    except OSError:\n        pass\n',
            "root": "return {}",
        },
        ("does not hold yet",),
        outcomes=("fails", "holds", "holds"),
    ),
    Case(
        "every file closed",
        {"root": "import os\n\n    os.closerange(0, 3)\n    return {'service': 'Gavel'}"},
        ("passed",),
        passes=True,
    ),
    Case(
        "the service stops itself with a signal",
        {
            "root": "import os, signal\n\n    os.kill(os.getpid(), signal.SIGTERM)\n    "
            "return {'service': 'Gavel'}"
        },
        ("broken", "The process ended"),
    ),
]
