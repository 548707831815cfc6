"""What a class needs, from what one learner was measured to need.

`course hub measure --learners 6` gives the measured numbers; the rest are assumptions, and are called so.
Nothing is rounded before the end.
"""

from dataclasses import dataclass
from math import ceil

from course.errors import CourseError

CLASSES = (30, 300, 3000)

# Measured with six learners at once, in MiB (PSS) and seconds of processor time.
ONCE = 155  # the Hub and its proxy
SERVER = 126  # logged in, JupyterLab open, no kernel
KERNEL = 198  # what a kernel with the course and its two waiting workers add
SERVICE = 63  # what %serve adds
PEAK = 52  # what a checkpoint adds while it runs
START = 10.0  # log in, start the server and a kernel, open a chapter
CHECK = 14.0  # one %checkpoint: the middle of chapter 3's and chapter 9's

# Assumed.
AT_ONCE = 1.0  # the share of the class that is at work at the same time
CHECKS = 0.2  # checkpoints a minute, of each
CHECKING = 0.15  # the share whose checkpoint runs at one moment
RUSH = 300.0  # seconds within which all log in
BUSY = 0.7  # the share of processors that is used before answers become late
FILLED = 0.85  # the share of memory that is used
SYSTEM = 1024  # MiB for the operating system of each machine
HOME = 0.25  # GiB on disk for each person: notebooks, ten services, kept copies, databases
SHARED = 3.0  # GiB on disk once: the course and its environment
NODE_MEMORY, NODE_CORES = 32, 8  # GiB and processors of one node in a cluster
LARGEST = 64, 16  # GiB and processors of what is still one ordinary server


@dataclass(frozen=True)
class Need:
    """What so many people need: memory and disk in GiB; nodes of a cluster, 0 where one server does."""

    people: int
    memory: int
    cores: int
    disk: int
    nodes: int

    @property
    def one_server(self) -> bool:
        return self.memory <= LARGEST[0] and self.cores <= LARGEST[1]


def each() -> float:
    """MiB that one person at work holds, on average."""
    return SERVER + KERNEL + SERVICE + CHECKING * PEAK


def need(people: int, at_once: float = AT_ONCE) -> Need:
    """What a class of so many people needs, of whom this share is at work at the same time.

    Raises:
        CourseError: the number of people is less than one.
    """
    if people < 1:
        raise CourseError("A class has at least one learner.", "Say how many: course hub room 30.")
    active = people * at_once
    memory = (ONCE + active * each()) / FILLED / 1024 + SYSTEM / 1024
    cores = max(active * CHECKS * CHECK / 60, active * START / RUSH) / BUSY
    disk = SHARED + people * HOME
    found = Need(people, ceil(memory), max(2, ceil(cores)), ceil(disk), 0)
    if found.one_server:
        return found
    by_memory = active * each() / 1024 / (NODE_MEMORY * FILLED - SYSTEM / 1024)
    nodes = max(ceil(by_memory), ceil(cores / NODE_CORES))
    return Need(people, found.memory, found.cores, found.disk, nodes)


def table(classes: list[int]) -> str:
    """The needs of these classes; Markdown."""
    lines = ["| people at once | memory | processors | disk | where |", "|---:|---:|---:|---:|---|"]
    for people in classes:
        one = need(people)
        where = (
            "one server"
            if one.one_server
            else f"{one.nodes} nodes of {NODE_CORES} processors, {NODE_MEMORY} GiB"
        )
        lines.append(f"| {people:,} | {one.memory:,} GiB | {one.cores:,} | {one.disk:,} GiB | {where} |")
    return "\n".join(lines)


def largest() -> int:
    """The most people, all at once, for whom one ordinary server is enough."""
    people = 1
    while need(people + 1).one_server:
        people += 1
    return people


def measured() -> str:
    """The measured figures that the arithmetic uses; Markdown."""
    return f"""\
| measured | |
|---|---:|
| the Hub and its proxy, once | {ONCE} MiB |
| a person's server with JupyterLab | {SERVER} MiB |
| their kernel with the course, and two waiting workers | {KERNEL} MiB |
| their service, served | {SERVICE} MiB |
| in addition, while a checkpoint runs | {PEAK} MiB |
| to log in, start, and open a chapter | {START:.0f} s of one processor |
| one checkpoint, between chapter 3's and chapter 9's | {CHECK:.0f} s of one processor |"""
