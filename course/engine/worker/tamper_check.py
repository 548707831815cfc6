"""Notice when the learner's code replaces a function that the checkpoint depends on.

A photograph is taken before that code runs, and compared afterwards. It is an honest mistake more often than
a trick (`time.sleep = fake` in a module that was copied from a test), and the words are for that.
"""

import importlib
import json
import sys
from types import FunctionType, MethodType, ModuleType
from typing import Any

MODULES = (
    *("builtins", "copy", "dataclasses", "json", "json.decoder", "json.encoder", "time"),
    *("pytest", "_pytest.runner", "_pytest.python", "_pytest.fixtures", "_pytest.nodes", "_pytest.outcomes"),
    *("_pytest.raises", "_pytest.monkeypatch", "_pytest.assertion.rewrite", "_pytest.assertion.util"),
    *("httpx2", "httpx2._client", "httpx2._models", "httpx2._urls"),
    *("anyio", "anyio.from_thread", "fastapi.testclient", "starlette.testclient"),
)
PACKAGES = ("course.engine.checkpoint.", "course.engine.report.", "course.engine.worker.", "pluggy.")
"""Of these, each module that is there when the photograph is taken."""
UNIMPORTANT = frozenset(
    {"__dict__", "__weakref__", "__warningregistry__", "__builtins__", "__spec__", "__doc__", "_abc_impl"}
    | {"__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"}
)
ALLOWED = frozenset({"json.encoder.JSONEncoder.default"})
"""A known way to write datetimes as JSON; it makes no requirement hold."""
CODERS = ("_default_decoder", "_default_encoder")
"""The objects behind `json.loads` and `json.dumps`."""
BUILTINS = frozenset(dir(sys.modules["builtins"]))


class Snapshot:
    """What everything trusted looked like: modules, the classes that they define, and their functions.

    Args:
        things: further modules, functions, and objects whose methods are trusted, such as collected tests.
    """

    def __init__(self, *things: Any) -> None:
        self._owners: list[tuple[str, Any, dict[str, Any], frozenset[str]]] = []
        self._codes: list[tuple[str, FunctionType, Any, Any, Any]] = []
        self._cells: list[tuple[str, Any, Any]] = []
        self._objects: list[tuple[str, Any, dict[str, Any]]] = []
        known = [name for name in list(sys.modules) if f"{name}.".startswith(PACKAGES)]
        self._modules = {name: sys.modules[name] for name in (*MODULES, *known) if _there(name)}
        for name, module in self._modules.items():
            self._keep(name, module)
        for each in (*things, *(getattr(json, name) for name in CODERS)):
            if isinstance(each, ModuleType):
                self._keep(each.__name__.rpartition(".")[2], each)
            elif isinstance(each, FunctionType):
                self._keep_code(each.__name__, each)
                cells = each.__closure__ or ()
                self._cells += [(each.__name__, cell, cell.cell_contents) for cell in cells]
            else:
                self._keep_object(each)
        self._trace = sys.gettrace(), sys.getprofile()

    def _keep(self, name: str, owner: Any) -> None:
        whole = isinstance(owner, type)
        kept = {
            key: value
            for key, value in vars(owner).items()
            if key not in UNIMPORTANT and (whole or _counts(value)) and f"{name}.{key}" not in ALLOWED
        }
        self._owners.append((name, owner, kept, frozenset(vars(owner))))
        for key, value in kept.items():
            if isinstance(value, FunctionType):
                self._keep_code(f"{name}.{key}", value)
            elif isinstance(value, type) and not whole and value.__module__ == owner.__name__ != "builtins":
                self._keep(f"{name}.{key}", value)

    def _keep_code(self, name: str, function: FunctionType) -> None:
        now = function.__code__, function.__defaults__, function.__kwdefaults__
        self._codes.append((name, function, *now))

    def _keep_object(self, thing: Any) -> None:
        named = getattr(thing, "function", type(thing))  # a hook is called like its function
        name = str(getattr(thing, "name", named.__name__))
        names = vars(thing) if hasattr(thing, "__dict__") else thing.__slots__
        kept = {key: value for key in names if _counts(value := getattr(thing, key))}
        self._objects.append((name, thing, kept))
        for value in kept.values():
            function = value.__func__ if isinstance(value, MethodType) else value
            if isinstance(function, FunctionType):
                self._keep_code(name, function)

    def differences(self) -> list[str]:
        """The names of what is no longer as it was, such as `time.sleep`.

        It calls nothing of this module, which may be among what was replaced.
        """
        found = [name for name, module in self._modules.items() if sys.modules.get(name) is not module]
        for name, owner, kept, names in self._owners:
            now = vars(owner)
            found += [f"{name}.{key}" for key, value in kept.items() if now.get(key) is not value]
            if len(now) != len(names):
                new = now.keys() - names - UNIMPORTANT
                found += [f"{name}.{key}" for key in (new if isinstance(owner, type) else new & BUILTINS)]
        for name, function, *before in self._codes:
            if [function.__code__, function.__defaults__, function.__kwdefaults__] != before:
                found.append(name)
        found += [name for name, cell, content in self._cells if cell.cell_contents is not content]
        for name, thing, kept in self._objects:
            found += [name for key, value in kept.items() if getattr(thing, key, None) is not value]
            now = getattr(thing, "__dict__", {})
            hiding = [key for key in now.keys() - kept.keys() if callable(now[key])]
            found += [f"{name}.{key}" for key in hiding if hasattr(type(thing), key)]
        if self._trace != (sys.gettrace(), sys.getprofile()):
            found.append("sys.settrace")
        return found

    def restore(self) -> None:
        """Put everything back, so that what follows is told by the truth."""
        sys.settrace(self._trace[0])
        sys.setprofile(self._trace[1])
        sys.modules.update(self._modules)
        for _, owner, kept, names in self._owners:
            for key, value in kept.items():
                if vars(owner).get(key, None) is not value:
                    setattr(owner, key, value)
            new = vars(owner).keys() - names - UNIMPORTANT
            for key in new if isinstance(owner, type) else new & BUILTINS:
                delattr(owner, key)
        for _, function, code, defaults, keywords in self._codes:
            function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, keywords
        for _, cell, content in self._cells:
            cell.cell_contents = content
        for _, thing, kept in self._objects:
            now = getattr(thing, "__dict__", {})
            for key in [key for key in now.keys() - kept.keys() if callable(now[key])]:
                if hasattr(type(thing), key):
                    delattr(thing, key)
            for key, value in kept.items():
                if getattr(thing, key, None) is not value:
                    setattr(thing, key, value)


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
