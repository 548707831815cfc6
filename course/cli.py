"""All verbs of `python3 -m course`, and of `course` in JupyterLab's terminal.

Only the standard library is imported here: the words are read, and mistakes in them reported, before anything
is installed. Each verb's own module is imported when the verb runs, inside `.venv`.
"""

import argparse
import importlib
import os
import signal
import sys
import threading
from _thread import interrupt_main
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from course.errors import CourseError
from course.setup import environment

Argument = tuple[str, dict[str, Any]]
CHAPTER: Argument = (
    "chapter",
    {"nargs": "?", "help": "a chapter, such as 3; without it, the one you are in"},
)
WORDS: Argument = (
    "words",
    {"nargs": "*", "help": "the words; without any, what is on the standard input"},
)
NEEDED: Argument = ("chapter", {"help": "a chapter, such as 3"})


class Verb(NamedTuple):
    """One word after `course`: what it does, what it takes, and the module whose function runs it.

    It runs in `place`, with `extras`; without a place, in the Python that is there.
    """

    help: str
    takes: tuple[Argument, ...] = ()
    module: str = "course.learn.commands"
    place: environment.Environment | None = environment.PINNED
    extras: tuple[str, ...] = ()


LEARNER = {
    "start": Verb("start a chapter, from your own service if it passed the chapter before", (NEEDED,)),
    "check": Verb(
        "check your service against the chapter's requirements",
        (
            (
                "chapter",
                {
                    "nargs": "?",
                    "help": "a chapter, such as 3, or an exercise, such as 3.2; without it, your chapter",
                },
            ),
        ),
    ),
    "given": Verb(
        "apply code that your chapter gives; without a name, list what it gives",
        (("name", {"nargs": "?", "help": "the name after %given in the notebook"}),),
    ),
    "hint": Verb("the next hint for what fails", (CHAPTER,)),
    "solution": Verb(
        "the difference between your files and the course's",
        (CHAPTER, ("path", {"nargs": "?", "help": "one file, such as app/main.py; without it, all of them"})),
    ),
    "changes": Verb("what this chapter has changed in your service", (CHAPTER,)),
    "progress": Verb("how far you are, chapter by chapter"),
    "serve": Verb(
        "run your service on a port of this machine",
        (
            CHAPTER,
            ("--port", {"type": int, "default": None, "help": "the port; without it, a free one"}),
            (
                "--demo",
                {
                    "action": "store_true",
                    "help": "with users, lots and bids; without a chapter, the finished service",
                },
            ),
        ),
    ),
    "start_over": Verb("start a chapter again; the old folder is kept", (CHAPTER,)),
    "join": Verb(
        "join a room: join URL CODE as NAME; without words, which one you have joined",
        (WORDS,),
        "course.learn.classroom",
    ),
    "leave": Verb("leave the room; its board deletes what it has of you", (), "course.learn.classroom"),
    "ask": Verb("ask for help in a room: first shown, then sent", (WORDS,), "course.learn.classroom"),
    "explain": Verb(
        "what an error means, from its message or a pasted traceback", (WORDS,), "course.learn.lookup.explain"
    ),
    "find": Verb(
        "where the course, or the official documentation, explains something",
        (WORDS,),
        "course.learn.lookup.find",
    ),
    "update": Verb(
        "the newest version of the course, by Git; files that you changed are kept",
        (),
        "course.learn.update",
        place=None,
    ),
}
TEACHER = {
    "guide": Verb("the teacher's guide: a page a chapter", module="course.teach.guide"),
    "slides": Verb(
        "a chapter as slides, in one file", module="course.teach.slides", place=environment.TEACHING
    ),
    "board": Verb("a page that shows how far a room is, live", module="course.teach.board"),
    "hub": Verb(
        "the course on one server for a class",
        module="course.teach.hub",
        place=environment.TEACHING,
        extras=("production",),
    ),
    "export": Verb("assignments for nbgrader", module="course.teach.grades", place=environment.TEACHING),
    "site": Verb("the course as a site", module="course.teach.site", place=environment.TEACHING),
}
MAINTAINER = {
    "setup": Verb("make the course's environment, and open nothing", module="course.setup.ahead", place=None),
    "build": Verb(
        "make notebooks, solutions and checkpoints from the texts",
        module="course.maintain.build",
        extras=environment.VALIDATION,
    ),
    "new": Verb("a new chapter from a template that passes", module="course.maintain.new"),
    "test": Verb(
        "validate the whole course, or one chapter",
        module="course.maintain.validate",
        extras=environment.VALIDATION,
    ),
    "measure": Verb("cells, words and the learner's share of each chapter", module="course.maintain.measure"),
    "bench": Verb("how long a checkpoint takes", module="course.maintain.bench"),
}


OUTPUT_CLOSED = 141
"""The exit status after SIGPIPE, as shells give it: the reader closed the output, as `| head -1` does."""
_output_closed = threading.Event()


def main(argv: list[str]) -> int:
    """Run `course` with these words and return its exit status; messages for people, no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a letter shows `?`, and goes on
    threading.excepthook = _excepthook
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    try:
        try:
            return _answer(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        return OUTPUT_CLOSED


def _excepthook(arguments: threading.ExceptHookArgs, /) -> None:
    """Stop the main thread where another one finds the output closed."""
    if isinstance(arguments.exc_value, BrokenPipeError):
        _output_closed.set()
        if sys.platform == "win32":
            interrupt_main()
        else:  # a real signal, which also interrupts a wait
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        threading.__excepthook__(arguments)


def _interrupted(number: int, frame: object) -> NoReturn:
    raise BrokenPipeError if _output_closed.is_set() else KeyboardInterrupt


def _answer(argv: list[str]) -> int:
    try:
        return _run(argv)
    except CourseError as error:
        sys.stdout.flush()
        print(f"{error.what} {error.do}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        environment.quiet_end()


def _run(argv: list[str]) -> int:
    verb = _verb(argv)
    if verb is not None and (others := {**TEACHER, **MAINTAINER}.get(verb)):
        return _hand_on(others, argv)
    ours, rest = _split(argv) if verb is None else (argv, [])
    chosen = vars(_parser().parse_args(ours))
    if chosen["version"]:
        from course.setup import version

        print(version.report())
        return 0
    if chosen["verb"] == "help":
        _parser().print_help()
        return 0
    if verb is None and "JUPYTERHUB_USER" in os.environ:
        raise CourseError("This is a class's server: JupyterLab runs already.", "All verbs: course help")
    _inside(environment.PINNED if verb is None else LEARNER[verb].place, argv)
    if verb is None:
        from course.setup.launch import launch

        return launch(browser=not chosen["no_browser"], port=chosen["lab_port"], rest=rest)
    general = {"verb", "no_browser", "lab_port", "version"}
    words = {name: value for name, value in chosen.items() if name not in general}
    run = getattr(importlib.import_module(LEARNER[verb].module), verb)
    return int(run(**words))


def _verb(argv: list[str]) -> str | None:
    return argv[0] if argv and not argv[0].startswith("-") else None


def _hand_on(verb: Verb, argv: list[str]) -> int:
    """Hand the words after a teacher's or a maintainer's verb to its own parser, unread."""
    place = verb.place
    if verb is MAINTAINER["test"]:
        from course.maintain.validate import options

        if options.parse(argv[1:]).latest:
            place = environment.NEWEST
    _inside(place, argv, verb.extras)
    return int(importlib.import_module(verb.module).command(argv[1:]))


def _inside(place: environment.Environment | None, argv: list[str], extras: Sequence[str] = ()) -> None:
    """Make the environment ready, and go on in its Python; returns where this already is it."""
    if place is None:
        return  # such a command also works where the environment cannot be made
    if environment.NEWEST.inside() and place is environment.PINNED:
        return  # what the validation there starts stays there
    learning = place is environment.PINNED and _verb(argv) is not None and not extras
    if environment.TEACHING.inside() and learning:
        return  # it holds all of the other, which people on a class's server could not make
    if not place.inside():
        place.ensure(*extras)
        place.enter(argv)
    place.ensure(*extras)


def _split(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our words, and those after `--`, which are JupyterLab's."""
    if "--" not in argv:
        return list(argv), []
    at = argv.index("--")
    return list(argv[:at]), list(argv[at + 1 :])


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line that says what is wrong and where all verbs are listed."""
        print(f"{message[:1].upper()}{message[1:]}. All verbs: python3 -m course help", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python3 -m course",
        description="Without a verb: set up the course and open JupyterLab on its first chapter.",
        epilog="What follows -- goes to JupyterLab as it is. In JupyterLab's terminal, `course` is enough.",
    )
    parser.add_argument("--version", action="store_true", help="the versions, for a report of an error")
    parser.add_argument("--no-browser", action="store_true", help="open no browser; the address is printed")
    parser.add_argument("--port", dest="lab_port", type=int, metavar="N", help="JupyterLab's port")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", parser_class=_Parser)
    for name, verb in {**LEARNER, **TEACHER, **MAINTAINER}.items():
        sub = verbs.add_parser(name, help=verb.help, description=f"{verb.help[0].upper()}{verb.help[1:]}.")
        for word, settings in verb.takes:
            sub.add_argument(word, **settings)
    verbs.add_parser("help", help="this list")
    return parser
