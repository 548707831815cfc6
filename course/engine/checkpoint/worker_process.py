"""A worker process, seen from outside: start it, give it a job, read its events, end all that it started.

No fork: the same on Windows and macOS. Events come through a pipe of their own, so that nothing the learner's
code prints can be taken for one; what it prints is drained all the time, and its beginning kept.
"""

import contextlib
import json
import os
import queue
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from course import paths
from course.engine.checkpoint import process_cleanup

Event = dict[str, Any]

MEMORY_DISK = "/dev/shm"
MEMORY_DISK_ROOM = 1024**3

REFERENCE = 1.5
"""Seconds that a worker's first imports take at most on a machine for which the limits are as they stand."""
MOST_PATIENCE = 6.0
"""The limits are never extended by more than this factor."""

FAULTS = "faults.txt"
"""In a worker's folder: what the interpreter writes of its last moment, by Python's `faulthandler`."""

MARKER = "GAVEL_COURSE_WORKER"
"""In the environment of a worker and of everything it starts, so that what it leaves behind can be found."""


def memory_disk() -> str | None:
    """A folder in memory with room enough, where this system has one; None for its usual temporary folder.

    Every test makes a database. A commit waits for the disk, which took 19 ms where this one took 0.5.
    """
    with contextlib.suppress(OSError):
        if sys.platform == "linux" and shutil.disk_usage(MEMORY_DISK).free > MEMORY_DISK_ROOM:
            return MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None
    return None


@dataclass(frozen=True)
class Limits:
    """Seconds for the import and for each requirement, bytes of memory, characters of printed output.

    The numbers are those that graders use: 10 s, 2 GB, 30 KB. `resource` enforces the memory on POSIX;
    elsewhere the clock and the kill must do.
    """

    seconds: float = 10.0
    memory: int = 2 * 1024**3
    output: int = 30_000

    def on_this_machine(self, imports: float) -> "Limits":
        """The same limits with the time scaled: `imports` is what a worker's first imports took, in seconds.

        The time is never shortened, and never more than `MOST_PATIENCE` times as long.
        """
        factor = min(max(imports / REFERENCE, 1.0), MOST_PATIENCE)
        return replace(self, seconds=float(round(self.seconds * factor)))


class Worker:
    """One fresh process. It is used for one job and never again.

    Args:
        preparation: what to do before the job comes: the tests to collect, the misconceptions to read.
        output: how many characters of what the learner's code prints are kept.
    """

    def __init__(self, preparation: Mapping[str, Any], *, output: int = 30_000) -> None:
        self.preparation = preparation
        self.mark = secrets.token_hex(8)
        self.scratch = Path(tempfile.mkdtemp(prefix="gavel-check-", dir=memory_disk()))
        self.is_warm = threading.Event()
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._nonce = secrets.token_hex(16)
        self._kept: list[bytes] = []
        self._room = output * 4  # bytes; a character of UTF-8 has at most four
        self._limit = output
        self.last_words = ""
        self._ending = False
        self._cleaning: threading.Thread | None = None
        self.printed = 0
        reading, writing = os.pipe()
        self._process = self._start(writing)
        os.close(writing)
        self._threads = [
            threading.Thread(target=self._hear, args=(reading,), daemon=True),
            threading.Thread(target=self._drain, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._tell({"scratch": str(self.scratch), "nonce": self._nonce, **preparation})

    def _start(self, writing: int) -> "subprocess.Popen[bytes]":
        options: dict[str, Any] = {}
        channel = writing
        if sys.platform == "win32":
            import msvcrt

            channel = msvcrt.get_osfhandle(writing)
            os.set_handle_inheritable(channel, True)
            options["startupinfo"] = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [channel]})
            options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            options["pass_fds"] = (writing,)
            options["start_new_session"] = True
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "course.engine.worker", str(channel)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.scratch,
            env=self._environment(),
            bufsize=0,
            **options,
        )

    def _environment(self) -> dict[str, str]:
        """The environment without settings of the service: a check does not depend on the shell around it."""
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GAVEL_")}
        search = [str(paths.ROOT), *filter(None, [kept.get("PYTHONPATH")])]
        return kept | {
            "PYTHONPATH": os.pathsep.join(search),
            "PYTHONIOENCODING": "utf-8:backslashreplace",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "",
            "NO_COLOR": "1",
            MARKER: self.mark,
        }

    def give(self, job: Mapping[str, Any]) -> None:
        """Send the job. A worker that has died by then is noticed by the one who waits for its events."""
        self._tell(job)

    def _tell(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def _hear(self, reading: int) -> None:
        with open(reading, "rb") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict) and event.pop("nonce", None) == self._nonce:
                    if event["kind"] == "warm":
                        self.is_warm.set()
                    self.events.put(event)
        self.events.put(None)

    def _drain(self) -> None:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while chunk := os.read(descriptor, 1 << 20):
            if self._room > 0:
                self._kept.append(chunk[: self._room])
                self._room -= len(chunk)
            self.printed += len(chunk)

    def output(self) -> str:
        """What was printed, its first part, as text. Bytes that are not UTF-8 are shown as `\\xff`."""
        kept = b"".join(self._kept).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
        if len(kept) <= self._limit and self._room > 0:
            return kept
        shown = kept[: self._limit]
        left = self.printed - len(shown.encode("utf-8", "replace"))
        return f"{shown}\n… and {left:,} bytes more that are not shown"

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """Its exit code; on POSIX, minus the number of the signal that ended it. None while it runs."""
        return self._process.poll()

    def memory(self) -> int:
        """Bytes of memory that it holds now, shared memory included; 0 where it has ended."""
        return process_cleanup.resident(self._process.pid)

    def processor_time(self) -> float:
        """Seconds of processor time that it and its living children have used; 0 where it has ended."""
        return process_cleanup.processor_time(self._process.pid)

    def wait(self, seconds: float) -> None:
        """Wait for it to end by itself, but not for longer than this."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def end(self) -> None:
        """Kill it with everything that it started, and wait until it is gone. May be called again."""
        if not self._ending:
            self._kill(thorough=self.ended)
        # Here and now: a program that is ending, which is when `cool` calls this, may start no thread.
        if self._cleaning is None:
            self._clean()
        self.settle()

    def dismiss(self) -> None:
        """Kill it after its last event, without waiting for the system to take it apart.

        The worker has closed its own output before that event, so that what it printed is complete.
        """
        self._kill(thorough=False)
        self._threads[1].join(timeout=0.5)
        if self._cleaning is None:
            # Not a daemon: a kernel that ends waits for it, and no folder stays behind.
            self._cleaning = threading.Thread(target=self._clean, name="course-clean")
            self._cleaning.start()

    def settle(self) -> None:
        """Wait until nothing of it is left: no process, no folder."""
        if self._cleaning is not None:
            self._cleaning.join()

    def _kill(self, *, thorough: bool) -> None:
        self._ending = True
        process_cleanup.kill(self._process, self.mark, thorough=thorough)
        with contextlib.suppress(OSError):
            self.last_words = (self.scratch / FAULTS).read_text(encoding="utf-8", errors="replace")

    def _clean(self) -> None:
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=2)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None and not self._threads[1].is_alive():
                    stream.close()
        process_cleanup.remove(self.scratch)
