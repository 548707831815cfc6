"""The benchmark's arithmetic, and that it times what it says."""

from course.engine.chapters import Chapter
from course.maintain.bench import waiting

TIMES = {
    "checkpoint": [(0.05, 0.4), (0.04, 0.3), (0.9, 0.5)],
    "pytest": [(2.0, 4.0), (2.5, 4.0), (1.0, 9.0)],
    "in_kernel": [(0.3, 0.8), (0.3, 0.8), (0.3, 0.8)],
}


def test_ratios_are_those_of_medians() -> None:
    figures = waiting._summary(Chapter(1, "lifespan", "Lifespan"), 3, TIMES)
    assert figures["first_verdict_seconds"] == {"checkpoint": 0.05, "pytest": 2.0, "in_kernel": 0.3}
    assert figures["first_verdict_ratio"] == 40.0
    assert figures["whole_ratio"] == 10.0
    assert figures["in_kernel_ratio"] == 2.0


def test_the_table_names_each_way_and_its_median() -> None:
    told = waiting.table(waiting._summary(Chapter(1, "lifespan", "Lifespan"), 3, TIMES))
    assert "ch01_lifespan: medians of 3 runs" in told
    assert "python -m pytest                            2,000 ms        4,000 ms" in told
    assert "10.0 times as fast as with python -m pytest" in told


def test_a_verdict_is_told_from_other_output() -> None:
    assert waiting._shows_verdict("[holds] `GET /` answers 200.")
    assert waiting._shows_verdict("tests/checkpoints/test_ch00.py::test_root PASSED  [ 4%]")
    assert not waiting._shows_verdict("collected 8 items")
