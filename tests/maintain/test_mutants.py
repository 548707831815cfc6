"""Mechanical mutants: where code is broken, how each is called, and what is left whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from course.engine.chapters import Chapter
from course.engine.report.model import Result, Verdict
from course.maintain.validate import mutants, mutate

SERVICE = '''\
"""A room."""

router = APIRouter(prefix="/lots")


@router.get("/{number}", status_code=200, summary="One lot")
async def read(number: Annotated[int, Path(ge=1)]) -> Lot:
    """One lot."""
    if number > last and open:
        raise HTTPException(404, f"No lot {number}.", headers={"Allow": "GET"})
    try:
        seen.add(number)
    finally:
        await close()
    return Lot(number - 1)
'''


def names(text: str) -> list[str]:
    found = mutate.mutants("app/lots.py", text, range(1, len(text.splitlines()) + 1))
    return [mutant.name.removeprefix("app/lots.py::") for mutant in found]


def mutated(text: str, name: str) -> str:
    """What stands in a mutant in place of what was there: the added lines of its difference."""
    lines = range(1, len(text.splitlines()) + 1)
    (mutant,) = [each for each in mutate.mutants("app/lots.py", text, lines) if each.name.endswith(name)]
    added = [line[1:].strip() for line in mutant.difference.splitlines() if line.startswith("+")]
    return "\n".join(added[1:])


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("module::text-1", "router = APIRouter(prefix='/lotsXX')"),
        ("module::keyword-1", "router = APIRouter()"),
        ("read::keyword-1", "@router.get('/{number}', summary='One lot')"),
        ("read::one-less-1", "async def read(number: Annotated[int, Path(ge=0)]) -> Lot:"),
        ("read::comparison-1", "if number >= last and open:"),
        ("read::and-or-1", "if number > last or open:"),
        ("read::negated-1", "if not (number > last and open):"),
        ("read::removed-1", "pass"),
        ("read::cleanup-1", "pass"),
        ("read::arithmetic-1", "return Lot(number + 1)"),
        ("read::return-none-1", "return"),
    ],
)
def test_each_kind_of_mistake_changes_one_thing(name: str, line: str) -> None:
    assert mutated(SERVICE, name) == line


def test_a_decorator_is_dropped_too() -> None:
    assert "read::decorator-1" in names(SERVICE)


def test_words_for_people_are_left_alone() -> None:
    found = list(mutate.mutants("app/lots.py", SERVICE, range(1, 20)))
    for words in ("One lot", "One lot.", "A room.", "No lot "):
        assert [each.name for each in found if f"{words}XX" in each.text] == []
    assert any("GETXX" in each.text for each in found), "a header is not for people alone"


def test_names_stay_when_another_function_changes() -> None:
    longer = SERVICE.replace('prefix="/lots"', 'prefix="/lots", tags=["lots"], deprecated=True')
    assert [name for name in names(longer) if name.startswith("read")] == [
        name for name in names(SERVICE) if name.startswith("read")
    ]


def test_names_are_given_once() -> None:
    assert len(names(SERVICE)) == len(set(names(SERVICE)))


def test_only_what_the_learner_writes_is_broken() -> None:
    stub = SERVICE.replace("    return Lot(number - 1)\n", "    ...\n")
    lines = mutate.written(stub, SERVICE)
    assert lines == {15}
    found = [mutant.name for mutant in mutate.mutants("app/lots.py", SERVICE, lines)]
    assert found == [
        "app/lots.py::read::return-none-1",
        "app/lots.py::read::arithmetic-1",
        "app/lots.py::read::one-more-4",
    ]


def test_every_mutant_is_python() -> None:
    for mutant in mutate.mutants("app/lots.py", SERVICE, range(1, 20)):
        compile(mutant.text, mutant.path, "exec", dont_inherit=True)
        assert mutant.difference


class Course(Chapter):
    """A chapter whose list of harmless mutants is a file of the test's own."""

    @property
    def mutants(self) -> Path:
        return Path(self.title)


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chapter:
    """A chapter with three mutants: the first is killed by its checkpoint, the others are not."""
    found = [
        mutate.Mutant(f"app/main.py::health::text-{number}", "app/main.py", "", "") for number in (1, 2, 3)
    ]
    holds = Verdict("test_health", 0, "It is well.", "holds")
    passed = Result(0, (holds,))

    class Bench:
        def __init__(self, chapter: Chapter) -> None:
            pass

        def __enter__(self) -> "Bench":
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def drive(self, mutant: mutate.Mutant | None) -> Result:
            return replace(passed, verdicts=()) if mutant is found[0] else passed

    monkeypatch.setattr(mutants, "Bench", Bench)
    monkeypatch.setattr(mutants, "mutants", lambda chapter: iter(found))
    return Course(0, "start", str(tmp_path / "ch00_start.md"))


def test_a_mutant_that_nobody_names_survives(chapter: Chapter, capsys: pytest.CaptureFixture[str]) -> None:
    chapter.mutants.write_text("## app/main.py::health::text-2\n\nThe text is for people.\n")
    assert mutants.report([chapter], None) == 1
    said = capsys.readouterr().out
    assert "3 mutants, 1 killed, 1 named as equivalent, 1 survive" in said
    assert "  app/main.py::health::text-3\n" in said
    assert "2 passed, 1 failed" in said


def test_a_named_mutant_that_is_killed_must_leave_the_list(
    chapter: Chapter, capsys: pytest.CaptureFixture[str]
) -> None:
    chapter.mutants.write_text(
        "".join(f"## app/main.py::health::text-{number}\n\nWhy.\n\n" for number in (1, 2, 3))
    )
    assert mutants.report([chapter], None) == 1
    assert "text-1 is named in ch00_start.md, but is killed or gone: take it out." in capsys.readouterr().out


def test_all_killed_or_named_is_success(chapter: Chapter) -> None:
    chapter.mutants.write_text(
        "".join(f"## app/main.py::health::text-{number}\n\nWhy.\n\n" for number in (2, 3))
    )
    assert mutants.report([chapter], None) == 0
