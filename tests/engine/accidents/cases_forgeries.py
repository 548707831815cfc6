"""Services that return `{}` at `/`, which fails one requirement, and that try to change the verdict.

`REFUSED` do not succeed. `SUCCEED` do: the service and the requirements share one process, and Python hides
nothing in it. They are here so that nobody believes otherwise; the page on grades says what to do about it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Forgery:
    """One program: what is put at the end of `app/main.py`, and in its handler before `return {}`.

    `words`: what the report says, where it is refused by name.
    """

    name: str
    top: str = ""
    handler: str = ""
    words: str = ""


FRAMES = """
import sys

def local(name):
    for frame in sys._current_frames().values():
        while frame is not None:
            if name in frame.f_locals and frame.f_globals.get("__name__", "").startswith("course."):
                return frame.f_locals[name]
            frame = frame.f_back
"""
"""How a forgery finds what the course keeps in the variables of its own functions."""

REQUIREMENTS = """
import sys

tests = [module for name, module in list(sys.modules.items()) if "requirements_of_a_small_chapter" in name][0]
"""

SEND = """
from dataclasses import asdict, replace

def forge():
    for each in local("plan"):
        local("send")("verdict", verdict=asdict(replace(each, outcome="holds")))

"""

REFUSED = [
    Forgery(
        "the code of a requirement is exchanged",
        REQUIREMENTS + "tests.test_the_service_says_its_name.__code__ = (lambda service: None).__code__\n",
        words="replaces `requirements_of_a_small_chapter.test_the_service_says_its_name`",
    ),
    Forgery(
        "the code of a requirement is exchanged, while it is served",
        REQUIREMENTS,
        "tests.test_the_service_says_its_name.__code__ = (lambda service: None).__code__",
    ),
    Forgery(
        "a name that hides one of Python's is put into the module of the requirements",
        REQUIREMENTS + "tests.AssertionError = lambda *arguments: 1\n",
        words="AssertionError",
    ),
    Forgery(
        "the plugin does not run requirements any more",
        "from dataclasses import replace\nfrom course.engine.worker.pytest_session import Checking\n\n"
        "Checking._try = lambda self, item, planned, *rest: replace(planned, outcome='holds')\n",
        words="Checking._try",
    ),
    Forgery(
        "the fixture gives another service",
        "from _pytest.fixtures import TopRequest\n\n\nclass Anything:\n    status_code = 200\n    "
        "def __getattr__(self, name): return self\n    def __call__(self, *a, **k): return self\n    "
        "def __enter__(self): return self\n    def __exit__(self, *a): pass\n    "
        "def json(self): return {'service': 'Gavel'}\n    def __eq__(self, other): return True\n\n\n"
        "TopRequest.getfixturevalue = lambda self, name: Anything()\n",
        words="TopRequest.getfixturevalue",
    ),
    Forgery(
        "the fixture's base class gives another service",
        "from _pytest.fixtures import FixtureRequest\n\n"
        "FixtureRequest.getfixturevalue = lambda self, name: None\n",
        words="FixtureRequest.getfixturevalue",
    ),
    Forgery(
        "the test is not called",
        "import pytest\n\npytest.Function.runtest = lambda self: None\n",
        words="Function.runtest",
    ),
    Forgery(
        "the hook that runs a test is another one",
        FRAMES
        + "for each in local('session').config.pluginmanager.hook.pytest_runtest_call.get_hookimpls():\n"
        "    each.function = lambda item: None\n",
        words="pytest_runtest_call",
    ),
    Forgery(
        "the collected test is another function",
        FRAMES + "for item in local('session').items:\n    item.obj = lambda service: None\n",
        words="test_the_service_says_its_name",
    ),
    Forgery(
        "one collected test has a method of its own",
        FRAMES + "for item in local('session').items:\n    item.runtest = lambda: None\n",
        words="test_the_service_says_its_name",
    ),
    Forgery(
        "what JSON is read as",
        "import json\n\njson.JSONDecoder.decode = lambda self, text: {'service': 'Gavel'}\n",
        words="JSONDecoder.decode",
    ),
    Forgery(
        "what JSON is read as, in the one decoder",
        "import json\n\njson._default_decoder.decode = lambda text: {'service': 'Gavel'}\n",
        words="decode",
    ),
    Forgery(
        "what a verdict is written as",
        "import dataclasses\n\nwrite = dataclasses._asdict_inner\n\n\ndef inner(thing, *rest):\n    "
        "if type(thing).__name__ == 'Verdict':\n        "
        "thing = dataclasses.replace(thing, outcome='holds')\n    "
        "return write(thing, *rest)\n\n\ndataclasses._asdict_inner = inner\n",
        words="dataclasses._asdict_inner",
    ),
    Forgery(
        "what an event is written as",
        FRAMES + "import json\n\nsend = local('send')\nfor cell in send.__closure__:\n    "
        "if cell.cell_contents is json.dumps:\n        cell.cell_contents = lambda event: json.dumps(event)"
        ".replace('\"fails\"', '\"holds\"')\n",
        words="send",
    ),
    Forgery(
        "nothing is found to be replaced",
        "from course.engine.worker.tamper_check import Snapshot\nimport pytest\n\n"
        "Snapshot.differences = lambda self: []\npytest.Function.runtest = lambda self: None\n",
    ),
    Forgery(
        "a trace function steps over the judgement",
        "import inspect, sys\n\n\ndef trace(frame, kind, value):\n    "
        "if frame.f_code.co_name == 'judged' and kind == 'line':\n        "
        "lines = inspect.getsource(frame.f_code).splitlines()\n        "
        "holds = [at for at, line in enumerate(lines) if 'outcome=\"holds\"' in line]\n        "
        "frame.f_lineno = frame.f_code.co_firstlineno + holds[0]\n        frame.f_trace = None\n    "
        "return trace if frame.f_code.co_name == 'judged' else None\n\n\nsys.settrace(trace)\n",
        words="sys.settrace",
    ),
    Forgery(
        "the client answers what is expected",
        "from course.engine.checkpoint.recording import RecordingClient\n\n"
        "RecordingClient.send = lambda self, request, **options: None\n",
        words="RecordingClient.send",
    ),
    Forgery(
        "the process ends as if all were well",
        "import atexit, os\n\natexit.register(print, 'passed')\n",
        "import os; os._exit(0)",
    ),
    Forgery(
        "an exception that says the test was left out",
        "import pytest\n",
        "raise pytest.skip.Exception('not today')",
    ),
    Forgery(
        "events on every open file",
        "import os\n\nfor number in range(1, 1000):\n    try:\n        "
        'os.write(number, b\'{"kind": "done"}\\n\')\n'
        "    except OSError:\n        pass\n",
    ),
    Forgery(
        "the class of exchanges is another one",
        "from course.engine.report import model\n\nmodel.Exchange.status = 200\n",
    ),
    Forgery(
        "an assertion that raises nothing",
        "import builtins\n\nbuiltins.AssertionError = type('AssertionError', (Exception,), {})\n",
        words="AssertionError",
    ),
]

SUCCEED = [
    Forgery(
        "the verdict is sent before it is found",
        FRAMES + SEND + "forge()\n",
    ),
    Forgery(
        "a thread of the service sends the verdict",
        FRAMES + SEND + "import threading\n\nthread = threading.Thread(target=forge)\n"
        "thread.start()\nthread.join()\n",
    ),
    Forgery(
        "a patch that removes itself when it is called",
        "import httpx2\n\nread = httpx2.Response.json\n\n\ndef lie(self):\n    "
        "httpx2.Response.json = read\n    return {'service': 'Gavel'}\n",
        "httpx2.Response.json = lie",
    ),
    Forgery(
        "the one client of a requirement has methods of its own",
        "import sys\n\nusual = app.router.lifespan_context\n\n\nclass Lie:\n    status_code = 200\n    "
        "json = lambda self: {'service': 'Gavel'}\n\n\ndef lifespan(app):\n    "
        "for frame in sys._current_frames().values():\n        while frame is not None:\n            "
        "own = frame.f_locals.get('self')\n            "
        "if frame.f_code.co_name == '__enter__' and hasattr(own, 'exchanges'):\n                "
        "own.get = lambda url: Lie()\n            frame = frame.f_back\n    "
        "return usual(app)\n\n\napp.router.lifespan_context = lifespan\n",
    ),
]
