"""The page at /docs of a served project works without a network."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from course.engine.chapters import Chapter, numbered
from course.learn import workspace
from course.learn.serving import serve
from tests.fixtures.browser import windows


@pytest.fixture(params=[numbered()[0], numbered()[-1]], ids=lambda chapter: chapter.stem)
def served(request: Any, workspace_folder: Any, browser: object) -> Iterator[str]:
    """The address of a chapter's project, as `%serve` serves it."""
    chapter: Chapter = request.param
    workspace.start(chapter)
    shutil.copytree(chapter.checkpoint, chapter.project, dirs_exist_ok=True)
    serving = serve.serve(chapter)
    yield serving.url
    serve.stop()


def test_docs_needs_no_network_and_sends_a_request(served: str, browser: Any) -> None:
    with windows(browser, served) as opened:
        page = opened()
        page.set_default_timeout(15_000)
        page.route(lambda url: not url.startswith(served), lambda route: route.abort())
        page.goto(f"{served}/docs")
        page.get_by_role("button", name="/health", exact=False).first.click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
