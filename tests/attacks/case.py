"""One attack: what somebody does to the service, what they get where a defence is missing, and from Gavel."""

from collections.abc import Callable
from dataclasses import dataclass

from course.engine.checkpoint.service import Service

Attack = Callable[[Service], object]


@dataclass(frozen=True)
class Case:
    """One attack.

    Args:
        sentence: what is done, in words.
        source: where this kind of attack is described.
        without: the name of the defence that is taken away in the service against which it must succeed; an
            entry of `undefended/*.md`.
        wins: what comes of it there.
        refused: what comes of it at the finished service.
        attack: does it to one service, and gives what came of it.
    """

    sentence: str
    source: str
    without: str
    wins: object
    refused: object
    attack: Attack


CASES: list[Case] = []


def attack(source: str, *, without: str, wins: object, refused: object) -> Callable[[Attack], Attack]:
    """Note a function as an attack; its name is the sentence."""

    def note(function: Attack) -> Attack:
        sentence = function.__name__.replace("_", " ")
        CASES.append(Case(sentence, source, without, wins, refused, function))
        return function

    return note
