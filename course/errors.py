"""The one exception whose message is written for a person."""


class CourseError(Exception):
    """Something that the reader can put right.

    Args:
        what: one sentence that says what happened.
        do: one sentence that says what to do next.

    The command line and the magics print both sentences and no traceback.
    """

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what} {do}")
        self.what = what
        self.do = do
