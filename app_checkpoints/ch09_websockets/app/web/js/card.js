// One lot in the list. `show` updates the texts: the element stays the same and keeps the focus.

import {el, money, timeLeft} from "./texts.js";

export function card(lot) {
  const picture = lot.photo_url
    ? el("img", {src: lot.photo_url, alt: "", loading: "lazy"}) : el("span", {class: "blank"}, "No photo");
  const price = el("span", {class: "price"}), rest = el("span");
  const view = el("li", {}, el("a", {href: `#lot=${lot.id}`}, picture, el("strong", {}, lot.title), price, rest));
  function show(lot) {
    const left = timeLeft(Date.parse(lot.closes_at) - Date.now());
    price.textContent = money(lot.price);
    rest.textContent = `${lot.bid_count} ${lot.bid_count === 1 ? "bid" : "bids"}, ${left} left`;
  }
  return {view, show};
}
