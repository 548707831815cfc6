"""Sending what waits, beside the notebook: nothing here delays a checkpoint, or breaks one.

A thread sends the messages in order. While the board cannot be reached it tries again, first after seconds,
then after a minute, for as long as the kernel lives; what is left then goes with the next check.
"""

import threading
import time
from collections.abc import Iterator

from course.learn.classroom import membership, outbox

SENT, UNREACHABLE, CLOSED, GONE = "", "unreachable", "closed", "gone"
LINES = {
    UNREACHABLE: "The board cannot be reached; what you do is kept and sent later.",
    CLOSED: "The room at the board is closed; what you do is kept here.",
    GONE: "The board does not know you any more, so nothing is sent. `%join` with the code joins again.",
}
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
HOPELESS = {400, 409, 413, 422}
"""What the board will never take: such a message goes, and the next is sent."""
MOST_WAIT = 60


def deliver() -> str:
    """Send what waits, the oldest first, and say how it went: `SENT`, `UNREACHABLE`, `CLOSED` or `GONE`."""
    joined = membership.load()
    if joined is None or joined.leaving:
        return SENT
    from course.learn.classroom.wire import Board, Refused, Unreachable

    try:
        with Board(joined.url, joined.token) as board:
            for path in outbox.waiting():
                if message := outbox.read(path):
                    _send(board, message)
                    path.unlink(missing_ok=True)
    except Unreachable:
        return UNREACHABLE
    except Refused as refused:
        return CLOSED if refused.kind == "room-closed" else GONE if refused.status == 401 else UNREACHABLE
    return SENT


def _send(board: object, message: outbox.Message) -> None:
    from course.learn.classroom.wire import Board, Refused

    assert isinstance(board, Board)
    while True:
        try:
            return board.send(message.kind, message.outgoing(time.time()))
        except Refused as refused:
            if refused.status == 429:
                time.sleep(min(max(refused.wait, 1), MOST_WAIT))
            elif refused.status in HOPELESS and refused.kind != "room-closed":
                return None
            else:
                raise


class Sender:
    """The thread that sends, begun with the first message and ended when nothing waits."""

    def __init__(self) -> None:
        self.state = SENT
        self._asked, self._tried = 0, 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Send what waits, from now on. Returns at once."""
        with self._changed:
            self._asked += 1
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="board", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> str:
        """Wait for an attempt made after the last `begin`, but no longer than this; how it stands then."""
        with self._changed:
            self._changed.wait_for(lambda: self._tried == self._asked, seconds)
            return self.state

    def _run(self) -> None:
        for pause in pauses():
            asked = self._asked
            try:
                state = deliver()
            except OSError:  # the workspace is gone, or the disk is full
                state = UNREACHABLE
            with self._changed:
                self.state, self._tried = state, asked
                self._changed.notify_all()
                if state == UNREACHABLE:
                    self._changed.wait_for(lambda: self._tried != self._asked, pause)
                elif self._tried == self._asked:
                    self._thread = None
                    return


def pauses() -> Iterator[float]:
    """5 seconds, then twice as long each time, up to a minute."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


SENDER = Sender()


def line(state: str) -> str | None:
    """What to tell the learner of this state: one line when it begins, and nothing after that."""
    before = outbox.told()
    if state == before:
        return None
    outbox.tell(state)
    return LINES.get(state)
