"""`course hub`: the course on one server for a class, with JupyterHub.

course hub --users ada,bob          run it here, until Ctrl-C
course hub link --hub URL --repo URL --chapter 3
course hub publish --data FOLDER    the notebooks as they are now, for everybody's next log-in
course hub close --data FOLDER      take the users of the system away; their homes stay
course hub room 30                  what thirty people need
course hub measure                  measure it here
"""

import argparse
import sys
from pathlib import Path

from course import paths
from course.errors import CourseError


def command(argv: list[str]) -> int:
    """Run `course hub` with these words; its exit status.

    Raises:
        CourseError: something that the person who runs it can put right.
    """
    verbs = {"link": _link, "publish": _publish, "close": _close, "room": _room, "measure": _measure}
    if argv and argv[0] in verbs:
        return verbs[argv[0]](argv[1:])
    return _run(argv)


def _parser(verb: str, help: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"python3 -m course hub{verb and f' {verb}'}", description=help)


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=paths.workspace() / ".hub", help="where all is kept")


def _run(argv: list[str]) -> int:
    parser = _parser("", "The course on one server: JupyterHub, with a workspace for each person.")
    parser.epilog = "Also: hub link, hub publish, hub close, hub room, hub measure; each has --help."
    parser.add_argument("--users", default="", help="ada,bob, or a file with a name on each line")
    parser.add_argument(
        "--admins", default="", help="those among them who may start and stop others' servers"
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--ip", default="127.0.0.1", help="0.0.0.0 for other machines to reach it")
    _folder(parser)
    parser.add_argument("--repo", help="what is pulled at log-in; without it, the notebooks that stand here")
    parser.add_argument("--branch", default="main")
    parser.add_argument("--memory", default="2G", help="for one person; enforced where systemd runs")
    parser.add_argument("--cores", type=float, default=1.0, help="for one person; the same")
    parser.add_argument(
        "--idle", type=int, default=3600, help="seconds until an unused kernel or server is ended"
    )
    parser.add_argument("--certificate", type=Path, help="PEM; with it, people come in by https")
    parser.add_argument("--key", type=Path)
    parser.add_argument(
        "--together",
        action="store_true",
        help="as root too: create no users of the system, and keep people's files together",
    )
    parser.add_argument("--talkative", action="store_true", help="log each request")
    chosen = parser.parse_args(argv)
    if bool(chosen.certificate) != bool(chosen.key):
        raise CourseError(
            "A certificate and its key go together.", "Give --certificate and --key, or neither."
        )
    from course.setup.launch import try_port
    from course.teach.hub import accounts, messages, start

    try_port(chosen.port)
    people = accounts.names(chosen.users or "ada,bob")
    admins = accounts.names(chosen.admins) if chosen.admins else ()
    told = {name: value for name, value in vars(chosen).items() if name not in {"users", "admins"}}
    settings, passwords = start.set_up(start.Wanted(**told, people=people, admins=admins))
    print(messages.opening(settings, passwords), flush=True)
    return start.run(settings)


def _link(argv: list[str]) -> int:
    parser = _parser("link", "A link that brings everybody's notebooks up to date and opens a chapter.")
    parser.add_argument("--hub", required=True, help="the Hub's address")
    parser.add_argument("--repo", required=True, help="the Git repository with the folder notebooks/")
    parser.add_argument("--branch", default="main")
    parser.add_argument("--chapter", help="a chapter, such as 3; without it, the folder")
    chosen = parser.parse_args(argv)
    from course.teach.hub.links import link

    print(link(chosen.hub, chosen.repo, branch=chosen.branch, chapter=chosen.chapter))
    return 0


def _publish(argv: list[str]) -> int:
    parser = _parser("publish", "Give the notebooks as they are now to everybody, at their next log-in.")
    _folder(parser)
    from course.teach.hub.settings import Settings
    from course.teach.hub.source import publish

    data = parser.parse_args(argv).data.resolve()
    Settings.read(data / "settings.json")
    print(f"{publish(data)} has the notebooks as they are now.")
    return 0


def _close(argv: list[str]) -> int:
    parser = _parser("close", "Take away the users of the system that were made for a class. Homes stay.")
    _folder(parser)
    from course.teach.hub import accounts, start

    data = parser.parse_args(argv).data.resolve()
    gone = accounts.close(data) if start.is_root() else []
    who = f"Taken away: {', '.join(gone)}." if gone else "No user of the system was made here."
    print(f"{who} What they wrote is in {data / 'homes'}: keep it, or delete it.")
    return 0


def _room(argv: list[str]) -> int:
    parser = _parser("room", "What a class of so many people needs, from what one person was measured to.")
    parser.add_argument("people", type=int, nargs="+")
    from course.teach.hub import capacity

    print(capacity.table(parser.parse_args(argv).people))
    return 0


def _measure(argv: list[str]) -> int:
    parser = _parser("measure", "Measure one learner here, and several at once.")
    parser.add_argument("--learners", type=int, default=2)
    chosen = parser.parse_args(argv)
    if not sys.platform.startswith("linux"):
        raise CourseError("Memory is measured by what Linux tells (smaps).", "Run it on the server itself.")
    from course.teach.hub import measure

    print(measure.table(chosen.learners))
    return 0
