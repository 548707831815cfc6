"""Programs that run, and go wrong while they serve."""

from tests.engine.accidents.cases import SHORT, SMALL, Case

CASES = [
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
        ("took too long", "Not run: 1 requirement"),
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
]
