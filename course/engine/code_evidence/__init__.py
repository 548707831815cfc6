"""What the learner's code says of a mistake, read from its syntax tree.

A condition is a line such as

    datetime.now() || datetime.utcnow()
    no _.commit(...) || sessions.begin(...)
    in get_session: return _
    in module: engine = create_async_engine(...)
    unawaited _.enter_async_context(...)
    twice _.dispose()
    in create_lot: falls through
    falls through @model_validator(...) def _(): ...
    in install: _.add_middleware(RequestId, ...) then _.add_middleware(...)

Each alternative between `||` is a pattern of `patterns`, or two of which the second begins below the end of
the first, in the same place. `in` looks into functions or classes of these names only, and demands that there
is one; `in module` looks at the statements at the top of a module. `falls through` is said of functions that
can end without `return` or `raise`. Evidence in the code never explains anything alone: a misconception has a
symptom too.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from course.engine import project_files
from course.engine.code_evidence import patterns
from course.engine.code_evidence.flow import falls_through
from course.errors import CourseError

CONDITION = re.compile(
    r"(?:in (?P<names>[\w*]+(?:, [\w*]+)*): )?"
    r"(?P<kind>no |twice |unawaited |falls through)?(?P<alternatives>.*)"
)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Condition:
    """One line of evidence; see the module for its form."""

    line: str
    names: tuple[str, ...]
    kind: str
    alternatives: tuple[tuple[ast.AST, ...], ...]

    def holds(self, code: "Code") -> bool:
        """Whether the service's code is so; worked out once for each service."""
        if self.line not in code.known:
            code.known[self.line] = self._holds(code)
        return code.known[self.line]

    def _holds(self, code: "Code") -> bool:
        places = list(code.places(self.names))
        hits = [node for each in self.alternatives for node in code.found(each, places)]
        if self.kind == "falls through":
            chosen = hits if self.alternatives else places
            return any(isinstance(each, patterns.Function) and falls_through(each.body) for each in chosen)
        match self.kind:
            case "no":
                return bool(places) and not hits
            case "twice":
                return len(hits) > 1
            case "unawaited":
                return any(id(node) not in code.awaited for node in hits)
        return bool(hits)


def condition(line: str) -> Condition:
    """The condition that a line writes.

    Raises:
        CourseError: a pattern is no Python.
    """
    read = CONDITION.fullmatch(line)
    assert read is not None
    kind = (read["kind"] or "").strip()
    written = [each.strip() for each in read["alternatives"].split("||") if each.strip()]
    try:
        alternatives = tuple(tuple(map(patterns.parsed, each.split(" then "))) for each in written)
    except (SyntaxError, IndexError) as error:
        raise CourseError(
            f"The evidence `{line}` is no pattern of Python: {error}.",
            "Write an expression, a statement or an `except` clause; `_` and `...` stand for anything.",
        ) from error
    names = tuple(read["names"].split(", ")) if read["names"] else ()
    return Condition(line, names, kind, alternatives)


class Code:
    """The modules of a service as syntax trees; those that do not parse are left out."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._sources = tuple(sources)
        self._walked: dict[int, tuple[ast.AST, ...]] = {}
        self.known: dict[str, bool] = {}

    @cached_property
    def modules(self) -> tuple[ast.Module, ...]:
        """The tree of each module that parses."""
        return tuple(_trees(self._sources))

    @cached_property
    def awaited(self) -> frozenset[int]:
        """The identities of the nodes that stand after an `await`."""
        nodes = (node for module in self.modules for node in self._nodes(module))
        return frozenset(id(node.value) for node in nodes if isinstance(node, ast.Await))

    @cached_property
    def _definitions(self) -> tuple[Definition, ...]:
        nodes = (node for module in self.modules for node in self._nodes(module))
        return tuple(node for node in nodes if isinstance(node, Definition))

    def _nodes(self, place: ast.AST) -> tuple[ast.AST, ...]:
        """The nodes of a tree, at any depth; each tree is walked once."""
        if id(place) not in self._walked:
            self._walked[id(place)] = tuple(ast.walk(place))
        return self._walked[id(place)]

    def found(self, sequence: Sequence[ast.AST], places: Sequence[ast.AST]) -> Iterator[ast.AST]:
        """The nodes that a pattern describes; of a sequence, those that the next pattern's follow."""
        first, *rest = sequence
        for place in places:
            for node in patterns.found(first, self._nodes(place)):
                end = getattr(node, "end_lineno", 0)
                if not rest or any(getattr(each, "lineno", 0) > end for each in self.found(rest, [place])):
                    yield node

    def places(self, names: Sequence[str]) -> Iterator[ast.AST]:
        """Where to look: all modules, the statements at their top, or the definitions with these names."""
        if not names:
            yield from self.modules
        elif names == ("module",):
            yield from (
                each for module in self.modules for each in module.body if not isinstance(each, Definition)
            )
        else:
            yield from (
                each for each in self._definitions if any(fnmatchcase(each.name, name) for name in names)
            )


def code_of(project: Path) -> Code:
    """The code of the service in a project."""
    return Code(project_files.modules(project).values())


def _trees(sources: Iterable[str]) -> Iterator[ast.Module]:
    for source in sources:
        try:
            yield ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
