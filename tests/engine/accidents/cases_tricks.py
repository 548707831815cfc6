"""Programs that hide, forge, patch, or leave something running."""

from tests.engine.accidents.cases import Case

CASES = [
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
