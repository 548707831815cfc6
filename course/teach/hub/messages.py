"""What `course hub` says when it opens."""

from course import paths
from course.teach.hub.settings import Settings

APART = """\
Each person is a user of this system: own password, own home, which the others cannot read.
What they serve with %serve listens on this machine, where all of them can reach it."""
TOGETHER = """\
Nothing keeps these people apart: all servers run as you, and one password opens any of their names.
Run it as root on a machine of its own, and each person becomes a user of the system."""


def opening(settings: Settings, passwords: dict[str, str]) -> str:
    """The address, who may come in and how, what is kept where, and how it ends."""
    wide = max(len(name) for name in passwords)
    slips = "\n".join(
        f"    {name:{wide}}  {word}{'  (admin)' if name in settings.admins else ''}"
        for name, word in passwords.items()
    )
    return f"""\
The class is open at {settings.address}

{slips}

{APART if settings.accounts else TOGETHER}
At each log-in the newest notebooks are merged into ~/gavel; services are in ~/my_service.
All of it is in {paths.shown(settings.data)}. Ctrl-C ends the Hub and everybody's server; files stay.
"""
