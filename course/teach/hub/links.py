"""nbgitpuller's links: who clicks one gets the newest notebooks, merged with what they changed.

https://nbgitpuller.readthedocs.io/en/latest/link.html describes the words of such a link.
"""

from urllib.parse import urlencode, urlsplit

from course.engine import chapters
from course.errors import CourseError

FOLDER = "gavel"
"""Where the course's notebooks stand in everybody's home."""


def path_of(repo: str, *, branch: str = "main", chapter: int | str | None = None) -> str:
    """The part of a link after a person's server: `/git-pull?repo=…`.

    Raises:
        CourseError: there is no such chapter.
    """
    shown = f"lab/tree/{FOLDER}/notebooks"
    if chapter is not None:
        shown += f"/{chapters.find(chapter).stem}.ipynb"
    words = {"repo": repo, "branch": branch, "targetpath": FOLDER, "urlpath": shown}
    return f"/git-pull?{urlencode(words)}"


def link(hub: str, repo: str, *, branch: str = "main", chapter: int | str | None = None) -> str:
    """A link that works for everybody: the Hub sends each person to their own server.

    Args:
        hub: the Hub's address, as people type it.
        repo: the address of a Git repository that the servers can reach.

    Raises:
        CourseError: an address is none, or there is no such chapter.
    """
    if urlsplit(hub).scheme not in {"http", "https"} or not urlsplit(hub).netloc:
        raise CourseError(f"{hub} is no address of a Hub.", "It begins with http:// or https://.")
    if urlsplit(repo).scheme not in {"http", "https", "ssh", "file"}:
        raise CourseError(
            f"{repo} is no address of a Git repository.",
            "Use one that the class's server can reach, such as https://github.com/you/course.",
        )
    return f"{hub.rstrip('/')}/hub/user-redirect{path_of(repo, branch=branch, chapter=chapter)}"
