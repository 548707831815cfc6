"""The live page tells a bidder who leads, keeps the list of lots current, and fits into one view."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.browser.test_live import House, come_in, connection_is, house, price_is, visit

__all__ = ["house", "visit"]  # pytest finds fixtures by these names

IN_VIEW = """names => names.filter(name => {
    const place = document.querySelector(name).getBoundingClientRect();
    return !place.height || place.top < 0 || place.bottom > innerHeight || place.right > innerWidth;
})"""
PNG = b64decode(  # one point, which the page enlarges
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def bid(page: Any, amount: str) -> None:
    page.get_by_label("Your bid in euros").fill(amount)
    page.get_by_role("button", name="Bid", exact=True).click()


def test_two_bidders_are_told_who_leads(house: House, visit: Callable[..., Any]) -> None:
    lot = house.put_up("A skeleton clock")
    ada, bob = visit(f"#lot={lot}"), visit(f"#lot={lot}")
    for page, name in ((ada, "Ann"), (bob, "Ben")):
        come_in(page, name)
        connection_is(page, "live")
    bid(ada, "110")
    ada.get_by_role("status").filter(has_text="You lead.").wait_for()
    price_is(bob, "€110.00")
    assert bob.locator(".standing").inner_text() == "", "who has not bid leads nothing and is not outbid"
    bid(bob, "120")
    bob.get_by_role("status").filter(has_text="You lead.").wait_for()
    ada.get_by_role("status").filter(has_text="You were outbid by Ben.").wait_for()
    ada.get_by_role("button", name="Log out").click()
    ada.locator(".standing", has_text="outbid").wait_for(state="detached")


def test_the_list_of_lots_shows_new_prices_and_lots_without_a_reload(
    house: House, visit: Callable[..., Any]
) -> None:
    lot = house.put_up("A mantel clock")
    page = visit()
    card = page.get_by_role("link", name="A mantel clock")
    card.filter(has_text="€100.00").filter(has_text="0 bids").wait_for()
    card.focus()
    house.post(f"/lots/{lot}/bids", {"amount": "144.00"}, house.enter("Cem"))
    house.put_up("A marine chronometer")
    card.filter(has_text="€144.00").filter(has_text="1 bid,").wait_for()
    page.get_by_role("link", name="A marine chronometer").wait_for()
    assert page.evaluate("document.activeElement.textContent.includes('A mantel clock')"), "the focus stays"


@pytest.mark.parametrize(("width", "height"), [(1100, 800), (390, 844)])
def test_price_time_and_bid_are_in_one_view(
    house: House, visit: Callable[..., Any], width: int, height: int
) -> None:
    lot = house.put_up(f"A bracket clock, {width} points wide, whose title does not fit into one line")
    photo = {"photo": ("clock.png", PNG, "image/png")}
    sent = httpx.put(f"{house.url}/api/v1/lots/{lot}/photo", files=photo, headers=house.enter("Sam"))
    assert sent.status_code == 204
    page = visit(f"#lot={lot}", viewport={"width": width, "height": height})
    come_in(page, f"Eli.{width}")
    connection_is(page, "live")
    bid(page, "110")
    page.get_by_text("You lead.").wait_for()
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(IN_VIEW, ["dd.price", "dl div:nth-child(2) dd", ".standing", ".bid button"]) == []
