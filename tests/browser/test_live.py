"""The live page of the finished service, in a real browser: two people, one lot."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from course.engine import chapters
from tests.fixtures.browser import windows

PATIENCE = 60.0  # seconds that a start may take on a machine that does much else
PASSWORD = "correct horse battery staple"
# WCAG 2.2, "contrast ratio": of each text that is seen, against what is painted behind it; the worst first.
CONTRASTS = """() => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const luminance = ([red, green, blue]) => [red, green, blue].map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    const speaks = each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const seen = [...document.body.querySelectorAll("*")]
        .filter(each => each.checkVisibility() && !each.closest(".unseen, .skip") && speaks(each));
    return seen.map(each => {
        let behind = each;
        while (parts(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
        const both = [getComputedStyle(each).color, getComputedStyle(behind).backgroundColor];
        const [dark, light] = both.map(colour => luminance(parts(colour))).sort((one, two) => one - two);
        return [(light + 0.05) / (dark + 0.05), each.textContent.trim()];
    }).sort((one, two) => one[0] - two[0]);
}"""


class House:
    """The checkpoint of chapter 9 under uvicorn, on a port that stays the same when it starts again."""

    def __init__(self, folder: Path) -> None:
        self.project = shutil.copytree(chapters.find(9).checkpoint, folder / "gavel")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        port = str(urlsplit(self.url).port)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app.main:app", "--port", port, "--log-level", "warning"],
            cwd=self.project,
            env={**os.environ, "GAVEL_LOG_LEVEL": "ERROR"},
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                assert httpx.get(f"{self.url}/health").status_code == 200
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the house did not open")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)

    def enter(self, name: str) -> dict[str, str]:
        """Register somebody and log in, over HTTP; the header that says who they are."""
        person = {"email": f"{name}@example.com", "name": name, "password": PASSWORD}
        with httpx.Client(base_url=self.url, timeout=PATIENCE) as client:
            client.post("/auth/register", json=person)
            form = {"username": person["email"], "password": PASSWORD}
            token = client.post("/auth/token", data=form).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def post(self, path: str, sent: dict[str, str], who: dict[str, str]) -> httpx.Response:
        answer = httpx.post(f"{self.url}/api/v1{path}", json=sent, headers=who, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        return answer

    def put_up(self, title: str) -> int:
        """Put a lot up, as Sam; its number."""
        lot = {"title": title, "category": "clocks", "starting_price": "100.00"}
        return int(self.post("/lots", lot, self.enter("Sam")).json()["id"])


@pytest.fixture(scope="module")
def house(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = House(tmp_path_factory.mktemp("house"))
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def visit(browser: Any, house: House) -> Iterator[Callable[..., Any]]:
    """Open the live page in a window of a person's own."""
    own = (house.url, house.url.replace("http", "ws"))
    with windows(browser, *own, expected="ERR_CONNECTION_REFUSED") as opened:
        yield lambda place="", **options: opened(f"{house.url}/watch/{place}", locale="en-IE", **options)


def come_in(page: Any, name: str) -> None:
    """Register over the page."""
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("I am new here").check()
    page.get_by_label("E-mail").fill(f"{name}.over.the.page@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Register").click()
    page.locator("#user-name", has_text=name).wait_for()


def connection_is(page: Any, state: str) -> None:
    page.locator(f".connection[data-state={state}]").wait_for()


def price_is(page: Any, price: str) -> None:
    page.locator("dd.price", has_text=price).wait_for()


def test_one_bids_over_the_page_and_the_other_sees_it(house: House, visit: Callable[..., Any]) -> None:
    lot = house.put_up("A long-case clock")
    ada, bob = visit(f"#lot={lot}"), visit(f"#lot={lot}")
    come_in(ada, "Ada")
    for page in (ada, bob):
        connection_is(page, "live")
        page.get_by_text("2 people").wait_for()
    ada.get_by_label("Your bid in euros").fill("120")
    ada.get_by_role("button", name="Bid", exact=True).click()
    for page in (ada, bob):
        price_is(page, "€120.00")
        page.get_by_role("listitem").filter(has_text="Ada").filter(has_text="€120.00").wait_for()
        page.get_by_role("status").filter(has_text="Ada bids €120.00.").wait_for(state="attached")
    assert bob.get_by_text("At least €121.00.").is_visible()


def test_a_bid_over_plain_http_arrives_on_the_page(house: House, visit: Callable[..., Any]) -> None:
    lot = house.put_up("A carriage clock")
    page = visit(f"#lot={lot}")
    connection_is(page, "live")
    house.post(f"/lots/{lot}/bids", {"amount": "133.50"}, house.enter("Cem"))
    price_is(page, "€133.50")


def test_a_bid_that_is_too_low_is_explained_beside_the_form(house: House, visit: Callable[..., Any]) -> None:
    lot = house.put_up("An alarm clock")
    page = visit(f"#lot={lot}")
    come_in(page, "Dana")
    connection_is(page, "live")
    house.post(f"/lots/{lot}/bids", {"amount": "150.00"}, house.enter("Cem"))
    price_is(page, "€150.00")
    amount = page.get_by_label("Your bid in euros")
    amount.evaluate("field => field.removeAttribute('min')")  # else the browser itself says so
    amount.fill("101")
    amount.press("Enter")
    page.get_by_role("alert").filter(has_text="The next bid is at least 151.00.").wait_for()


def test_the_page_says_that_the_house_is_gone_and_comes_back_by_itself(
    house: House, visit: Callable[..., Any]
) -> None:
    lot = house.put_up("A cuckoo clock")
    page = visit(f"#lot={lot}")
    connection_is(page, "live")
    house.stop()
    page.get_by_role("status").filter(has_text="The service does not respond. Trying again").wait_for()
    house.start()
    connection_is(page, "live")
    house.post(f"/lots/{lot}/bids", {"amount": "166.00"}, house.enter("Cem"))
    price_is(page, "€166.00")


def test_a_hand_on_the_keyboard_is_enough(house: House, visit: Callable[..., Any]) -> None:
    house.put_up("A pocket watch")
    page = visit()
    page.get_by_role("link", name="A pocket watch").wait_for()

    def tab_to(words: str) -> None:
        """Press Tab until the focus is on what is called so."""
        for _ in range(40):
            page.keyboard.press("Tab")
            named = "element => element.labels?.[0]?.textContent ?? element.textContent"
            if words in page.locator(":focus").evaluate(named):
                shown = page.locator(":focus").evaluate("element => getComputedStyle(element).outlineStyle")
                assert shown != "none", f"where the focus is can be seen: {words}"
                return
        raise AssertionError(f"the Tab key never came to: {words}")

    tab_to("A pocket watch")
    page.keyboard.press("Enter")
    connection_is(page, "live")
    tab_to("Bid")
    page.keyboard.press("Enter")
    for words, typed in (("E-mail", "eve@example.com"), ("Password", PASSWORD)):
        if page.locator(":focus").get_attribute("id") != words.lower().replace("-", ""):
            tab_to(words)
        page.keyboard.type(typed)
    tab_to("I am new here")
    page.keyboard.press("Space")
    tab_to("Name")
    page.keyboard.type("Eve")
    page.keyboard.press("Enter")
    page.locator("#user-name", has_text="Eve").wait_for()
    connection_is(page, "live")
    page.get_by_label("Your bid in euros").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("177")
    page.keyboard.press("Enter")
    price_is(page, "€177.00")


def test_what_people_write_stays_text(house: House, visit: Callable[..., Any]) -> None:
    title = "<img src=x onerror=alert(1)>"
    lot = house.put_up(title)
    page = visit()
    page.get_by_role("link", name=title).click()
    page.get_by_role("heading", name=title).wait_for()
    assert page.url.endswith(f"#lot={lot}")
    assert page.locator("main img[src=x]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_can_be_read(house: House, visit: Callable[..., Any], scheme: str, width: int) -> None:
    lot = house.put_up(f"A sundial, {scheme}, {width}")
    house.post(f"/lots/{lot}/bids", {"amount": "188.00"}, house.enter("Cem"))
    page = visit(f"#lot={lot}", color_scheme=scheme, viewport={"width": width, "height": 800})
    page.get_by_role("listitem").filter(has_text="€188.00").wait_for()
    # WCAG 2.2, success criteria 1.4.3 (4.5 to 1) and 1.4.10 (nobody scrolls to the side)
    assert [pair for pair in page.evaluate(CONTRASTS) if pair[0] < 4.5] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Log in").click()
    assert [pair for pair in page.evaluate(CONTRASTS) if pair[0] < 4.5] == []
    fields = page.locator("input, button").all()
    assert all(field.evaluate("it => it.labels?.length || it.textContent") for field in fields)
