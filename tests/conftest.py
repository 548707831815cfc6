"""Chromium, for whatever shows a page: one for the whole session, since Playwright can only be begun once.

Playwright drives the Chromium of the system, found by its name or by `COURSE_CHROMIUM`; without one these
tests are skipped and say so.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("COURSE_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium without a window, as Playwright's `Browser`."""
    executable = chromium()
    if executable is None:
        pytest.skip(f"no Chromium here: none of {', '.join(NAMES)}, and COURSE_CHROMIUM is not set")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chrome
        chrome.close()
