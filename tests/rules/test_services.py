"""What every checkpoint's service keeps to: relative imports, one direction, nothing opened at import."""

import ast
import importlib
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic_core import SchemaValidator

from course.engine import chapters, projects
from course.engine.chapters import Chapter

each_checkpoint = pytest.mark.parametrize("chapter", chapters.contents(), ids=lambda chapter: chapter.stem)
each_checkpoint_with_exceptions = pytest.mark.parametrize(
    "chapter",
    [each for each in chapters.contents() if "app/exceptions.py" in projects.project(each)],
    ids=lambda chapter: chapter.stem,
)

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
DEFINITIONS = FUNCTIONS | ast.ClassDef

# A room may import from the rooms at its right, and from the modules that stand beside the rooms.
KNOWS = {
    "routers": {"schemas", "services", "repositories", "models"},
    "services": {"schemas", "repositories", "models"},
    "repositories": {"schemas", "models"},
    "models": set[str](),
    "schemas": set[str](),
}


def modules(chapter: Chapter) -> Iterator[tuple[Path, ast.Module]]:
    app = chapter.checkpoint / "app"
    for path in sorted(app.rglob("*.py")):
        yield path.relative_to(app), ast.parse(path.read_text(encoding="utf-8"))


@each_checkpoint
def test_imports_inside_the_service_are_relative(chapter: Chapter) -> None:
    absolute = [
        f"{path}:{node.lineno}"
        for path, tree in modules(chapter)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
        if name.split(".")[0] == "app" and not getattr(node, "level", 0)
    ]
    assert not absolute


@each_checkpoint
def test_dependencies_point_one_way(chapter: Chapter) -> None:
    wrong = []
    for path, tree in modules(chapter):
        room = path.parts[0]
        if room not in KNOWS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 2:
                reached = (node.module or "").split(".")[0]
                if reached in KNOWS and reached not in KNOWS[room] | {room}:
                    wrong.append(f"{path}:{node.lineno} imports {reached}")
    assert not wrong


HEADERS = re.compile(r"(WWW-Authenticate|Retry-After|Content-Type|Cache-Control|Location)$", re.IGNORECASE)


@each_checkpoint
def test_what_is_below_the_routers_writes_no_http_headers(chapter: Chapter) -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in modules(chapter)
        if path.parts[0] in KNOWS and path.parts[0] != "routers"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and HEADERS.match(node.value))
    ]
    assert not wrong


@each_checkpoint_with_exceptions
def test_an_exception_has_the_status_code_of_its_branch(chapter: Chapter) -> None:
    """A handler or a client that catches a branch gets one status code: only direct children set it."""
    name = f"app_checkpoints.{chapter.checkpoint.name}.app.exceptions"
    module = importlib.import_module(name)
    found: list[Any] = [
        each for each in vars(module).values() if isinstance(each, type) and each.__module__ == name
    ]
    wrong = {
        each.__name__: (each.status, base.status)
        for each in found
        for base in each.__bases__
        if hasattr(base, "status") and base.__bases__ != (Exception,) and each.status != base.status
    }
    assert not wrong


@each_checkpoint
def test_a_repository_never_commits(chapter: Chapter) -> None:
    for path, tree in modules(chapter):
        if path.parts[0] == "repositories":
            called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert "commit" not in called, path


@each_checkpoint
def test_every_public_name_says_what_it_is_for(chapter: Chapter) -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in modules(chapter)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


@each_checkpoint
def test_importing_the_service_opens_no_file_and_no_connection(chapter: Chapter) -> None:
    """An audit hook (https://docs.python.org/3/library/audit_events.html) hears what the import does."""
    listen = (
        "import sys, fastapi\n"
        "try: import sqlalchemy.ext.asyncio, aiosqlite, pydantic_settings\n"
        "except ImportError: pass\n"
        "def heard(event, args):\n"
        "    written = event == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+')\n"
        "    if event in {'sqlite3.connect', 'socket.connect'} or written and '.pyc' not in str(args[0]):\n"
        "        print(event, args)\n"
        "sys.addaudithook(heard)\n"
        "import app.main\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", listen],
        cwd=chapter.checkpoint,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""


@pytest.mark.parametrize("stubs", [False, True], ids=["solved", "stubs"])
@each_checkpoint
def test_a_constant_stands_before_what_uses_it_and_fields_before_methods(
    chapter: Chapter, stubs: bool
) -> None:
    late = []
    for path, text in projects.project(chapter, stubs=stubs).items():
        if not path.endswith(".py"):
            continue
        body = ast.parse(text).body
        for place, constant in enumerate(map(assigned, body)):
            if constant is not None and constant.isupper():
                users = [
                    node.name
                    for node in body[:place]
                    if isinstance(node, DEFINITIONS)
                    if any(isinstance(each, ast.Name) and each.id == constant for each in ast.walk(node))
                ]
                late += [f"{path}: {constant} below {user}" for user in users[:1]]
        for node in (each for each in body if isinstance(each, ast.ClassDef)):
            methods = [place for place, each in enumerate(node.body) if isinstance(each, FUNCTIONS)]
            fields = map(assigned, node.body[methods[0] :] if methods else [])
            late += [f"{path}: {node.name}.{name} below a method" for name in fields if name is not None]
    assert not late


def assigned(node: ast.stmt) -> str | None:
    """The name to which a statement gives a value or a type."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def test_a_title_and_a_text_refuse_what_unicode_calls_unseen_and_nothing_else() -> None:
    """Control and format characters, but for the two joiners, and line separators."""
    types = importlib.import_module("app_checkpoints.ch04_pydantic.app.schemas.types")
    title, text = (SchemaValidator(TypeAdapter(kind).core_schema) for kind in (types.Title, types.Text))
    differ = []
    for letter in map(chr, range(sys.maxunicode + 1)):
        kind = unicodedata.category(letter)
        if kind in {"Cs", "Cn"}:  # "Cn" differs from one version of Unicode to the next
            continue
        seen = kind not in {"Cc", "Cf", "Zl", "Zp"} or letter in "\u200c\u200d"
        found = (title.isinstance_python(f"A{letter}B"), text.isinstance_python(f"A{letter}B"))
        if found != (seen, seen or letter in "\t\n\v\f\r"):
            differ.append(ascii(letter))
    assert differ == []
