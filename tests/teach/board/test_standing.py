"""Where somebody stands after each check, and how a room is counted from that."""

from datetime import UTC, datetime, timedelta
from typing import Any

from course.teach.board.app.services import picture
from course.teach.board.app.services.standing import Progress

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def found(*failing: str, of: int = 3, because: str | None = None) -> list[dict[str, Any]]:
    names = ["test_a", "test_b", "test_c"][:of]
    return [
        {
            "requirement": name,
            "holds": name not in failing,
            "misconception": because if name in failing else None,
        }
        for name in names
    ]


def someone(number: int = 1) -> Progress:
    return Progress(number, f"P{number}")


def test_who_fails_the_same_requirement_again_has_been_stuck_since_the_first_time() -> None:
    one = someone()
    for minute in (0, 5, 9):
        one.fold("ch00", at(minute), True, found("test_b"))
    stuck = picture.stuck(one.now)
    assert stuck is not None
    assert (stuck.requirement, stuck.since, stuck.checks) == ("test_b", NOON, 3)


def test_who_gets_past_it_is_stuck_at_the_next_since_that_was_seen_first() -> None:
    one = someone()
    one.fold("ch00", at(0), True, found("test_a", "test_b"))
    one.fold("ch00", at(5), True, found("test_b"))
    stuck = picture.stuck(one.now)
    assert stuck is not None
    assert (stuck.requirement, stuck.since, stuck.checks) == ("test_b", NOON, 2)


def test_what_held_in_between_begins_anew() -> None:
    one = someone()
    for minute, failing in ((0, "test_a"), (5, ""), (9, "test_a")):
        one.fold("ch00", at(minute), True, found(failing))
    stuck = picture.stuck(one.now)
    assert stuck is not None
    assert (stuck.since, stuck.checks) == (at(9), 1)


def test_a_service_that_cannot_be_run_says_nothing_of_its_requirements() -> None:
    one = someone()
    one.fold("ch00", at(0), True, found("test_b"))
    one.fold("ch00", at(1), False, [])
    one.fold("ch00", at(2), False, [])
    stuck = picture.stuck(one.now)
    assert stuck is not None
    assert (stuck.requirement, stuck.since, stuck.checks) == (None, at(1), 2)
    assert one.now is not None
    assert one.now.holds == 2
    one.fold("ch00", at(3), True, found("test_b"))
    after = picture.stuck(one.now)
    assert after is not None
    assert (after.since, after.checks) == (NOON, 2)


def test_a_chapter_once_passed_stays_passed() -> None:
    one = someone()
    one.fold("ch00", at(0), True, found())
    one.fold("ch00", at(1), True, found("test_a"))
    assert one.ever_passed == {"ch00"}
    assert one.now is not None
    assert not one.now.passed


def test_what_arrives_late_changes_nothing_that_is_newer() -> None:
    one = someone()
    one.fold("ch01", at(5), True, found())
    one.fold("ch01", at(1), True, found("test_a"))
    one.fold("ch00", at(2), True, found("test_a"))
    assert one.present == "ch01"
    assert picture.stuck(one.now) is None
    assert one.checks == 3


def test_a_check_without_requirements_is_not_a_chapter_passed() -> None:
    one = someone()
    one.fold("ch00", at(0), True, [])
    assert one.ever_passed == set()


def test_misconceptions_are_counted_by_people_and_not_by_checks() -> None:
    room = [someone(1), someone(2), someone(3)]
    for minute in (0, 1, 2):
        room[0].fold("ch00", at(minute), True, found("test_a", "test_b", because="ajar"))
    room[1].fold("ch00", at(3), True, found("test_a", because="ajar"))
    room[1].fold("ch00", at(4), True, found())
    room[2].fold("ch00", at(4), True, found("test_a"))
    (only,) = picture.misconceptions(room, at(5), WINDOW)
    assert (only.name, only.people, only.still) == ("ajar", 2, 1)


def test_a_misconception_of_long_ago_is_not_one_of_now() -> None:
    one = someone()
    one.fold("ch00", at(0), True, found("test_a", because="ajar"))
    assert len(picture.misconceptions([one], at(15), WINDOW)) == 1
    assert picture.misconceptions([one], at(16), WINDOW) == []


def test_a_chapter_counts_those_who_are_in_it_and_what_stops_them() -> None:
    room = [someone(1), someone(2), someone(3)]
    room[0].fold("ch00", at(0), True, found("test_a", "test_b", because="ajar"))
    room[1].fold("ch00", at(0), True, found("test_b"))
    room[2].fold("ch00", at(0), True, found())
    room[2].fold("ch01", at(1), False, [])
    first, second = picture.chapters(room, ["ch00", "ch01"])
    assert (first.here, first.begun, first.passed, first.cannot_run) == (2, 3, 1, 0)
    assert [(each.requirement, each.people) for each in first.obstacles] == [("test_b", 2), ("test_a", 1)]
    assert (second.here, second.cannot_run) == (1, 1)


def test_chapters_that_the_course_does_not_know_come_last_and_end_somewhere() -> None:
    one = someone()
    for number in range(60):
        one.fold(f"zz{number:02}", at(number), True, found("test_a"))
    one.fold("aa", at(99), True, found())
    shown = picture.chapters([one], ["zz07"])
    assert [each.chapter for each in shown][:2] == ["zz07", "aa"]
    assert len(shown) == 40


def test_the_mistakes_that_are_remembered_of_one_person_end_somewhere() -> None:
    one = someone()
    for number in range(200):
        one.fold("ch00", at(number), True, found("test_a", because=f"m{number}"))
    assert len(one.mistakes) == 50
    assert ("ch00", "m199") in one.mistakes
