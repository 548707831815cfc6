"""What a learner does first: open a notebook in JupyterLab and run all its cells."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from course.engine.chapters import Chapter, exams, numbered

# How far the colour of a text stands out from what is painted behind it (WCAG 2.2, "contrast ratio").
CONTRAST = """element => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const channels = colour => {  // red, green, blue, alpha from 0 to 255, of any CSS colour
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = colour => {
        const [red, green, blue] = channels(colour).map(value => value / 255)
            .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    let behind = element;
    while (behind.parentElement && channels(getComputedStyle(behind).backgroundColor)[3] === 0) {
        behind = behind.parentElement;
    }
    const both = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(luminance);
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}"""


CHANGE_THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
BUILD = (
    "%load_ext course\n%chapter 0",
    '%%write app/main.py\n# The front door.\ndef root() -> dict[str, int]:\n    return {"lots": 3}\n',
)


def notebook(*sources: str) -> dict[str, Any]:
    """A notebook of these code cells, as nbformat 4.5 writes it."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"cell-{number}", "source": source}
        | {"metadata": {}, "outputs": [], "execution_count": None}
        for number, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def run_all(page: Any) -> list[dict[str, Any]]:
    """Run All Cells; the notebook's code cells afterwards, as nbformat writes them."""
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    cells = page.evaluate("window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells")
    return [cell for cell in cells if cell["cell_type"] == "code"]


def errors(cells: list[dict[str, Any]]) -> list[str]:
    """The exceptions that the text does not announce."""
    return [
        f"{cell['id']}: {output['ename']}: {output['evalue']}"
        for cell in cells
        if "raises-exception" not in cell["metadata"].get("tags", [])
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]


# nbval runs every notebook and compares what it shows. Here: the first, the newest and the exam as a learner
# opens them, and the newest one solved.
BOOKS = [("notebooks", chapter) for chapter in (numbered()[0], numbered()[-1], *exams())] + [
    ("solutions", numbered()[-1])
]


@pytest.mark.parametrize(
    ("folder", "chapter"), BOOKS, ids=[f"{folder}-{chapter.stem}" for folder, chapter in BOOKS]
)
def test_all_cells_run_and_show_no_unannounced_error(
    open_notebook: Callable[[str], Any], folder: str, chapter: Chapter
) -> None:
    page = open_notebook(f"{folder}/{chapter.stem}.ipynb")
    cells = run_all(page)
    assert [cell["id"] for cell in cells if cell["source"].strip() and cell["execution_count"] is None] == []
    assert errors(cells) == []


def test_an_unannounced_error_would_be_seen(lab: Any, open_notebook: Callable[[str], Any]) -> None:
    (lab.root / "raises.ipynb").write_text(json.dumps(notebook("1 / 0")), encoding="utf-8")
    assert errors(run_all(open_notebook("raises.ipynb"))) == ["cell-0: ZeroDivisionError: division by zero"]


def test_a_file_below_a_build_cell_unfolds_and_can_be_read_in_light_and_in_dark(
    lab: Any, open_notebook: Callable[[str], Any]
) -> None:
    (lab.root / "build.ipynb").write_text(json.dumps(notebook(*BUILD)), encoding="utf-8")
    page = open_notebook("build.ipynb")
    run_all(page)
    code = page.locator("pre.course-code")
    assert not code.is_visible()
    page.locator("details summary").click()
    assert code.is_visible()
    for theme in ("Light", "Dark"):
        page.evaluate(CHANGE_THEME, f"JupyterLab {theme}")
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        pieces = page.locator("pre.course-code, pre.course-code span, details summary").all()
        contrasts = {piece.get_attribute("class"): piece.evaluate(CONTRAST) for piece in pieces}
        assert set("ckdns") < contrasts.keys()
        # WCAG 2.2, success criterion 1.4.3: 4.5 to 1
        assert {kind: ratio for kind, ratio in contrasts.items() if ratio < 4.5} == {}, theme
