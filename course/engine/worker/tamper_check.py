"""Notice when the learner's code replaces a function that the checkpoint depends on.

A photograph is taken before that code runs, and compared afterwards. It is an honest mistake more often than
a trick (`time.sleep = fake` in a module that was copied from a test), and the words are for that.
"""

import importlib
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

MODULES = (
    "builtins",
    "time",
    "json",
    "json.decoder",
    "json.encoder",
    "pytest",
    "_pytest.runner",
    "_pytest.python",
    "_pytest.fixtures",
    "_pytest.outcomes",
    "_pytest.raises",
    "_pytest.monkeypatch",
    "_pytest.assertion.rewrite",
    "_pytest.assertion.util",
    "pluggy._hooks",
    "pluggy._callers",
    "httpx2",
    "starlette.testclient",
    "fastapi.testclient",
    "anyio",
    "anyio.from_thread",
    "course.engine.checkpoint.service",
    "course.engine.checkpoint.recording",
    "course.engine.checkpoint.transport",
    "course.engine.checkpoint.requirements",
    "course.engine.report.model",
    "course.engine.worker.channel",
    "course.engine.worker.items",
    "course.engine.worker.pytest_session",
    "course.engine.worker.verdicts",
    "course.engine.worker.tamper_check",
)
CLASSES = (
    "starlette.testclient.TestClient",
    "starlette.testclient._TestClientTransport",
    "starlette.testclient.WebSocketTestSession",
    "httpx2.Client",
    "httpx2.Request",
    "httpx2.Response",
    "httpx2.Headers",
    "httpx2.URL",
    "_pytest.python.Function",
    "_pytest.runner.CallInfo",
    "pluggy._hooks.HookCaller",
    "course.engine.checkpoint.service.Service",
    "course.engine.checkpoint.recording.RecordingClient",
    "course.engine.checkpoint.recording.Guarded",
    "course.engine.checkpoint.transport.Transport",
    "course.engine.checkpoint.transport._Call",
    "course.engine.report.model.Verdict",
    "course.engine.report.model.Exchange",
    "course.engine.worker.channel.Channel",
)
UNIMPORTANT = frozenset(
    {"__dict__", "__weakref__", "__warningregistry__", "__builtins__", "__spec__", "__doc__", "_abc_impl"}
    | {"__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"}
)


class Snapshot:
    """What everything trusted looked like."""

    def __init__(self) -> None:
        self._owners: list[tuple[str, Any, dict[str, Any]]] = []
        self._codes: list[tuple[str, Any, Any, Any, Any]] = []
        self._modules = {name: sys.modules[name] for name in MODULES if _there(name)}
        for name, module in self._modules.items():
            self._keep(name, module)
        for path in CLASSES:
            module_name, _, class_name = path.rpartition(".")
            owner = getattr(sys.modules.get(module_name), class_name, None)
            if owner is not None:
                self._keep(path, owner)

    def _keep(self, name: str, owner: Any) -> None:
        whole = isinstance(owner, type)
        kept = {
            key: value
            for key, value in vars(owner).items()
            if key not in UNIMPORTANT and (whole or _counts(value))
        }
        self._owners.append((name, owner, kept))
        for key, value in kept.items():
            if isinstance(value, FunctionType):
                now = value.__code__, value.__defaults__, value.__kwdefaults__
                self._codes.append((f"{name}.{key}", value, *now))

    def differences(self) -> list[str]:
        """The names of what is no longer as it was, such as `time.sleep`."""
        return list(self._differences())

    def _differences(self) -> Iterator[str]:
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                yield name
        for name, owner, kept in self._owners:
            now = vars(owner)
            for key, value in kept.items():
                if now.get(key, None) is not value:
                    yield f"{name}.{key}"
            if isinstance(owner, type) and len(now) != len(kept):
                yield from (f"{name}.{key}" for key in now if key not in kept and key not in UNIMPORTANT)
        for name, function, *before in self._codes:
            if [function.__code__, function.__defaults__, function.__kwdefaults__] != before:
                yield name

    def restore(self) -> None:
        """Put everything back, so that what follows is told by the truth."""
        sys.modules.update(self._modules)
        for _, owner, kept in self._owners:
            for key, value in kept.items():
                if vars(owner).get(key, None) is not value:
                    setattr(owner, key, value)
            if isinstance(owner, type):
                for key in [key for key in vars(owner) if key not in kept and key not in UNIMPORTANT]:
                    delattr(owner, key)
        for _, function, code, defaults, keywords in self._codes:
            function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, keywords


def _there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _counts(value: object) -> bool:
    return callable(value) or isinstance(value, ModuleType | property | classmethod | staticmethod)


def in_words(names: list[str]) -> str:
    """What was replaced, for the learner."""
    first = names[0].removeprefix("builtins.")
    shown = first.replace("starlette.testclient.", "").replace("fastapi.testclient.", "")
    return (
        f"your code replaces `{shown}`, which the check itself stands on: what it finds then proves nothing. "
        f"Leave `{shown}` as it is, and give the service a dependency of its own that a test can replace"
    )
