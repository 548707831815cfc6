"""What a person sees while something takes long: one line a phase, with its seconds running."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

LIVE = 0.25  # seconds between two looks at a terminal's line
LOGIN = re.compile(r"://[^/\s'\"]*@")  # name and password in an address
SILENCE = 10.0  # seconds after which a log file is told that work goes on


@dataclass
class Phase:
    """One phase of the work; `detail` may be changed while it runs."""

    title: str
    detail: str = ""
    began: float = field(default_factory=time.monotonic)

    def line(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.title}{detail} ({time.monotonic() - self.began:.0f} s)"


@contextmanager
def phase(title: str, out: TextIO | None = None) -> Iterator[Phase]:
    """Show a phase until its block ends: a running line in a terminal, now and then a line elsewhere."""
    out = out or sys.stdout
    current, over = Phase(title), threading.Event()
    ticker = threading.Thread(target=_tick, args=(current, over, out), daemon=True)
    ticker.start()
    try:
        yield current
    finally:
        over.set()
        ticker.join()
        _show(out, current.line(), last=True)


def _tick(current: Phase, over: threading.Event, out: TextIO) -> None:
    while not over.wait(LIVE if out.isatty() else SILENCE):
        _show(out, current.line(), last=False)


def _show(out: TextIO, line: str, *, last: bool) -> None:
    if out.isatty():
        out.write(f"\r\x1b[2K{line[:100]}" + ("\n" if last else ""))
    else:
        out.write(line + "\n")
    out.flush()


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit status, and all it printed."""

    code: int
    output: str

    @property
    def worked(self) -> bool:
        return self.code == 0


def run(
    command: Sequence[str],
    heard: Callable[[str], None] = lambda line: None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Outcome:
    """Run a command to its end; `heard` gets each line that it prints, without the passwords in addresses.

    A command that cannot be started at all has the exit status 127.
    """
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        return Outcome(127, str(error))
    lines: list[str] = []
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            line = LOGIN.sub("://****@", line)
            lines.append(line)
            heard(line.rstrip())
    return Outcome(process.returncode, "".join(lines))
