"""Extras: installed when they are first needed, kept, and mended by themselves."""

import pytest

from course import cli
from course.errors import CourseError
from course.setup import ahead, environment, install, pins
from course.setup.environment import Environment
from tests.setup.test_setup import change, done, place

__all__ = ["done", "place"]  # fixtures
REALLY_PINNED = install.pinned


def test_an_extra_is_added_to_what_is_there(place: Environment, done: list[str]) -> None:
    place.ensure()
    assert place.ready()
    assert not place.ready("validate")
    done.clear()
    place.ensure("validate")
    assert done == ["installed validate alone"]
    assert place.ready("validate")


def test_an_extra_takes_one_line_of_progress(
    place: Environment, done: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.ensure()
    capsys.readouterr()
    monkeypatch.setattr(install, "pinned", REALLY_PINNED)
    monkeypatch.setattr(install, "_install", lambda python, title, *words: print(title))
    place.ensure("production", "validate")
    said = capsys.readouterr().out
    assert said == "Installing what the chapters from 10 on need and what validation needs\n"


def test_a_learner_whose_environment_has_extras_waits_for_nothing(
    place: Environment, done: list[str]
) -> None:
    place.ensure("validate")
    done.clear()
    place.ensure()
    place.ensure("validate")
    assert done == []


def test_changed_pins_of_an_extra_wait_until_it_is_needed(place: Environment, done: list[str]) -> None:
    place.ensure("production", "validate")
    done.clear()
    change("validate")
    assert place.ready()
    place.ensure()
    place.ensure("production")
    assert done == []
    place.ensure("validate")
    assert done == ["installed validate alone"]


def test_changed_pins_of_the_learner_leave_the_extras(place: Environment, done: list[str]) -> None:
    place.ensure("validate")
    done.clear()
    change(pins.LEARNER)
    place.ensure()
    assert done == ["installed"]
    assert place.ready("validate")


def test_an_environment_that_always_has_an_extra_is_mended_when_either_file_changes(
    place: Environment, done: list[str]
) -> None:
    teaching = Environment(place.folder, always=("teach",))
    teaching.ensure()
    done.clear()
    teaching.ensure()
    assert done == []
    change("teach")
    teaching.ensure()
    change(pins.LEARNER)
    teaching.ensure()
    assert done == ["installed teach alone", "installed"]


def test_an_interrupted_extra_is_mended_when_it_is_next_needed_and_keeps_no_learner_out(
    place: Environment, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(python: object, parts: object, *, again: bool) -> None:
        raise KeyboardInterrupt

    place.ensure()
    with monkeypatch.context() as patch:
        patch.setattr(install, "pinned", interrupted)
        with pytest.raises(KeyboardInterrupt):
            place.ensure("validate")
    done.clear()
    place.ensure()
    assert done == []
    place.ensure("validate")
    assert done == ["installed again validate alone"]
    done.clear()
    change("validate")
    place.ensure("validate")
    assert done == ["installed validate alone"]


def test_an_environment_that_is_made_again_gets_its_extras_back(place: Environment, done: list[str]) -> None:
    place.ensure("production")
    done.clear()
    place.python.unlink()
    place.ensure()
    assert done == ["made", "installed production"]
    assert place.ready("production")


def test_a_stamp_of_an_earlier_version_of_the_course_is_mended_in_place(
    place: Environment, done: list[str]
) -> None:
    place.ensure()
    done.clear()
    place.stamp.write_text(f'{{"requirements": "1f", "folder": "{place.folder}", "python": "none"}}')
    place.ensure()
    assert done == ["installed"]


def test_a_chapter_adds_what_it_needs_to_the_environment_it_runs_in(
    place: Environment, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.ensure()
    done.clear()
    monkeypatch.setattr(environment, "PINNED", place)
    monkeypatch.setattr(Environment, "inside", lambda self: self is place)
    environment.add("production")
    environment.add("production")
    assert done == ["installed production alone"]


def test_elsewhere_a_chapter_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Environment, "inside", lambda self: False)
    monkeypatch.setattr(environment, "_is_installed", lambda package: package != "asyncpg")
    with pytest.raises(CourseError, match=r"not have asyncpg.*-r course/setup/pins/production.txt"):
        environment.add("production")
    monkeypatch.setattr(environment, "_is_installed", lambda package: True)
    environment.add("production")


def test_everything_can_be_installed_ahead_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        Environment, "ensure", lambda self, *extras: asked.append((self.folder.name, *self.always, *extras))
    )
    assert ahead.command(["--all"]) == 0
    assert asked == [(".venv", "production"), (".venv-teach", "teach", "production")]
    asked.clear()
    ahead.command([])
    ahead.command(["--teach"])
    assert asked == [(".venv",), (".venv",), (".venv-teach", "teach")]


def test_words_that_make_no_sense_set_nothing_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Environment, "ensure", lambda self, *extras: pytest.fail("sets up an environment"))
    for words in (["setup", "--everything"], ["setup", "--upgrade"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        assert ended.value.code == 2
        assert words[1] in capsys.readouterr().err
