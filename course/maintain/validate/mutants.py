"""`course test --mutants`: a mechanical mistake in what a learner writes is caught, or named as harmless.

What the learner writes is what a chapter's solution has and its starter has not. Each mutant of it is driven
by the chapter's own checkpoint. One that survives is a requirement that is missing, or a mistake that changes
nothing a caller can see; the latter stand in `tests/mutants/chNN_slug.md`, one heading each, with the reason.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local

from course.engine import checkpoint, projects
from course.engine.chapters import Chapter
from course.engine.checkpoint import Worker
from course.engine.report import as_text
from course.engine.report.model import Result, Verdict
from course.maintain.validate import mutate
from course.maintain.validate.mutate import Mutant
from course.setup.phases import phase

AT_ONCE = 2


@dataclass(frozen=True)
class Tally:
    """The mutants of one chapter; `stale` are names in its file that are killed all the same, or gone."""

    chapter: Chapter
    total: int
    equivalent: tuple[str, ...]
    survivors: tuple[Mutant, ...]
    stale: tuple[str, ...]

    @property
    def killed(self) -> int:
        return self.total - len(self.equivalent) - len(self.survivors)

    @property
    def worked(self) -> bool:
        return not self.survivors and not self.stale


def report(chosen: Sequence[Chapter], path: Path | None) -> int:
    """Run the mutants of these chapters and say what came of them; 0 where each is killed or named."""
    tallies = []
    for chapter in chosen:
        tally = run(chapter)
        tallies.append(tally)
        _print(tally)
    if path is not None:
        path.write_text(json.dumps({tally.chapter.stem: _data(tally) for tally in tallies}, indent=2) + "\n")
    total, survivors = sum(tally.total for tally in tallies), sum(len(tally.survivors) for tally in tallies)
    stale = sum(len(tally.stale) for tally in tallies)
    print(f"\n{total - survivors} passed, {survivors + stale} failed")
    if survivors or stale:
        print("Add what would catch a survivor, or name it with the reason under tests/mutants.")
        return 1
    print(f"Each of {total} mutants is killed, or named as equivalent.")
    return 0


def run(chapter: Chapter) -> Tally:
    """Drive every mutant of a chapter by its checkpoint, two at a time."""
    known, candidates = named(chapter.mutants), list(mutants(chapter))
    with phase(f"{chapter.stem}: {len(candidates)} mutants") as current, Bench(chapter) as bench:
        ours = bench.drive(None)
        assert ours.passed, f"the unchanged service must pass:\n{as_text.text(ours)}"
        alive = []
        with ThreadPoolExecutor(AT_ONCE) as pool, _cancelling(pool):
            for number, (mutant, result) in enumerate(
                zip(candidates, pool.map(bench.drive, candidates), strict=True), 1
            ):
                if result.passed:
                    alive.append(mutant)
                current.detail = f"{number} run, {len(alive)} alive"
    names = {mutant.name for mutant in alive}
    return Tally(
        chapter,
        len(candidates),
        equivalent=tuple(sorted(names & known)),
        survivors=tuple(mutant for mutant in alive if mutant.name not in known),
        stale=tuple(sorted(known - names)),
    )


@contextmanager
def _cancelling(pool: ThreadPoolExecutor) -> Iterator[None]:
    """Start no further mutant after Ctrl+C or a signal."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def mutants(chapter: Chapter) -> Iterator[Mutant]:
    """The mutants of what a chapter has its learner write."""
    stubs = projects.project(chapter, stubs=True)
    for path, text in projects.project(chapter).items():
        if path.endswith(".py"):
            yield from mutate.mutants(path, text, mutate.written(stubs.get(path, ""), text))


def named(path: Path) -> set[str]:
    """The names that a file of `tests/mutants` gives, one heading each."""
    return (
        set(re.findall(r"^## (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        if path.exists()
        else set()
    )


class Killed(Exception):
    """One requirement that does not hold is enough."""


class Bench:
    """Drives mutants of a chapter; each thread keeps a worker warm for its next one."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.files = projects.project(chapter)
        self.own = local()
        self.spares: list[Worker] = []

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self.spares:
            worker.end()

    def drive(self, mutant: Mutant | None) -> Result:
        """The checkpoint's result on a mutant, up to the first requirement that does not hold."""
        spare = getattr(self.own, "spare", None) or self._prepared()
        self.own.spare = self._prepared()
        self.spares.remove(spare)
        changed = {mutant.path: mutant.text} if mutant else {}
        with tempfile.TemporaryDirectory(prefix="course-mutant-") as name:
            project = projects.materialise({**self.files, **changed}, Path(name))
            try:
                return checkpoint.check(project, self.chapter, on_verdict=_hear, spare=spare)
            except Killed:
                return Result(self.chapter.number)

    def _prepared(self) -> Worker:
        worker = checkpoint.prepared(self.chapter)
        self.spares.append(worker)
        return worker


def _hear(verdict: Verdict) -> None:
    if not verdict.holds:
        raise Killed


def _print(tally: Tally) -> None:
    print(
        f"{tally.chapter.stem}: {tally.total} mutants, {tally.killed} killed, "
        f"{len(tally.equivalent)} named as equivalent, {len(tally.survivors)} survive"
    )
    for mutant in tally.survivors:
        print(f"\n  {mutant.name}\n" + "\n".join("    " + line for line in mutant.difference.splitlines()))
    for name in tally.stale:
        print(f"\n  {name} is named in {tally.chapter.mutants.name}, but is killed or gone: take it out.")


def _data(tally: Tally) -> dict[str, object]:
    return {
        "mutants": tally.total,
        "killed": tally.killed,
        "equivalent": list(tally.equivalent),
        "survivors": [mutant.name for mutant in tally.survivors],
        "stale": list(tally.stale),
    }
