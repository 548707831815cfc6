"""The room as this process knows it: filled from the database at the start, told of each change after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..models import Check, HelpRequest, Member, Room
from ..schemas.teacher import Picture, Waiting
from . import picture
from .standing import Progress


class RoomView:
    """Everyone's way, and who waits for help. A change of the database is told here once it is kept."""

    def __init__(self, room: Room, order: Sequence[str], minutes: int) -> None:
        self.id, self.name, self.closed_at = room.id, room.name, room.closed_at
        self._order, self._minutes = order, minutes
        self._people: dict[int, Progress] = {}
        self._waiting: dict[int, HelpRequest] = {}

    def __len__(self) -> int:
        return len(self._people)

    def joined(self, member: Member) -> None:
        """Somebody came."""
        self._people[member.id] = Progress(member.id, member.name)

    def left(self, member_id: int) -> None:
        """A learner left, or was removed."""
        self._people.pop(member_id, None)
        for number in [each.id for each in self._waiting.values() if each.member_id == member_id]:
            del self._waiting[number]

    def emptied(self) -> None:
        """Everything was deleted."""
        self._people.clear()
        self._waiting.clear()

    def checked(self, check: Check) -> None:
        """A learner checked a chapter. A learner who has left since then is not counted."""
        if one := self._people.get(check.member_id):
            one.fold(check.chapter, check.at, check.ran, check.results)

    def asked(self, request: HelpRequest) -> None:
        """A learner waits for help."""
        if request.done_at is None and request.member_id in self._people:
            self._waiting[request.id] = request

    def helped(self, request_id: int) -> None:
        """A learner no longer waits for help."""
        self._waiting.pop(request_id, None)

    def checks_of(self, member_id: int) -> int:
        """How many checks of a learner are stored."""
        one = self._people.get(member_id)
        return one.checks if one else 0

    def requests_of(self, member_id: int) -> int:
        """How many requests for help of a learner wait."""
        return sum(each.member_id == member_id for each in self._waiting.values())

    def picture(self, now: datetime) -> Picture:
        """The whole room at this moment."""
        window = timedelta(minutes=self._minutes)
        people = list(self._people.values())
        asking = {each.member_id for each in self._waiting.values()}
        shown = [picture.person(one, asks=one.id in asking) for one in people]
        return Picture(
            room=self.name,
            closed_at=self.closed_at,
            now=now,
            minutes=self._minutes,
            joined=len(people),
            active=sum(one.at is not None and one.at >= now - window for one in shown),
            checks=sum(one.checks for one in people),
            chapters=picture.chapters(people, self._order),
            misconceptions=picture.misconceptions(people, now, window),
            help=[self._shown(each) for each in self._waiting.values()],
            people=shown,
        )

    def _shown(self, request: HelpRequest) -> Waiting:
        return Waiting(
            id=request.id,
            name=self._people[request.member_id].name,
            chapter=request.chapter,
            requirement=request.requirement,
            question=request.question,
            files=len(request.code),
            asked_at=request.asked_at,
        )
