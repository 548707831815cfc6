"""nbgrader's whole way, walked once for all tests."""

import os

import pytest

from course.setup.environment import TEACHING
from tests.teach.grades.classroom import Course, go_all_the_way


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two assignments, and what became of eight submissions of the second."""
    if os.name == "nt":
        pytest.skip("nbgrader was not tried on Windows; course/pages/grades.md says so.")
    TEACHING.ensure()
    return go_all_the_way(tmp_path_factory.mktemp("nbgrader"))
