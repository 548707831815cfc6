"""Whoever waits for the sender is told of an attempt that was made after they asked."""

import threading
import time

import pytest

from course.learn.classroom import sending


def test_an_attempt_that_was_under_way_does_not_answer_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    states = [sending.UNREACHABLE, sending.SENT]

    def deliver() -> str:
        state = states.pop(0)
        if state == sending.UNREACHABLE:
            begun.set()
            assert go_on.wait(10)
        else:
            time.sleep(0.3)  # long enough for whoever is told too early
        return state

    monkeypatch.setattr(sending, "deliver", deliver)
    sender = sending.Sender()
    sender.begin()
    assert begun.wait(10)
    sender.begin()
    go_on.set()
    assert sender.wait(10) == sending.SENT


def test_an_attempt_that_failed_is_made_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.01)
    states = [sending.UNREACHABLE, sending.UNREACHABLE, sending.SENT]
    done = threading.Event()

    def deliver() -> str:
        state = states.pop(0)
        if not states:
            done.set()
        return state

    monkeypatch.setattr(sending, "deliver", deliver)
    sender = sending.Sender()
    sender.begin()
    assert done.wait(10)
    assert states == []
