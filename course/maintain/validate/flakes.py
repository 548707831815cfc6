"""The whole validation many times: what passes sometimes only."""

from collections.abc import Callable, Sequence

from course.validate.running import Run


def repeat(times: int, once: Callable[[], Sequence[Run]]) -> tuple[list[Run], dict[str, int]]:
    """Run everything `times` times: the last runs, and how often each test failed that ever did."""
    failures: dict[str, int] = {}
    runs: list[Run] = []
    for number in range(1, times + 1):
        print(f"Run {number} of {times}", flush=True)
        runs = list(once())
        for run in runs:
            for name in _failing(run):
                failures[name] = failures.get(name, 0) + 1
    return runs, failures


def _failing(run: Run) -> list[str]:
    names = [test["id"] for test in run.tests if test["outcome"] == "failed"]
    return names or ([] if run.worked else [run.step.name])
