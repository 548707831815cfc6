"""Questions that end with a question mark."""


def keep_questions(lines: list[str]) -> list[str]:
    """Let `%ask why this?` reach its magic: IPython takes a question mark at the end for a call for help."""
    if lines and lines[0].startswith("%%"):
        return lines
    return [
        f"get_ipython().run_line_magic('ask', {line[5:].strip()!r})\n"
        if line.startswith("%ask ") and line.rstrip().endswith("?")
        else line
        for line in lines
    ]
