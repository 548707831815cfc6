"""The record of one request, in the order in which things happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from course.engine.pictures.names import problem_of


@dataclass(eq=False)
class Event:
    """One thing that happened. `closes` is the event that this one ends, if it ends one.
    `whole` says it when its end follows at once.

    `kind` is middleware, dependency, endpoint, response, exception handler, background task, validation
    or exception.
    """

    kind: str
    who: str
    what: str
    closes: "Event | None" = None
    raised: str = ""
    whole: str = ""

    @property
    def words(self) -> str:
        """`dependency get_session: exits, after its yield`."""
        return f"{self.kind} {self.who}: {self.said}" if self.who else f"{self.kind}: {self.said}"

    @property
    def said(self) -> str:
        if not self.raised:
            return self.what
        return f"{self.what} and raises {self.raised}" if self.what else f"raises {self.raised}"


@dataclass
class Log:
    """Events in their order. Worker threads append too, which `list.append` allows."""

    events: list[Event] = field(default_factory=list)

    def add(self, kind: str, who: str, what: str, *, closes: Event | None = None) -> Event:
        event = Event(kind, who, what, closes)
        self.events.append(event)
        return event

    @contextmanager
    def running(self, kind: str, who: str, what: str) -> Iterator[Event]:
        """Something that begins and ends; the end knows the exception that went through it."""
        begun = self.add(kind, who, f"{what} begins")
        begun.whole = what
        try:
            yield begun
        except BaseException as error:
            self.add(kind, who, what, closes=begun).raised = problem_of(error)
            raise
        self.add(kind, who, f"{what} ends", closes=begun)

    @contextmanager
    def noting(self, event: Event) -> Iterator[None]:
        """Write on `event` what the block raises."""
        try:
            yield
        except BaseException as error:
            event.raised = problem_of(error)
            raise
