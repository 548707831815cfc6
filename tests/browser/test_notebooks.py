"""What a learner does first: open a notebook in JupyterLab and run all its cells."""

from collections.abc import Callable
from typing import Any

import pytest

from course.chapters import Chapter, contents

CHAPTERS = contents()
# How far the colour of a text stands out from what is painted behind it (WCAG 2.2, "contrast ratio").
CONTRAST = """element => {
    const channels = colour => colour.match(/[0-9.]+/g).map(Number);
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


@pytest.mark.parametrize("folder", ["notebooks", "solutions"])
@pytest.mark.parametrize("chapter", CHAPTERS, ids=[chapter.stem for chapter in CHAPTERS])
def test_all_cells_run_and_show_no_unannounced_error(
    open_notebook: Callable[[str], Any], folder: str, chapter: Chapter
) -> None:
    page = open_notebook(f"{folder}/{chapter.stem}.ipynb")
    cells = run_all(page)
    assert [cell["id"] for cell in cells if cell["source"].strip() and cell["execution_count"] is None] == []
    assert errors(cells) == []


def test_what_the_magics_show_unfolds_and_can_be_read_in_light_and_in_dark(
    open_notebook: Callable[[str], Any],
) -> None:
    page = open_notebook(f"solutions/{CHAPTERS[0].stem}.ipynb")
    run_all(page)
    folded = page.locator("details", has=page.locator("pre.course-code")).first
    assert not folded.locator("pre").is_visible()
    folded.locator("summary").click()
    assert folded.locator("pre").is_visible()
    for theme in ("Light", "Dark"):
        page.evaluate(
            f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})"
        )
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        pieces = folded.locator("pre.course-code, pre.course-code span, summary").all()
        contrasts = {piece.text_content(): piece.evaluate(CONTRAST) for piece in pieces}
        # WCAG 2.2, success criterion 1.4.3: 4.5 to 1
        assert {text: ratio for text, ratio in contrasts.items() if ratio < 4.5} == {}, theme
