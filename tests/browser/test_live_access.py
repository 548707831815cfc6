"""The live page keeps nobody out: axe-core finds nothing serious, before and after somebody came in."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.axe import serious
from tests.browser.test_live import House, come_in, connection_is, house, visit

__all__ = ["house", "visit"]  # pytest finds fixtures by these names


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_live_page_keeps_nobody_out(house: House, visit: Callable[..., Any], scheme: str) -> None:
    lot = house.put_up(f"A ship's clock, {scheme}")
    house.post(f"/lots/{lot}/bids", {"amount": "188.00"}, house.enter("Cem"))
    page = visit("", color_scheme=scheme)
    page.get_by_role("link", name=f"A ship's clock, {scheme}").wait_for()
    assert serious(page) == [], "the list of lots"
    page = visit(f"#lot={lot}", color_scheme=scheme)
    connection_is(page, "live")
    page.get_by_role("listitem").filter(has_text="€188.00").wait_for()
    assert serious(page) == [], "a lot"
    page.get_by_role("button", name="Log in").click()
    assert serious(page) == [], "the form to log in"
    page.keyboard.press("Escape")
    come_in(page, f"Fay.{scheme}")
    connection_is(page, "live")
    page.get_by_label("Your bid in euros").fill("1")
    assert serious(page) == [], "a lot, for who may bid"
