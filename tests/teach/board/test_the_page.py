"""The teacher's page in Chromium."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.axe import serious
from tests.fixtures.browser import windows

TOKEN = "the-token-of-the-teacher"
SECONDS = 60


@pytest.fixture
def page(browser: Any, served: str) -> Iterator[Any]:
    """A page of its own; it asks nobody but the board."""
    with windows(browser, served, expected="Failed to load resource") as opened:
        yield opened(viewport={"width": 1400, "height": 900})


@pytest.fixture
def ada(served: str) -> Callable[..., None]:
    """Ada, who joins and then sends what she is told to."""
    answer = httpx.post(
        f"{served}/api/v1/members", json={"code": "ROOM2345", "name": "Ada <b>"}, trust_env=False
    )
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def send(to: str, **body: Any) -> None:
        sent = {"id": str(uuid4()), "chapter": "ch00_doors"} | body
        httpx.post(f"{served}/api/v1/{to}", json=sent, headers=headers, trust_env=False).raise_for_status()

    return send


FOUND = [
    {"requirement": "test_door", "holds": False, "misconception": "door-ajar"},
    {"requirement": "test_bell", "holds": True},
]
CODE = [{"path": "app/main.py", "text": "<script>alert(1)</script>"}]


def test_a_wrong_token_is_refused_in_words_and_the_right_one_opens_the_room(page: Any, served: str) -> None:
    page.goto(f"{served}/#token=wrong-token-of-nobody")
    page.get_by_role("alert").get_by_text("This is not the token").wait_for()
    assert page.locator("#board").is_hidden()
    assert "token" not in page.url
    assert serious(page) == []
    page.get_by_label("Token").fill(TOKEN)
    page.keyboard.press("Enter")
    page.get_by_text("0 people, 0 active").wait_for()
    page.reload()
    page.get_by_text("live", exact=True).wait_for()


def test_what_a_learner_does_appears_without_a_reload(
    page: Any, served: str, ada: Callable[..., None]
) -> None:
    page.goto(f"{served}/#token={TOKEN}")
    row = page.get_by_role("row").filter(has_text="Ada <b>")
    row.get_by_text("has joined").wait_for()
    ada("checks", ran=True, results=FOUND)
    row.get_by_text("The door opens. (The door is ajar)").wait_for()
    row.get_by_text("1 of 2").wait_for()
    page.locator("#now").get_by_text("The door is ajar").wait_for()
    page.locator("#chapters").get_by_text("Chapter 0 · Doors").wait_for()
    ada("help", question="Why <i>this</i>?", code=CODE)
    page.get_by_role("heading", name="Asked for help: 1").wait_for()
    assert "asks for help" in page.locator("#announcer").text_content()
    page.get_by_text("The code: 1 file").click()
    page.get_by_text("<script>alert(1)</script>").wait_for()
    assert serious(page) == []
    page.get_by_role("button", name="Done").click()
    page.get_by_text("Nobody waits.").wait_for()


def test_the_page_can_be_shown_to_the_room_without_names(
    page: Any, served: str, ada: Callable[..., None]
) -> None:
    ada("checks", ran=True, results=FOUND)
    ada("help", question="Why?", code=[])
    page.goto(f"{served}/?names=off#token={TOKEN}")
    page.get_by_text("Somebody, Chapter 0").wait_for()
    assert "Ada" not in page.locator("main").inner_text()
    page.get_by_role("button", name="Hide names").click()
    page.get_by_role("row").filter(has_text="Ada <b>").wait_for()


def test_the_room_is_closed_and_its_data_deleted_from_the_page_by_keyboard(
    page: Any, served: str, ada: Callable[..., None]
) -> None:
    ada("checks", ran=True, results=FOUND)
    page.goto(f"{served}/#token={TOKEN}")
    page.get_by_text("1 person, 1 active").wait_for()
    page.locator("#room summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("To delete everybody's data").fill("workshop")
    page.keyboard.press("Enter")
    page.get_by_text("Close the room first").wait_for()
    assert serious(page) == []
    page.get_by_role("button", name="Close the room").press("Enter")
    page.get_by_text("The room is closed").wait_for()
    page.get_by_role("button", name="Delete all data").press("Enter")
    page.get_by_text("0 people, 0 active; closed").wait_for()


@pytest.mark.parametrize(("width", "scheme"), [(1600, "dark"), (360, "light")])
def test_axe_finds_nothing_serious_wide_and_narrow_light_and_dark(
    browser: Any, served: str, ada: Callable[..., None], width: int, scheme: str
) -> None:
    ada("checks", ran=True, results=FOUND)
    ada("help", question="Why?", code=CODE)
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{served}/#token={TOKEN}")
    page.get_by_text("1 person, 1 active").wait_for()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
