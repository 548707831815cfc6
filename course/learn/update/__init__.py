"""`course update`: the newest version of the course, by Git, without losing what the learner changed.

`git pull` refuses to merge into notebooks that were run, because their saved outputs are changes. Here each
file that both the learner and the update changed is first copied to `my_service/kept/DATE_TIME/`. Only then
is it restored and the branch moved forward. Files that only the learner changed stay as they are. If a step
fails, everything is put back.
"""

from collections.abc import Iterator
from pathlib import Path

from course import paths
from course.errors import CourseError
from course.learn.terminal import DONE, command
from course.learn.update.repository import git, git_or, upstream, version
from course.learn.update.steps import Update, apply, keep, planned


@command
def update() -> int:
    """Update the course and say what was done.

    Raises:
        CourseError: it could not be updated; everything is as it was before.
    """
    branch = upstream()
    print(f"Fetching {branch}", flush=True)
    git_or("The new version could not be fetched", "Check your internet connection, then try again.", "fetch")
    own, behind = map(int, git("rev-list", "--left-right", "--count", f"HEAD...{branch}").split())
    commits = f"{own} commit{'s' * (own != 1)} of your own"
    if own and behind:
        raise CourseError(
            f"This branch has {commits}, so it cannot simply move forward. Nothing was changed.",
            f"Merge the new version yourself: commit your other changes, then type `git merge {branch}`.",
        )
    if not behind:
        print(f"The course is up to date with {branch}: version {version('HEAD')}.")
        if own:
            print(f"The branch has {commits}. They were not changed.")
        return DONE
    plan = planned(branch)
    kept = keep(plan)
    apply(plan, kept)
    print("\n".join(report(plan, kept)))
    return DONE


def report(plan: Update, kept: Path | None) -> Iterator[str]:
    """What was done, line by line."""
    yield f"The course was updated from {version(plan.old)} to {version(plan.new)}."
    if kept is not None:
        yield "The update replaced files that you had changed. Your versions are kept:"
        yield from (f"    {paths.shown(kept / name)}" for name in plan.replaced if (kept / name).exists())
        yield "To get one back, open it there, or copy it over the new file."
        yield "If the file is open in JupyterLab, choose File, Reload Notebook from Disk."
    if untouched := [name for name in plan.mine if name not in plan.replaced]:
        yield f"Your changes to these files are still in place: {', '.join(untouched)}."
    if "requirements.txt" in {*plan.changed, *plan.added}:
        yield "The packages changed too: the next `python3 -m course` installs them."
