"""What nbgrader itself says of the assignments, and what it grades."""

import json

import pytest

from course.engine.chapters import Chapter
from course.engine.checkpoint import requirements
from course.teach.grades import confinement
from tests.teach.grades.classroom import FIRST, MISTAKE, SECOND, Course

ALL_OF_THEM = 18
"""Chapter 1 has 19 requirements, and one of them is given."""


def test_the_source_passes_nbgraders_own_validation(course: Course) -> None:
    assert "Success! Your notebook passes all the tests." in course.said["validate source"]["said"]


def test_validating_the_release_names_every_requirement_that_is_to_do(course: Course) -> None:
    said = course.said["validate release"]["said"]
    to_do = [one for one in requirements.read(FIRST.tests) if not one.given]
    assert f"VALIDATION FAILED ON {len(to_do)} CELL(S)!" in said
    assert all(f'requirement("{one.id}")' in said for one in to_do)


@pytest.mark.parametrize("chapter", [FIRST, SECOND], ids=lambda chapter: chapter.stem)
def test_the_release_is_the_learners_notebook_and_the_cells_of_points(
    course: Course, chapter: Chapter
) -> None:
    path = course.folder / "release" / chapter.stem / f"{chapter.stem}.ipynb"
    released = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]}
    learners = {
        cell["id"]: "".join(cell["source"])
        for cell in json.loads(chapter.notebook.read_text("utf-8"))["cells"]
    }
    assert {identity: released.get(identity) for identity in learners} == learners
    assert len(released) - len(learners) == 3 + len(requirements.read(chapter.tests))


def test_who_solved_everything_has_every_point(course: Course) -> None:
    assert course.scores[SECOND.stem, "solved"] == ALL_OF_THEM


def test_who_did_nothing_has_no_point(course: Course) -> None:
    assert course.scores[SECOND.stem, "untouched"] == 0


def test_half_of_it_has_a_point_for_each_requirement_that_holds(course: Course) -> None:
    lost = {
        "test_the_project_has_its_own_env_file",
        "test_health_is_503_without_the_database",
        "test_health_is_503_if_the_connection_is_refused",
        "test_health_reports_the_database",
        "test_health_waits_two_seconds_at_most",
    }
    failed = {
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in course.graded("half")["cells"]
        if any(output["output_type"] == "error" for output in cell.get("outputs", []))
    }
    assert failed == lost
    assert course.scores[SECOND.stem, "half"] == ALL_OF_THEM - len(lost)


def test_the_feedback_says_what_was_wrong_in_the_words_of_the_course(course: Course) -> None:
    page = course.feedback("half")
    assert MISTAKE in page
    assert "of another folder: the one in which the command was started" in " ".join(page.split())
    assert "Graded: the notebook's own cells. 14 of 19 requirements hold." in page


def test_what_was_done_in_an_editor_and_packed_counts(course: Course) -> None:
    assert course.scores[SECOND.stem, "by-hand"] == ALL_OF_THEM
    assert "Graded: service.zip." in course.outputs("by-hand")


def test_a_notebook_that_redefines_the_check_and_ends_the_kernel_gains_nothing(course: Course) -> None:
    assert course.scores[SECOND.stem, "redefining"] == 0


def test_an_endless_loop_costs_its_own_points_alone(course: Course) -> None:
    assert course.scores[SECOND.stem, "endless"] == 0
    assert "The import of your service did not end" in course.outputs("endless")


@pytest.mark.skipif(confinement.version() == 0, reason="this system has no Landlock, so nothing is shut in")
def test_a_service_that_writes_into_the_gradebook_changes_nothing(course: Course) -> None:
    assert course.scores[SECOND.stem, "tampering"] == ALL_OF_THEM  # its own work is right
    assert course.scores[SECOND.stem, "untouched"] == 0


def test_a_file_that_is_no_notebook_stops_nobody_else(course: Course) -> None:
    assert course.said["autograde"]["status"] != 0  # nbgrader tells the teacher
    assert "for student 'not-a-notebook'" in course.said["autograde"]["said"]
    graded = {student for _, student in course.scores if (course.folder / "autograded" / student).exists()}
    assert len(graded) == 7
