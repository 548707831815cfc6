"""The marks of a solution, from the course's texts to nbgrader's source notebooks, and back to stubs.

A text has a stub of its own for each solution; nbgrader has one for all of them. So in a source notebook the
stub stands in the marked region, as comments, where a teacher can see and change it:

    ### BEGIN SOLUTION
    try:
        yield engine
    finally:
        await engine.dispose()
    ### STUB
    # yield engine  # and then?
    ### END SOLUTION

`nbgrader generate_assignment` turns it into `yield engine  # and then?`, by
`course.teach.grades.preprocessors`.
"""

import re
from collections.abc import Callable

from course.engine import texts


def marked(source: str) -> str:
    """A cell of a text as it stands in a source notebook: it runs as the solution does."""
    return _in_stubs(source, lambda line: re.sub(r"^(\s*)", r"\1# ", line, count=1).rstrip())


def released(source: str) -> str:
    """A cell of a source notebook as the learner gets it.

    Raises:
        CourseError: the marks do not match.
    """
    return texts.stubbed(_in_stubs(source, lambda line: re.sub(r"^(\s*)# ?", r"\1", line, count=1).rstrip()))


def _in_stubs(source: str, change: Callable[[str], str]) -> str:
    """The cell with each line between `### STUB` and `### END SOLUTION` changed."""
    lines, stub = [], False
    for line in source.split("\n"):
        if line.strip() == texts.END:
            stub = False
        lines.append(change(line) if stub else line)
        if line.strip() == texts.STUB:
            stub = True
    return "\n".join(lines)
