"""Links to other sites, asked one by one by Sphinx's own `linkcheck`; needs a network."""

import json
import tempfile
from pathlib import Path

from course.setup.phases import phase
from course.teach.site import building, sources

OURS = (r"https?://(127\.0\.0\.1|localhost)[:/]", r"https?://([\w-]+\.)*example\.(com|org|net)")
"""Addresses in a text that no check should request: the learner's own service, and examples (RFC 2606)."""


def check() -> list[str]:
    """Ask every link of the site to another one; a line for each that does not answer."""
    with tempfile.TemporaryDirectory(prefix="gavel-links-") as name:
        texts = Path(name) / "sources"
        sources.assemble(texts)
        with phase("Asking every link to another site"):
            return dead(texts, OURS)


def dead(texts: Path, ignored: tuple[str, ...] = ()) -> list[str]:
    """A line for each link in a folder of texts that does not answer: page, line, address, and why."""
    folder = texts.with_name(f"{texts.name}-links")
    building.run(
        texts,
        folder,
        "linkcheck",
        linkcheck_ignore=list(ignored),
        linkcheck_timeout=20,
        linkcheck_retries=2,
        linkcheck_anchors=False,  # many pages make their anchors in the browser
    )
    lines = (folder / "output.json").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [
        f"{each['filename']}:{each['lineno']}: {each['uri']} ({each['status']}: {each['info']})"
        for each in found
        if each["status"] in {"broken", "timeout"}
    ]
