"""Sphinx, with what the site needs of it: warnings are errors, and nothing comes from another machine."""

import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from course.errors import CourseError
from course.setup.phases import phase
from course.teach.site import checking, sources

OURS = ".buildinfo"
"""A file that Sphinx leaves in a site: a folder with anything else in it is not ours to empty."""
SETTINGS: dict[str, Any] = {
    "project": "Gavel",
    "html_title": "Gavel",
    "language": "en",
    "extensions": ["myst_nb", "course.teach.site.cells", "course.teach.site.search_index"],
    "html_theme": "furo",
    "templates_path": [str(Path(__file__).parent / "templates")],
    "html_static_path": ["_static"],
    "html_css_files": ["outputs.css", "gavel.css"],
    "html_js_files": ["gavel.js"],
    "html_favicon": "_static/favicon.svg",
    "html_theme_options": {"light_logo": "favicon.svg", "dark_logo": "favicon.svg"},
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_show_copyright": False,
    "html_use_index": False,
    "nb_execution_mode": "off",
    "nb_ipywidgets_js": {},  # both of its scripts would come from other machines
    "nb_mime_priority_overrides": [("html", "text/html", 0)],
    "nb_code_prompt_hide": "Fold it again",
    "myst_heading_anchors": 4,
    "myst_heading_slug_func": "course.engine.texts.slug",
    "nitpicky": True,
}


def build(folder: Path) -> None:
    """Build the site in a folder that does not exist, or is empty, or holds an earlier site.

    Raises:
        CourseError: the folder holds something else, Sphinx has a warning, or a link leads nowhere.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / OURS).exists():
        raise CourseError(
            f"{folder} holds something that is not a site.", "Name another folder with --output, or empty it."
        )
    with tempfile.TemporaryDirectory(prefix="gavel-site-") as name:
        work = Path(name)
        with phase("Putting chapters and pages together") as current:
            count = sources.assemble(work / "sources")
            current.detail = f"{count} pages"
        with phase("Sphinx makes the pages"):
            run(work / "sources", work / "site")
        with phase("Following every link within the site"):
            broken = checking.broken(work / "site")
        if broken:
            raise CourseError("Links lead nowhere:\n" + "\n".join(broken) + "\n", "Mend them in the texts.")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(work / "site", folder)


def run(texts: Path, folder: Path, builder: str = "html", **settings: Any) -> None:
    """Run a builder of Sphinx on a folder of texts.

    Raises:
        CourseError: Sphinx warned of something; the message is Sphinx's own.
    """
    from sphinx.application import Sphinx  # type: ignore[import-not-found,unused-ignore]
    from sphinx.util.console import nocolor  # type: ignore[import-not-found,unused-ignore]

    nocolor()
    said, warned = io.StringIO(), io.StringIO()
    doctrees = folder.with_name(f"{folder.name}-doctrees")
    app = Sphinx(
        texts,
        None,
        folder,
        doctrees,
        builder,
        {**SETTINGS, **settings},
        status=said,
        warning=warned,
        freshenv=True,
        warningiserror=builder == "html",
        parallel=os.cpu_count() or 1,
    )
    app.build()
    if builder == "html" and warned.getvalue().strip():
        lines = warned.getvalue().strip().replace(f"{texts}{os.sep}", "").split("\n")
        words = "\n".join(dict.fromkeys(lines))
        raise CourseError(f"Sphinx warns:\n{words}\n", "Mend the text that each line names.")
