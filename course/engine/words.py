"""Words for sentences."""

from collections.abc import Iterable


def listed(words: Iterable[str]) -> str:
    """At least one word as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
