"""Runs the examples of the pages, many in one process, and says what each printed.

`python -m course.maintain.example_runner` reads a list of examples as JSON and writes the list of their
outputs. Everything that would differ between two machines or two runs is taken out: folders, addresses,
ports.
"""

import ast
import asyncio
import contextlib
import gc
import importlib
import inspect
import io
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from types import CodeType
from typing import Any

from course.engine import example_pages
from course.engine.example_pages import Example

SECONDS = 300
"""How long the examples of one process may take."""
AT_ONCE = 200
"""Examples in one process: its imports are what takes long."""
AWAITING = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "NO_COLOR": "1", "COLUMNS": "100"}


def run(examples: Sequence[Example]) -> list[str]:
    """What each example printed, in order."""
    together = [number for number, example in enumerate(examples) if example.kind != "fresh"]
    batches = [together[at : at + AT_ONCE] for at in range(0, len(together), AT_ONCE)]
    batches += [[number] for number, example in enumerate(examples) if example.kind == "fresh"]
    outputs = [""] * len(examples)
    told = [json.dumps([asdict(examples[number]) for number in batch]) for batch in batches]
    with ThreadPoolExecutor(2) as threads:
        for batch, printed in zip(batches, threads.map(_process, told), strict=True):
            for number, output in zip(batch, printed, strict=True):
                outputs[number] = output
    return outputs


def stale(files: Iterable[Path]) -> list[tuple[Example, str]]:
    """The examples that print something else than their page says, each with what it prints."""
    examples = example_pages.of(files)
    return [
        (example, output)
        for example, output in zip(examples, run(examples), strict=True)
        if output != (example.saved or "")
    ]


def refresh(files: Iterable[Path]) -> list[Path]:
    """Run the examples of these pages and write what they print; the pages that changed."""
    changed = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        examples = example_pages.read(path.relative_to(example_pages.PAGES).as_posix(), text)
        new = example_pages.written(text, examples, run(examples))
        if new != text:
            path.write_text(new, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def _process(examples: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "course.maintain.example_runner"],
        input=examples,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        env=os.environ | ENVIRONMENT,
    )
    if done.returncode:
        raise RuntimeError(f"the examples could not be run:\n{done.stderr[-3000:]}")
    return list(json.loads(done.stdout))


def one(kind: str, source: str, files: Sequence[tuple[str, str]]) -> str:
    """Run one example in a folder of its own, and return what it printed."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name, text in files:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        os.chdir(folder)
        try:
            told = _commands(source) if kind == "sh" else _python(source, folder)
        finally:
            os.chdir(before)
        return steady(told, folder)


def steady(told: str, folder: str) -> str:
    """The output without what differs from machine to machine and from run to run."""
    for place in {os.path.realpath(folder), folder}:
        told = told.replace(place + os.sep, "").replace(place, ".")
    for place in {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)}:
        told = told.replace(place, "…")
    told = re.sub(r"…/lib/python[\d.]+/(site-packages/)?", "…/", told)
    told = re.sub(r"\[Errno \d+\]", "[Errno …]", told)
    told = re.sub(r"(maximum recursion depth exceeded|are not JSON compliant).*", r"\1", told)
    told = re.sub(r"\. Did you mean: '\w+'\?$", "", told, flags=re.MULTILINE)  # from Python 3.12 on
    told = re.sub(r"0x[0-9a-fA-F]{5,}", "0x…", told)
    told = re.sub(r"%\(\d+ param\)s", "%(… param)s", told)
    told = re.sub(r"(?m)[ \t]+$", "", told).strip("\n")
    return f"{told}\n" if told else ""


def _commands(source: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        source,
        shell=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        env=os.environ | {"PATH": path, "PYTHONWARNINGS": ""},
    )
    return done.stdout


def _python(source: str, folder: str) -> str:
    told = io.StringIO()
    known, level = set(sys.modules), logging.root.level
    sys.path.insert(0, folder)
    names: dict[str, Any] = {"__name__": "__main__"}
    with warnings.catch_warnings(), contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        warnings.showwarning = _shown_to(told)
        try:
            _execute(source, names)
        except (Exception, SystemExit) as error:
            print("".join(traceback.format_exception_only(error)), end="", file=told)
            error.__traceback__ = None
        names.clear()
        gc.collect()
        gc.freeze()  # the next collection need not look at what is left
    sys.path.remove(folder)
    logging.root.handlers.clear()
    logging.root.setLevel(level)
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(folder):
            del sys.modules[name]
    return told.getvalue()


def _execute(source: str, names: dict[str, Any]) -> None:
    """Run a cell as a notebook does: its last line is shown where it is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    ending = None
    if isinstance(last, ast.Expr):
        tree.body.pop()
        ending = compile(ast.Expression(last.value), "<example>", "eval", flags=AWAITING)
    body = compile(tree, "<example>", "exec", flags=AWAITING)
    if any(code.co_flags & inspect.CO_COROUTINE for code in (body, ending) if code):
        value = asyncio.run(_awaited(body, ending, names))
    else:
        exec(body, names)
        value = eval(ending, names) if ending else None
    if value is not None:
        print(repr(value))


async def _awaited(body: CodeType, ending: CodeType | None, names: dict[str, Any]) -> Any:
    value: Any = None
    for code in (body, ending):
        value = eval(code, names) if code else None
        if inspect.iscoroutine(value) and code and code.co_flags & inspect.CO_COROUTINE:
            value = await value
    return value


def _shown_to(stream: io.StringIO) -> Any:
    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        print(f"{category.__name__}: {message}", file=stream)

    return show


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    if any(each["kind"] == "python" for each in asked):
        for name in ("fastapi.testclient", "sqlalchemy.ext.asyncio"):
            importlib.import_module(name)
        gc.freeze()
    answers = [one(each["kind"], each["source"], each["files"]) for each in asked]
    print(json.dumps(answers))
