"""`course build`: make what is stale, or say what is."""

import argparse
import shutil
import time
from typing import TYPE_CHECKING

from course import paths
from course.engine import chapters, example_pages, projects
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.maintain import example_runner
from course.maintain.build import addresses, freshness

if TYPE_CHECKING:
    from nbformat import NotebookNode


def main(argv: list[str]) -> int:
    """Build the chapters named, or all; exit status 1 when `--check` finds something stale.

    `course build pages` instead runs the examples of the pages on errors and on what changed, and writes the
    repository's address into the files that hold it.
    """
    parser = argparse.ArgumentParser(prog="course build", description=main.__doc__)
    parser.add_argument("chapter", nargs="*", help="a chapter, such as 3; all when none is named; or `pages`")
    parser.add_argument("--check", action="store_true", help="say what is stale, build and execute nothing")
    parser.add_argument("--all", action="store_true", help="execute every solution again")
    chosen = parser.parse_args(argv)
    if chosen.chapter == ["pages"]:
        return _pages(check=chosen.check)
    wanted = [chapters.find(name) for name in chosen.chapter] or list(chapters.contents())
    if chosen.check:
        return _check(wanted)
    for chapter in wanted:
        _build(chapter, again=chosen.all)
    return 0


def _check(wanted: list[Chapter]) -> int:
    said = [line for chapter in wanted for line in freshness.stale(chapter)] + freshness.strangers()
    for line in said:
        print(line)
    if said:
        print("Build again with: python3 -m course build")
        return 1
    print(f"{len(wanted)} chapters are fresh.")
    return 0


def _pages(*, check: bool) -> int:
    if not check:
        for path in (*addresses.refresh(), *example_runner.refresh(example_pages.pages())):
            print(f"{path.name}: written")
        return 0
    wrong = example_runner.stale(example_pages.pages())
    for example, output in wrong:
        print(f"{example.where} prints now:\n{output}")
    print("Write them again with: python3 -m course build pages" if wrong else "The pages are fresh.")
    return 1 if wrong else 0


def _build(chapter: Chapter, *, again: bool) -> None:
    if not again and not freshness.stale(chapter):
        print(f"{chapter.stem}: fresh", flush=True)
        return
    began = time.perf_counter()
    from course.engine import notebooks

    before, after = projects.start(chapter), projects.project(chapter)
    starter = notebooks.notebook(chapter, solution=False)
    solved = notebooks.notebook(chapter, solution=True)
    if chapter.checkpoint.exists():
        shutil.rmtree(chapter.checkpoint)
    projects.materialise(after, chapter.checkpoint)
    for folder in (paths.NOTEBOOKS, paths.SOLUTIONS):
        folder.mkdir(exist_ok=True)
    chapter.notebook.write_text(notebooks.dumps(starter), encoding="utf-8", newline="\n")

    cells = [cell.source for cell in solved.cells if cell.cell_type == "code"]
    executed = freshness.execution(chapter, [*cells, *before.values(), *after.values()])
    if again or not chapter.solution.exists() or freshness.load(chapter).executed != executed:
        print(f"{chapter.stem}: executing {len(cells)} cells ...", flush=True)
        from course.maintain.build.execute import execute

        freshness.save_stages(chapter)
        execute(solved, chapter)
    else:
        _keep_outputs(solved, chapter)
    chapter.solution.write_text(notebooks.dumps(solved), encoding="utf-8", newline="\n")
    freshness.save(chapter, executed)
    print(f"{chapter.stem}: built in {time.perf_counter() - began:.1f} s", flush=True)


def _keep_outputs(book: "NotebookNode", chapter: Chapter) -> None:
    import nbformat

    saved = nbformat.read(chapter.solution, as_version=4)
    known = [cell for cell in saved.cells if cell.cell_type == "code"]
    fresh = [cell for cell in book.cells if cell.cell_type == "code"]
    if [cell.source for cell in known] != [cell.source for cell in fresh]:
        raise CourseError(
            f"{chapter.solution.name} does not hold the cells it was executed from.",
            f"Execute it again: python3 -m course build --all {chapter.typed}",
        )
    for cell, was in zip(fresh, known, strict=True):
        cell.outputs, cell.execution_count = was.outputs, was.execution_count
