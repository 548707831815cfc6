"""The anchors of headings: what stands after `#` in a link to one."""

import re


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it: `Files, and more` is `files-and-more`.

    The site's builder is given this very function, so that a link that is written here leads there
    (https://myst-parser.readthedocs.io/en/latest/syntax/optional.html#auto-generated-header-anchors).
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
